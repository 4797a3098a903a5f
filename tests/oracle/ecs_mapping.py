#!/usr/bin/env python3
"""A second reading of the field mapping, written from its description alone, to hold the program against.

  ecs_mapping.py make SEED COUNT      random CloudTrail records of every identity type, one a line
  ecs_mapping.py check RECORDS DOCS [COMPAT]   compares documents of the program with what the records mean
"""
import json
import random
import re
import sys
from datetime import datetime, timezone

TYPES = ["Root", "IAMUser", "AssumedRole", "FederatedUser", "AWSAccount", "AWSService", "WebIdentityUser", "SAMLUser",
         "IdentityCenterUser", "Unknown", "Role", "Directory", None]


# ---- the mapping ----

def prune(value, drop_words):
    """null, "", {} and [] count as absent at every depth; with drop_words also "-" and "none"."""
    if value is None or value == "" or (drop_words and value in ("-", "none")):
        return None
    if isinstance(value, dict):
        kept = {key: prune(member, drop_words) for key, member in value.items()}
        kept = {key: member for key, member in kept.items() if member is not None}
        return kept or None
    if isinstance(value, list):
        kept = [prune(member, drop_words) for member in value]
        kept = [member for member in kept if member is not None]
        return kept or None
    return value


def get(value, *path):
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value):
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def is_ip(address):
    if re.fullmatch(r"(\d{1,3}\.){3}\d{1,3}", address):
        parts = address.split(".")
        return all(int(part) < 256 and str(int(part)) == part for part in parts)
    import socket
    try:
        socket.inet_pton(socket.AF_INET6, address)
        return True
    except (OSError, ValueError, UnicodeEncodeError):
        return False


