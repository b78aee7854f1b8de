#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What monitoring sees of a living oracle: numbers that move with what happens,
# and nothing that is a secret.
. "$(dirname "$0")/lib.sh"
start_exchange
export DEMO_KEY=hunter2secret
config_with "$scratch/config.json" '.feeds[0].sources[0].headers = {"X-Key": "${DEMO_KEY}"}
	| .feeds[0].sources[1].url += "&key=${DEMO_KEY}"'
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200

# sample NAME: its value in the last scrape; "none" when it is not there.
sample() {
	awk -v name="$1" '$1 == name { print $2; found = 1 }
		END { if (!found) print "none" }' "$scratch/metrics"
}
scrape() { get /metrics >"$scratch/metrics"; }
# above NAME NUMBER: by a new scrape.
above() {
	scrape
	[ "$(sample "$1")" != none ] &&
		awk -v a="$(sample "$1")" -v b="$2" 'BEGIN { exit !(a > b) }'
}
is() {
	[ "$(sample "$1")" = "$2" ] || {
		cat "$scratch/metrics"
		fail "$1 is $(sample "$1"), want $2"
	}
}

curl -sS -m 10 -D - -o "$scratch/metrics" "$base/metrics" | tr -d '\r' |
	grep -qx 'Content-Type: text/plain; version=0.0.4; charset=utf-8' ||
	fail "the type of /metrics"

# ---- who this is ------------------------------------------------------------

get / >"$scratch/root.json"
is affiant_simulated 1
is "affiant_signer_info{address=\"$(jq -r .signer "$scratch/root.json")\"}" 1
is "affiant_config_info{sha256=\"$(jq -r .config "$scratch/root.json")\"}" 1
is "affiant_build_info{version=\"$(jq -r .version "$scratch/root.json")\",platform=\"tdx\",provider=\"simulator\"}" 1
is affiant_http_threads 192
since=$(sample affiant_start_time_seconds)
now=$(date +%s)
[ "${since%.*}" -ge $((now - 120)) ] && [ "${since%.*}" -le $((now + 1)) ] ||
	fail "started at $since, and it is $now"

# ---- numbers that move ------------------------------------------------------

rounds='affiant_feed_rounds_total{feed="BTC/USD",result="ok"}'
scrape
before=$(sample "$rounds")
within 10 "another round" above "$rounds" "$before"
is 'affiant_feed_fresh{feed="BTC/USD"}' 1
is 'affiant_feed_sources{feed="BTC/USD",state="used"}' 3
is affiant_clock_ok 1
above affiant_clock_hosts 0 || fail "no Date was heard"
answers_2xx=$(sample 'affiant_http_answers_total{class="2xx"}')
answers_4xx=$(sample 'affiant_http_answers_total{class="4xx"}')
quoted=$(sample affiant_quoted_statements_total)
for _ in 1 2 3; do get /price >"$scratch/price.json"; done
get '/price?nonce=00ff' >"$scratch/price.json"
answers /nothing 404 || fail "/nothing"
scrape
is 'affiant_http_answers_total{class="2xx"}' $((answers_2xx + 5))
is 'affiant_http_answers_total{class="4xx"}' $((answers_4xx + 1))
[ "$(sample affiant_quoted_statements_total)" -gt "$quoted" ] ||
	fail "a nonce took no quote"
is affiant_http_busy_handlers 1
[ "$(sample affiant_recent_responses)" -gt 1 ] || fail "nothing is kept"
[ "$(sample affiant_recent_bytes)" -gt 1000 ] || fail "nothing is kept"

# ---- a source that fails, and a feed that does -------------------------------

misbehave kraken 404
within 10 "the failure's count" above \
	'affiant_source_outcomes_total{feed="BTC/USD",source="kraken.demo.localhost",outcome="http"}' 0
misbehave gemini closed-at-once
within 10 "a failed round" above \
	'affiant_feed_rounds_total{feed="BTC/USD",result="failed"}' 0
fresh_is_zero() { scrape && [ "$(sample 'affiant_feed_fresh{feed="BTC/USD"}')" = 0 ]; }
within 10 "the end of freshness" fresh_is_zero
grep -qE 'hunter2|DEMO_KEY|https:|/products|ticker' "$scratch/metrics" &&
	fail "more than hosts is told"

# ---- refusals ---------------------------------------------------------------

for method in POST PUT DELETE; do
	[ "$(curl -sS -m 10 -X $method -D "$scratch/head" -o "$scratch/body.out" \
		-w '%{http_code}' "$base/metrics")" = 405 ] || fail "$method /metrics"
	grep -q '^Allow: GET, HEAD, OPTIONS' "$scratch/head" || fail "no Allow"
done
answers '/metrics?x=1' 400 || fail "a query"
curl -sS -m 10 -I "$base/metrics" | grep '^HTTP/1.1 200 ' >/dev/null || fail "HEAD"
[ -z "$(awk '!/^#/ { print $1 }' "$scratch/metrics" | sort | uniq -d)" ] ||
	fail "a series stands there twice"
echo "the numbers move"
