#!/usr/bin/env python3
"""Measures raretrail beside its neighbours on the same made-up data: medians of alternating runs, ratios, JSON.

Every tool does the work that lies nearest to a load: DuckDB and ClickHouse (its engine, chdb) load the columns with their
types, jq pulls the fields, lnav indexes the file, simdjson pulls the fields and keeps nothing. What is not installed is
named, with the way to get it, and left out."""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = """eventTime:'TIMESTAMP', eventName:'VARCHAR', eventSource:'VARCHAR', eventID:'VARCHAR', awsRegion:'VARCHAR',
sourceIPAddress:'VARCHAR', userAgent:'VARCHAR', errorCode:'VARCHAR', errorMessage:'VARCHAR', readOnly:'VARCHAR',
eventType:'VARCHAR', eventCategory:'VARCHAR', recipientAccountId:'VARCHAR', userIdentity:'STRUCT("type" VARCHAR,
userName VARCHAR, principalId VARCHAR, arn VARCHAR, accountId VARCHAR, accessKeyId VARCHAR, invokedBy VARCHAR,
sessionContext STRUCT(sessionIssuer STRUCT(arn VARCHAR, userName VARCHAR), attributes STRUCT(mfaAuthenticated VARCHAR)))',
requestParameters:'STRUCT(userName VARCHAR, newUserName VARCHAR)'"""


def run(command, **options):
    """Seconds of wall time and the output; None when it failed."""
    started = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    seconds = time.monotonic() - started
    if done.returncode not in (0, 1, 3):  # 1 and 3: alerts found, input incomplete
        sys.stderr.write(done.stderr.decode(errors="replace")[-500:] + "\n")
        return None, b""
    return seconds, done.stdout


def files_of(path):
    if os.path.isfile(path):
        return [path]
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]


class Tool:
    """A command over a data set. `seconds_in_output`: the tool times its own work, without its start.

    A turn is a run that warms and one that counts: the input is in the page cache then, and the memory is what the same
    tool has just given back, not what its neighbour left."""
    copies = 1

    def __init__(self, name, command, seconds_in_output=False):
        self.name, self.command, self.seconds_in_output = name, command, seconds_in_output
        self.seconds = []

    def turn(self):
        run(self.command)
        seconds, output = run(self.command)
        if seconds is not None and self.seconds_in_output:
            seconds = json.loads(output)["seconds"]
        if seconds is not None:
            self.seconds.append(seconds)

    def median(self):
        return statistics.median(self.seconds) if self.seconds else None


class SideBySide(Tool):
    """The same command twice at once. Two processes that share nothing show what a second core can bring on a machine."""
    copies = 2

    def turn(self):
        with ThreadPoolExecutor(self.copies) as pool:
            for _ in ("warms", "counts"):
                seconds = [one for one, _ in pool.map(run, [self.command] * self.copies)]
        if None not in seconds:
            self.seconds.append(max(seconds))


