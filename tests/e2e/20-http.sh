#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every route of a living oracle, as a consumer and an auditor use it. What
# carries evidence is judged.
. "$(dirname "$0")/lib.sh"
start_exchange
config_with "$scratch/config.json" '.feeds[0].interval_ms = 60000
	| .feeds[0].aggregate.max_age_ms = 600000
	| .feeds += [.feeds[0] | .id = "ETH/USD" | .path = "/eth"
		| .sources[0].pick = "/nothing" | .aggregate.min_sources = 3]'
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200

head_of() { curl -sS -m 10 -o "$scratch/body.out" -D - "$@" | tr -d '\r'; }
# authentic FILE ARGS...: real evidence, and no policy that says whose.
authentic() {
	local rc=0
	"$verify" --allow-simulated "${@:2}" "$1" >"$scratch/verdict.out" 2>&1 || rc=$?
	[ $rc -eq 3 ] || { cat "$scratch/verdict.out"; fail "$1: verdict $rc, want 3"; }
}

# ---- the latest price, and caches -------------------------------------------

# The collateral is what the verifier lacks for a response without it.
get /v1/collateral >"$scratch/collateral.json"
get /price >"$scratch/price.json"
authentic "$scratch/price.json" --collateral "$scratch/collateral.json"
hash=$(jq -r .reportDataHash "$scratch/price.json")
head_of "$base/price" >"$scratch/head"
for line in 'HTTP/1.1 200 OK' 'Content-Type: application/json' "ETag: \"$hash\"" \
	'Cache-Control: public, max-age=60' 'Access-Control-Allow-Origin: *' \
	'X-Content-Type-Options: nosniff'; do
	grep -qxF "$line" "$scratch/head" || { cat "$scratch/head"; fail "no '$line'"; }
done
head_of -I "$base/price" | grep -v '^Connection:' >"$scratch/head2"
grep -v '^Connection:' "$scratch/head" | cmp -s - "$scratch/head2" || fail "HEAD"
head_of -H "If-None-Match: \"$hash\"" "$base/price" | grep -q '^HTTP/1.1 304 ' ||
	fail "a cache that has it gets it again"
get '/price?evidence=full' | jq -e '.evidence.collateral' >/dev/null || fail "full"
get '/price?evidence=signature' |
	jq -e '.signature and (.quote == null)' >/dev/null || fail "signature"
get /v1/feeds/BTC%2FUSD | cmp -s - "$scratch/price.json" || fail "by id, encoded"
get /v1/feeds/BTC/USD | cmp -s - "$scratch/price.json" || fail "by id"
get "/eth?feed=BTC/USD" | cmp -s - "$scratch/price.json" || fail "?feed="
get "/v1/statements/$hash" | cmp -s - "$scratch/price.json" || fail "by hash"

# ---- bound to the caller ----------------------------------------------------

get '/price?nonce=00ff&evidence=full' >"$scratch/nonce.json"
authentic "$scratch/nonce.json" --nonce 00ff
own=$(jq -r '.statement | @json' "$scratch/nonce.json" | tr -d '\n' | sha256sum | cut -d' ' -f1)
get "/v1/statements/$own" | cmp -s - "$scratch/nonce.json" || fail "a nonce's statement by its hash"
get '/v1/attestation?nonce=c0ffee&evidence=full' >"$scratch/attestation.json"
authentic "$scratch/attestation.json" --nonce c0ffee
get /v1/key >"$scratch/key.json"
authentic "$scratch/key.json" --collateral "$scratch/collateral.json"
jq -e -s '.[0].statement.signer == .[1].statement.signer' \
	"$scratch/key.json" "$scratch/price.json" >/dev/null || fail "another signer"

# ---- what there is, and how it is -------------------------------------------

get /v1/feeds | jq -e '.feeds | map([.id, .fresh]) ==
	[["BTC/USD", true], ["ETH/USD", false]]' >/dev/null || fail "/v1/feeds"
get / | jq -e --slurpfile p "$scratch/price.json" '.simulated and
	.platform == "tdx" and (.signer | ascii_downcase) == $p[0].statement.signer and
	.config == $p[0].statement.config' >/dev/null || fail "/ as JSON"
head_of -H 'Accept: text/html' "$base/" | grep -qi '^content-type: text/html' || fail "the page"
for text in SIMULATED BTC/USD "$(jq -r .statement.price "$scratch/price.json")" affiant-verify; do
	grep -qF "$text" "$scratch/body.out" || fail "the page does not say $text"
done
grep -qE '(src|href)="?(https?:)?//' "$scratch/body.out" && fail "the page loads from elsewhere"
get /healthz >/dev/null
[ "$(code_of /readyz)" = 503 ] || fail "ready without ETH/USD"
jq -e '.feeds | length == 1 and .[0].id == "ETH/USD" and (.[0].why | length > 0)' \
	"$scratch/body.out" >/dev/null || { cat "$scratch/body.out"; fail "readyz does not say why"; }
[ "$(code_of /eth)" = 503 ] || fail "a price without a quorum"
jq -e '.type == "urn:affiant:problem:stale" and .status == 503 and
	(.sources | map(select(.source == "coinbase.demo.localhost")) | length) == 1' \
	"$scratch/body.out" >/dev/null || { cat "$scratch/body.out"; fail "503 does not name the source"; }

# ---- refusals ---------------------------------------------------------------

# refuses CODE PROBLEM PATH [CURL ARGS...]: and says so as problem+json.
refuses() {
	local code=$1 type=$2 path=$3
	head_of --path-as-is "${@:4}" "$base$path" >"$scratch/head"
	grep -q "^HTTP/1.1 $code " "$scratch/head" &&
		grep -qx 'Content-Type: application/problem+json' "$scratch/head" &&
		jq -e --arg t "urn:affiant:problem:$type" --argjson s "$code" \
			'.type == $t and .status == $s' "$scratch/body.out" >/dev/null || {
		cat "$scratch/head" "$scratch/body.out"
		fail "$path: want $code $type"
	}
}
long=$(printf 'ab%.0s' $(seq 33))
huge=$(printf 'a%.0s' $(seq 3000))
refuses 400 bad-nonce '/price?nonce='
refuses 400 bad-nonce '/price?nonce=abc'
refuses 400 bad-nonce '/price?nonce=xy'
refuses 400 bad-nonce "/price?nonce=$long"
refuses 400 bad-nonce /v1/attestation
refuses 400 bad-query '/price?nonce=00&nonce=00'
refuses 400 bad-query '/price?color=blue'
refuses 400 bad-query '/price?evidence=some'
refuses 400 bad-path /%zz
refuses 404 no-feed '/price?feed=XRP/USD'
refuses 404 no-feed /v1/feeds/XRP%2FUSD
refuses 404 no-statement "/v1/statements/$(printf '%064d' 1)"
refuses 404 not-found /../../etc/passwd
refuses 404 not-found /%2e%2e/etc/passwd
refuses 404 not-found //
refuses 405 method /price -X POST -d '{}'
refuses 405 method /price -X DELETE
refuses 414 uri-too-long "/price?nonce=$huge"
head_of -X OPTIONS -H 'Origin: https://a.example' \
	-H 'Access-Control-Request-Method: GET' "$base/price" >"$scratch/head"
grep -qx 'Access-Control-Allow-Methods: GET, HEAD' "$scratch/head" || fail "preflight"
# Nothing was lost over all this.
get /price | cmp -s - "$scratch/price.json" || fail "the price is another one"
echo "HTTP holds"
