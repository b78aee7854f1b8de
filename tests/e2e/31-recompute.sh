#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Bodies that were kept: the values of a response are picked from them again,
# offline, and what was bent between the oracle and the reader is refused.
. "$(dirname "$0")/lib.sh"
start_exchange
config_with "$scratch/config.json" '.feeds[0].sources[].keep_body = true |
	.feeds[0].sources[1].headers = { "X-Note": "${NOTE}" }'
export NOTE=not-to-be-shown
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200

judge() { # FILE WANT
	local at rc=0
	at=$(date -u -d "@$(($(jq .statement.timestamp "$1") / 1000 + 1))" +%FT%TZ)
	"$verify" --json --at "$at" --allow-simulated --policy "$scratch/policy.json" \
		"$1" >"$scratch/verdict.json" 2>"$scratch/verdict.err" || rc=$?
	[ $rc -eq "$2" ] || { jq . "$scratch/verdict.json"; fail "$1: verdict $rc, want $2"; }
}
check() { jq -r --arg id "$1" '.checks[] | select(.id == $id) | .result' "$scratch/verdict.json"; }

echo '{"type":"affiant.policy.v1","recomputed":true}' >"$scratch/policy.json"
for query in '?evidence=full' '?evidence=full&nonce=0102'; do
	get "/price$query" >"$scratch/full.json"
	jq -e '(.evidence.bodies | length) >= 2 and
		(.evidence.configuration | fromjson | .feeds[0].id) == "BTC/USD"' \
		"$scratch/full.json" >/dev/null || fail "$query: no bodies"
	judge "$scratch/full.json" 3
	for id in configuration request bodies value; do
		[ "$(check recompute.$id)" = pass ] || fail "$query: recompute.$id"
	done
	grep -q "$NOTE" "$scratch/full.json" && fail "a secret is shown"
done

# In the default detail there is nothing to recompute from, and it says so.
get /price >"$scratch/quote.json"
jq -e '.evidence | has("bodies") or has("configuration")' "$scratch/quote.json" \
	>/dev/null && fail "the default detail carries bodies"
judge "$scratch/quote.json" 1
[ "$(check policy.recomputed)" = fail ] || fail "not recomputed, and taken"
[ "$(check recompute.value)" = not-run ] || fail "recompute.value of nothing"

# A body of another price, and another configuration. Only what stands behind
# the statement is printed anew: its own bytes stay as they are.
bend() { # FILTER
	local statement
	statement=$(jq -c .statement "$scratch/full.json")
	jq -c "$1" "$scratch/full.json" >"$scratch/bent.json"
	[ "$(jq -c .statement "$scratch/bent.json")" = "$statement" ] || fail "bent too much"
}
bend '.evidence.bodies[0] = ({ price: "1.0" } | @json | @base64)'
judge "$scratch/bent.json" 1
[ "$(check recompute.bodies)" = fail ] || fail "another body is taken"
bend '.evidence.configuration |= sub("/price"; "/time")'
judge "$scratch/bent.json" 1
[ "$(check recompute.configuration)" = fail ] || fail "another configuration is taken"

# More than fits into a response is refused before anything starts.
config_with "$scratch/big.json" '.feeds[0].sources[] += { keep_body: true, max_bytes: 800000 }'
refused 1 '2400000 bytes would be kept' "$affiantd" check --config "$scratch/big.json"
echo "what was kept is picked again"