class Bench:
    def __init__(self, build, data, runs):
        self.build, self.data, self.runs = build, data, runs
        self.missing, self.results = {}, []

    def have(self, name, path, hint):
        if path:
            return True
        self.missing[name] = hint
        return False

    def engine(self, name, package):
        """A database engine as a package of Node.js: the script that loads with it, beside its modules; None without it."""
        modules = os.path.join(self.data, "node_modules", *package.split("/"))
        if not self.have(name, shutil.which("node") and os.path.isdir(modules),
                         f"install Node.js, then: npm install --prefix {self.data} {package}"):
            return None
        return shutil.copy(os.path.join(HERE, f"{name}_load.mjs"), self.data)

    def tools(self):
        self.duckdb = self.engine("duckdb", "@duckdb/node-api")
        self.clickhouse = self.engine("chdb", "chdb")
        self.jq = shutil.which("jq")
        self.have("jq", self.jq, "apt-get install jq")
        self.lnav = shutil.which("lnav")
        self.have("lnav", self.lnav, "apt-get install lnav")
        self.simdjson = self.have("simdjson", os.path.exists(os.path.join(self.build, "bench", "simdjson_index")),
                                  "apt-get install clang libsimdjson-dev, then make bench again")

    def compare(self, title, path, text_bytes, events, tools):
        """Alternating runs, so that a slow moment of the machine meets every tool."""
        inputs = files_of(path)
        files = len(inputs)
        tools = [tool for tool in tools if tool]
        for _ in range(self.runs):
            for tool in tools:
                tool.turn()
        first = tools[0].median()
        print(f"\n{title}: {events:,} events, {files:,} files, {text_bytes / 1e6:,.0f} MB of JSON, "
              f"{sum(map(os.path.getsize, inputs)) / 1e6:,.0f} MB on disk")
        print(f"  {'':34} {'seconds':>8} {'GB/s':>7} {'files/s':>9} {'times':>7}")
        rows = []
        for tool in tools:
            median = tool.median()
            if median is None:
                print(f"  {tool.name:34}   failed")
                continue
            ratio, gb, rate = median / first, tool.copies * text_bytes / median / 1e9, tool.copies * files / median
            print(f"  {tool.name:34} {median:8.3f} {gb:7.2f} {rate:9,.0f} {ratio:7.2f}")
            rows.append({"tool": tool.name, "seconds": median, "runs": tool.seconds, "gb_per_second": gb,
                         "files_per_second": rate, "times_ours": ratio})
        self.results.append({"title": title, "events": events, "files": files, "text_bytes": text_bytes, "results": rows})

    def second_core(self, threads, thread, processes):
        """What the second thread brings, beside what a second process does that shares nothing with the first."""
        two, one, both = threads.median(), thread.median(), processes.median()
        if None in (two, one, both):
            return
        found = {"two_threads": one / two, "two_processes": 2 * one / both}
        print(f"  a second thread: {found['two_threads']:.2f} times one; a second process of one thread: "
              f"{found['two_processes']:.2f} times")
        self.results[-1]["second_core"] = found

    def typed_load(self, name, script, path, kind, threads):
        return script and Tool(f"{name}, typed load, {threads} threads", ["node", script, kind, path, str(threads), COLUMNS],
                               seconds_in_output=True)

    def raretrail(self, name, path, threads, kind=Tool):
        return kind(name, [os.path.join(self.build, "raretrail"), "detect", "--quiet", "-j", str(threads), path])

    def yardstick(self, name, program, path):
        """One core, the file in memory before the clock starts."""
        return self.simdjson and Tool(f"{name}, 1 thread", [os.path.join(self.build, "bench", program), path], seconds_in_output=True)

    def load(self, name, path, threads):
        return Tool(name, [os.path.join(self.build, "bench", "load_rate"), str(threads), path])


def generate(bench, kind, events, *more):
    name = "-".join([kind, str(events), *[str(m) for m in more]])
    path = os.path.join(bench.data, name + (".json" if kind == "ndjson" else ""))
    if not os.path.exists(path):
        print(f"making {path}", file=sys.stderr)
        subprocess.run([os.path.join(bench.build, "bench", "generate"), kind, str(events), *[str(m) for m in more], path], check=True)
    return path


