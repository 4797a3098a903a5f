// The exported ClickHouse SQL of rare-as in ClickHouse's own engine. Reads a file of jobs, each with its documents, its SQL
// and the instants to run it at; writes the rows that fire for each of them.
// usage: node rare_as_clickhouse.mjs NODE_MODULES JOBS RESULTS
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const [modules, jobsPath, resultsPath] = process.argv.slice(2);
const { Session } = createRequire(resolve(modules) + "/")("chdb");
const session = new Session();
const clock = "now64(3, 'UTC') AS evaluated_at";

// The table that the SQL's first comment lines ask for, one column an ECS field.
function load(path, create) {
  const columns = [...create.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
  const field = (document, name) => name.split(".").reduce((value, key) => value?.[key], document);
  const rows = readFileSync(path, "utf8").split("\n").filter(Boolean).map((line) => {
    const document = JSON.parse(line);
    return JSON.stringify(Object.fromEntries(columns.map((name) => [name, field(document, name) ?? null])));
  });
  session.query("DROP TABLE IF EXISTS cloudtrail");
  session.query(create);
  session.query("INSERT INTO cloudtrail SETTINGS date_time_input_format = 'best_effort' FORMAT JSONEachRow " + rows.join("\n"));
}

let loaded = null;
const results = [];
for (const job of JSON.parse(readFileSync(jobsPath, "utf8"))) {
  if (job.data !== loaded) load((loaded = job.data), job.sql.match(/^-- (CREATE TABLE .*)$/m)[1]);
  if (job.sql.split(clock).length !== 2) throw new Error("the SQL does not say once when it is evaluated");
  const rows = [];
  for (const now of job.instants) {
    const sql = job.sql.replace(clock, `fromUnixTimestamp64Milli(${now}, 'UTC') AS evaluated_at`);
    const text = session.query(sql, "JSONEachRow");
    for (const line of text.split("\n").filter(Boolean)) rows.push({ now, row: JSON.parse(line) });
  }
  results.push(rows);
}
writeFileSync(resultsPath, JSON.stringify(results));
session.cleanup?.();