def iso(value):
    """The one form all times get, or None."""
    if value is None:
        return None
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y%m%dT%H%M%SZ"):
        try:
            time = datetime.strptime(value, form).replace(tzinfo=timezone.utc)
        except ValueError:
            continue
        return time.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (time.microsecond // 1000)
    return None


def session_of(identity_type, arn):
    if identity_type not in ("AssumedRole", "FederatedUser", "IdentityCenterUser") or arn is None:
        return None
    if not re.match(r"arn:[^:]*:sts:", arn) or "/" not in arn:
        return None
    return arn.rsplit("/", 1)[1] or None


def expected(record, compat):
    is_old = compat == "5.2"
    raw = prune(record, not is_old) or {}
    who = get(raw, "userIdentity")
    issuer = get(who, "sessionContext", "sessionIssuer")
    kind, arn = text(get(who, "type")), text(get(who, "arn"))
    action = text(get(raw, "eventName"))
    invoked_by, issuer_arn = text(get(who, "invokedBy")), text(get(issuer, "arn"))

    service = None
    if not is_old:
        marker = ":role/aws-service-role/"
        if kind == "AWSService" and invoked_by is not None:
            service = invoked_by
        if kind == "AssumedRole" and issuer_arn is not None and marker in issuer_arn:
            service = invoked_by or issuer_arn.split(marker, 1)[1].split("/", 1)[0]

    name, user_id = text(get(who, "userName")), text(get(who, "principalId"))
    if kind in ("AssumedRole", "FederatedUser"):
        name = text(get(issuer, "userName")) or name
    if kind == "IdentityCenterUser":
        name = text(get(raw, "additionalEventData", "UserName")) if action == "UserAuthentication" else None
        user_id = user_id or text(get(who, "onBehalfOf", "userId"))
    if service is not None:
        name = user_id = None

    outcome = "failure" if get(raw, "errorCode") is not None or get(raw, "errorMessage") is not None else "success"
    login = text(get(raw, "responseElements", "ConsoleLogin"))
    if action == "ConsoleLogin" and login is not None:
        outcome = login.lower()

    session = session_of(kind, arn)
    target, new_name = text(get(raw, "requestParameters", "userName")), text(get(raw, "requestParameters", "newUserName"))
    target_id = text(get(raw, "responseElements", "user", "userId"))
    changes = new_name or (session if is_old else None)
    behalf = text(get(who, "onBehalfOf", "userId"))
    at_sign = session.split("@", 1)[0] if session and "@" in session else None
    order = [target, new_name, target_id, user_id, name, changes]
    if not is_old:
        order = [session, at_sign] + order + [behalf]
    related = []
    for user in order:
        if user and user not in related:
            related.append(user)

    email = None
    if session and "@" in session:
        email = session
    elif name and name.find("@") > 0:
        email = name

    address = text(get(raw, "sourceIPAddress"))
    fields = {
        "@timestamp": iso(text(get(raw, "eventTime"))),
        "event.dataset": "aws.cloudtrail", "event.module": "aws",
        "event.id": text(get(raw, "eventID")),
        "event.action": action,
        "event.provider": text(get(raw, "eventSource")),
        "event.outcome": outcome,
        "aws.cloudtrail.error_code": text(get(raw, "errorCode")),
        "aws.cloudtrail.error_message": text(get(raw, "errorMessage")),
        "source.address": address,
        "source.ip": address if address is not None and is_ip(address) else None,
        "user.name": name, "user.id": user_id, "user.email": email,
        "user.target.name": target, "user.target.id": target_id, "user.changes.name": changes,
        "user_agent.original": text(get(raw, "userAgent")),
        "aws.cloudtrail.user_identity.type": kind,
        "aws.cloudtrail.user_identity.arn": arn,
        "aws.cloudtrail.user_identity.access_key_id": text(get(who, "accessKeyId")),
        "aws.cloudtrail.user_identity.invoked_by": invoked_by,
        "aws.cloudtrail.user_identity.session_context.mfa_authenticated":
            text(get(who, "sessionContext", "attributes", "mfaAuthenticated")),
        "aws.cloudtrail.user_identity.session_context.creation_date":
            iso(text(get(who, "sessionContext", "attributes", "creationDate"))),
        "aws.cloudtrail.user_identity.session_context.session_issuer.type": text(get(issuer, "type")),
        "aws.cloudtrail.user_identity.session_context.session_issuer.principal_id": text(get(issuer, "principalId")),
        "aws.cloudtrail.user_identity.session_context.session_issuer.arn": issuer_arn,
        "aws.cloudtrail.user_identity.session_context.session_issuer.account_id": text(get(issuer, "accountId")),
        "aws.cloudtrail.session_name": session,
        "cloud.account.id": text(get(who, "accountId")) or text(get(raw, "recipientAccountId")),
        "cloud.region": text(get(raw, "awsRegion")),
        "related.user": related or None,
        "service.name": service,
        "aws.cloudtrail.event_category": text(get(raw, "eventCategory")),
        "aws.cloudtrail.event_type": text(get(raw, "eventType")),
        "aws.cloudtrail.read_only": get(raw, "readOnly"),
        "aws.cloudtrail.management_event": text(get(raw, "managementEvent")),
        "aws.cloudtrail.recipient_account_id": text(get(raw, "recipientAccountId")),
        "aws.cloudtrail.request_id": text(get(raw, "requestID")),
        "aws.cloudtrail.flattened.request_parameters": get(raw, "requestParameters"),
        "aws.cloudtrail.flattened.response_elements": get(raw, "responseElements"),
        "aws.cloudtrail.flattened.additional_eventdata": get(raw, "additionalEventData"),
    }
    return {key: value for key, value in fields.items() if value is not None}


# ---- random records ----

def some(random_, values, missing=0.25):
    """One of the values, or one of the ways to say nothing (the key left out: Ellipsis)."""
    if random_.random() < missing:
        return random_.choice([..., ..., None, "", "-", "none", {}, []])
    return random_.choice(values)


def drop_ellipsis(value):
    if isinstance(value, dict):
        return {key: drop_ellipsis(member) for key, member in value.items() if member is not ...}
    return value


NAMES = ["ada", "brix", "ci-deploy", "dana@example.com", "@lead", "Zoë", "a/b", "x y", "系统", "system:serviceaccount:ns:sa",
         "HIDDEN_DUE_TO_SECURITY_REASONS", "nobody\nelse", 'quo"te', "back\\slash", "\u202fthin", "😀"]
ARNS = ["arn:aws:sts::1:assumed-role/Admin/ada", "arn:aws:sts::1:assumed-role/path/Admin/dana@example.com",
        "arn:aws-us-gov:sts::1:assumed-role/R/i-0abc", "arn:aws-cn:sts::1:federated-user/Dana", "arn:aws:iam::1:user/ada",
        "arn:aws:sts::1:assumed-role/R/", "arn:aws:iam::1:root", "arn***/assumed-role/R/s", "arn:aws:sts::1:nothing",
        "arn:aws:sts::1:assumed-role/R/@odd"]
ISSUERS = ["arn:aws:iam::1:role/Admin", "arn:aws:iam::1:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM",
           "arn:aws:iam::1:role/service-role/x", "arn:aws:iam::1:user/broker"]
ADDRESSES = ["89.160.20.156", "2001:db8::1", "::ffff:1.2.3.4", "ec2.amazonaws.com", "AWS Internal", "08.1.250.216",
             "30.*.0.210", "redacted", "256.1.1.1", "1.2.3", "10.0.0.9", "fe80::1%eth0", "1.2.3.4 ", "1::2::3", "0.0.0.0"]
ACTIONS = ["GetCallerIdentity", "ConsoleLogin", "UserAuthentication", "CreateUser", "UpdateUser", "consolelogin"]


def make_record(random_, number):
    pick = lambda values, missing=0.25: some(random_, values, missing)
    issuer = {"type": pick(["Role", "IAMUser", "Root"]), "principalId": pick(["AROA1", "AIDA2"]), "arn": pick(ISSUERS),
              "accountId": pick(["1", "22"]), "userName": pick(NAMES)}
    session = {"sessionIssuer": random_.choice([issuer, issuer, issuer, {}, None, ...]), "webIdFederationData": {},
               "attributes": random_.choice([..., {"mfaAuthenticated": pick(["true", "false", True]),
                                                   "creationDate": pick(["2026-01-01T00:00:00Z", "20131102T010628Z", "soon"])}])}
    identity = {"type": pick(TYPES, 0.02), "principalId": pick(["AIDA1", "AROA1:ada", "1:Dana", ""]), "arn": pick(ARNS),
                "accountId": pick(["111122223333", "anonymous", 528758000000], 0.2), "accessKeyId": pick(["AKIA1", "ASIA2"]),
                "userName": pick(NAMES), "invokedBy": pick(["signin.amazonaws.com", "ec2.amazonaws.com"], 0.6),
                "sessionContext": random_.choice([session, session, ..., {}]),
                "onBehalfOf": pick([{"userId": "uuid-1"}, {"userId": ""}], 0.5)}
    record = {"eventVersion": "1.%02d" % random_.randrange(12), "eventTime": "2026-%02d-%02dT%02d:%02d:%02dZ" % (
                  random_.randrange(1, 13), random_.randrange(1, 29), random_.randrange(24), random_.randrange(60),
                  random_.randrange(60)),
              "userIdentity": random_.choice([identity] * 12 + [..., None, {}]),
              "eventSource": pick(["iam.amazonaws.com", "signin.amazonaws.com", "partner.example"], 0.05),
              "eventName": pick(ACTIONS, 0.05), "awsRegion": pick(["eu-west-1", "us-gov-east-1"], 0.1),
              "sourceIPAddress": pick(ADDRESSES, 0.1), "userAgent": pick(["[S3Console/0.4]", "Boto3/1.9 ü", "AWS Internal"], 0.2),
              "errorCode": pick(["AccessDenied", "Client.DryRunOperation"], 0.7), "errorMessage": pick(["boom", "x" * 200], 0.8),
              "requestParameters": pick([{"userName": pick(NAMES), "newUserName": pick(NAMES, 0.6), "depth": {"a": [{}, None, "x"]}},
                                         {"maxResults": 791.0, "token": 12345678901}, None], 0.3),
              "responseElements": pick([{"ConsoleLogin": pick(["Success", "Failure", "Pending"])},
                                        {"user": {"userId": pick(["AIDA9"]), "arn": "x"}}], 0.5),
              "additionalEventData": pick([{"UserName": pick(NAMES), "MFAUsed": "No"}, {"MFAUsed": "Yes"}], 0.5),
              "requestID": "r-%d" % number, "eventID": "e-%08d" % number, "readOnly": pick([True, False, "true"], 0.2),
              "eventType": pick(["AwsApiCall", "AwsServiceEvent", "AwsVpceEvent"], 0.1), "managementEvent": pick([True, False]),
              "recipientAccountId": pick(["999999999999"], 0.2), "eventCategory": pick(["Management", "Data"], 0.2)}
    record = drop_ellipsis({key: drop_ellipsis(value) for key, value in record.items()})
    for key in ("userIdentity", "requestParameters", "responseElements", "additionalEventData"):
        if isinstance(record.get(key), dict):
            record[key] = drop_deep(record[key])
    keys = list(record)
    random_.shuffle(keys)
    return {key: record[key] for key in keys}


def drop_deep(value):
    if isinstance(value, dict):
        return {key: drop_deep(member) for key, member in value.items() if member is not ...}
    return value


def make(seed, count):
    random_ = random.Random(seed)
    for number in range(count):
        record = make_record(random_, number)
        print(json.dumps(record, ensure_ascii=random_.random() < 0.5, separators=random_.choice([(",", ":"), (", ", ": ")])))


# ---- comparison ----

def at(document, path):
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document



ALL = ["@timestamp", "event.dataset", "event.module", "event.id", "event.action", "event.provider", "event.outcome",
       "aws.cloudtrail.error_code", "aws.cloudtrail.error_message", "source.address", "source.ip", "user.name", "user.id",
       "user.email", "user.target.name", "user.target.id", "user.changes.name", "user_agent.original",
       "aws.cloudtrail.user_identity.type", "aws.cloudtrail.user_identity.arn",
       "aws.cloudtrail.user_identity.access_key_id", "aws.cloudtrail.user_identity.invoked_by",
       "aws.cloudtrail.user_identity.session_context.mfa_authenticated",
       "aws.cloudtrail.user_identity.session_context.creation_date",
       "aws.cloudtrail.user_identity.session_context.session_issuer.type",
       "aws.cloudtrail.user_identity.session_context.session_issuer.principal_id",
       "aws.cloudtrail.user_identity.session_context.session_issuer.arn",
       "aws.cloudtrail.user_identity.session_context.session_issuer.account_id",
       "aws.cloudtrail.session_name", "cloud.account.id", "cloud.region", "related.user", "service.name",
       "aws.cloudtrail.event_category", "aws.cloudtrail.event_type", "aws.cloudtrail.read_only",
       "aws.cloudtrail.management_event", "aws.cloudtrail.recipient_account_id", "aws.cloudtrail.request_id",
       "aws.cloudtrail.flattened.request_parameters", "aws.cloudtrail.flattened.response_elements",
       "aws.cloudtrail.flattened.additional_eventdata"]


def check(records_path, documents_path, compat):
    with open(records_path, encoding="utf-8") as file:
        records = {record["eventID"]: record for record in map(json.loads, file)}
    wrong = 0
    seen = set()
    with open(documents_path, encoding="utf-8") as file:
        for line in file:
            document = json.loads(line)
            record = records[document["event"]["id"]]
            seen.add(document["event"]["id"])
            want = expected(record, compat)
            for field in ALL:
                have = at(document, field)
                if have == want.get(field) and type(have) is type(want.get(field)):
                    continue
                wrong += 1
                if wrong <= 20:
                    print("%s %s: want %r, have %r\n  %s" % (document["event"]["id"], field, want.get(field), have,
                                                             json.dumps(record, ensure_ascii=False)))
    missing = set(records) - seen
    if missing:
        print("%d records have no document, %s the first" % (len(missing), min(missing)))
    print("%d records compared, %d fields wrong" % (len(seen), wrong))
    return 1 if wrong or missing or not seen else 0


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "make":
        make(int(sys.argv[2]), int(sys.argv[3]))
    elif len(sys.argv) in (4, 5) and sys.argv[1] == "check":
        sys.exit(check(sys.argv[2], sys.argv[3], sys.argv[4] if len(sys.argv) == 5 else "8.9"))
    else:
        sys.exit(__doc__)
