#!/usr/bin/env python3
"""Counts CloudTrail records in a folder with Python's own readers (json, csv, gzip, zipfile), to hold the program's
accounting against. Prints "records"; with --broken also counts the record openings of JSON that Python refuses."""
import csv
import gzip
import io
import json
import os
import sys
import zipfile


def count_value(value):
    if isinstance(value, list):
        return sum(map(count_value, value))
    if not isinstance(value, dict):
        return 0
    if "eventName" in value and ("eventSource" in value or "eventVersion" in value):
        return 1
    if isinstance(value.get("CloudTrailEvent"), str):
        return count_value(json.loads(value["CloudTrailEvent"]))
    return sum(map(count_value, value.values()))


def count_text(text):
    """(records, openings of records in text that is not JSON)"""
    try:
        return count_value(json.loads(text)), 0
    except json.JSONDecodeError:
        pass
    try:
        return sum(count_value(json.loads(line)) for line in text.splitlines() if line.strip()), 0
    except json.JSONDecodeError:
        return 0, text.count('"eventVersion"')


def contents(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            for member in bundle.infolist():
                yield bundle.read(member)
    else:
        yield data


def main(folder):
    records = broken = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.startswith(("LICENSE", "README")):
                continue
            for data in contents(os.path.join(parent, name)):
                if name.endswith(".csv"):
                    records += sum(1 for _ in csv.reader(io.StringIO(data.decode()))) - 1
                    continue
                whole, openings = count_text(data.decode("utf-8-sig"))
                records += whole
                broken += openings
    print(records, broken)


main(sys.argv[1])
