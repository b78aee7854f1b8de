# SPDX-License-Identifier: Apache-2.0
# Sourced by stories about chains, after lib.sh: a chain in memory behind
# JSON-RPC, with the rules of a real mempool, and what it says.
stand_in=$AFFIANT_BUILD/tests/e2e/rpc_stand_in
contract=0xc001000000000000000000000000000000000001

# start_chain [FACES]: $rpc[] are its endpoints. A block each 50 ms, when there
# is something to mine.
start_chain() {
	"$stand_in" 8453 0 "${1:-1}" $contract >"$scratch/chain.out" \
		2>"$scratch/chain.log" &
	started+=($!)
	within 10 "the chain" grep -q '^ready ' "$scratch/chain.out"
	read -ra rpc <<<"$(sed 's/^ready //' "$scratch/chain.out")"
	mock mock_mineEvery '[50]' >/dev/null
}

# mock METHOD PARAMS: the result.
mock() {
	curl -fsS -m 10 -H 'Content-Type: application/json' --data-binary \
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":$2}" \
		"${rpc[0]}" | jq -ce .result
}

# chain_config FILE FILTER: the base with two feeds on that chain, each newer
# statement due; then changed by jq.
chain_config() {
	base_config "$scratch/base.json"
	jq --arg contract $contract --arg rpc "${rpc[*]}" '
	.feeds += [ .feeds[0] | .id = "BTC/USD.2" | .path = "/two" ]
	| .chains = [ { id: 8453, rpc: ($rpc / " "), allow_http: true,
	    poll_ms: 50, timeout_ms: 2000, batch_wait_ms: 0, finality: "blocks",
	    confirmations: 2, stuck_after_s: 2, max_fee_gwei: "1000",
	    daily_spend: "1000", min_balance: "1",
	    feeds: ( [ .feeds[].id | { key: ., value: { contract: $contract,
	      deviation_bps: 0, heartbeat_s: 3600 } } ] | from_entries ) } ]
	'"| $2" "$scratch/base.json" >"$1"
}

journal() { "$affiantd" journal --config "$1" --json; }

# once FILE: every statement that the journal says is in a block stands in the
# chain once, and the chain has none that is not in the journal.
once() {
	mock mock_repeated '[]' >"$scratch/repeated.json"
	jq -e '.repeated == 0' "$scratch/repeated.json" >/dev/null ||
		fail "an update is on chain twice: $(cat "$scratch/repeated.json")"
	journal "$1" >"$scratch/journal.jsonl"
	jq -rs '.[] | select(.mined.succeeded) |
		.attempts[.mined.attempt].statements[].statement' \
		"$scratch/journal.jsonl" | sort >"$scratch/written"
	mock mock_updates '[]' | jq -r '.[].statement' | sed 's/^0x//' | sort \
		>"$scratch/stored"
	[ -s "$scratch/stored" ] || fail "nothing is on chain"
	diff "$scratch/written" "$scratch/stored" >"$scratch/differ.log" ||
		fail "journal and chain differ"
	# Nonces from 0 on, none left out, each with an end.
	jq -es 'map(.nonce) == [range(length)]' "$scratch/journal.jsonl" \
		>/dev/null || fail "a nonce is missing"
}

# settled: nothing is under way any more.
settled() {
	get /v1/chains | jq -e '.chains[0] | .pending == 0 and .mined == 0 and
		has("fault") == false' >/dev/null
}
