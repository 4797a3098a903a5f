"""Compares the program with an oracle of rare-as, every column of every alert, on random data sets and on given ones.

usage: rare_as_check.py PROGRAM WORK python|duckdb:NODE_MODULES|clickhouse:NODE_MODULES COUNT [DATA.ndjson ARGUMENT...]
ClickHouse runs what the program exports; the other two are the rule written down once more.
With DATA, its documents are what the oracle reads, and the program is given ARGUMENTs instead (the raw logs and more).
"""
import concurrent.futures
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rare_as  # noqa: E402
from rare_as import DAY, HOUR  # noqa: E402

MINUTE = 60_000
BASE = 1_772_323_200_000  # 2026-03-01
TRUSTED = ["Amazon.com, Inc.", "Amazon Data Services Ireland", "Google LLC", "Microsoft Corporation", "MongoDB, Inc."]
OTHERS = ["Selectel Ltd.", "Amazonia Publicidade Ltda", "AMAZON-02", "amazon.com", "Google LLC ", "Телеком Сервис",
          "日本電信電話", "OVH SAS", "a*b", "Ümläut Netz GmbH", "Google\u00a0LLC", "Zwölf%_\\", "🛰 Sat"]
ACTIONS = ["GetObject", "ListBuckets", "CreateAccessKey", "GetCallerIdentity", "Converse", "getobject",
           "DescribeInstances", "PutObject", None]
USERS = [("ci-deploy", "IAMUser"), ("ci-deploy", None), ("ci-deploy", "AssumedRole"), ("Zoë", "IAMUser"),
         ("app:日本", "Root"), ("o'brien", None)]


def document(number, timestamp, ingested, user, kind, organisation, action, rng, is_clean):
    iso = lambda ms: rare_as.format_time(ms).replace("Z", rng.choice(["Z", "Z", "517Z"]))
    ip = rng.choice(["192.0.2.7", "198.51.100.9", "2001:db8::7", "203.0.113.200"])
    out = {"@timestamp": iso(timestamp), "event": {"id": f"e{number}", "dataset": "aws.cloudtrail",
           "outcome": "success" if is_clean or rng.random() < 0.95 else "failure"}, "source": {"address": ip, "ip": ip}}
    if rng.random() < 0.1:
        out["source"] = {"address": "ec2.amazonaws.com"}
    if ingested is not None:
        out["event"]["ingested"] = iso(ingested)
    if action:
        out["event"]["action"] = action
    if organisation or rng.random() < 0.5:
        out["source"]["as"] = {"number": 64500}
    if organisation:
        out["source"]["as"]["organization"] = {"name": organisation}
    if is_clean or rng.random() < 0.97:
        out["user"] = {"name": user}
        if rng.random() < 0.1:
            out["user"]["changes"] = {"name": rng.choice(["renamed", "später"])}
    out["aws"] = {"cloudtrail": {"user_identity": {"type": kind} if kind else {}}}
    if rng.random() < 0.8:
        out["user_agent"] = {"original": rng.choice(["aws-cli/2.15", "Boto3/1.34", "curl/8 \"quoted\""])}
    return out


def scattered(rng):
    """A few identities, any network, times that like whole hours."""
    start, span = BASE + rng.randrange(DAY), rng.choice([HOUR, DAY, 3 * DAY, 8 * DAY])
    users, rare = rng.sample(USERS, rng.randint(1, 3)), rng.choice([0.02, 0.1, 0.5])
    has_ingested = rng.random() < 0.3
    for _ in range(rng.randrange(0, 260)):
        time = start + rng.randrange(span)
        time = rng.choice([time, time, time - time % HOUR, time - time % HOUR + 1, time - time % HOUR - 1])
        ingested = None
        if has_ingested and rng.random() < 0.7:
            ingested = rng.choice([time, time + rng.randrange(5 * HOUR), start + rng.randrange(span)])
        organisation = rng.choice(OTHERS + [None]) if rng.random() < rare else rng.choice(TRUSTED[:3])
        yield (time, ingested, *rng.choice(users), organisation, rng.choice(ACTIONS))


def boundary(rng):
    """One identity at the limits of the defaults: 2 of 200, both ends of the window, one hour of age, five networks."""
    now, (user, kind) = BASE + rng.randrange(24 * 5) * HOUR, rng.choice(USERS)
    rare = rng.sample(ACTIONS[:5], rng.choice([1, 2, 2, 2, 3])) + rng.choice([[], [], ["PutObject"], [None]])
    trusted = rng.choice([198, 198, 198, 197, 199, 99, 297, len(rare) * 99])
    inside, outside = [now, now - 7 * DAY, now - 7 * DAY + 1, now - 1], [now + 1, now - 7 * DAY - 1]
    networks = TRUSTED[:rng.choice([1, 2, 3, 4, 5])]
    for _ in range(trusted):
        time = rng.choice(inside) if rng.random() < 0.05 else now - rng.randrange(7 * DAY)
        yield (time, None, user, kind, rng.choice(networks), rng.choice(ACTIONS))
    for _ in range(rng.choice([0, 0, 1, 5])):
        yield (rng.choice(outside), None, user, kind, rng.choice(networks), "PutObject")
    others = rng.sample(OTHERS, rng.choice([1, 1, 2]))
    age = rng.choice([0, 1, MINUTE, HOUR - 1, HOUR, HOUR, HOUR + 1])
    for number, action in enumerate(rare):
        yield (now - age - number * MINUTE, None, user, kind, rng.choice(others), action)


