#!/usr/bin/env python3
"""Random logs through the program and through the oracle: every anomaly record of one must be the other's, with the
same probability and scores.

    rare_method_check.py PROGRAM FOLDER ROUNDS
"""

import json
import random
import subprocess
import sys
from datetime import datetime, timezone

sys.dont_write_bytecode = True

from rare_method import Detector  # noqa: E402

FIELDS = ["user", "ip", "city", "arn"]
ECS = {"user": "user.name", "ip": "source.ip", "city": "source.geo.city_name",
       "arn": "aws.cloudtrail.user_identity.arn"}


def habit(chance):
    """What a user does, and how likely each of it is in an hour of activity."""
    verbs = [f"Verb{n}" for n in range(40)]
    chosen = chance.sample(verbs, chance.randint(1, 14))
    kind = chance.choice(["flat", "steep", "rare"])
    rates = {"flat": lambda i: 0.8, "steep": lambda i: 1 / (1 + i), "rare": lambda i: 0.9 if i < 2 else 0.03}
    return {verb: rates[kind](i) for i, verb in enumerate(chosen)}


def make_events(chance):
    """Rows (time, user, action, values) in time order: odd starts, gaps, holes, bursts, missing actions and users."""
    span = chance.choice([3600, 3600, 3600, 900, 300, 86400])
    buckets = {86400: 60, 3600: 400, 900: 700, 300: 900}[span]
    origin = chance.randint(1_600_000_000, 1_700_000_000)
    rows = []
    for number in range(chance.randint(1, 4)):
        user, own = f"user{number}", habit(chance)
        begin = origin + chance.choice([0, chance.randint(0, span * buckets // 2)])
        if chance.random() < 0.3:
            begin = -(-begin // span) * span
        rows.append((begin, user, chance.choice(list(own)), f"10.0.0.{number}"))
        busy = chance.choice([1.0, 0.6, 0.2])
        quiet = chance.randint(0, buckets)
        for n in range(buckets):
            start = (begin // span + n) * span
            if chance.random() > busy or quiet <= n < quiet + 60 or start + span <= begin:
                continue
            for action, rate in own.items():
                if chance.random() < rate:
                    for _ in range(chance.choice([1, 1, 3])):
                        time = max(begin, start + chance.randrange(span))
                        rows.append((time, user, action, f"10.0.{chance.randrange(2)}.{number}"))
        for _ in range(chance.randint(0, 5)):
            start = begin + chance.randint(span * buckets // 2, span * buckets - 1)
            for verb in range(chance.choice([1, 1, 1, 2, 5])):
                name = f"New{verb}" if chance.random() < 0.5 else f"New{chance.randrange(1000)}"
                repeats = chance.choice([1, 1, 1, 3, 6])
                gap = chance.choice([span, 12 * span, 60 * span])
                for n in range(repeats):
                    rows.append((start + n * gap, user, name, chance.choice(["203.0.113.9", None])))
    rows.sort(key=lambda row: row[0])
    events = []
    for time, user, action, ip in rows:
        if chance.random() < 0.01:
            action = None
        values = {"user": user, "ip": ip, "arn": f"arn:aws:iam::1:user/{user}"}
        values["city"] = f"City {ip[-1]}" if ip and chance.random() < 0.7 else None
        events.append((time, user, action, values))
    return span, events


def document(number, event):
    time, user, action, values = event
    out = {"@timestamp": datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
           "event": {"id": f"{number:08}", "dataset": "aws.cloudtrail", "module": "aws",
                     "outcome": "failure" if number % 5 == 0 else "success"},
           "user": {"name": user}, "aws": {"cloudtrail": {"user_identity": {"arn": values["arn"]}}}}
    if action:
        out["event"]["action"] = action
    if values["ip"]:
        out["source"] = {"ip": values["ip"], "address": values["ip"]}
        if values["city"]:
            out["source"]["geo"] = {"city_name": values["city"]}
    return out


def instant(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def compare(what, key, got, expected, limit):
    if not abs(got - expected) <= limit:
        sys.exit(f"{key}: {what} is {got!r}, the oracle says {expected!r}")


def check(program, folder, seed):
    chance = random.Random(seed)
    span, events = make_events(chance)
    path = f"{folder}/events.ndjson"
    with open(path, "w", encoding="utf-8") as out:
        for number, event in enumerate(events):
            out.write(json.dumps(document(number, event)) + "\n")
    run = subprocess.run([program, "detect", "--rule", "rare-method", "--format", "ndjson", "--exit-zero", "--quiet",
                          "--set", "rare-method.anomaly_threshold=0", "--set", "rare-method.max_alerts=0",
                          "--set", f"rare-method.bucket_span={span}s", path], capture_output=True, check=True)
    got = {}
    for line in run.stdout.decode().splitlines():
        alert = json.loads(line)
        got[instant(alert["@timestamp"]), alert["user.name"], alert["event.action"]] = alert
    expected = {(r["bucket"], r["user"], r["action"]): r for r in Detector(span, FIELDS).run(events)}
    if set(got) != set(expected):
        sys.exit(f"seed {seed}: only the program: {sorted(set(got) - set(expected))[:5]}, "
                 f"only the oracle: {sorted(set(expected) - set(got))[:5]}")
    for key, record in expected.items():
        alert, where = got[key], f"seed {seed}, {key}"
        compare("probability", where, alert["probability"], record["probability"], 1e-6 * record["probability"])
        for score in ("initial_record_score", "record_score", "user_score", "bucket_score"):
            compare(score, where, alert[score], record[score], 0.01)
        influencers = {i["influencer_field_name"]: i for i in alert["influencers"]}
        for field in FIELDS:
            values = record["influencers"].get(field, {})
            have = influencers.get(ECS[field], {"influencer_field_values": [], "influencer_score": 0})
            if have["influencer_field_values"] != sorted(values):
                sys.exit(f"{where}: {field} is {have['influencer_field_values']}, the oracle says {sorted(values)}")
            compare(field, where, have["influencer_score"], max(values.values(), default=0), 0.01)
    return len(expected)


def main():
    program, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    first = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    total = sum(check(program, folder, seed) for seed in range(first, first + rounds))
    print(f"{rounds} random logs, {total} records agree")


if __name__ == "__main__":
    main()
