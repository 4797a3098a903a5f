# What the program tests share. Each runs from the project's root with a scratch folder $WORK of its own, and stops at
# the first thing that is not as expected, saying what it was.
set -u
WORK=$(mktemp -d) || exit 2
trap 'chmod -R u+rwX "$WORK" 2>/dev/null; rm -rf "$WORK"' EXIT

fail() {
	echo "failed: $*"
	exit 1
}
skip() {
	echo "$*"
	exit 77
}
need() { # program...
	local program
	for program in "$@"; do command -v "$program" >/dev/null 2>&1 || skip "$program is not installed"; done
}
need_shared() { [ -n "${RARETRAIL_SHARED:-}" ] && [ -d "$RARETRAIL_SHARED" ] || skip "the shared data folder is not there"; }

# run STATUS ARGUMENT...: runs the program, checks its exit status, leaves $WORK/out and $WORK/err.
run() {
	local expected=$1 status
	shift
	"$RARETRAIL" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	status=$?
	[ "$status" -eq "$expected" ] || {
		cat "$WORK/err"
		fail "raretrail $*: exit status $status, expected $expected"
	}
}
says() { # what standard error must hold
	grep -qF -- "$1" "$WORK/err" || {
		cat "$WORK/err"
		fail "standard error does not say: $1"
	}
}
prints() { # what standard output must hold
	grep -qF -- "$1" "$WORK/out" || {
		head -c 2000 "$WORK/out"
		fail "standard output does not hold: $1"
	}
}
equal() { # what actual expected
	[ "$2" = "$3" ] || fail "$1 is '$2', expected '$3'"
}
same_bytes() { # file file
	cmp -- "$1" "$2" || fail "$1 and $2 differ"
}
