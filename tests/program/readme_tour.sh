# The screens in README.md are what the console shows today.
. tests/program/lib.sh
[ -x "$BUILD/tests/screen" ] || skip "the screen tool is not built"
samples/tour --print >"$WORK/README.md" || fail "the tour did not run"
diff README.md "$WORK/README.md" || fail "README.md is stale: run make tour"
