#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the connections carried travels with the response: chains and staples
# are verified again offline, to roots that a policy names, and what was bent on
# the way is refused.
. "$(dirname "$0")/lib.sh"
start_exchange
base_config "$scratch/config.json"
jq '.feeds[0].sources[0].ocsp = "must"' "$scratch/config.json" >"$scratch/must.json"
# Before the first connection: it is looked at when it is made.
host=$(jq -r '.feeds[0].sources[0].url' "$scratch/must.json" |
	sed 's|^https://||; s|\.demo\.localhost.*||')
misbehave "$host" staple
start_oracle "$scratch/must.json"
within 10 "a price" answers /price 200

judge() { # FILE WANT
	local at rc=0
	at=$(date -u -d "@$(($(jq .statement.timestamp "$1") / 1000 + 1))" +%FT%TZ)
	"$verify" --json --at "$at" --allow-simulated --policy "$scratch/policy.json" \
		"$1" >"$scratch/verdict.json" 2>"$scratch/verdict.err" || rc=$?
	[ $rc -eq "$2" ] || { jq . "$scratch/verdict.json"; fail "$1: verdict $rc, want $2"; }
}
check() { jq -r --arg id "$1" '.checks[] | select(.id == $id) | .result' "$scratch/verdict.json"; }
server() { jq -r .links.server "$scratch/verdict.json"; }

root=$(openssl x509 -in "$ca" -outform DER | sha256sum | cut -c 1-64)
echo "{\"type\":\"affiant.policy.v1\",\"tlsEvidence\":true,\"tlsRoots\":[\"$root\"]}" \
	>"$scratch/policy.json"
for query in '?evidence=full' '?evidence=full&nonce=0102'; do
	get "/price$query" >"$scratch/full.json"
	jq -e '[.statement.sources[] | select(.tlsOcsp == "good")] | length == 1' \
		"$scratch/full.json" >/dev/null || fail "$query: no staple is recorded"
	judge "$scratch/full.json" 3
	for id in evidence leaf name chain ocsp; do
		[ "$(check tls.$id)" = pass ] || fail "$query: tls.$id"
	done
	[ "$(server)" = proved ] || fail "$query: server is $(server)"
	jq -e '.claims.timeInterval | .notBefore < .notAfter' \
		"$scratch/verdict.json" >/dev/null || fail "$query: no interval"
done

# Without certificates the policy is not satisfied, and nothing is proved.
get /price >"$scratch/quote.json"
judge "$scratch/quote.json" 1
[ "$(check policy.tls-evidence)" = fail ] || fail "no certificates, and taken"
[ "$(server)" != proved ] || fail "proved by nothing"

# A certificate less, and a root that nobody named. Only what stands behind the
# statement is printed anew: its own bytes stay as they are.
statement=$(jq -c .statement "$scratch/full.json")
jq -c '.evidence.tls.certificates |= .[1:]' "$scratch/full.json" >"$scratch/bent.json"
[ "$(jq -c .statement "$scratch/bent.json")" = "$statement" ] || fail "bent too much"
judge "$scratch/bent.json" 1
[ "$(check tls.evidence)" = fail ] || fail "a missing certificate is not missed"
sed -i "s/$root/${root//[0-9]/a}/" "$scratch/policy.json"
judge "$scratch/full.json" 1
[ "$(check policy.tls-roots)" = fail ] || fail "another root is taken"
echo "what the connections carried is verified again"
