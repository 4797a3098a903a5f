# What has to be installed, in the names of Debian and of the systems where only the names are printed.

DEBIAN_BUILD := gcc make libc6-dev pkg-config libncurses-dev libreadline-dev libjansson-dev libmaxminddb-dev libinih-dev \
	libdeflate-dev zlib1g-dev libzstd-dev libarchive-dev libpcre2-dev libxxhash-dev libmd-dev libutf8proc-dev
DEBIAN_TEST := libcmocka-dev libvterm-dev python3 jq xz-utils zstd zip gzip ncurses-term locales
DEBIAN_CHECK := clang clang-format clang-tidy cppcheck valgrind libclang-rt-14-dev

.PHONY: deps deps-build deps-test deps-check
deps: deps-build deps-test deps-check
deps-build:
	@tests/install-packages build $(DEBIAN_BUILD)
deps-test: deps-build
	@tests/install-packages test $(DEBIAN_TEST)
deps-check: deps-test
	@tests/install-packages check $(DEBIAN_CHECK)
