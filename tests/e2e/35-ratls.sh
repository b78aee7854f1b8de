#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# HTTPS under a certificate that carries evidence: a client judges it offline
# and finds the same one in its handshake. Where the HTTP library cannot serve
# TLS, the configuration is refused, and nothing starts.
. "$(dirname "$0")/lib.sh"
start_exchange
port=$((20000 + $$ % 20000))
config_with "$scratch/config.json" \
	".listen = \"127.0.0.1:$port\" | .http.tls = {mode: \"ra-tls\", name: \"oracle.test\"}"

# ---- what no build takes ----------------------------------------------------

for wrong in '{}' '{"mode":"tls"}' '{"mode":"ra-tls","form":"intel"}' \
	'{"mode":"ra-tls","valid_s":59}' '{"mode":"ra-tls","valid_s":2592001}' \
	'{"mode":"ra-tls","name":"a,DNS:b"}' '{"mode":"ra-tls","key":"/key.pem"}'; do
	jq --argjson tls "$wrong" '.http.tls = $tls' "$scratch/config.json" \
		>"$scratch/wrong.json"
	refused 1 '/http/tls' "$affiantd" check --config "$scratch/wrong.json"
done

# ---- Debian's library -------------------------------------------------------

if ! "$affiantd" check --config "$scratch/config.json" >"$scratch/check.out" 2>&1; then
	refused 1 'cannot serve TLS' "$affiantd" check --config "$scratch/config.json"
	refused 1 '/http/tls' "$affiantd" serve --config "$scratch/config.json"
	echo "refused, as it should be with this HTTP library"
	exit 0
fi

# ---- one that can -----------------------------------------------------------

# shake FORM: the certificate that a handshake shows, judged.
shake() {
	openssl s_client -connect "127.0.0.1:$port" -tls1_3 </dev/null \
		2>/dev/null | openssl x509 >"$scratch/cert.pem" || fail "no handshake"
	"$verify" inspect "$scratch/cert.pem" >"$scratch/inspect.out" || fail "inspect"
	grep -q "extension *$1" "$scratch/inspect.out" || fail "not in the form $1"
	curl -kfsS -m 10 "https://127.0.0.1:$port/v1/collateral" >"$scratch/bundle.json"
	local rc=0
	"$verify" tls-cert --json --allow-simulated -c "$scratch/bundle.json" \
		"$scratch/cert.pem" >"$scratch/verdict.json" || rc=$?
	[ $rc -eq 3 ] || { jq . "$scratch/verdict.json"; fail "verdict $rc"; }
}

for form in affiant dstack; do
	jq --arg form $form '.http.tls.form = $form' "$scratch/config.json" \
		>"$scratch/form.json"
	start_oracle "$scratch/form.json"
	base=https://127.0.0.1:$port
	get() { curl -kfsS -m 10 "$base$1"; }
	code_of() { curl -kSs -m 10 -o "$scratch/body.out" -w '%{http_code}' "$base$1"; }
	within 10 "a price" answers /price 200
	shake $form
	# A client that pins the judged key talks to nobody else.
	pin=$(jq -r .claims.certificate.spki "$scratch/verdict.json" | xxd -r -p | base64)
	curl -kfsS -m 10 --pinnedpubkey "sha256//$pin" "$base/readyz" >/dev/null ||
		fail "the key is another one"
	refused 90 pinned curl -kfsS -m 10 \
		--pinnedpubkey "sha256//${pin/[a-z]/0}" "$base/readyz"
	[ "$("$affiantd" health --ready --config "$scratch/form.json")" = '/readyz: ok' ] ||
		fail "health over TLS"
	answers /metrics 200 || fail "metrics"
	openssl s_client -connect "127.0.0.1:$port" -tls1_2 </dev/null >/dev/null 2>&1 &&
		fail "TLS 1.2 is taken"
	curl -fsS -m 5 "http://127.0.0.1:$port/price" >/dev/null 2>&1 &&
		fail "plain HTTP is answered"
	# The key is in memory only.
	grep -rl 'PRIVATE KEY' "$scratch/state" | grep -v /sim && fail "a key on disk"
	stop_oracle
	[ $stopped -eq 0 ] || fail "it stopped with $stopped"
done
