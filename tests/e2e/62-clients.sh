#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Clients that were written for the well-known sample oracle of dstack read
# ours: the shape of GET / and GET /price, the hash with jq and sha256sum, the
# certificate with openssl. Exactly the commands of its users.
. "$(dirname "$0")/lib.sh"
start_exchange
start_agent --agent 0.5.9
# One source: its members stand in the statement itself.
dstack_config "$scratch/c.json" '.feeds[0].sources |= .[0:1]
	| .feeds[0].aggregate.min_sources = 1'
start_oracle "$scratch/c.json"
within 10 "a price" answers /price 200
get /price >"$scratch/price.json"

# The members that a client looks for, of the kinds that it expects.
jq -e '.statement | (.source | type) == "string" and
	(.price | tonumber) > 0 and
	(.tlsFingerprint | test("^([0-9A-F]{2}:){31}[0-9A-F]{2}$")) and
	(.tlsIssuer | type) == "string" and (.tlsValidTo | type) == "string" and
	.timestamp > 1700000000000' "$scratch/price.json" >/dev/null || {
	jq .statement "$scratch/price.json"
	fail "the statement has another shape"
}
jq -e '(.reportDataHash | test("^[0-9a-f]{64}$")) and (.quote | length) > 1000' \
	"$scratch/price.json" >/dev/null || fail "reportDataHash or quote is another one"

# "jq -j '.statement | @json' | sha256sum"
hash=$(jq -j '.statement | @json' "$scratch/price.json" | sha256sum | cut -d ' ' -f 1)
[ "$hash" = "$(jq -r .reportDataHash "$scratch/price.json")" ] ||
	fail "the statement's hash is $hash"
# The digest itself, not its text, stands in the quote: 568 bytes into it.
jq -r .quote "$scratch/price.json" | base64 -d | tail -c +569 | head -c 32 | xxd -p -c 32 |
	grep -qx "$hash" || fail "the quote is over something else"

# "openssl s_client | openssl x509 -fingerprint -sha256"
host=$(jq -r .statement.source "$scratch/price.json")
openssl s_client -connect "127.0.0.1:$exchange_port" -servername "$host" </dev/null 2>/dev/null |
	openssl x509 -noout -fingerprint -sha256 >"$scratch/fingerprint"
[ "$(sed 's/.*=//' "$scratch/fingerprint")" = "$(jq -r .statement.tlsFingerprint "$scratch/price.json")" ] ||
	fail "openssl shows $(cat "$scratch/fingerprint")"

# GET / tells a program who signs.
curl -fsS -m 5 -H 'Accept: application/json' "$base/" >"$scratch/root.json"
jq -e 'type == "object"' "$scratch/root.json" >/dev/null || fail "GET / is no JSON object"
# "appId, signerAddress, derivedPubkey"
jq -e --slurpfile price "$scratch/price.json" --arg app "$app_id" '.appId == $app and
	(.signerAddress | ascii_downcase) == $price[0].signature.signer and
	.derivedPubkey == "0x" + $price[0].evidence.keyChain.publicKey' \
	"$scratch/root.json" >/dev/null || {
	cat "$scratch/root.json"
	fail "GET / does not name the signer"
}
# A browser gets a page at the same place.
curl -fsS -m 5 -H 'Accept: text/html' "$base/" | grep -i '<html' >/dev/null || fail "no page"
echo "clients hold"
