#!/usr/bin/env python3
"""Damaged files: writes records into files and hurts some of them; then checks that all the others were read.

  damage.py make SEED COUNT DIR    COUNT files, and DIR/expected (file, ids that must be there, records in all)
  damage.py check DIR DOCUMENTS REPORT    documents of `events`, report of `detect --format json`
"""
import json
import random
import sys


def make_record(random_, record_id):
    return {"eventVersion": "1.08",
            "userIdentity": {"type": random_.choice(["IAMUser", "Root", "AssumedRole"]), "principalId": "AIDA1",
                             "arn": "arn:aws:iam::1:user/ada", "accountId": "1", "userName": random_.choice(["ada", 'b"r{ix', "{}"]),
                             "sessionContext": {"attributes": {"mfaAuthenticated": "false"}}},
            "eventTime": "2026-04-02T08:%02d:%02dZ" % (random_.randrange(60), random_.randrange(60)),
            "eventSource": "s3.amazonaws.com", "eventName": random_.choice(["GetObject", "PutObject"]), "awsRegion": "eu-west-1",
            "sourceIPAddress": "192.0.2.%d" % random_.randrange(256), "userAgent": "agent {} [] \\ \"quoted\"",
            "requestParameters": {"bucketName": "b", "policy": json.dumps({"Statement": [{"Effect": "Allow"}]}),
                                  "list": [1, 2.5, {"deep": [[], {}, None, "x\ny"]}]},
            "responseElements": None, "eventID": record_id, "resources": [{"accountId": "1", "type": "AWS::S3::Bucket"}],
            "eventType": "AwsApiCall", "recipientAccountId": "1"}


def hurt(random_, text):
    at = random_.randrange(1, len(text) - 1)
    kind = random_.randrange(8)
    if kind == 0:
        return text[:at] + text[min(len(text), at + random_.randrange(1, 40)):]
    if kind == 1:
        return text[:at] + random_.choice('{}[]",\\x\0') + text[at:]
    if kind == 2:
        return text[:at] + chr(random_.randrange(32, 127)) + text[at + 1:]
    if kind == 3:
        return text[:at]
    if kind == 4:
        return text[at:]
    if kind == 5:
        return text[:at] + "\n" + text[at:]
    if kind == 6:
        return text[:at] + '"' + text[at:]
    return text[:at] + text[max(0, at - 20):]


def make(seed, count, folder):
    random_ = random.Random(seed)
    expected = []
    for number in range(count):
        records = random_.randrange(2, 10)
        ids = ["%d-%d-%d" % (seed, number, i) for i in range(records)]
        hurt_ones = set(random_.sample(range(records), random_.randrange(1, 3)))
        style = random_.choice(["records", "array", "lines"])
        is_pretty = style != "lines" and random_.random() < 0.4
        texts = []
        for i, record_id in enumerate(ids):
            record = make_record(random_, record_id)
            text = json.dumps(record, indent=2) if is_pretty else json.dumps(record, separators=(",", ":"))
            texts.append(hurt(random_, text) if i in hurt_ones else text)
        if style == "records":
            whole = '{"Records":[' + ",".join(texts) + "]}"
        else:
            whole = "[" + ",\n".join(texts) + "]" if style == "array" else "\n".join(texts) + "\n"
        name = "%05d.json" % number
        with open("%s/%s" % (folder, name), "w", encoding="utf-8") as file:
            file.write(whole)
        expected.append({"file": name, "ids": [id_ for i, id_ in enumerate(ids) if i not in hurt_ones], "records": records})
    with open(folder + "/../expected", "w", encoding="utf-8") as file:
        json.dump(expected, file)


def check(folder, documents_path, report_path):
    with open(documents_path, encoding="utf-8") as file:
        found = {document["event"].get("id") for document in map(json.loads, file)}
    with open(report_path, encoding="utf-8") as file:
        report = json.load(file)["input"]
    with open(folder + "/../expected", encoding="utf-8") as file:
        expected = json.load(file)
    wrong = 0
    for entry in expected:
        lost = [id_ for id_ in entry["ids"] if id_ not in found]
        if lost:
            wrong += 1
            print("%s: whole, but not read: %s" % (entry["file"], ", ".join(lost)))
    records = sum(entry["records"] for entry in expected)
    events = report["events"] + report["duplicates"]
    skipped = sum(skip["count"] for skip in report["skipped"])
    if events > records or events + skipped < records:
        wrong += 1
        print("%d events and %d skips of %d records" % (events, skipped, records))
    print("%d files, %d records, %d events, %d skips" % (len(expected), records, events, skipped))
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "make":
        make(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    elif len(sys.argv) == 5 and sys.argv[1] == "check":
        sys.exit(check(sys.argv[2], sys.argv[3], sys.argv[4]))
    else:
        sys.exit(__doc__)
