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


BUCKETS = {300: 900, 600: 800, 900: 700, 1800: 600, 3600: 400, 7200: 300, 21600: 150, 86400: 60}


def habit(chance):
    """What a user does, and how likely each of it is in an hour of activity."""
    verbs = [f"Verb{n}" for n in range(40)]
    chosen = chance.sample(verbs, chance.choice([1, chance.randint(1, 14)]))
    kind = chance.choice(["flat", "steep", "rare"])
    rates = {"flat": lambda i: 0.8, "steep": lambda i: 1 / (1 + i), "rare": lambda i: 0.9 if i < 2 else 0.03}
    return {verb: rates[kind](i) for i, verb in enumerate(chosen)}


def make_rows(chance, span, number, origin, share):
    """One user's (time, user, action, ip): an odd start, holes, bursts; now and then thousands of actions."""
    user, own, buckets = f"user{number}", habit(chance), int(BUCKETS[span] * share)
    begin = origin + chance.choice([0, chance.randint(0, span * buckets // 2)])
    if chance.random() < 0.3:
        begin = -(-begin // span) * span
    rows = [(begin, user, chance.choice(list(own)), f"10.0.0.{number}")]
    busy = chance.choice([1.0, 0.6, 0.2])
    quiet = chance.randint(0, buckets)
    scans = chance.sample(range(buckets), min(buckets, 25)) if chance.random() < 0.08 else []
    for n in range(buckets):
        start = (begin // span + n) * span
        if chance.random() > busy or quiet <= n < quiet + 60 or start + span <= begin:
            continue
        for action, rate in own.items():
            if chance.random() < rate:
                for _ in range(chance.choice([1, 1, 3])):
                    time = max(begin, start + chance.randrange(span))
                    rows.append((time, user, action, f"10.0.{chance.randrange(2)}.{number % 4}"))
        if n in scans:
            rows += [(max(begin, start + k), user, f"Scan{n}.{k}", "10.9.9.9") for k in range(120)]
    for _ in range(chance.randint(0, 5)):
        start = begin + chance.randint(span * buckets // 2, span * buckets - 1)
        for verb in range(chance.choice([1, 1, 1, 2, 5])):
            name = f"New{verb}" if chance.random() < 0.5 else f"New{chance.randrange(1000)}"
            gap = chance.choice([span, 12 * span, 50 * span, 51 * span, 60 * span])
            for n in range(chance.choice([1, 1, 1, 3, 6])):
                rows.append((start + n * gap, user, name, chance.choice(["203.0.113.9", None])))
    return rows


def make_events(chance):
    """Rows (time, user, action, values) in time order: every span, gaps in everybody's data, missing actions and ids."""
    span = chance.choice([3600, 3600, *BUCKETS])
    origin = chance.randint(1_600_000_000, 1_700_000_000)
    users = chance.choice([1, 2, 3, 4, 12])
    rows = [row for n in range(users) for row in make_rows(chance, span, n, origin, 0.4 if users > 4 else 1)]
    rows.sort(key=lambda row: row[0])
    if chance.random() < 0.4:
        pause, gap = rows[chance.randrange(len(rows))][0], span * chance.choice([3, 51, 700])
        rows = [(time + gap if time > pause else time, *rest) for time, *rest in rows]
    events = []
    for time, user, action, ip in rows:
        if chance.random() < 0.01:
            action = None
        values = {"user": user, "ip": ip, "arn": f"arn:aws:iam::1:user/{user}"}
        values["city"] = f"City {ip[-1]}" if ip and chance.random() < 0.7 else None
        values["id"] = f"AIDA{int(user[4:]) // 2}" if chance.random() < 0.98 else ""
        events.append((time, user, action, values))
    return span, events


def document(number, event):
    time, user, action, values = event
    out = {"@timestamp": datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
           "event": {"id": f"{number:08}", "dataset": "aws.cloudtrail", "module": "aws",
                     "outcome": "failure" if number % 5 == 0 else "success"},
           "user": {"name": user}, "aws": {"cloudtrail": {"user_identity": {"arn": values["arn"]}}}}
    if values["id"]:
        out["user"]["id"] = values["id"]
    if action:
        out["event"]["action"] = action
    if values["ip"]:
        out["source"] = {"ip": values["ip"], "address": values["ip"]}
        if values["city"]:
            out["source"]["geo"] = {"city_name": values["city"]}
    return out


def split(chance, span, events):
    """Older rows to learn from, the rows to judge, and those of them that count: what lies before the newest bucket of
    the older ones comes too late."""
    if chance.random() < 0.5:
        return [], events, events
    cut = chance.randint(len(events) // 3, len(events) - 1)
    older = events[:cut]
    moved = {chance.randrange(cut) for _ in range(chance.choice([0, 5]))} - {cut - 1}
    older = [event for n, event in enumerate(events[:cut]) if n not in moved]
    newer = [event for n, event in enumerate(events) if n in moved or n >= cut]
    border = older[-1][0] // span * span
    return older, newer, [event for event in newer if event[0] >= border]


def instant(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def compare(what, key, got, expected, limit):
    if not abs(got - expected) <= limit:
        sys.exit(f"{key}: {what} is {got!r}, the oracle says {expected!r}")


def write(path, events, first):
    with open(path, "w", encoding="utf-8") as out:
        for number, event in enumerate(events):
            out.write(json.dumps(document(first + number, event)) + "\n")


def detect(program, span, field, older, newer, threshold, most):
    command = [program, "detect", "--rule", "rare-method", "--format", "ndjson", "--exit-zero", "--quiet"]
    for assignment in (f"anomaly_threshold={threshold}", f"max_alerts={most}", f"bucket_span={span}s",
                       f"partition_field={field}"):
        command += ["--set", f"rare-method.{assignment}"]
    run = subprocess.run(command + (["--baseline", older] if older else []) + [newer], capture_output=True, check=True)
    alerts = [json.loads(line) for line in run.stdout.decode().splitlines()]
    return {(instant(a["@timestamp"]), a["partition_field_value"] or "", a["event.action"]): a for a in alerts}


def check_alerts(where, span, records, alerts, threshold, most):
    """Of the records over the threshold, each execution takes the highest of those in view: every 15 minutes, buckets
    that are closed and began in the last two hours (or that it sees at least once)."""
    over = [r for r in records if r["initial_record_score"] >= threshold]
    back, fired = max(7200, span + 900), set()
    for now in sorted({-(-(r["bucket"] + span) // 900) * 900 + 900 * k for r in over for k in range(back // 900 + 1)}):
        seen = [r for r in over if r["bucket"] + span <= now <= r["bucket"] + back]
        seen.sort(key=lambda r: -r["initial_record_score"])
        if len(seen) > most and seen[most - 1]["initial_record_score"] - seen[most]["initial_record_score"] < 0.001:
            return
        fired |= {(r["bucket"], r["user"], r["action"]) for r in seen[:most]}
    if fired != set(alerts):
        sys.exit(f"{where}: threshold {threshold}, at most {most}: {sorted(fired ^ set(alerts))[:5]} differ")


def check(program, folder, seed):
    chance = random.Random(seed)
    span, events = make_events(chance)
    older, newer, counted = split(chance, span, events)
    field = chance.choice(["user.name", "user.name", "user.id"])
    write(f"{folder}/older.ndjson", older, 0)
    write(f"{folder}/newer.ndjson", newer, len(older))
    paths = f"{folder}/older.ndjson" if older else None, f"{folder}/newer.ndjson"
    got = detect(program, span, field, *paths, 0, 0)
    rows = sorted(older + counted, key=lambda event: event[0])
    if field == "user.id":
        rows = [(time, values["id"], action, values) for time, _, action, values in rows]
    records = Detector(span, FIELDS, "user" if field == "user.name" else None).run(rows)
    key = "id" if field == "user.id" else "user"
    present = {(time // span * span, values[key], action) for time, _, action, values in counted}
    expected = {(r["bucket"], r["user"], r["action"]): r for r in records}
    expected = {key: r for key, r in expected.items() if key in present}
    if set(got) != set(expected):
        sys.exit(f"seed {seed}: only the program: {sorted(set(got) - set(expected))[:5]}, "
                 f"only the oracle: {sorted(set(expected) - set(got))[:5]}")
    for key, record in expected.items():
        alert, where = got[key], f"seed {seed}, {key}"
        compare("probability", where, alert["probability"], record["probability"], 1e-6 * record["probability"])
        for score in ("initial_record_score", "record_score", "user_score", "bucket_score"):
            compare(score, where, alert[score], record[score], 0.01)
        influencers = {i["influencer_field_name"]: i for i in alert["influencers"]}
        for field_name in FIELDS:
            values = record["influencers"].get(field_name, {})
            have = influencers.get(ECS[field_name], {"influencer_field_values": [], "influencer_score": 0})
            if have["influencer_field_values"] != sorted(values):
                sys.exit(f"{where}: {field_name} is {have['influencer_field_values']}, the oracle says {sorted(values)}")
            compare(field_name, where, have["influencer_score"], max(values.values(), default=0), 0.01)
    scores = sorted(r["initial_record_score"] for r in expected.values())
    if scores:
        threshold, most = round(scores[len(scores) // 3] - 0.005, 2), chance.randint(1, 3)
        alerts = detect(program, span, field, *paths, threshold, most)
        check_alerts(f"seed {seed}", span, expected.values(), alerts, threshold, most)
    return len(expected)


def main():
    program, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    first = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    total = sum(check(program, folder, seed) for seed in range(first, first + rounds))
    print(f"{rounds} random logs, {total} records agree")


if __name__ == "__main__":
    main()
