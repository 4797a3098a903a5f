// duckdb_load: a typed load of CloudTrail columns into a table in memory, timed inside the process.
//   node duckdb_load.mjs lines|records PATH THREADS COLUMNS
import { DuckDBInstance } from "@duckdb/node-api";

const [kind, path, threads, columns] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:", { threads });
const connection = await instance.connect();
const started = process.hrtime.bigint();
if (kind === "lines") {
  await connection.run(
    `create table events as select * from read_json('${path}', format='newline_delimited', columns={${columns}})`);
} else {
  const record = columns.replace(/(\w+):'((?:[^']|\n)*)'/g, '"$1" $2');
  await connection.run(`create table events as select unnest(Records, recursive := false) from
    read_json('${path}/*/*.json.gz', columns={Records:'STRUCT(${record})[]'}, maximum_object_size=100000000)`);
}
const reader = await connection.runAndReadAll("select count(*) from events");
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
console.log(JSON.stringify({ events: Number(reader.getRows()[0][0]), seconds }));
