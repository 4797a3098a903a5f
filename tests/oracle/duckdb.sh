# DuckDB for Node.js, for tests only: $DUCKDB_MODULES is where it is. Fetched once into build/duckdb; skips, saying why,
# where it cannot be had.
need python3 node
DUCKDB_MODULES=$PWD/build/duckdb/node_modules
if ! [ -d "$DUCKDB_MODULES/@duckdb/node-api" ]; then
	need npm
	mkdir -p build/duckdb
	timeout 180 npm install --prefix build/duckdb --no-audit --no-fund --no-save --fetch-retries=0 \
		@duckdb/node-api@1.5.6-r.1 >"$WORK/npm" 2>&1 || skip "npm could not fetch @duckdb/node-api: $(tail -n 1 "$WORK/npm")"
fi
node -e 'require(process.argv[1] + "/@duckdb/node-api")' "$DUCKDB_MODULES" 2>/dev/null ||
	skip "DuckDB does not run with this Node.js ($(node --version))"
