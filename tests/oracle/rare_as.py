"""The rule rare-as in its plainest form, over ECS documents: an oracle that shares nothing with the program.

Every execution looks at every document of its window; nothing is kept from one to the next.
"""
import bisect
import datetime
import ipaddress
import json
import re

HOUR = 3_600_000
DAY = 24 * HOUR
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

DEFAULTS = {
    "has_trusted_cloud_asn": True,
    "min_untrusted_event_count": 1,
    "min_trusted_cloud_event_count": 100,
    "max_rare_asn_ratio": 0.01,
    "min_unique_action_from_untrusted_asn": 2,
    "max_count_distinct_asns": 5,
    "max_age": HOUR,
    "window": 7 * DAY,
    "interval": HOUR,
    "trusted": ["Amazon*", "Google LLC", "Microsoft Corporation", "MongoDB, Inc."],
    "sensitive_actions": """GetCallerIdentity GetAccountSummary ListAccountAliases GetSecretValue ListSecrets
        DescribeSecret GetParameter GetParameters GetParametersByPath AssumeRole AssumeRoleWithWebIdentity
        AssumeRoleWithSAML AttachUserPolicy AttachRolePolicy PutUserPolicy PutRolePolicy CreateAccessKey
        UpdateAccessKey CreateUser CreateLoginProfile UpdateLoginProfile AddUserToGroup GetObject ListBuckets
        ListObjects ListObjectsV2 InvokeModel InvokeModelWithResponseStream Converse""".split(),
    "trusted_cidr": [],
    "ignored_users": [],
    "ignored_actions": [],
}


