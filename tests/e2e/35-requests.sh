#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A request whose parameters nobody but the oracle reads: answered once, with a
# statement that has their hash; and each way in which one is refused.
. "$(dirname "$0")/lib.sh"
client=$AFFIANT_BUILD/tests/e2e/request_client
start_exchange
base_config "$scratch/off.json"
jq --arg port "$exchange_port" '.log_level = "debug" | .requests = {
	per_minute: 40, templates: [ { id: "PRICE.OF", source: {
	url: "https://coinbase.demo.localhost:\($port)/products/${COIN}-USD/ticker",
	pick: "/price", allow_private: true, headers: { "x-token": "${TOKEN}" } },
	holes: [ { name: "COIN", max: 4 },
	         { name: "TOKEN", max: 40, chars: "text" } ] } ] }' \
	"$scratch/off.json" >"$scratch/on.json"

post() { # FILE: status in $code, answer in body.out
	code=$(curl -sS -m 10 -o "$scratch/body.out" -w '%{http_code}' \
		-H 'Content-Type: application/json' --data-binary @"$1" "$base/v1/requests")
}
token=quiteSecret4711/../x
nonce() { head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n'; }
form() { # COIN [ID] [NONCE]
	jq -jnc --arg c "$1" --arg t "$token" --arg i "${2:-PRICE.OF}" \
		--arg n "${3:-$(nonce)}" --argjson ms "$(date +%s%3N)" '
		{nonce: $n, request: $i, salt: $n[:32], time: $ms,
		 values: {COIN: $c, TOKEN: $t}}'
}
seal() { "$client" "$key" >"$scratch/sealed.json"; }
reason() { # CODE REASON
	[ "$code $(jq -r .reason "$scratch/body.out")" = "$1 $2" ] || {
		cat "$scratch/body.out"
		fail "answered $code, want $1 $2"
	}
}

# Off unless it is configured.
start_oracle "$scratch/off.json"
key=$(nonce)
form BTC | seal
post "$scratch/sealed.json"
[ "$code" = 404 ] || fail "POST while it is off: $code"
answers /v1/requests/key 404 || fail "a key while it is off"
get /openapi.json | jq -e '.paths | has("/v1/requests") | not' >/dev/null ||
	fail "documented while it is off"
stop_oracle

# The key is quoted: the verifier says so before anything is sealed to it.
start_oracle "$scratch/on.json"
get "/v1/requests/key?nonce=0102" >"$scratch/key.json"
"$verify" --allow-simulated --nonce 0102 "$scratch/key.json" >"$scratch/verdict.out" 2>&1 &&
	rc=0 || rc=$?
[ $rc -eq 3 ] || { cat "$scratch/verdict.out"; fail "the key: verdict $rc, want 3"; }
key=$(jq -r .statement.requestKey "$scratch/key.json")
sed "s/$key/$(nonce)/" "$scratch/key.json" >"$scratch/bent.json"
rc=0
"$verify" --allow-simulated "$scratch/bent.json" >/dev/null 2>&1 || rc=$?
[ $rc -eq 1 ] || fail "another key: verdict $rc, want 1"
get /v1/key | jq -e '.statement | has("requestKey") | not' >/dev/null ||
	fail "the signer's own statement changed"
get /openapi.json | jq -e '.paths | (."/v1/requests" | has("post")) and (."/v1/requests/key" | has("get"))' >/dev/null ||
	fail "not documented"

# One request, one answer.
n=$(nonce)
form BTC PRICE.OF "$n" >"$scratch/form.json"
seal <"$scratch/form.json"
post "$scratch/sealed.json"
[ "$code" = 200 ] || { cat "$scratch/body.out"; fail "the request: $code"; }
cp "$scratch/body.out" "$scratch/response.json"
hash=$(sha256sum <"$scratch/form.json" | cut -c 1-64)
jq -e --arg h "$hash" --arg n "$n" '.statement | .requestSha256 == $h and
	.nonce == $n and .feed == "PRICE.OF" and .kind == "text" and
	(.text | tonumber > 0) and (.url | endswith("/products/${COIN}-USD/ticker"))' \
	"$scratch/response.json" >/dev/null || { jq .statement "$scratch/response.json"; fail "the statement"; }
rc=0
"$verify" --allow-simulated --nonce "$n" "$scratch/response.json" >"$scratch/verdict.out" 2>&1 || rc=$?
[ $rc -eq 3 ] || { cat "$scratch/verdict.out"; fail "the response: verdict $rc, want 3"; }

# The same again.
post "$scratch/sealed.json"
reason 400 replay
form ETH PRICE.OF "$n" | seal
post "$scratch/sealed.json"
reason 400 replay

# Bent on the way, to another key, and of no form.
form BTC | seal
jq -c '.sealed |= (.[:60] + (if .[60:61] == "A" then "B" else "A" end) + .[61:])' \
	"$scratch/sealed.json" >"$scratch/bent.json"
post "$scratch/bent.json"
reason 400 seal
jq -c --arg k "$(nonce)" '.key = $k' "$scratch/sealed.json" >"$scratch/bent.json"
post "$scratch/bent.json"
reason 400 key
own=$key
key=$(nonce)
form BTC | seal
jq -c --arg k "$own" '.key = $k' "$scratch/sealed.json" >"$scratch/bent.json"
key=$own
post "$scratch/bent.json"
reason 400 seal
echo '{}' >"$scratch/bent.json"
post "$scratch/bent.json"
reason 400 form
head -c 9000 /dev/zero >"$scratch/bent.json"
post "$scratch/bent.json"
[ "$code" = 413 ] || fail "nine thousand bytes: $code"
form BTC | jq -c '.time -= 61000' | seal
post "$scratch/sealed.json"
reason 400 time

# No template, and values that do not fit, or would lead elsewhere.
form BTC OTHER | seal
post "$scratch/sealed.json"
reason 400 template
for coin in TOOLONG .. ../x 'B/C' 'B?C' 'B#C' 'B@C' 'B%2' "B C" ''; do
	form "$coin" | seal
	post "$scratch/sealed.json"
	reason 400 value
done
form BTC | jq -c '.values.HOST = "evil.example"' | seal
post "$scratch/sealed.json"
reason 400 value

# A source that has no such thing.
form NONE | seal
post "$scratch/sealed.json"
reason 502 http

# More than was configured in a minute.
for ((i = 0; i < 60; i++)); do
	post "$scratch/bent.json"
	[ "$code" != 429 ] || break
done
post "$scratch/bent.json" # 413 comes before the count
form BTC | seal
for ((i = 0; i < 60; i++)); do
	post "$scratch/sealed.json"
	[ "$code" != 429 ] || break
done
reason 429 rate

# The other routes take no POST.
[ "$(curl -sS -m 10 -o "$scratch/body.out" -w '%{http_code}' -X POST "$base/price")" = 405 ] ||
	fail "POST of another route"
# Nothing that was sealed is to be seen.
stop_oracle
for file in "$scratch"/oracle-*.log "$scratch/response.json" "$scratch/verdict.out" "$scratch/state"; do
	! grep -rqF -e quiteSecret -e TOOLONG -e evil.example "$file" || fail "$file has a parameter"
done
echo "sealed parameters are asked with, once, and never shown"
