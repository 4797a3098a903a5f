# ClickHouse's engine for Node.js (chdb), for tests only: $CHDB_MODULES is where it is. Fetched once into build/chdb (half
# a gigabyte); skips, saying why, where it cannot be had.
need python3 node
CHDB_MODULES=$PWD/build/chdb/node_modules
if ! [ -d "$CHDB_MODULES/chdb" ]; then
	need npm
	[ "$(df -Pk . | awk 'NR == 2 { print $4 }')" -gt 2000000 ] || skip "ClickHouse's engine needs 2 GB of free disk"
	mkdir -p build/chdb
	timeout 300 npm install --prefix build/chdb --no-audit --no-fund --no-save --fetch-retries=0 \
		chdb@3.4.0 >"$WORK/npm" 2>&1 || skip "npm could not fetch chdb: $(tail -n 1 "$WORK/npm")"
fi
node -e 'require(process.argv[1] + "/chdb").query("select 1")' "$CHDB_MODULES" 2>/dev/null ||
	skip "ClickHouse's engine does not run with this Node.js ($(node --version))"
