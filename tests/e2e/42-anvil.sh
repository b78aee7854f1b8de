#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real node and the real contracts: three feeds that the daemon writes read
# as they are served, by the store, by AggregatorV3 and by pull through the
# gateway; and affiant-verify finds the response in the node's own answers.
. "$(dirname "$0")/lib.sh"
contracts=$AFFIANT_SOURCE/tests/contracts
project=$AFFIANT_BUILD/contracts
rc=0
"$contracts/run" --prepare >"$scratch/prepare.log" 2>&1 || rc=$?
if [ $rc = 77 ]; then
	grep SKIPPED "$scratch/prepare.log"
	exit 77
fi
[ $rc = 0 ] || fail "the tools"
export NODE_PATH=$project/node_modules FOUNDRY_DISABLE_NIGHTLY_WARNING=1

"$project/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil" \
	--host 127.0.0.1 --port 0 --hardfork osaka >"$scratch/anvil.out" \
	2>"$scratch/anvil.log" &
started+=($!)
within 30 "the node" grep -q '^Listening on ' "$scratch/anvil.out"
node=http://$(sed -n 's/^Listening on //p' "$scratch/anvil.out")
ask() { # METHOD PARAMS
	curl -fsS -m 10 -H 'Content-Type: application/json' \
		-d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":$2}" "$node"
}

# ---- the oracle, before there is anything to write to ------------------------

# What the node's first account creates first, so it can stand in the
# configuration that the contract will admit.
store=0x5FbDB2315678afecb367f032d93F642f64180aa3
feeds=(BTC/USD BTC/USD.2 BTC/USD.3)
start_exchange
config_with "$scratch/config.json" '
	.feeds[0].interval_ms = 1000 | .feeds[0].aggregate.max_age_ms = 10000
	| .feeds += [ .feeds[0] | .id = "BTC/USD.2" | .path = "/two" ]
	| .feeds += [ .feeds[0] | .id = "BTC/USD.3" | .path = "/three" ]
	| .chains = [ { id: 31337, rpc: [ "'"$node"'" ], allow_http: true,
	    poll_ms: 100, batch_wait_ms: 100, finality: "blocks",
	    confirmations: 1, max_fee_gwei: "1000", daily_spend: "10",
	    feeds: ( [ .feeds[].id | { key: ., value: {
	      contract: "'$store'", deviation_bps: 0,
	      heartbeat_s: 3600 } } ] | from_entries ) } ]'
start_oracle "$scratch/config.json"
within 15 "all feeds" answers /readyz 200
me=$(get /)
payer=$(get /v1/chains | jq -r '.chains[0].payer')

# ---- the contracts ------------------------------------------------------------

cd "$scratch"
served() { node "$contracts/served.js" "$1" "$project" "$node" "${@:2}"; }
served deploy "0x$(jq -r .config <<<"$me")" "$(jq -r .signer <<<"$me")" \
	"$payer" "$base/gateway/{sender}/{data}.json" "${feeds[@]}" ||
	fail "the deployment"
[ "$(jq -r .store deployed.json | tr A-F a-f)" = "$(tr A-F a-f <<<$store)" ] ||
	fail "the store is somewhere else"

all_written() {
	get /v1/chains | jq -e '.chains[0] | .counts.mined > 1 and
		([.feeds[] | select(.timestamp > 0)] | length) == 3' >/dev/null
}
within 60 "three feeds on chain" all_written
served compare deployed.json "$base" "${feeds[@]}" || {
	get /v1/chains
	fail "the contracts read as something else"
}

# ---- the same, from the node's answers, offline --------------------------------

hash=$(cat transaction)
get "/v1/statements/$(cat statement)" >response.json
get '/price?nonce=00ff' >other.json
for method in eth_getTransactionByHash eth_getTransactionReceipt; do
	ask $method "[\"$hash\"]" >"$method.json"
	"$verify" onchain --response response.json "$method.json" \
		>onchain.out 2>onchain.log || fail "$method"
	refused 1 '[onchain.' "$verify" onchain --response other.json "$method.json"
done

# Stale is not handed out: 503, and a client asks elsewhere.
for name in coinbase kraken gemini; do misbehave $name 404; done
call=0x88f3543a$(printf '%-64s' 4254432f555344 | tr ' ' 0)
within 20 "a stale gateway" answers "/gateway/$payer/$call.json" 503
jq -e '.type == "urn:affiant:problem:stale"' body.out >/dev/null ||
	fail "the problem is another one"
echo "read as served"
