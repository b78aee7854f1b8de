#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Clients that misbehave, one and a thousand at a time: each is told once, and
# nobody else goes without an answer.
. "$(dirname "$0")/lib.sh"
client=$AFFIANT_BUILD/tests/e2e/http_client
start_exchange
config_with "$scratch/config.json" '.feeds[0].interval_ms = 60000
	| .feeds[0].aggregate.max_age_ms = 600000 | .http.threads = 32'
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200
port=${base##*:}
get /price >"$scratch/price.json"

statuses() { tr -d '\r' | sed -n 's|^.*HTTP/1\.1 \([0-9]*\) .*|\1|p' | tr '\n' ' '; }
# hears WANT REQUEST [HOW...]: the statuses of all that comes back.
hears() {
	local heard
	heard=$(printf "$2" | "$client" raw "$port" "${@:3}" | tee "$scratch/heard" | statuses)
	[ "$heard" = "$1 " ] || {
		head -c 600 "$scratch/heard"
		fail "want '$1', heard '$heard' for: ${2:0:60}"
	}
}
end='\r\nConnection: close\r\n\r\n'

# ---- one at a time ----------------------------------------------------------

hears '404 200 200' "GET /a HTTP/1.1\r\n\r\nGET /healthz HTTP/1.1\r\n\r\nGET /healthz HTTP/1.1$end"
hears 200 'GET /healthz HTTP/1.1\r\n\r\n' half
hears 200 'GET /healthz HTTP/1.0\r\n\r\n'
hears 400 'this is not HTTP\r\n\r\n'
hears 505 'GET /healthz HTTP/3.0\r\n\r\n'
hears 405 "PUT /price HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nxx"
hears 400 'GET /price HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'
huge=$(printf 'a%.0s' $(seq 100000))
hears 400 "GET /price HTTP/1.1\r\nX: $huge$end"
hears 400 "GET /price?nonce=$huge HTTP/1.1$end"
hears 408 'GET /price HTTP/1.1\r\nX: 1\r\nX: 2\nX: 3\nX: 4\nX: 5\nX: 6\n\r\n' after 1000
jq -e '.type == "urn:affiant:problem:timeout"' >/dev/null \
	<<<"$(tail -n 1 "$scratch/heard")" || fail "a slow client is not told why"

# ---- a thousand at a time ---------------------------------------------------

cat >"$scratch/ask" <<EOT
#!/bin/sh
for i in 1 2 3 4 5; do
	curl -fsS -m 60 "$base/price" | cmp -s - "$scratch/price.json" || exit 1
done
curl -fsS -m 60 "$base/price?nonce=00" >/dev/null
EOT
chmod +x "$scratch/ask"
# Over 32 threads, three seconds each, this would take a minute and a half.
"$client" crowd "$port" silent 1000 "$scratch/ask" || fail "silent connections shut others out"
"$client" crowd "$port" idle 200 "$scratch/ask" || fail "idle connections shut others out"
"$client" crowd "$port" slow 100 "$scratch/ask" || fail "slow connections shut others out"
get /price | cmp -s - "$scratch/price.json" || fail "the price is another one"

# It ends all the same.
"$client" crowd "$port" idle 20 kill -TERM "$oracle" || fail "kill"
stopped=0
wait "$oracle" || stopped=$?
[ $stopped -eq 0 ] || fail "stopped with $stopped"
echo "the crowd is held"
