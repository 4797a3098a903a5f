#!/usr/bin/env bash
# Configuration: built-in < yours < --config < --set; lists one entry a line; what is wrong is named with its line.
. tests/program/lib.sh
export XDG_CONFIG_HOME=$WORK/config HOME=$WORK
mkdir -p "$XDG_CONFIG_HOME/raretrail"
mine=$XDG_CONFIG_HOME/raretrail/config.ini

value() { # key: as `rule show` has it
	run 0 rule show --format json "${@:2}"
	python3 -c 'import json, sys
value = json.load(open(sys.argv[1]))["parameters"]
for key in sys.argv[2].split(".", 1): value = value[key]
print(json.dumps(value))' "$WORK/out" "$1"
}
need python3

equal "built-in" "$(value rare-as.max_rare_asn_ratio)" 0.01
cat >"$mine" <<'INI'
; what our team uses
[rare-as]
max_rare_asn_ratio = 0.02
window = 14d
trusted =
  Amazon*
  # not one of ours
  Comcast Cable, LLC
  A = B
[rare-method]
partition_field = user.id
INI
equal "yours" "$(value rare-as.max_rare_asn_ratio)" 0.02
equal "yours, a list" "$(value rare-as.trusted)" '["Amazon*", "Comcast Cable, LLC", "A = B"]'
equal "yours, a choice" "$(value rare-method.partition_field)" '"user.id"'
printf '[rare-as]\r\nmax_rare_asn_ratio = 0.03\r\ntrusted +=\r\n  Google LLC\r\n  Fastly*\r\ntrusted -= Amazon*' >"$WORK/team.ini"
equal "--config" "$(value rare-as.max_rare_asn_ratio --config "$WORK/team.ini")" 0.03
equal "--config keeps the rest" "$(value rare-as.window --config "$WORK/team.ini")" '"14d"'
equal "--config changes a list" "$(value rare-as.trusted --config "$WORK/team.ini")" \
	'["Comcast Cable, LLC", "A = B", "Google LLC", "Fastly*"]'
equal "--set" "$(value rare-as.max_rare_asn_ratio --set rare-as.max_rare_asn_ratio=4% --config "$WORK/team.ini")" 0.04
equal "--set +=" "$(value rare-as.trusted --set 'rare-as.trusted=x' --set 'rare-as.trusted+=y' --set rare-as.trusted-=x)" '["y"]'

# A comment behind an entry is none of it, as behind a value; a list may be long.
printf '[rare-as]\nwindow = 3d ; three\ntrusted = A* ; a\n  B* ; b\n\tC;*\n  ; D*\n' >"$WORK/comments.ini"
equal "comments behind entries" "$(value rare-as.trusted --config "$WORK/comments.ini")" '["A*", "B*", "C;*"]'
equal "comments behind values" "$(value rare-as.window --config "$WORK/comments.ini")" '"3d"'
python3 -c 'print("[rare-as]\ntrusted_cidr =")
for i in range(10000): print("  10.%d.%d.0/24" % (i >> 8, i & 255))' >"$WORK/long.ini"
equal "a long list" "$(value rare-as.trusted_cidr --config "$WORK/long.ini" | tr -d -c , | wc -c)" 9999

# Presets: shipped, one's own, over the configuration and under --set.
equal "--preset" "$(value rare-as.max_rare_asn_ratio --preset strict)" 0.005
equal "--set over --preset" "$(value rare-as.max_rare_asn_ratio --set rare-as.max_rare_asn_ratio=4% --preset strict)" 0.04
equal "--preset over --config" "$(value rare-as.max_rare_asn_ratio --preset strict --config "$WORK/team.ini")" 0.005
equal "--preset keeps the rest" "$(value rare-as.window --preset strict)" '"14d"'
equal "--preset published" "$(value rare-as.window --preset published)" '"7d"'
mkdir -p "$XDG_CONFIG_HOME/raretrail/profiles"
printf '[rare-as]\nwindow = 3d\n' >"$XDG_CONFIG_HOME/raretrail/profiles/strict.ini"
equal "a preset of one's own hides a shipped one" "$(value rare-as.window --preset strict)" '"3d"'
printf '[rare-as]\n\nwidow = 3d\n' >"$XDG_CONFIG_HOME/raretrail/profiles/mine.ini"
run 2 rule show --preset mine
says 'profiles/mine.ini:3: unknown parameter "rare-as.widow"'
run 2 rule show --preset min
says 'there is no preset "min", the nearest one is mine'
run 2 rule show --preset ../config
says 'there is no preset "../config"; there are aftermath, mine, published, small-account, strict, wide-net'
rm -r "$XDG_CONFIG_HOME/raretrail/profiles"

