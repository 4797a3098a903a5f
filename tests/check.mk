# What the compiler alone does not see: format, a second compiler, static analysis, the room rules.

FORMATTED = $(wildcard src/*/*.c src/*/*.h include/raretrail/*.h include/raretrail/*/*.h tests/*/*.c tests/*/*.h tests/*.h)

.PHONY: check check-format check-warnings check-tidy check-deps
check:
	@$(MAKE) --no-print-directory deps-check
	@$(MAKE) --no-print-directory check-deps check-format check-warnings check-tidy
check-format:
	@clang-format --dry-run --Werror $(FORMATTED) && echo "format: ok"
check-warnings:
	@tests/check-warnings gcc $(CPPFLAGS_ALL) -std=c17 -O2 $(WARNINGS) -- $(SOURCES)
	@tests/check-warnings clang $(CPPFLAGS_ALL) -std=c17 -O2 $(WARNINGS) -- $(SOURCES)
check-tidy:
	@cppcheck --quiet -j2 --std=c11 --library=tests/cppcheck.cfg --enable=warning,performance,portability \
		--inline-suppr --error-exitcode=1 --suppress=missingIncludeSystem --suppress=internalAstError \
		-Iinclude src && echo "cppcheck: ok"
check-deps:
	@tests/check-rooms
