#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Killed without a word and started again, over and over: the key stays, round
# numbers grow and are never given twice, each statement names the one before.
. "$(dirname "$0")/lib.sh"
start_exchange
config_with "$scratch/config.json" '.feeds[0].interval_ms = 100'

# Every statement that anybody saw, nonce-bound ones too.
seen=$scratch/seen.jsonl
: >"$seen"
see() { get "$1" | jq -c '{round: .statement.round, previous: .statement.previous,
	timestamp: .statement.timestamp, nonce: .statement.nonce,
	signer: .statement.signer, hash: .reportDataHash}' >>"$seen"; }
for life in 1 2 3 4; do
	start_oracle "$scratch/config.json"
	within 10 "a price" answers /price 200
	for i in $(seq 1 12); do
		see "/price"
		see "/price?nonce=$(printf '%04x' $((life * 256 + i)))"
	done
	stop_oracle KILL
done

jq -e -s 'map(.signer) | unique | length == 1' "$seen" >/dev/null ||
	fail "the key changed"
# One hash, one round; one round, one hash.
jq -e -s 'unique_by(.hash) | (map(.round) | unique | length) == length' \
	"$seen" >/dev/null || fail "a round number was given twice"
# In the order seen, rounds of a life grow, and so do they over lives.
jq -e -s 'map(select(.nonce != null).round) | . == sort' "$seen" >/dev/null ||
	fail "rounds do not grow"
jq -e -s 'map(.timestamp) | . == sort' "$seen" >/dev/null ||
	fail "time runs back"
# Only the very first statement may have nobody before it.
jq -e -s 'unique_by(.hash) | map(select(.previous == null)) | length <= 1' \
	"$seen" >/dev/null || fail "a life forgot the one before"

# A feed at its ease, killed and robbed of all its state: numbers still grow.
config_with "$scratch/slow.json" ".feeds[0].interval_ms = 1500 |
	.state_dir = \"$scratch/state2\""
last=0
for life in 1 2 3 4; do
	start_oracle "$scratch/slow.json"
	within 10 "a price" answers /price 200
	get /price >"$scratch/price.json"
	round=$(jq .statement.round "$scratch/price.json")
	[ "$round" -gt "$last" ] || fail "round $round after $last"
	last=$round
	previous=$(jq -r '.statement.previous // "none"' "$scratch/price.json")
	hash=$(jq -r .reportDataHash "$scratch/price.json")
	case $life in
	1) [ "$previous" = none ] || fail "a first statement with a previous" ;;
	2 | 4) [ "$previous" = "$before" ] || fail "another previous" ;;
	3) [ "$previous" = none ] || fail "a previous out of nowhere" ;;
	esac
	before=$hash
	stop_oracle KILL
	sleep 1
	# Numbers kept in reserve run a little ahead of the clock that counts
	# them after a loss (FORMAT.statement.md: one a second on average).
	[ $life -ne 2 ] || { rm -rf "$scratch/state2" && sleep 3; }
done
echo "restart holds ($(wc -l <"$seen") statements)"
