// The rule rare-as as one SQL query in DuckDB. Reads a file of jobs, writes the rows that fire for each of them.
// usage: node rare_as_duckdb.mjs NODE_MODULES JOBS RESULTS
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const [modules, jobsPath, resultsPath] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(resolve(modules) + "/")("@duckdb/node-api");
const connection = await (await DuckDBInstance.create(":memory:", { threads: "1" })).connect();

const text = (value) => "'" + value.replaceAll("'", "''") + "'";
// ES|QL LIKE -> SQL LIKE with a backslash for an escape character.
function like(column, entries) {
  const pattern = (entry) => {
    let out = "";
    for (let i = 0; i < entry.length; i++) {
      if (entry[i] === "\\" && i + 1 < entry.length) i++;
      else if (entry[i] === "*" || entry[i] === "?") { out += entry[i] === "*" ? "%" : "_"; continue; }
      out += "%_\\".includes(entry[i]) ? "\\" + entry[i] : entry[i];
    }
    return out;
  };
  const terms = entries.map((entry) => `${column} LIKE ${text(pattern(entry))} ESCAPE '\\'`);
  return terms.length ? `coalesce(${terms.join(" OR ")}, false)` : "false";
}

const columns = `{"@timestamp": 'VARCHAR',
  event: 'STRUCT(ingested VARCHAR, action VARCHAR, outcome VARCHAR)',
  source: 'STRUCT(address VARCHAR, "as" STRUCT(organization STRUCT(name VARCHAR)))',
  "user": 'STRUCT(name VARCHAR, changes STRUCT(name VARCHAR))', user_agent: 'STRUCT(original VARCHAR)',
  aws: 'STRUCT(cloudtrail STRUCT(user_identity STRUCT("type" VARCHAR)))'}`;

async function load(path) {
  await connection.run(`CREATE OR REPLACE TABLE events AS
    SELECT epoch_ms("@timestamp"::TIMESTAMP) AS ts, coalesce(epoch_ms(event.ingested::TIMESTAMP), ts) AS clock,
      event.action AS action, event.outcome AS outcome, source.address AS address,
      source."as".organization.name AS org, "user".name AS "user", "user".changes.name AS changes,
      user_agent.original AS agent, aws.cloudtrail.user_identity."type" AS "type"
    FROM read_json(${text(path)}, format = 'newline_delimited', columns = ${columns}, maximum_object_size = 67108864)`);
}

const values = (column) => `list_sort(list(DISTINCT ${column}) FILTER (${column} IS NOT NULL))`;

function query(job) {
  const p = job.params;
  const sensitive = p.sensitive_actions.length ? `action IN (${p.sensitive_actions.map(text).join(",")})` : "false";
  const instants = job.now === null
    ? `SELECT unnest(generate_series((min(clock) // ${p.interval} + 1) * ${p.interval},
         greatest((max(clock) + ${p.interval} - 1) // ${p.interval}, min(clock) // ${p.interval} + 1) * ${p.interval},
         ${p.interval})) AS now FROM events`
    : `SELECT ${job.now}::BIGINT AS now`;
  return `WITH instants AS (${instants}),
    marked AS (SELECT *, ${like("org", p.trusted)} AS trusted,
        coalesce(${sensitive}, false) AND NOT ${like("action", p.ignored_actions)} AS sensitive
      FROM events WHERE outcome = 'success' AND org IS NOT NULL AND "user" IS NOT NULL
        AND NOT ${like('"user"', p.ignored_users)}),
    grouped AS (SELECT now, "user", "type", count(*) AS total, count(DISTINCT org) AS orgs,
        ${values("org")} AS org_values, ${values("agent")} AS agent_values, ${values("changes")} AS changes_values,
        ${values("address")} AS address_values, bool_or(trusted) AS has_trusted,
        count(*) FILTER (trusted) AS trusted_count, count(*) FILTER (NOT trusted) AS untrusted_count,
        count(*) FILTER (NOT trusted AND sensitive) AS suspicious,
        list_sort(list(DISTINCT action) FILTER (NOT trusted AND sensitive)) AS actions,
        max(ts) FILTER (NOT trusted) AS newest
      FROM instants JOIN marked ON clock BETWEEN now - ${p.window} AND now GROUP BY ALL),
    figures AS (SELECT *, untrusted_count::DOUBLE / total::DOUBLE AS ratio, len(actions) AS unique_actions FROM grouped)
    SELECT to_json(figures) AS row FROM figures
    WHERE ${p.has_trusted_cloud_asn ? "has_trusted" : "true"} AND untrusted_count >= ${p.min_untrusted_event_count}
      AND trusted_count >= ${p.min_trusted_cloud_event_count} AND ratio <= ${p.max_rare_asn_ratio}::DOUBLE
      AND unique_actions > 0 AND unique_actions >= ${p.min_unique_action_from_untrusted_asn}
      AND orgs <= ${p.max_count_distinct_asns} AND newest >= now - ${p.max_age} ORDER BY now`;
}

let loaded = null;
const results = [];
for (const job of JSON.parse(readFileSync(jobsPath, "utf8"))) {
  if (job.data !== loaded) await load((loaded = job.data));
  const rows = await (await connection.runAndReadAll(query(job))).getRows();
  results.push(rows.map(([row]) => JSON.parse(row)));
}
writeFileSync(resultsPath, JSON.stringify(results));