# What `rule show --format ini` prints is a profile that gives the same parameters.
run 0 rule show --format json --config "$WORK/team.ini"
cp "$WORK/out" "$WORK/expected"
run 0 rule show --format ini --config "$WORK/team.ini" --output "$WORK/profile.ini"
rm "$mine"
run 0 rule show --format json --config "$WORK/profile.ini"
same_bytes "$WORK/expected" "$WORK/out"
for rule in rare-as rare-method; do
	run 0 rule show --format ini --rule $rule
	equal "sections of --rule $rule" "$(grep '^\[' "$WORK/out")" "[$rule]"
done

wrong() { # expected message, lines of the file
	printf '%b' "$2" >"$WORK/wrong.ini"
	run 2 rule show --config "$WORK/wrong.ini"
	says "$1"
}
wrong 'wrong.ini:2: unknown parameter "rare-as.widow", the nearest known one is rare-as.window' '[rare-as]\nwidow = 7d\n'
wrong 'wrong.ini:3: unknown section "rareas", the nearest known one is rare-as' '\n[rareas]\nwindow = 7d\n'
wrong 'wrong.ini:2: unknown key "asndb", the nearest known one is asn_db' '[input]\nasndb = x\n'
wrong 'wrong.ini:1: unknown section ""' 'window = 7d\n'
wrong 'wrong.ini:2: rare-as.max_rare_asn_ratio: "2" is out of range' '[rare-as]\nmax_rare_asn_ratio = 2\n'
wrong 'wrong.ini:2: neither a [section]' '[rare-as]\nwindow\n'
wrong 'wrong.ini:3: an indented line continues a list' '[rare-as]\nwindow = 7d\n  max_age = 1h\n'
wrong 'wrong.ini:4: window is already set on line 2' '[rare-as]\nwindow = 7d\nmax_age = 1h\nwindow = 8d\n'
wrong 'wrong.ini:2: rare-as.window is one value' '[rare-as]\nwindow += 7d\n'
wrong 'wrong.ini:2: line too long' "[rare-as]\ntrusted = $(head -c 300 /dev/zero | tr '\0' x)\n"
wrong 'wrong.ini:1: not a text file' '\0\0\0'
run 2 rule show --config "$WORK/absent.ini"
says "absent.ini: No such file"
printf '[rare-as]\nwidow = 7d\n' >"$mine"
run 2 rule show
says "config/raretrail/config.ini:2"
rm "$mine"

# Settings of the input: a path is relative to the file that names it; an option wins.
"$RARETRAIL" sample ci-key -q -o "$WORK/ci" || fail "the sample cannot be written"
printf '[input]\nasn_db = ci/sample-asn.mmdb\njobs = 1\n[output]\ncolor = never\n' >"$WORK/input.ini"
run 3 detect --rule rare-as --format json --config "$WORK/input.ini" "$WORK/ci/AWSLogs/444455556666"
prints '"asn_database": "raretrail-ASN'
run 3 detect --rule rare-as --format json --config "$WORK/input.ini" --asn-db "$WORK/none.mmdb" "$WORK/ci/AWSLogs/444455556666"
prints '"asn_database": null'
says "none.mmdb"
printf '[input]\njobs = many\n' >"$WORK/jobs.ini"
run 2 detect --config "$WORK/jobs.ini" "$WORK/ci/AWSLogs"
says "--jobs"
