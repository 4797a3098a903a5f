#!/usr/bin/env bash
# The figures of rare-as on real logs (flaws2.cloud) against a count by jq over the same files. In these logs
# 34.234.236.212 is Amazon's and every other address Akamai's.
. tests/program/lib.sh
need jq zcat
need_shared
logs=$RARETRAIL_SHARED/cloudtrail/flaws2_cloud
database=$RARETRAIL_SHARED/asn/GeoLite2-ASN.mmdb
find "$logs" -name '*.json.gz' -exec zcat {} + | jq -c '.Records[]' >"$WORK/records"

# The successful calls of roles, one line each: what the rule can see.
jq -c 'select(.userIdentity.type == "AssumedRole" and (.errorCode | not) and (.errorMessage | not))
	| {user: .userIdentity.sessionContext.sessionIssuer.userName, ip: .sourceIPAddress, time: .eventTime,
	   action: .eventName, agent: .userAgent}' "$WORK/records" >"$WORK/visible"

# Thresholds that would fit a stolen role. Nothing fires: the role's five calls from Amazon all failed, as jq says too.
run 0 detect --rule rare-as --format json --asn-db "$database" --set rare-as.min_trusted_cloud_event_count=5 \
	--set rare-as.max_rare_asn_ratio=0.5 --set rare-as.min_unique_action_from_untrusted_asn=1 "$logs"
equal "events" "$(jq .input.events "$WORK/out")" "$(wc -l <"$WORK/records")"
equal "alerts" "$(jq '.alerts | length' "$WORK/out")" 0
equal "trusted successes" "$(jq -s 'map(select(.ip == "34.234.236.212")) | length' "$WORK/visible")" 0

# Without the trusted side the figures of each role are those that jq counts.
run 1 detect --rule rare-as --format json --asn-db "$database" --now 2018-11-29T00:00:00Z \
	--set rare-as.has_trusted_cloud_asn=false --set rare-as.min_trusted_cloud_event_count=0 \
	--set rare-as.max_rare_asn_ratio=1 --set rare-as.min_unique_action_from_untrusted_asn=1 --set rare-as.max_age=7d "$logs"
jq -S '[.alerts[] | {user: ."user.name", total: ."Esql.total_events_all_asns", networks: ."Esql.src_asn_values",
	addresses: ."Esql.source_ip_values", agents: ."Esql.user_agent_values", untrusted: ."Esql.untrusted_event_count",
	sensitive: ."Esql.untrusted_suspicious_count", actions: ."Esql.untrusted_suspicious_actions",
	newest: (."Esql.most_recent_low_asn_day" | sub("\\.000Z$"; "Z")), ratio: ."Esql.rare_asn_ratio"}]
	| sort_by(.user)' "$WORK/out" >"$WORK/ours"
jq -S -s '["ListObjects", "ListBuckets", "GetObject", "GetCallerIdentity", "AssumeRole", "GetSecretValue"] as $sensitive
	| group_by(.user) | map({user: .[0].user, total: length, networks: ["Akamai Technologies, Inc."],
	addresses: (map(.ip) | unique), agents: (map(.agent) | unique), untrusted: length,
	sensitive: (map(select(.action as $a | $sensitive | index($a))) | length),
	actions: (map(.action | select(. as $a | $sensitive | index($a))) | unique),
	newest: (map(.time) | max), ratio: 1}) | sort_by(.user)' "$WORK/visible" >"$WORK/jq"
equal "roles with alerts" "$(jq length "$WORK/ours")" 2
diff "$WORK/jq" "$WORK/ours" || fail "the figures differ from jq's"
