#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A running oracle: the price on its path, a response of one's own for a
# nonce, both judged offline.
. "$(dirname "$0")/lib.sh"
start_exchange
base_config "$scratch/config.json"
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200

get '/price?evidence=full' >"$scratch/price.json"
jq -e '.statement.feed == "BTC/USD" and .statement.kind == "price" and
	(.statement.used | length) == 3 and .statement.method == "median" and
	.statement.maxAgeMs == 2000 and .evidence.simulated == true' \
	"$scratch/price.json" >/dev/null || fail "the statement is another one"
# The configuration hash is the one that `check` prints.
config=$("$affiantd" check --config "$scratch/config.json" | sed -n 's/^config //p')
[ "$(jq -r .statement.config "$scratch/price.json")" = "$config" ] ||
	fail "the statement names another configuration"
# The statement hash, with nobody's help.
[ "$(jq -j '.statement | @json' "$scratch/price.json" | sha256sum | cut -d' ' -f1)" = \
	"$(jq -r .reportDataHash "$scratch/price.json")" ] || fail "reportDataHash"

get '/price?nonce=c0ffee00&evidence=full' >"$scratch/nonce.json"
[ "$(jq -r .statement.nonce "$scratch/nonce.json")" = c0ffee00 ] || fail "nonce"
jq -e -s '.[0].statement.round < .[1].statement.round' \
	"$scratch/price.json" "$scratch/nonce.json" >/dev/null || fail "rounds"

# What `fetch` shows of a connection stands in the statement.
"$affiantd" fetch --config "$scratch/config.json" BTC/USD >"$scratch/fetch.out" ||
	fail "fetch"
for print in $(jq -r '.statement.sources[].tlsFingerprint' "$scratch/price.json"); do
	grep -qF "$print" "$scratch/fetch.out" || fail "fetch does not show $print"
done
refused 1 'no feed ETH/USD' "$affiantd" fetch --config "$scratch/config.json" ETH/USD

# The statement of the round before is named by the round after.
hash=$(jq -r .reportDataHash "$scratch/price.json")
named() { [ "$(get /price | jq -r .statement.previous)" = "$1" ]; }
get /price >"$scratch/a.json"
later() {
	get /price >"$scratch/b.json"
	! cmp -s "$scratch/a.json" "$scratch/b.json"
}
within 5 "another round" later
[ "$(jq -r .reportDataHash "$scratch/b.json")" != "$hash" ] || fail "the same hash"

# Resident memory with one feed; ASan builds are allowed theirs.
echo "resident: $(awk '/VmRSS/ { print $2, $3 }' "/proc/$oracle/status")"

[ -x "$verify" ] || fail "affiant-verify is not built"
# Judged when it was made: this machine may be busy, and 2 s pass quickly.
at() { date -u -d "@$(($(jq .statement.timestamp "$1") / 1000 + 1))" +%FT%TZ; }
for file in price nonce; do
	at=$(at "$scratch/$file.json")
	rc=0
	"$verify" --at "$at" --allow-simulated "$scratch/$file.json" \
		>"$scratch/verdict.out" 2>&1 || rc=$?
	[ $rc -eq 3 ] || { cat "$scratch/verdict.out"; fail "$file: verdict $rc, want 3"; }
	rc=0
	"$verify" --at "$at" "$scratch/$file.json" >/dev/null 2>&1 || rc=$?
	[ $rc -eq 1 ] || fail "$file: simulated, and verdict $rc, want 1"
done
rc=0
"$verify" --at "$at" --allow-simulated --nonce c0ffee00 "$scratch/nonce.json" >/dev/null 2>&1 || rc=$?
[ $rc -eq 3 ] || fail "nonce: verdict $rc, want 3"
rc=0
"$verify" --at "$at" --allow-simulated --nonce c0ffee01 "$scratch/nonce.json" >/dev/null 2>&1 || rc=$?
[ $rc -eq 1 ] || fail "another nonce: verdict $rc, want 1"
echo "serve holds"
