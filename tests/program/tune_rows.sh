#!/usr/bin/env bash
# `tune` as CSV and NDJSON: the rows are the items of the JSON object, all of them, in their order; one kind at a time.
. tests/program/lib.sh
need python3

for sample in ci-key first-key; do
	"$RARETRAIL" sample "$sample" -q -o "$WORK/$sample" || fail "the sample $sample cannot be written"
done
cat >"$WORK/check.py" <<'PY'
import csv, hashlib, io, json, subprocess, sys
program, work = sys.argv[1:]
inputs = {"ci-key": ["--asn-db", work + "/ci-key/sample-asn.mmdb", work + "/ci-key/AWSLogs"],
    "first-key": ["--asn-db", work + "/first-key/sample-asn.mmdb", work + "/first-key"]}

# The case of the sample, with the alert marked benign: something to advise.
with open(work + "/benign", "w") as out:
    previous = ""
    for n, line in enumerate(open("tests/program/expected/ci-key.case"), 1):
        body = line[:line.index(',"n":')].replace("true positive", "benign") + ',"n":%d,"prev":"%s"' % (n, previous)
        previous = hashlib.sha256((body + "}").encode()).hexdigest()[:16]
        out.write('%s,"sum":"%s"}\n' % (body, previous))

def run(form, *arguments):
    done = subprocess.run([program, "tune", "-q", "--format", form, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert done.returncode in (0, 1, 3), arguments
    return done.stdout.decode()

def is_same(text, value): # a cell of CSV and what the object has
    if isinstance(value, list):
        value = " | ".join(value)
    if isinstance(value, bool) or value is None:
        return text == {True: "true", False: "false", None: ""}[value]
    return text == value if isinstance(value, str) else float(text) == value

def as_it_is(item):
    return item
def flat_near_miss(item):
    alert = dict(item["alert"])
    why, = [why for why in alert.pop("why") if not why["holds"]]
    return dict(distance=item["distance"], fails=why["condition"], value=why["value"], limit=why["limit"], unit=why["unit"],
        fires_at=why["silence_at"], **alert)
def flat_advice(item):
    silenced = {"silenced." + verdict: count for verdict, count in item["silenced"].items()}
    return dict(parameter=item["parameter"], applied=item["applied"], limit=item["limit"], **silenced)
def steps(report):
    return [dict(parameter=sweep["parameter"], exact=sweep["exact"], **step) for sweep in report["sweeps"] for step in sweep["steps"]]

# The kind; its items in the object; an item as columns; what is asked, and of which sample.
kinds = {
    "--draft": (lambda report: report["diff"]["changes"], as_it_is, {
        "rare-as.max_rare_asn_ratio=0.001": "ci-key",
        "rare-as.max_rare_asn_ratio=0.001 --draft rare-method.anomaly_threshold=60": "first-key",
        "rare-as.interval=5m --filter user:nobody": "ci-key"}),
    "--sweep": (steps, as_it_is, {
        "rare-as.max_rare_asn_ratio": "ci-key", "rare-as.max_age --sweep rare-method.anomaly_threshold": "first-key"}),
    "--near-misses": (lambda report: report["near_misses"], flat_near_miss, {
        "--set rare-as.max_age=30m": "ci-key",
        "--set rare-as.min_trusted_cloud_event_count=5000": "ci-key",
        "--filter user:nobody": "ci-key"}),
    "--horizon": (lambda report: report["horizon"]["users"], as_it_is, {"": "first-key", "--filter user:nobody": "ci-key"}),
    "--advise": (lambda report: report["advice"], flat_advice, {
        "--case " + work + "/benign": "ci-key", "--case tests/program/expected/ci-key.case": "ci-key"}),
}
fates = set()
for kind, (items_of, flat, asked) in kinds.items():
    header, total = None, 0
    for words, sample in asked.items():
        arguments = [kind, *words.split(), *inputs[sample]]
        items = items_of(json.loads(run("json", *arguments)))
        assert [json.loads(line) for line in run("ndjson", *arguments).splitlines()] == items, arguments
        text = run("csv", *arguments)
        assert text.count("\n") == text.count("\r\n") == len(items) + 1, arguments
        names, *rows = csv.reader(io.StringIO(text, newline=""))
        header = header or names
        assert names == header and len(rows) == len(items), arguments
        for row, item in zip(rows, items):
            wanted = flat(item)
            assert header == list(wanted), (arguments, header, list(wanted))
            for cell, name in zip(row, header):
                assert is_same(cell, wanted[name]), (arguments, name, cell, wanted[name])
        fates |= {item["fate"] for item in items if kind == "--draft"}
        total += len(items)
    assert total > 0, kind
assert fates == {"lost", "gained", "kept"}, fates
PY
python3 "$WORK/check.py" "$RARETRAIL" "$WORK" || fail "the rows and the object differ"

logs=$WORK/ci-key/AWSLogs
for format in csv ndjson; do
	run 2 tune --format $format --near-misses --horizon "$logs"
	says "--format $format prints rows of one kind: give only one of --draft, --sweep, --near-misses"
	run 2 tune --format $format --draft rare-as.window=1d --sweep rare-as.max_age "$logs"
	says "rows of one kind"
	equal "what is printed" "$(cat "$WORK/out")" ""
done
run 2 tune --near-misses --rule rare-method "$logs"
says "--near-misses is about rare-as"
run 2 tune --horizon --rule rare-as "$logs"
says "--horizon is about rare-method"
