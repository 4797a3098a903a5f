# Tests, benchmarks and fuzzing. A unit test tests/unit/test_<room>_<topic>.c links its room and the rooms below it,
# nothing above, so what it proves does not lean on what stands on it.

UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
UNIT_TESTS := $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/%)
TEST_CFLAGS = $(shell pkg-config --cflags cmocka vterm 2>/dev/null) -Wno-missing-prototypes
TEST_LIBS = $(shell pkg-config --libs cmocka vterm 2>/dev/null) -lutil

test_room = $(word 2,$(subst _, ,$(1)))
test_libraries = $(call room_libraries,$(call test_room,$(1)) $(BELOW_$(call test_room,$(1))))

.SECONDEXPANSION:
$(UNIT_TESTS): $(BUILD)/tests/%: tests/unit/%.c $$(call test_libraries,%)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(TEST_CFLAGS) -Itests -MMD -MP -MF $@.d $(LDFLAGS_ALL) -o $@ $< \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TEST_LIBS) $(LIBS_ALL)

-include $(wildcard $(BUILD)/tests/*.d)

.PHONY: test
test:
	@$(MAKE) --no-print-directory deps-test
	@$(MAKE) --no-print-directory test-run

.PHONY: tests-build test-run
tests-build: all $(UNIT_TESTS)
test-run: tests-build
	@BUILD=$(BUILD) RARETRAIL=$(BUILD)/raretrail tests/run $(ONLY)
