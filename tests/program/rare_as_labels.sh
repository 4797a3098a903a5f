#!/usr/bin/env bash
# Another network database, other names: the trusted list meets nothing, the program says so and what would meet it, and
# with that entry the alert is there. One action fewer and it is a near miss, with the limit that would let it fire.
. tests/program/lib.sh
need jq
event() { # number organisation action
	printf '{"@timestamp":"2026-05-07T%02d:%02d:%02dZ","event":{"id":"e%d","dataset":"aws.cloudtrail","action":"%s",' \
		$((9 + $1 / 3600)) $(($1 / 60 % 60)) $(($1 % 60)) "$1" "$3"
	printf '"outcome":"success"},"user":{"name":"ci"},"source":{"address":"192.0.2.1","ip":"192.0.2.1",'
	printf '"as":{"number":16509,"organization":{"name":"%s"}}}}\n' "$2"
}
for number in $(seq 1 300); do event "$number" AMAZON-02 PutObject; done >"$WORK/day.ndjson"
event 400 "Selectel Ltd." GetCallerIdentity >>"$WORK/day.ndjson"
cp "$WORK/day.ndjson" "$WORK/miss.ndjson"
event 500 "Selectel Ltd." CreateAccessKey >>"$WORK/day.ndjson"

run 0 detect --rule rare-as "$WORK/day.ndjson"
says 'The trusted list meets 0 of 302 events (0%), but these labels look like what it means: AMAZON-02 (99.3%).'
says 'To trust them, add `AMAZON-*`.'

run 1 detect --rule rare-as --format json --set 'rare-as.trusted+=AMAZON-*' "$WORK/day.ndjson"
equal "alerts" "$(jq '.alerts | length' "$WORK/out")" 1
equal "ratio" "$(jq '.alerts[0]."Esql.rare_asn_ratio"' "$WORK/out")" "$(jq -n '2 / 302')"
equal "networks" "$(jq -c '.alerts[0]."Esql.src_asn_values"' "$WORK/out")" '["AMAZON-02","Selectel Ltd."]'
# what decides, and what never can: 2 actions under 1% already need 198 trusted events
equal "deciding" "$(jq -c '[.alerts[0].why[] | select(.binds) | .condition]' "$WORK/out")" \
	'["max_rare_asn_ratio","min_unique_action_from_untrusted_asn","max_count_distinct_asns","max_age"]'

run 0 detect --rule rare-as --set 'rare-as.trusted+=AMAZON-*' "$WORK/miss.ndjson"
run 0 tune --near-misses --set 'rare-as.trusted+=AMAZON-*' "$WORK/miss.ndjson"
prints "distinct sensitive actions from other networks: 1, at least 2"
run 1 detect --rule rare-as --set 'rare-as.trusted+=AMAZON-*' --set rare-as.min_unique_action_from_untrusted_asn=1 \
	"$WORK/miss.ndjson"