def make(path, seed):
    rng = random.Random(seed)
    is_boundary = seed % 3 == 0
    is_clean = rng.random() < (0.9 if is_boundary else 0.5)
    with open(path, "w", encoding="utf-8") as out:
        for number, event in enumerate(list((boundary if is_boundary else scattered)(rng))):
            out.write(json.dumps(document(number, *event, rng, is_clean), ensure_ascii=rng.random() < 0.5) + "\n")


def random_params(rng, with_cidr):
    params = {
        "has_trusted_cloud_asn": rng.random() < 0.7,
        "min_untrusted_event_count": rng.randrange(4),
        "min_trusted_cloud_event_count": rng.choice([0, 1, 5, 20, 100]),
        "max_rare_asn_ratio": rng.choice([0, 0.01, 0.02, 0.1, 1 / 3, 0.5, 1]),
        "min_unique_action_from_untrusted_asn": rng.randrange(4),
        "max_count_distinct_asns": rng.choice([1, 2, 3, 5, 10]),
        "max_age": rng.choice([0, 1, 30 * MINUTE, HOUR, 5 * HOUR, 3 * DAY]),
        "window": rng.choice([HOUR, 25 * HOUR, 3 * DAY, 7 * DAY, 30 * DAY]),
        "interval": rng.choice([HOUR, HOUR, 15 * MINUTE, 7 * HOUR, DAY, 35 * MINUTE]),
    }
    params = {key: value for key, value in params.items() if rng.random() < 0.7}
    if rng.random() < 0.6:  # let something fire
        params.update(max_rare_asn_ratio=rng.choice([0.1, 0.5, 1]), max_count_distinct_asns=20,
                      min_trusted_cloud_event_count=rng.choice([0, 3]), min_unique_action_from_untrusted_asn=1)
    for key, entries in (("trusted", ["*", "?*a*", "Selectel ???.", "Телеком*", "a\\*b", "Zwölf%_\\\\", "🛰?Sat", "nobody"]),
                         ("sensitive_actions", ["PutObject", "getobject"]), ("ignored_users", ["ci-*", "Zo?", "x"]),
                         ("ignored_actions", ["List*", "*Object"])):
        if rng.random() < 0.2:
            kept = [entry for entry in rare_as.DEFAULTS[key] if rng.random() < 0.7]
            params[key] = kept + rng.sample(entries, rng.randint(0, 2))
    if with_cidr and rng.random() < 0.2:
        params["trusted_cidr"] = rng.sample(["192.0.2.0/24", "198.51.100.9", "2001:db8::/48", "203.0.113.128/25"], 2)
    return params


def assignments(params):
    for key, value in params.items():
        if isinstance(value, list):
            yield f"rare-as.{key}="
            yield from (f"rare-as.{key}+={entry}" for entry in value)
        elif isinstance(value, bool):
            yield f"rare-as.{key}={str(value).lower()}"
        else:
            yield f"rare-as.{key}={value}" + ("ms" if key in ("max_age", "window", "interval") else "")


def output_of(command, job):
    for assignment in assignments(job["given"]):
        command += ["--set", assignment]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: status {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


def export(program, job):
    return output_of([program, "rule", "export", "--format", "clickhouse"], job)


def detect(program, job, arguments):
    command = [program, "detect", "--rule", "rare-as", "--format", "json", "--exit-zero", "--quiet", *arguments]
    command += ["--replay"] if job["now"] is None else ["--now", rare_as.format_time(job["now"])]
    alerts = []
    for alert in json.loads(output_of(command, job))["alerts"]:
        row = {key: value for key, value in alert.items() if key.startswith("Esql.")}
        newest = row["Esql.most_recent_low_asn_day"]
        row["Esql.most_recent_low_asn_day"] = newest and rare_as.parse_time(newest)
        alerts.append({"user": alert["user.name"], "type": alert["aws.cloudtrail.user_identity.type"],
                       "first_fired": rare_as.parse_time(alert["first_fired"]),
                       "last_fired": rare_as.parse_time(alert["last_fired"]),
                       "times_fired": alert["times_fired"], "row": row})
    return alerts


NAMES = {"total": "total_events_all_asns", "orgs": "count_distinct_asns", "org_values": "src_asn_values",
         "agent_values": "user_agent_values", "changes_values": "related_users", "address_values": "source_ip_values",
         "has_trusted": "has_trusted_cloud_asn", "trusted_count": "trusted_cloud_event_count",
         "untrusted_count": "untrusted_event_count", "suspicious": "untrusted_suspicious_count",
         "actions": "untrusted_suspicious_actions", "newest": "most_recent_low_asn_day", "ratio": "rare_asn_ratio",
         "unique_actions": "unique_action_from_untrusted_asn"}


def ask(script, modules, jobs, work):
    """The rows that an engine, run by one of the scripts here, gives for each job."""
    with open(f"{work}/jobs.json", "w", encoding="utf-8") as out:
        json.dump(jobs, out)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), script)
    subprocess.run(["node", script, modules, f"{work}/jobs.json", f"{work}/results.json"], check=True)
    with open(f"{work}/results.json", encoding="utf-8") as results:
        yield from zip(jobs, json.load(results))