def parse_time(text):
    """Milliseconds since the epoch; a finer fraction is cut."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?Z", text)
    whole = datetime.datetime.fromisoformat(f"{match[1]}T{match[2]}+00:00")
    return int((whole - EPOCH).total_seconds()) * 1000 + int(((match[3] or "") + "000")[:3])


def format_time(ms):
    whole = EPOCH + datetime.timedelta(milliseconds=ms)
    return whole.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def like(pattern):
    out, escaped = "", False
    for char in pattern:
        if escaped:
            out, escaped = out + re.escape(char), False
        elif char == "\\":
            escaped = True
        else:
            out += {"*": ".*", "?": "."}.get(char, re.escape(char))
    return re.compile(out + (r"\\" if escaped else ""), re.DOTALL).fullmatch


def field(document, path):
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def read(path):
    """The documents that the rule can see, as (clock, …) in order of the clock, and the clocks of all documents."""
    events, clocks = [], []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            timestamp = parse_time(document["@timestamp"])
            ingested = field(document, "event.ingested")
            clock = parse_time(ingested) if ingested else timestamp
            clocks.append(clock)
            organisation, user = field(document, "source.as.organization.name"), field(document, "user.name")
            if field(document, "event.outcome") == "success" and organisation and user:
                events.append({
                    "clock": clock, "timestamp": timestamp, "user": user, "organisation": organisation,
                    "type": field(document, "aws.cloudtrail.user_identity.type"),
                    "action": field(document, "event.action"), "address": field(document, "source.address"),
                    "ip": field(document, "source.ip"), "agent": field(document, "user_agent.original"),
                    "changes": field(document, "user.changes.name")})
    events.sort(key=lambda event: event["clock"])
    return events, clocks


class Rule:
    def __init__(self, params):
        self.params = {**DEFAULTS, **params}
        lists = {key: [like(entry) for entry in self.params[key]]
                 for key in ("trusted", "ignored_users", "ignored_actions")}
        self.any = lambda key, text: text is not None and any(match(text) for match in lists[key])
        self.blocks = [ipaddress.ip_network(block) for block in self.params["trusted_cidr"]]

    def is_trusted(self, event):
        if self.any("trusted", event["organisation"]):
            return True
        if not event["ip"] or not self.blocks:
            return False
        address = ipaddress.ip_address(event["ip"])
        return any(address.version == block.version and address in block for block in self.blocks)

    def is_sensitive(self, event):
        return (event["action"] in self.params["sensitive_actions"] and
                not self.any("ignored_actions", event["action"]))

    def columns(self, group):
        """Every column of the query for one group; None is null."""
        values = lambda key: sorted({event[key] for event in group if event[key]}, key=str.encode) or None
        untrusted = [event for event in group if not event["is_trusted"]]
        sensitive = [event for event in untrusted if event["is_sensitive"]]
        actions = sorted({event["action"] for event in sensitive}, key=str.encode) or None
        return {
            "Esql.total_events_all_asns": len(group),
            "Esql.count_distinct_asns": len({event["organisation"] for event in group}),
            "Esql.src_asn_values": values("organisation"), "Esql.user_agent_values": values("agent"),
            "Esql.related_users": values("changes"), "Esql.source_ip_values": values("address"),
            "Esql.has_trusted_cloud_asn": len(untrusted) < len(group),
            "Esql.trusted_cloud_event_count": len(group) - len(untrusted),
            "Esql.untrusted_event_count": len(untrusted), "Esql.untrusted_suspicious_count": len(sensitive),
            "Esql.untrusted_suspicious_actions": actions,
            "Esql.most_recent_low_asn_day": max((event["timestamp"] for event in untrusted), default=None),
            "Esql.rare_asn_ratio": float(len(untrusted)) / float(len(group)),
            "Esql.unique_action_from_untrusted_asn": len(actions) if actions else None,
        }

    def fires(self, row, now):
        params, newest = self.params, row["Esql.most_recent_low_asn_day"]
        actions = row["Esql.unique_action_from_untrusted_asn"]
        return ((row["Esql.has_trusted_cloud_asn"] or not params["has_trusted_cloud_asn"])
                and row["Esql.untrusted_event_count"] >= params["min_untrusted_event_count"]
                and row["Esql.trusted_cloud_event_count"] >= params["min_trusted_cloud_event_count"]
                and row["Esql.rare_asn_ratio"] <= params["max_rare_asn_ratio"]
                and actions is not None and actions >= params["min_unique_action_from_untrusted_asn"]
                and row["Esql.count_distinct_asns"] <= params["max_count_distinct_asns"]
                and newest is not None and newest >= now - params["max_age"])

    def at(self, events, now):
        """Rows that fire in one execution, by (user, type)."""
        clocks = [event["clock"] for event in events]
        first = bisect.bisect_left(clocks, now - self.params["window"])
        groups = {}
        for event in events[first:bisect.bisect_right(clocks, now)]:
            if not self.any("ignored_users", event["user"]):
                groups.setdefault((event["user"], event["type"]), []).append(event)
        rows = {key: self.columns(group) for key, group in groups.items()
                if any(not event["is_trusted"] for event in group)}
        return {key: row for key, row in rows.items() if self.fires(row, now)}

    def mark(self, events):
        for event in events:
            event["is_trusted"], event["is_sensitive"] = self.is_trusted(event), self.is_sensitive(event)


def executions(clocks, interval):
    """Whole intervals: from the first after the first document to the first at or after the last; at least one."""
    if not clocks:
        return []
    first = (min(clocks) // interval + 1) * interval
    last = max(-(-max(clocks) // interval) * interval, first)
    return list(range(first, last + 1, interval))


def merge(firings, interval):
    """[(now, {key: row})] in order of now -> one alert for consecutive firings of a key, with the last row."""
    alerts, running = [], {}
    for now, rows in firings:
        for key, row in rows.items():
            alert = running.get(key)
            if alert is None or alert["last_fired"] != now - interval:
                alert = running[key] = {"user": key[0], "type": key[1], "first_fired": now, "times_fired": 0}
                alerts.append(alert)
            alert.update(last_fired=now, row=row)
            alert["times_fired"] += 1
    return alerts


def run(path, params, now):
    """Alerts of one data set: as of `now`, or of the whole replay when it is None."""
    rule, (events, clocks) = Rule(params), read(path)
    rule.mark(events)
    interval = rule.params["interval"]
    instants = executions(clocks, interval) if now is None else [now]
    return merge([(at, rule.at(events, at)) for at in instants], interval)