def frames(bench, events):
    """The console used in a terminal of 80x24 and one of 200x50: what its slowest frame and its slowest answer to a key took."""
    logs = generate(bench, "records", events, 2000)
    sample = os.path.join(bench.data, "sample")
    program = os.path.join(bench.build, "raretrail")
    subprocess.run([program, "sample", "ci-key", "--output", sample, "--quiet"], check=False)
    found = []
    for size in ("80x24", "200x50"):
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home,
                           "RARETRAIL_ASN_DB": os.path.join(sample, "sample-asn.mmdb")}
            _, output = run([os.path.join(bench.build, "bench", "frames"), size, program, "--case", os.path.join(home, "case"),
                             logs, os.path.join(sample, "AWSLogs")], env=environment)
        if not output:
            continue
        one = json.loads(output)
        found.append(one)
        print(f"\nconsole, {size}, {events:,} events: first screen after {one['first_screen']:.0f} ms, all judged after "
              f"{one['loaded']:,.0f} ms")
        print(f"  {'':34} {'slowest':>8} {'key to paint, ms':>24} {'work beside':>13}")
        print(f"  {'':34} {'frame ms':>8} {'mean':>8} {'worst':>7} {'':8} {'ms':>11}")
        for screen in one["screens"]:
            print(f"  {screen['screen']:34} {screen['frame']:8.1f} {screen['paint']:8.1f} {screen['paint_worst']:7.1f} "
                  f"{screen['worst_key'][:8]:8} {screen['beside']:11.0f}")
        slowest = max(one["screens"], key=lambda screen: screen["frame"])
        latest = max(one["screens"], key=lambda screen: screen["paint_worst"])
        print(f"  slowest frame of all {slowest['frame']:.1f} ms ({slowest['screen']}; limit 16), "
              f"latest answer to a key {latest['paint_worst']:.1f} ms ({latest['screen']}; limit 30)")
    return found


def detections(bench):
    """Both detections and the tuning at two million events of five thousand users, each in a program of its own."""
    rare_as, method, tune = (json.loads(run([os.path.join(bench.build, "bench", "bench_" + name)])[1] or b"{}")
                             for name in ("rare_as", "rare_method", "tune"))
    lines = [("rare-as: engine", rare_as.get("engine_ms")), ("rare-as: whole replay", rare_as.get("first_replay_ms")),
             ("rare-as: as of one moment", rare_as.get("first_as_of_ms")),
             ("rare-as: replay after any change, worst", rare_as.get("worst_replay_ms")),
             ("rare-as: as of after any change, worst", rare_as.get("worst_as_of_ms"))]
    for shape, name in (("working_hours", "working hours"), ("scattered", "scattered events")):
        one = method.get(shape, {})
        lines += [(f"rare-method, {name}: model", one.get("model_cpu_ms")),
                  (f"rare-method, {name}: 2 threads", one.get("model_2_threads_ms")),
                  (f"rare-method, {name}: threshold", one.get("threshold_cpu_ms"))]
    lines += [("tuning: key to difference, worst", tune.get("worst_draft_ms")),
              ("tuning: sweep of a condition, worst", tune.get("worst_sweep_ms"))]
    print(f"\ndetections, {rare_as.get('events', 0):,} events, {rare_as.get('identities', 0):,} identities: ms")
    for name, ms in lines:
        print(f"  {name:42} " + (f"{ms:10.2f}" if ms is not None else "    failed"))
    return {"rare_as": rare_as, "rare_method": method, "tune": tune}


