# Benchmarks: make bench [BENCH_EVENTS=400000] [BENCH_RUNS=5] [BENCH_FRAMES=2000000] [BENCH_FLAGS=--large]. The data are made, nothing is downloaded.

BENCH_EVENTS ?= 400000
BENCH_RUNS ?= 5
BENCH_FLAGS ?=
BENCH_FRAMES ?= 2000000
BENCH_TOOLS := $(addprefix $(BUILD)/bench/,generate load_rate micro)
BENCH_DETECTIONS := $(addprefix $(BUILD)/bench/,bench_rare_as bench_rare_method bench_tune)
BENCH_SIMDJSON := $(if $(wildcard /usr/include/simdjson.h /usr/local/include/simdjson.h),$(addprefix $(BUILD)/bench/,simdjson_rate simdjson_index))
# Each with the compiler that serves it best.
$(BUILD)/bench/simdjson_index: CXX := $(or $(shell command -v clang++),$(CXX))

$(BENCH_TOOLS): $(BUILD)/bench/%: tests/bench/%.c $(call room_libraries,ingest store enrich base)
	@mkdir -p $(@D)
	$(call say,bench)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Wno-format-nonliteral $(LDFLAGS_ALL) -o $@ $< \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS_ALL)
$(BENCH_DETECTIONS): $(BUILD)/bench/%: tests/bench/%.c tests/bench/made.c tests/bench/made.h \
		$(call room_libraries,tune $(BELOW_tune))
	@mkdir -p $(@D)
	$(call say,bench)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(filter %.c,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS_ALL)
$(BUILD)/bench/simdjson_rate $(BUILD)/bench/simdjson_index: $(BUILD)/bench/%: tests/bench/%.cpp
	@mkdir -p $(@D)
	$(call say,bench)
	$(Q)$(CXX) -std=c++17 -O3 -march=native -o $@ $< -lsimdjson

$(BUILD)/bench/frames: tests/bench/frames.c $(wildcard tests/screen/harness*.[ch]) $(call room_libraries,tui base)
	@mkdir -p $(@D)
	$(call say,bench)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(TEST_CFLAGS) $(LDFLAGS_ALL) -o $@ $(filter %.c,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(TEST_LIBS) $(LIBS_ALL)

.PHONY: bench bench-frames
bench: all $(BENCH_TOOLS) $(BENCH_DETECTIONS) $(BENCH_SIMDJSON) $(BUILD)/bench/frames
	@tests/bench/run.py $(BUILD) --events $(BENCH_EVENTS) --runs $(BENCH_RUNS) --frames $(BENCH_FRAMES) \
		$(BENCH_FLAGS)
# The console alone: the slowest frame of each screen, key to paint, while loading and after.
bench-frames: all $(BUILD)/bench/generate $(BUILD)/bench/frames
	@tests/bench/run.py $(BUILD) --only-frames --frames $(BENCH_FRAMES)
