#!/usr/bin/env bash
# The manual page is what its source and the program's tables make of it today; it renders without a complaint, knows
# every option, command and parameter; completion offers what the program takes.
. tests/program/lib.sh

man/assemble "$RARETRAIL" man/raretrail.1.in >"$WORK/raretrail.1" || fail "the page cannot be assembled"
cmp -s "$WORK/raretrail.1" man/raretrail.1 || fail "man/raretrail.1 is not up to date: run make man"
if command -v groff >/dev/null 2>&1; then
	groff -man -Tutf8 -ww -rLL=100n "$WORK/raretrail.1" >"$WORK/page" 2>"$WORK/warnings"
	[ ! -s "$WORK/warnings" ] || { cat "$WORK/warnings"; fail "groff warns"; }
fi
run 0 --help
for option in $(grep -o -- '--[a-z-]*' "$WORK/out" | sort -u); do
	[ "$option" = -- ] && continue
	grep -qF -- "$(echo "$option" | sed 's/-/\\-/g')" man/raretrail.1 || fail "the page does not know $option"
done
run 0 rule show --format ini
for key in $(grep -o '^[a-z_]*' "$WORK/out"); do grep -qF "$key" man/raretrail.1 || fail "the page does not know $key"; done
run 2 help --man nothing
says "commands|options"

run 0 help --completion bash
cp "$WORK/out" "$WORK/completion"
run 2 help --completion fish
complete_words() { # words of the line so far; the last one is being typed
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _raretrail; printf "%s\n" "${COMPREPLY[@]}"' \
		completion "$WORK/completion" "$@" | sort
}
equal "commands" "$(complete_words raretrail de)" detect
equal "second words" "$(complete_words raretrail rule '' | tr '\n' ' ')" "export show "
equal "options" "$(complete_words raretrail detect --no)" "--no-dedupe
--now"
equal "options of another command" "$(complete_words raretrail tune --sw)" --sweep
equal "no option that the command lacks" "$(complete_words raretrail detect --sw)" ""
equal "words of an option" "$(complete_words raretrail detect --format m | sort -u)" markdown
equal "words behind =" "$(complete_words raretrail detect --color = a | tr '\n' ' ')" "always auto "
equal "parameters" "$(complete_words raretrail tune --sweep rare-as.max_r)" rare-as.max_rare_asn_ratio
