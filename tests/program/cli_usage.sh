#!/usr/bin/env bash
# Every word on the command line is known or refused: nothing is ignored, and a refusal names the nearest thing.
. tests/program/lib.sh

"$RARETRAIL" sample ci-key -q -o "$WORK/ci" || fail "the sample cannot be written"
logs=$WORK/ci/AWSLogs/444455556666

run 2
says "raretrail detect"
run 0 --version
equal "version" "$(cat "$WORK/out")" "raretrail $(sed -n 's/^VERSION := //p' Makefile)"
run 0 detect --version
run 0 --help
prints "raretrail detect PATH..."
prints "--max-mem SIZE"
prints "Exit status"
run 0 detect --help
prints "[OPTIONS] PATH..."
grep -q -- --sweep "$WORK/out" && fail "detect's help shows an option that it does not take"
run 0 help tune
prints "--sweep KEY"
run 0 help rule
prints "raretrail rule show"
prints "raretrail rule export"
run 0 help rule export
run 2 help detct
says "nearest one is detect"
# Every command's help fits 80 columns.
for command in detect events profile networks tune "rule show" "rule export" "asn import" "model save" "model load" sample help; do
	run 0 help $command
	awk -v command="$command" 'length($0) > 80 { print command ": " $0; bad = 1 } END { exit bad }' "$WORK/out" || fail "wider than 80"
done
run 0 --help
awk 'length($0) > 80 { print; bad = 1 } END { exit bad }' "$WORK/out" || fail "wider than 80"

run 2 detect --thread 4 "$logs"
says "unknown option --thread"
run 2 detect --colour always "$logs"
says "did you mean --color?"
run 2 detect -x "$logs"
says "unknown option -x"
run 2 events --set rare-as.window=1d "$logs"
says "raretrail events does not take --set"
run 2 detect --sweep rare-as.window "$logs"
says "does not take --sweep"
run 2 detect --no-dedupe=yes "$logs"
says "--no-dedupe takes no value"
run 2 detect "$logs" --filter
says "--filter needs a value"
run 2 detect -j
says "-j needs a value"
run 2 detect
says "nothing to work on"
run 2 rule
says "raretrail rule show"
run 2 rule shw
run 2 rule show extra
says "does not know what to do with \"extra\""
run 2 profile alice
says "nothing to work on"
run 2 asn import "$WORK/none.csv"
says "--output"
run 2 sample ci-kye
says "nearest one is ci-key"
run 2 detct "$logs/none"
says "no such file or folder"
run 2 detet
says "did you mean \`raretrail detect\`?"
run 2 tune "$logs"
says "nothing to compute"

run 2 detect --format xml "$logs"
says "table|json|ndjson|csv|markdown|html"
run 2 detect -j 0 "$logs"
says "--jobs"
run 2 detect -j -1 "$logs"
run 2 detect --max-mem lots "$logs"
says "--max-mem"
run 2 detect --since yesterday "$logs"
says "--since"
run 2 detect --since 2026-05-08 --until 2026-05-07 "$logs"
says "--since is later than --until"
run 2 detect --now never "$logs"
says "--now"
run 2 detect --now 2026-05-08 --replay "$logs"
says "give one of them"
run 2 detect --rule rare "$logs"
says "rare-as|rare-method"
run 2 detect --input-format xml "$logs"
says "auto|records"
run 2 detect --ecs-compat 7 "$logs"
says "8.9|5.2"
run 2 detect --set rare-as.max_rare_asn_ratio=2 "$logs"
says "rare-as.max_rare_asn_ratio: \"2\" is out of range; possible: from 0 to 1"
run 2 detect --set rare-as.max_rare_asn_ration=0.1 "$logs"
says "nearest known one is rare-as.max_rare_asn_ratio"
run 2 detect --filter 'user: alice and usr.name: x' "$logs"
says "--filter, column 17: unknown field \"usr.name\", the nearest known one is user.name"
run 2 detect --filter 'user: "döé" and usr.name: x' "$logs"
says "--filter, column 17: unknown field"
run 2 rule export --format toml
says "--rule rare-as"
run 2 tune --draft rare-as.window "$logs"
run 2 tune --sweep rare-as.nothing "$logs"
says "unknown parameter"
run 2 tune --sweep rare-as.trusted "$logs"

# Spellings: = or space, short and long, options before the command and behind the paths, -- ends them.
export RARETRAIL_ASN_DB=$WORK/ci/sample-asn.mmdb
run 3 detect --format=json --jobs=1 "$logs"
cp "$WORK/out" "$WORK/first"
run 3 --format json detect "$logs" -j1
same_bytes "$WORK/first" "$WORK/out"
run 3 detect -qf json -j 1 -- "$logs"
same_bytes "$WORK/first" "$WORK/out"
run 0 detect --exit-zero --format json "$logs"
same_bytes "$WORK/first" "$WORK/out"
cp -r "$logs" "$WORK/--odd"
(cd "$WORK" && "$RARETRAIL" detect -q -f json -- --odd >out 2>err; echo $? >status)
equal "status for a path that looks like an option" "$(cat "$WORK/status")" 3
cp -r "$logs" "$WORK/events"
(cd "$WORK" && "$RARETRAIL" -q -f json -- events </dev/null >out 2>err; echo $? >status)
equal "a folder called events behind --" "$(cat "$WORK/status")" 2
(cd "$WORK" && "$RARETRAIL" -q -- events </dev/null >out 2>err; echo $? >status)
equal "the console without a terminal" "$(cat "$WORK/status")" 3

# Tables on a terminal fit its width, have colours there only, and none with NO_COLOR or TERM=dumb.
if command -v script >/dev/null 2>&1; then
	terminal() { # environment and arguments of a run in a pty of 80 columns
		script -qec "stty cols 80; env $1 '$RARETRAIL' detect -q '$logs' --rule rare-as --set rare-as.has_trusted_cloud_asn=false \
			--set rare-as.min_trusted_cloud_event_count=0 --set rare-as.max_rare_asn_ratio=1" /dev/null </dev/null | tr -d '\r'
	}
	terminal TERM=xterm >"$WORK/colored"
	grep -q $'\033\[1;31mhigh' "$WORK/colored" || { cat -v "$WORK/colored"; fail "no colour on a terminal"; }
	sed $'s/\033\\[[0-9;]*m//g' "$WORK/colored" | awk 'length($0) > 80 { print; bad = 1 } END { exit bad }' ||
		fail "a row is wider than the terminal"
	for plain in "TERM=xterm NO_COLOR=1" "TERM=dumb"; do
		terminal "$plain" >"$WORK/plain"
		grep -q $'\033' "$WORK/plain" && fail "colours with $plain"
		grep -q '^high' "$WORK/plain" || fail "no alerts with $plain"
	done
	terminal "TERM=xterm NO_COLOR=" >"$WORK/colored"
	grep -q $'\033\[1;31mhigh' "$WORK/colored" || fail "an empty NO_COLOR took the colours"
fi
run 1 detect -q --color always --rule rare-as --set rare-as.has_trusted_cloud_asn=false \
	--set rare-as.min_trusted_cloud_event_count=0 --set rare-as.max_rare_asn_ratio=1 "$logs"
prints $'\033[1;31mhigh'
