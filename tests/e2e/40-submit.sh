#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is served stands in the contract, once: written by the daemon, through
# endpoints that fail and a chain that reorganises; one submission by hand.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_chain.sh"
start_exchange
start_chain 2
config=$scratch/config.json
chain_config "$config" '.'

# ---- by hand ----------------------------------------------------------------

refused 0 'no journal' "$affiantd" journal --config "$config" --json
"$affiantd" submit --config "$config" BTC/USD >"$scratch/receipt.json" \
	2>"$scratch/submit.log" || fail "submit"
jq -e '.succeeded and .nonce == 0 and .chain == 8453 and .feed == "BTC/USD"' \
	"$scratch/receipt.json" >/dev/null || fail "its receipt"
"$affiantd" journal --config "$config" >"$scratch/journal.txt"
grep -q '^ *0  \(mined\|confirmed\) ' "$scratch/journal.txt" ||
	fail "the journal for people"
refused 1 'no feed XRP/USD' "$affiantd" submit --config "$config" XRP/USD
refused 2 '--timeout is a number' "$affiantd" submit --config "$config" \
	--timeout soon BTC/USD
once "$config"

# ---- the daemon --------------------------------------------------------------

start_oracle "$config"
within 10 "a price" answers /price 200
refused 1 'in use by another affiantd' "$affiantd" submit --config "$config" \
	BTC/USD
# written AT: feed 0 is on chain with this time, or a later one.
written() {
	get /v1/chains | jq -e --argjson at "$1" \
		'.chains[0].feeds[0].timestamp >= $at' >/dev/null
}
served() { get /price | jq .statement.timestamp; }
within 10 "a first value on chain" written "$(served)"
get /v1/chains >"$scratch/chains.json"
jq -e '.chains | length == 1 and (.[0] | .id == 8453 and (.endpoints | length) == 2
	and (.feeds | length) == 2 and .counts.mined > 0)' \
	"$scratch/chains.json" >/dev/null || fail "/v1/chains"
get /metrics >"$scratch/metrics"
grep -q '^affiant_chain_feed_updates_total{chain="8453",feed="BTC/USD",result="written"} [1-9]' \
	"$scratch/metrics" || fail "/metrics"
grep -q '"event":"payer"' "$log" || fail "the log does not say who pays"

# ---- endpoints that fail, a chain that reorganises ----------------------------

mock mock_fail '[0, "eth_sendRawTransaction", "disconnect", 3, 0]' >/dev/null
mock mock_fail '[1, "", "timeout", 5, 0]' >/dev/null
sleep 1
within 15 "a value after faults" written "$(served)"
mock mock_heal '[]' >/dev/null
mock mock_reorg '[2, false]' >/dev/null
sleep 1
within 15 "a value after a reorganisation" written "$(served)"

# ---- and its end ---------------------------------------------------------------

stop_oracle
[ "$stopped" = 0 ] || fail "the stop: $stopped"
# What is served no longer is what is due: only what was signed is awaited.
jq '.chains[0].feeds |= map_values(.deviation_bps = 10000)' "$config" \
	>"$scratch/quiet.json"
start_oracle "$scratch/quiet.json"
within 20 "all to be confirmed" settled
stop_oracle
once "$config"
echo "written once ($(wc -l <"$scratch/stored") updates)"
