#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A failed source degrades a round; without a quorum the feed says which source
# failed how, never serves a stale value, and comes back by itself.
. "$(dirname "$0")/lib.sh"
start_exchange
base_config "$scratch/config.json"
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200

# used N: the latest statement uses so many sources.
used() { [ "$(get /price | jq '.statement.used | length')" -eq "$1" ]; }
rejects() { # HOST REASON
	get /price | jq -e --arg h "$1.demo.localhost" --arg r "$2" \
		'.statement.rejected[] | select(.source == $h and .reason == $r)'
}

# failed HOST REASON: it says so in the log, where it had been well before.
failed() {
	grep -q "\"source\":\"$1.demo.localhost\",\"ok\":false,\"reason\":\"$2\"" "$log"
}
# certified HOST MODE: a certificate is looked at when a connection is made, and
# one that is half made when the mode changes keeps the old one: again then.
certified() {
	local i
	for ((i = 0; i < 10; i++)); do
		misbehave "$1" closed-at-once
		sleep 0.3
		misbehave "$1" "$2"
		sleep 0.5
		failed "$1" tls && return 0
	done
	fail "$1's certificate was not refused after $2"
}

# One of three: the round goes on, and says so.
within 5 "three sources" used 3
for case in '500 http' 'wrong-json json' 'negative value' 'redirect redirect' \
	'closed-at-once connect'; do
	misbehave kraken "${case% *}"
	within 5 "kraken rejected for ${case#* } after ${case% *}" rejects kraken "${case#* }"
	used 2 || fail "$case: not two sources"
done
certified kraken wrong-certificate
within 5 "kraken rejected for tls" rejects kraken tls
misbehave kraken none
within 5 "three sources again" used 3

# Two of three: no quorum.
misbehave kraken 404
certified gemini expired-certificate
within 10 "503" answers /price 503
cp "$scratch/body.out" "$scratch/problem.json"
jq -e '.status == 503 and .feed == "BTC/USD" and
	(.detail | contains("1 of 3 sources can be used, 2 are needed")) and
	(.sources | map({(.source): .reason}) | add) ==
	{"kraken.demo.localhost": "http", "gemini.demo.localhost": "tls"}' \
	"$scratch/problem.json" >/dev/null || {
	cat "$scratch/problem.json"
	fail "the problem does not name the sources"
}
# Also not for a nonce.
answers '/price?nonce=00' 503 || fail "a stale value for a nonce"

# And back.
misbehave kraken none
misbehave gemini none
within 10 "recovery" answers /price 200
within 5 "three sources at the end" used 3
echo "degrade holds"
