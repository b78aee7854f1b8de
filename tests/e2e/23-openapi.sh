#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The OpenAPI document of a living oracle: every path in it is answered, with
# the type that it names.
. "$(dirname "$0")/lib.sh"
start_exchange
config_with "$scratch/config.json" '.feeds += [.feeds[0] | .id = "BTC/USD.2" | .path = "/two"]'
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200
within 10 "all feeds" answers /readyz 200

doc=$scratch/openapi.json
get /openapi.json >"$doc"
jq -e '.openapi == "3.1.0" and .info.title == "Affiant" and
	(.paths | has("/two") and has("/price") and has("/v1/feeds/{id}"))' "$doc" >/dev/null ||
	fail "the document"
# The selector of price(bytes32), and the id of the feed.
call=0x88f3543a$(printf '%-64s' 4254432f555344 | tr ' ' 0)
gateway=0x0000000000000000000000000000000000000001/$call.json
hash=$(get /price | jq -r .reportDataHash)

jq -r '.paths | to_entries[] | select(.value.get) | .key' "$doc" >"$scratch/paths"
[ "$(wc -l <"$scratch/paths")" -gt 10 ] || fail "few paths"
while read -r path; do
	url=${path/\{id\}/BTC%2FUSD}
	url=${url/\{sha256\}/$hash}
	url=${url/\{call\}/$gateway}
	# What needs a parameter says so itself; everything else needs none.
	[ "$path" = /v1/attestation ] && url+='?nonce=00ff'
	type=$(curl -sS -m 10 -o "$scratch/body.out" -w '%{http_code} %{content_type}' \
		"$base$url") || fail "$url"
	want=$(jq -r --arg p "$path" '.components.responses[.paths[$p].get.responses["200"]["$ref"]
		| sub(".*/"; "")].content | keys[0]' "$doc")
	case $type in
	"200 $want" | "200 $want;"*) ;;
	*) fail "$path answers $type, want 200 $want" ;;
	esac
done <"$scratch/paths"

# An error is one of those that the document lists.
code_of '/price?nonce=x' >/dev/null
jq -e --slurpfile doc "$doc" '.type as $t |
	$doc[0].components.schemas.Problem.properties.type.enum | index($t) != null' \
	"$scratch/body.out" >/dev/null || fail "a problem that is not in the document"
echo "the document holds"
