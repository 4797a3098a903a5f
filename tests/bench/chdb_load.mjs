// chdb_load: a typed load of CloudTrail columns into a table in memory by ClickHouse's engine, timed inside the process.
//   node chdb_load.mjs lines|records PATH THREADS COLUMNS
import chdb from "chdb";

const [kind, path, threads, columns] = process.argv.slice(2);
const session = new chdb.Session();
const settings = `max_threads = ${threads}, max_insert_threads = ${threads}, date_time_input_format = 'best_effort'`;
session.query("select 1");
// DuckDB's names of the types, in ClickHouse's.
const typed = columns.replaceAll("TIMESTAMP", "DateTime").replaceAll("VARCHAR", "String").replaceAll("STRUCT", "Tuple")
  .replaceAll('"type"', "type").replace(/(\w+):'((?:[^']|\n)*)'/g, "$1 $2").replaceAll("\n", " ");
const from = kind === "lines"
  ? `select * from file('${path}', 'JSONEachRow', '${typed}')`
  : `select record from file('${path}/*/*.json.gz', 'JSONEachRow', 'Records Array(Tuple(${typed}))')
     array join Records as record`;
const started = process.hrtime.bigint();
session.query(`create table events engine = Memory as ${from} settings ${settings}`);
const events = Number(session.query("select count() from events", "TabSeparated"));
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
console.log(JSON.stringify({ events, seconds }));
session.cleanup();
