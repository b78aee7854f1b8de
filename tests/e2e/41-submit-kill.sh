#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Killed without a word, at any point and while it is busy writing to a chain,
# over and over: every update that was signed is on chain once, none twice, and
# the last that was served gets there.
#
#   41-submit-kill.sh [KILLS]
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_chain.sh"
kills=${1:-${KILLS:-40}}
start_exchange
start_chain
config=$scratch/config.json
chain_config "$config" '.feeds |= map(.interval_ms = 100)'

for ((i = 0; i < kills; i++)); do
	"$affiantd" serve --config "$config" 2>"$scratch/life.log" &
	oracle=$!
	started+=($oracle)
	# From before it has opened anything to well into its work.
	ms=$((RANDOM % 1200))
	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
	# (where memory is short the kernel may have been faster)
	kill -KILL "$oracle" 2>/dev/null || true
	rc=0
	wait "$oracle" 2>/dev/null || rc=$?
	[ $rc -eq 137 ] || {
		cat "$scratch/life.log"
		fail "the daemon ended by itself: $rc"
	}
	# Some lives begin in a bad moment.
	mock mock_heal '[]' >/dev/null
	case $((RANDOM % 8)) in
	0) mock mock_fail '[0, "eth_sendRawTransaction", "disconnect", 1, 0]' ;;
	1) mock mock_fail '[0, "eth_sendRawTransaction", "refuse", 1, 0]' ;;
	2) mock mock_fail '[0, "eth_getTransactionReceipt", "null", 2, 0]' ;;
	3) mock mock_reorg '[1, false]' ;;
	esac >/dev/null
done
mock mock_heal '[]' >/dev/null

# The last that is served gets there, ...
start_oracle "$config"
within 10 "a price" answers /price 200
at=$(get /price | jq .statement.timestamp)
written() {
	get /v1/chains | jq -e --argjson at "$at" \
		'.chains[0].feeds | all(.timestamp >= $at)' >/dev/null
}
within 20 "the last value on chain" written
stop_oracle
# ... and what was signed comes to its end.
jq '.chains[0].feeds |= map_values(.deviation_bps = 10000)' "$config" \
	>"$scratch/quiet.json"
start_oracle "$scratch/quiet.json"
within 20 "all to be confirmed" settled
stop_oracle
once "$config"
# Its own words: nothing was taken for another's, nothing left behind.
jq -es 'all(.state == "confirmed")' "$scratch/journal.jsonl" >/dev/null ||
	fail "a transaction without an end"
echo "killed $kills times: $(wc -l <"$scratch/journal.jsonl") transactions," \
	"$(wc -l <"$scratch/stored") updates, each once"