def versions(bench):
    def first_line(command):
        try:
            return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout.decode().split("\n")[0]
        except OSError:
            return None
    found = {"raretrail": first_line([os.path.join(bench.build, "raretrail"), "--version"])}
    for name, script, package in (("duckdb", bench.duckdb, "@duckdb/node-api"), ("chdb", bench.clickhouse, "chdb")):
        if script:
            with open(os.path.join(bench.data, "node_modules", package, "package.json"), encoding="utf-8") as file:
                found[name] = json.load(file)["version"]
    for name, path in (("jq", bench.jq), ("lnav", bench.lnav)):
        if path:
            found[name] = first_line([path, "--version"])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--events", type=int, default=400000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--output", default=None)
    parser.add_argument("--large", action="store_true", help="also measure memory at 5,000,000 events (7 GB of data)")
    parser.add_argument("--frames", type=int, default=2000000, help="events of the console's measurement; 0: without it")
    parser.add_argument("--only-frames", action="store_true", help="measure nothing else")
    options = parser.parse_args()
    data = os.path.join(options.build, "bench", "data")
    os.makedirs(data, exist_ok=True)
    bench = Bench(options.build, data, options.runs)
    if options.only_frames:
        frames(bench, options.frames)
        return
    bench.tools()

    lines = generate(bench, "ndjson", options.events)
    size = os.path.getsize(lines)
    jq_filter = "[.eventTime,.eventName,.eventSource,.eventID,.awsRegion,.sourceIPAddress,.userAgent,.errorCode,.userIdentity.arn]"
    threads = bench.raretrail("raretrail detect, 2 threads", lines, 2)
    thread = bench.raretrail("raretrail detect, 1 thread", lines, 1)
    processes = bench.raretrail("raretrail detect, 1 thread, twice", lines, 1, SideBySide)
    bench.compare("lines", lines, size, options.events, [
        threads, thread, processes,
        bench.load("raretrail load alone, 2 threads", lines, 2),
        bench.load("raretrail load alone, 1 thread", lines, 1),
        bench.typed_load("DuckDB", bench.duckdb, lines, "lines", 2),
        bench.typed_load("ClickHouse", bench.clickhouse, lines, "lines", 2),
        bench.yardstick("simdjson, fields of the index", "simdjson_index", lines),
        bench.yardstick("simdjson, nine fields", "simdjson_rate", lines),
    ])
    bench.second_core(threads, thread, processes)
    few = generate(bench, "ndjson", options.events // 10)
    bench.compare("a tenth of the lines", few, os.path.getsize(few), options.events // 10, [
        bench.raretrail("raretrail detect, 2 threads", few, 2),
        bench.jq and Tool("jq, nine fields", [bench.jq, "-c", jq_filter, few]),
        bench.lnav and Tool("lnav, index and count", [bench.lnav, "-n", "-I", os.path.join(HERE, "lnav"), few, "-c",
                                                      ";select count(*) from raretrail_bench_cloudtrail"]),
    ])
    records = generate(bench, "records", options.events, 2000)
    bench.compare("gz files of 2,000 records", records, size, options.events, [
        bench.raretrail("raretrail detect, 2 threads", records, 2),
        bench.load("raretrail load alone, 2 threads", records, 2),
        bench.typed_load("DuckDB", bench.duckdb, records, "records", 2),
        bench.typed_load("ClickHouse", bench.clickhouse, records, "records", 2),
    ])
    small = generate(bench, "records", options.events // 4 * 6, 6)
    bench.compare("gz files of 6 records", small, size * 3 // 2, options.events // 4 * 6, [
        bench.raretrail("raretrail detect, 2 threads", small, 2),
        bench.load("raretrail load alone, 2 threads", small, 2),
    ])

    _, output = run([os.path.join(options.build, "bench", "micro"), lines])
    micro = json.loads(output) if output else {}
    print("\nparts, one thread")
    for key, value in micro.items():
        print(f"  {key.replace('_', ' '):34} {value:8.3f}")
    memory_path, memory_events = lines, options.events
    if options.large:
        memory_events = 5000000
        memory_path = generate(bench, "ndjson", memory_events)
    _, output = run([os.path.join(options.build, "bench", "load_rate"), "2", memory_path])
    memory = json.loads(output) if output else {}
    print(f"\nmemory at {memory_events:,} events: {memory.get('store_bytes_per_event')} bytes per event resident in the store, "
          f"{memory.get('peak_bytes_per_event')} at the peak of the load")
    judged = detections(bench)
    console = frames(bench, options.frames) if options.frames else []
    for name, hint in bench.missing.items():
        print(f"not measured: {name} ({hint})")
    summary = {"cores": os.cpu_count(), "machine": platform.machine(), "system": platform.platform(), "runs": options.runs,
               "versions": versions(bench), "comparisons": bench.results, "parts": micro, "memory": memory, "detections": judged, "console": console, "missing": bench.missing}
    target = options.output or os.path.join(options.build, "bench", "results.json")
    with open(target, "w", encoding="utf-8") as file:
        json.dump(summary, file, indent=1)
    print(f"{summary['cores']} cores, {summary['versions']}; written to {target}")


if __name__ == "__main__":
    main()