def ask_clickhouse(program, modules, jobs, work):
    for job in jobs:
        clocks, interval = rare_as.read(job["data"])[1], {**rare_as.DEFAULTS, **job["given"]}["interval"]
        job["instants"] = rare_as.executions(clocks, interval) if job["now"] is None else [job["now"]]
        job["sql"] = export(program, job)
    for job, rows in ask("rare_as_clickhouse.mjs", modules, jobs, work):
        firings = {}
        for row in rows:
            columns = row["row"]
            key = columns.pop("user.name"), columns.pop("aws.cloudtrail.user_identity.type")
            newest = columns["Esql.most_recent_low_asn_day"].replace(" ", "T") + "Z"
            columns["Esql.most_recent_low_asn_day"] = rare_as.parse_time(newest)
            columns["Esql.has_trusted_cloud_asn"] = bool(columns["Esql.has_trusted_cloud_asn"])
            columns = {name: None if value == [] else value for name, value in columns.items()}
            firings.setdefault(row["now"], {})[key] = columns
        yield rare_as.merge(sorted(firings.items()), {**rare_as.DEFAULTS, **job["given"]}["interval"])


def ask_duckdb(modules, jobs, work):
    for job in jobs:
        job["params"] = {**rare_as.DEFAULTS, **job["given"]}
    for job, rows in ask("rare_as_duckdb.mjs", modules, jobs, work):
        firings = {}
        for row in rows:
            columns = {"Esql." + name: row[key] for key, name in NAMES.items()}
            firings.setdefault(int(row["now"]), {})[(row["user"], row["type"])] = columns
        yield rare_as.merge(sorted(firings.items()), job["params"]["interval"])


def order(alert):
    return alert["first_fired"], alert["user"], alert["type"] or ""


def main():
    program, work, engine, count = sys.argv[1:4] + [int(sys.argv[4])]
    is_duckdb, is_clickhouse = engine.startswith("duckdb:"), engine.startswith("clickhouse:")
    data, arguments = (sys.argv[5], sys.argv[6:]) if len(sys.argv) > 5 else (None, None)
    jobs = []
    for seed in range(count):
        rng = random.Random(f"job {seed}")
        path = data or f"{work}/set-{seed}.ndjson"
        if not data:
            make(path, seed)
        clocks = rare_as.read(path)[1] or [BASE]
        given_at = [(None, False), (None, True), (rng.choice(clocks), True),
                    (rng.choice(clocks) + rng.choice([0, HOUR, 7 * DAY, 12345]), True),
                    (rng.choice(clocks) // HOUR * HOUR + HOUR, False)]
        if is_clickhouse:  # 15 ms an execution: hardly a replay, but the last hours, where the boundaries are
            replay = [None] if data or seed % 20 == 0 else rare_as.executions(clocks, HOUR)[-2:]
            given_at[:2] = [(now, False) for now in replay]
        for now, has_params in given_at:
            given = random_params(rng, not is_duckdb) if has_params else {}
            if data and has_params:
                given.update(has_trusted_cloud_asn=False, max_rare_asn_ratio=1, max_count_distinct_asns=50,
                             min_trusted_cloud_event_count=0, min_unique_action_from_untrusted_asn=1)
            jobs.append({"data": path, "now": now, "given": given})
    if engine == "python":
        expected = (rare_as.run(job["data"], job["given"], job["now"]) for job in jobs)
    elif is_duckdb:
        expected = ask_duckdb(engine.split(":", 1)[1], jobs, work)
    else:
        expected = ask_clickhouse(program, engine.split(":", 1)[1], jobs, work)
    alerts = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda job: detect(program, job, arguments or [job["data"]]), jobs)
        for job, ours, theirs in zip(jobs, results, expected):
            ours, theirs = sorted(ours, key=order), sorted(theirs, key=order)
            alerts += len(ours)
            if ours != theirs:
                print(json.dumps(job, ensure_ascii=False), "\nours:", json.dumps(ours, ensure_ascii=False),
                      "\ntheirs:", json.dumps(theirs, ensure_ascii=False))
                pool.shutdown(cancel_futures=True)
                sys.exit(1)
    print(f"{len(jobs)} evaluations of {1 if data else count} data sets, {alerts} alerts, every column equal")
    if alerts == 0 and not data:
        sys.exit("no alert was compared")


main()
