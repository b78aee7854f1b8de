#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The daemon on Marlin's attestation server, played by the stand-in: documents
# of an enclave, judged offline; and the routes as Marlin's clients use them.
. "$(dirname "$0")/lib.sh"
start_exchange
where=$scratch/marlin.sock
"$affiantd" simulate-agent --marlin "$where" --state "$scratch/agent" \
	>"$scratch/agent.out" 2>"$scratch/agent.log" &
started+=($!)
within 10 "the attestation server" grep -q '^ready ' "$scratch/agent.out"

ask() { curl -sS -m 5 --unix-socket "$where" -o "$scratch/doc" -w '%{http_code}' "http://x$1"; }
judge() { # FILE CODE OPTIONS...
	local file=$1 want=$2 rc=0
	shift 2
	"$verify" "$@" --allow-simulated "$file" >"$scratch/verdict.out" 2>&1 || rc=$?
	[ $rc -eq "$want" ] || { cat "$scratch/verdict.out"; fail "$file: verdict $rc, want $want"; }
}

# All three parameters, one of them, none: absent is null, empty is empty.
[ "$(ask '/attestation/hex?public_key=0102&user_data=&nonce=c0ffee')" = 200 ] || fail "hex"
"$verify" inspect --platform nitro "$scratch/doc" >"$scratch/inspect.out" || fail "inspect"
grep -q 'user_data *0 bytes' "$scratch/inspect.out" || fail "an empty one is null"
judge "$scratch/doc" 3 --platform nitro --nonce c0ffee
judge "$scratch/doc" 1 --platform nitro --nonce c0ffef
[ "$(ask /attestation/raw)" = 200 ] || fail "raw"
judge "$scratch/doc" 3 --platform nitro
[ "$(ask '/attestation/raw?nonce=xyz')" = 400 ] || fail "bad hexadecimal"
grep -q 'Failed to decode nonce' "$scratch/doc" || fail "bad hexadecimal is not named"
[ "$(ask /attestation)" = 404 ] || fail "another route"

config_with "$scratch/config.json" \
	".attest = { provider: \"marlin\", socket: \"$where\" }"
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200
get '/price?nonce=0102' >"$scratch/price.json"
jq -e '.evidence | .platform == "nitro" and .provider == "marlin" and .simulated' \
	"$scratch/price.json" >/dev/null || fail "the evidence says something else"
judge "$scratch/price.json" 3 --nonce 0102
"$verify" policy --allow-simulated "$scratch/price.json" >"$scratch/policy.json" || fail "policy"
get '/price?nonce=0102' >"$scratch/price.json"
judge "$scratch/price.json" 0 --nonce 0102 --policy "$scratch/policy.json"
jq '.nitro.pcr0 = ["'"$(printf '%096d' 0)"'"]' "$scratch/policy.json" >"$scratch/other.json"
judge "$scratch/price.json" 1 --nonce 0102 --policy "$scratch/other.json"
echo "an enclave's documents are judged"
