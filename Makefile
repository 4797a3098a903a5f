# raretrail: build, test, install.
#
#   make            build/raretrail
#   make demo       install what is missing, build, open the console on a sample incident
#   make test       install what is missing, build, run every test
#   make check      format, warnings of two compilers, static analysis, the room rules
#   make bench      measure against the neighbours   make fuzz  short fuzzing of every parser
#   make man        assemble man/raretrail.1 from its source and the program's tables
#   make deps       install the packages below       make install  DESTDIR=… PREFIX=…
#
# SAN=address,undefined builds with sanitizers into a build directory of its own. V=1 shows the commands.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
SAN ?=
comma := ,
Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)  $(@:$(BUILD)/%=%)")

BUILD := build$(if $(SAN),-$(subst $(comma),-,$(SAN)))

# ---- the house: rooms from the ground up; a room may use those before it (tui only base) ----

ROOMS := base enrich store ingest query detect tune case report sample tui view cli
BELOW_base :=
BELOW_enrich := base
BELOW_store := base
BELOW_ingest := store enrich base
BELOW_query := store base
BELOW_detect := query store base
BELOW_tune := detect query ingest store enrich base
BELOW_case := tune detect query ingest store enrich base
BELOW_report := case tune detect query ingest store enrich base
BELOW_sample := enrich base
BELOW_tui := base
BELOW_view := tui report case tune detect query ingest store enrich sample base
BELOW_cli := view tui report case tune detect query ingest store enrich sample base

# ---- compiler ----

PACKAGES := ncursesw jansson libmaxminddb readline libdeflate zlib libzstd libarchive libpcre2-8 libmd inih libutf8proc
LOADED_PACKAGES := libarchive # when it is needed, not at every start: src/ingest/archive_library.h
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith \
	-Wundef -Wformat=2 -Werror
OPTIMIZE := $(if $(SAN),-O1 -fno-omit-frame-pointer,-O2)
SANITIZE := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS := $(shell pkg-config --libs $(filter-out $(LOADED_PACKAGES),$(PACKAGES)) 2>/dev/null)
CPPFLAGS_ALL = -D_GNU_SOURCE -DRARETRAIL_VERSION='"$(VERSION)"' -DRARETRAIL_DATADIR='"$(PREFIX)/share/raretrail"' \
	-Iinclude $(PACKAGE_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = -std=c17 -g $(OPTIMIZE) $(SANITIZE) -pthread -fstack-protector-strong $(WARNINGS) $(CFLAGS)
LDFLAGS_ALL = $(SANITIZE) -pthread $(LDFLAGS)
LIBS_ALL = $(PACKAGE_LIBS) -lm -ldl

SOURCES := $(foreach room,$(ROOMS),$(wildcard src/$(room)/*.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/%.o)
MAIN := $(BUILD)/cli/main.o
room_objects = $(filter-out $(MAIN),$(patsubst src/%.c,$(BUILD)/%.o,$(wildcard src/$(1)/*.c)))
room_libraries = $(foreach room,$(1),$(if $(wildcard src/$(room)/*.c),$(BUILD)/lib$(room).a))

.PHONY: all
all: $(BUILD)/raretrail

$(BUILD)/raretrail: $(MAIN) $(call room_libraries,$(ROOMS))
	$(call say,link)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(MAIN) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS_ALL)

# The scanner's variants, each for its instruction set; which one runs is decided at run time.
ifneq ($(filter x86_64%,$(shell $(CC) -dumpmachine 2>/dev/null)),)
$(BUILD)/ingest/scan_avx2.o: CFLAGS_ALL += -mavx2 -mbmi -mbmi2 -mlzcnt -mpopcnt -mpclmul -maes
$(BUILD)/ingest/scan_avx512.o: CFLAGS_ALL += -mavx512f -mavx512bw -mavx512vl -mavx512vbmi2 -mbmi -mbmi2 -mlzcnt -mpopcnt -mpclmul -maes
endif

# rare-method's loops are short, and run by the million.
ifeq ($(SAN),)
$(BUILD)/detect/%.o: OPTIMIZE := -O3
endif

$(BUILD)/tui/theme_builtin.o: $(wildcard themes/*.ini) # the assembler reads them
$(BUILD)/%.o: src/%.c
	$(if $(PACKAGE_LIBS),,$(error libraries are missing: run 'make deps' first))
	@mkdir -p $(@D)
	$(call say,cc  )
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

define room_rule
$(BUILD)/lib$(1).a: $(call room_objects,$(1))
	@rm -f $$@
	@$(AR) rcs $$@ $$^
endef
$(foreach room,$(ROOMS),$(eval $(call room_rule,$(room))))

-include $(OBJECTS:.o=.d)

# ---- the rest, one concern a file ----

include tests/tests.mk
include tests/check.mk
include tests/deps.mk
include tests/bench/bench.mk

.PHONY: demo
demo:
	@$(MAKE) --no-print-directory deps-build
	@$(MAKE) --no-print-directory all
	@samples/demo $(BUILD)/raretrail

# Puts the console's screens of today into README.md.
.PHONY: tour
tour: all $(BUILD)/tests/screen
	@BUILD=$(BUILD) samples/tour

.PHONY: man
man: all
	@man/assemble $(BUILD)/raretrail man/raretrail.1.in >man/raretrail.1.new && mv man/raretrail.1.new man/raretrail.1

.PHONY: install uninstall
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/raretrail/themes
	install -m 755 $(BUILD)/raretrail $(DESTDIR)$(PREFIX)/bin/raretrail
	install -m 644 man/raretrail.1 $(DESTDIR)$(PREFIX)/share/man/man1/raretrail.1
	install -m 644 themes/*.ini $(DESTDIR)$(PREFIX)/share/raretrail/themes
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	$(BUILD)/raretrail help --completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/raretrail

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/raretrail $(DESTDIR)$(PREFIX)/share/man/man1/raretrail.1
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/raretrail
	rm -rf $(DESTDIR)$(PREFIX)/share/raretrail

.PHONY: clean
clean:
	rm -rf build build-*
