# Tests and fuzzing. A unit test tests/unit/test_<room>_<topic>.c links its room and the rooms below it, nothing above,
# so what it proves does not lean on what stands on it.

UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_REPLAYS := $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz_%)
SCREEN_TOOLS := $(patsubst tests/screen/%.c,$(BUILD)/tests/%,$(wildcard tests/screen/screen.c tests/screen/demo_*.c))
ALL_LIBRARIES = $(call room_libraries,$(ROOMS))
TEST_CFLAGS := $(shell pkg-config --cflags cmocka vterm 2>/dev/null) -Wno-missing-prototypes -Itests
TEST_LIBS := $(shell pkg-config --libs cmocka vterm libarchive 2>/dev/null) -lutil

test_room = $(word 2,$(subst _, ,$(1)))
test_libraries = $(call room_libraries,$(call test_room,$(1)) $(BELOW_$(call test_room,$(1))))
define link_test
@mkdir -p $(@D)
$(call say,test)
$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(TEST_CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS_ALL) -o $@ $(filter %.c,$^) \
	-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TEST_LIBS) $(LIBS_ALL)
endef

.SECONDEXPANSION:
# Tests of the two rooms with a terminal may start programs in one of their own.
HARNESS := $(wildcard tests/screen/harness*.c)
$(UNIT_TESTS): $(BUILD)/tests/%: tests/unit/%.c $$(if $$(filter tui view,$$(call test_room,%)),$(HARNESS)) $$(call test_libraries,%)
	$(link_test)
$(FUZZ_REPLAYS): $(BUILD)/tests/%: tests/fuzz/%.c tests/fuzz/replay.c $(ALL_LIBRARIES)
	$(link_test)
$(SCREEN_TOOLS): $(BUILD)/tests/%: tests/screen/%.c $(HARNESS) $(call room_libraries,tui base)
	$(link_test)

-include $(wildcard $(BUILD)/tests/*.d)

.PHONY: test tests-build test-run
test:
	@$(MAKE) --no-print-directory deps-test
	@$(MAKE) --no-print-directory test-run
tests-build: all $(UNIT_TESTS) $(FUZZ_REPLAYS) $(SCREEN_TOOLS)
test-run: tests-build
	@BUILD=$(BUILD) RARETRAIL=$(BUILD)/raretrail tests/run $(ONLY)

# The same tests under valgrind (the unit tests; programs started by tests run bare).
.PHONY: test-valgrind
test-valgrind: tests-build
	@BUILD=$(BUILD) RARETRAIL=$(BUILD)/raretrail RARETRAIL_TEST_WRAPPER="valgrind -q --error-exitcode=9 --leak-check=full \
		--errors-for-leak-kinds=definite,possible" tests/run unit $(ONLY)

# ---- fuzzing: make fuzz [FUZZ_SECONDS=600] [FUZZ_ONLY=scanner] ----

FUZZ_SECONDS ?= 20
FUZZ_ONLY ?= $(FUZZ_TARGETS)
FUZZERS := $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)

$(FUZZERS): $(BUILD)/fuzz/%: tests/fuzz/fuzz_%.c $(ALL_LIBRARIES)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Wno-missing-prototypes -Itests -fsanitize=fuzzer $(LDFLAGS_ALL) -o $@ $< \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS_ALL)

.PHONY: fuzz fuzz-run
fuzz:
	@$(MAKE) --no-print-directory deps-check
	@$(MAKE) --no-print-directory CC=clang SAN=fuzzer-no-link,address,undefined fuzz-run
fuzz-run: $(FUZZ_ONLY:%=$(BUILD)/fuzz/%)
	@for target in $(FUZZ_ONLY); do \
		mkdir -p $(BUILD)/fuzz/corpus/$$target tests/fuzz/corpus/$$target && \
		echo "fuzzing $$target for $(FUZZ_SECONDS) s" && \
		$(BUILD)/fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -verbosity=0 \
			-artifact_prefix=$(BUILD)/fuzz/$$target- \
			$(BUILD)/fuzz/corpus/$$target tests/fuzz/corpus/$$target || exit 1; \
	done
