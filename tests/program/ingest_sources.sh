#!/usr/bin/env bash
# Where input comes from: standard input, folders, links, archives, S3 trees left out by their dates.
. tests/program/lib.sh
need python3

corpus=tests/corpus/wrappings
input() { # field path...
	local field=$1
	shift
	"$RARETRAIL" detect --quiet --exit-zero --format json "$@" >"$WORK/out.json" || fail "detect $* ends with $?"
	python3 -c '
import json, sys
found = json.load(open(sys.argv[1]))["input"]
print(eval(sys.argv[2], {"i": found, "reasons": [(s["reason"], s["count"]) for s in found["skipped"]]}))
' "$WORK/out.json" "$field" </dev/null
}
same() { # have want what
	[ "$1" = "$2" ] || fail "$3: $1, not $2"
}

# standard input, plain, compressed, an archive; the records can be read back from it
for file in records.json records.json.gz records.json.zst bundle.zip bundle.tar.gz console-event-history.csv; do
	"$RARETRAIL" events --quiet --format ndjson - <$corpus/$file >"$WORK/piped" || fail "events - on $file ends with $?"
	"$RARETRAIL" events --quiet --format ndjson $corpus/$file >"$WORK/given" || fail "events on $file ends with $?"
	same "$(wc -l <"$WORK/piped")" 2 "$file piped"
	cmp -s "$WORK/piped" "$WORK/given" || fail "$file piped differs from $file given"
done

# a folder that links to itself is walked once; what is no log is named
mkdir -p "$WORK/tree/a"
cp $corpus/records.json "$WORK/tree/a/"
echo "not a log" >"$WORK/tree/README"
ln -s .. "$WORK/tree/a/up"
same "$(input 'i["events"]' "$WORK/tree")" 2 "a tree with a loop"
same "$(input 'reasons' "$WORK/tree")" "[('not a log file', 1)]" "a README in the tree"

# an S3 tree: the object of the wrong day is not opened (it could not be read), events are cut by time
day() { # date name
	mkdir -p "$WORK/s3/AWSLogs/1/CloudTrail/eu-west-1/${1//-//}"
	cat >"$WORK/s3/AWSLogs/1/CloudTrail/eu-west-1/${1//-//}/1_CloudTrail_eu-west-1_${1//-/}T1200Z_$2.json"
}
record() { # time
	printf '{"Records":[{"eventVersion":"1.08","eventName":"A","eventSource":"s3.amazonaws.com","eventTime":"%s","eventID":"%s"}]}' \
		"$1" "$1"
}
echo "broken" | day 2026-03-01 x
record 2026-04-01T23:00:00Z | day 2026-04-02 early
record 2026-04-02T11:59:00Z | day 2026-04-02 noon
record 2026-04-03T11:59:00Z | day 2026-04-03 next
same "$(input '(i["events"], reasons)' --since 2026-04-02 --until 2026-04-02T23:59:59Z "$WORK/s3")" \
	"(1, [('outside --since/--until by file name', 1), ('outside --since/--until by time', 1), ('outside --since/--until by time', 1)])" \
	"one day of an S3 tree"
same "$(input 'i["events"]' --since 2026-04-01T23:00:00Z --until 2026-04-03T11:59:00Z "$WORK/s3")" 3 "both ends belong to the range"

# a cut gzip stream and an unreadable file cost themselves only
same "$(input '(i["files"], i["events"], reasons)' - $corpus/ndjson.jsonl <"$WORK")" "(2, 2, [('cannot be read', 1)])" \
	"a folder as standard input"
head -c 300 $corpus/records.json.gz >"$WORK/cut.json.gz"
same "$(input '(i["events"], reasons)' "$WORK/cut.json.gz" $corpus/ndjson.jsonl)" \
	"(2, [('truncated compression', 1)])" "a cut gzip stream"
if [ "$(id -u)" -ne 0 ]; then
	cp $corpus/records.json "$WORK/secret.json"
	chmod 0 "$WORK/secret.json"
	same "$(input '(i["events"], reasons)' "$WORK/secret.json" $corpus/ndjson.jsonl)" "(2, [('cannot be read', 1)])" \
		"an unreadable file"
fi
"$RARETRAIL" events "$WORK/nowhere" >"$WORK/out" 2>"$WORK/err"
same $? 2 "status for a missing path"
grep -q "$WORK/nowhere" "$WORK/err" || fail "a missing path is not named"

# what is packed alone, as no archive is: records are read; lines that could be a list of files (mtree) are no such list
python3 - "$WORK" $corpus/ndjson.jsonl <<'END'
import bz2, lzma, sys
work, lines = sys.argv[1:]
records = open(lines, "rb").read()
open(work + "/records.json.bz2", "wb").write(bz2.compress(records))
open(work + "/records.json.xz", "wb").write(lzma.compress(records))
listed = "".join(f"{1600479291 + i},alice,ListBuckets,10.0.0.{i}\n" for i in range(20))
open(work + "/listed.csv.xz", "wb").write(lzma.compress(listed.encode()))
END
same "$(input '(i["events"], reasons)' "$WORK/records.json.bz2")" "(2, [])" "records in bz2"
same "$(input '(i["events"], reasons)' "$WORK/records.json.xz")" "(2, [])" "records in xz"
same "$(input '(i["files"], reasons)' "$WORK/listed.csv.xz")" "(2, [('invalid JSON', 1)])" "lines like a list of files"

# a table of which only the names of the first columns were ever written
printf 'eventTime,eventName,eventSource,sourceIPAddress%0200d' 0 | tr 0 '\000' >"$WORK/zeroes.csv"
same "$(input 'reasons' "$WORK/zeroes.csv")" "[('not text', 1)]" "zeroes in the names of columns"
same "$(input 'reasons' --input-format csv "$WORK/zeroes.csv")" "[('JSON, but not CloudTrail', 1)]" "the same, read as a table"

# an encrypted or broken archive is named
printf 'PK\003\004 this is no archive' >"$WORK/bad.zip"
same "$(input 'reasons[0][0]' "$WORK/bad.zip")" "unusable archive member" "a broken archive"
exit 0
