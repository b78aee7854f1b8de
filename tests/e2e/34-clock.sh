#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The clock is held against the Date of all hosts together: when most of them
# contradict it nothing is signed, and everybody is told who they are.
. "$(dirname "$0")/lib.sh"
start_exchange
config_with "$scratch/config.json" '.time = {"min_sources": 3, "tolerance_ms": 5000, "require": true}'
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200
within 5 "ready" answers /readyz 200
get /metrics | grep -x 'affiant_clock_hosts 3' >/dev/null || fail "not three hosts"

# One of three is wrong: it has one vote.
misbehave kraken old-date
sleep 2
answers /readyz 200 || fail "one host has stopped the feed"
get /metrics | grep -x 'affiant_clock_ok 1' >/dev/null || fail "one host decides"

# Two of three.
misbehave coinbase old-date
within 10 "the clock refused" answers /readyz 503
jq -e '.detail | test("^our clock is [0-9]+ s ahead by the Date of 3 hosts .*kraken")' \
	"$scratch/body.out" >/dev/null || fail "readyz: $(cat "$scratch/body.out")"
answers "/price?nonce=00" 503 || fail "signed for a nonce with a wrong clock"
jq -e '.type == "urn:affiant:problem:clock"' "$scratch/body.out" >/dev/null ||
	fail "nonce: $(cat "$scratch/body.out")"
answers "/v1/attestation?nonce=00" 503 ||
	fail "a key statement with a wrong clock: $(cat "$scratch/body.out")"
get /metrics | grep -x 'affiant_clock_ok 0' >/dev/null || fail "metrics call it well"
grep '"event":"clock","ok":false' "$log" | grep -q coinbase || fail "the log names nobody"

misbehave kraken none
misbehave coinbase none
within 10 "ready again" answers /readyz 200
within 5 "a price again" answers "/price?nonce=00" 200
grep -q '"event":"clock","ok":true' "$log" || fail "the log does not say it is over"
