#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An agent that is not there, goes away, comes back, hangs or lies: each is one
# fault with a stable place; what is fresh is served on, nothing stale is, and
# the daemon is unready in time and ready again by itself.
. "$(dirname "$0")/lib.sh"
start_exchange
dstack_config "$scratch/c.json"
socket=$scratch/dstack.sock

# ---- at the start: nothing is made without an agent -------------------------

no_start() { refused 1 "($1)" "$affiantd" serve --config "$scratch/c.json"; }
no_start agent.socket.missing
mkdir "$socket"
no_start agent.socket.kind
rmdir "$socket"
: >"$socket"
no_start agent.socket.kind
rm "$socket"
[ ! -e "$scratch/state/signer.key" ] || fail "a key was made without an agent"

echo ok >"$scratch/mode"
mode() { printf '%s' "$1" >"$scratch/mode"; }
mode ok
"$AFFIANT_BUILD/tests/e2e/agent_misbehaves" "$socket" "$scratch/mode" 0.5.9 \
	>"$scratch/agent.out" 2>"$scratch/agent.log" &
agent=$!
started+=($agent)
within 10 "the agent" grep -q ready "$scratch/agent.out"
cases='hang agent.timeout
half agent.cut
close agent.http
not-json agent.json
error agent.refused
status agent.http
no-quote dstack.quote
odd-hex dstack.quote
short-quote intel.quote.length
other-platform dstack.platform
other-data tdx.report_data
bad-log dstack.log'
while read -r word at; do
	mode "$word"
	no_start "$at"
done <<<"$cases"

# ---- while it serves --------------------------------------------------------

mode ok
start_oracle "$scratch/c.json"
within 10 "a price" answers /price 200
within 5 "ready" answers /readyz 200
while read -r word at; do
	mode "$word"
	answers /price 200 || fail "$word: what is fresh is not served on"
	within 10 "$word: a round failed at $at" grep -q \
		"\"event\":\"round\".*\"ok\":false,\"where\":\"$at\"" "$log"
	within 10 "$word: no stale price" answers /price 503
	within 5 "$word: unready" answers /readyz 503
	answers '/price?nonce=00' 503 || fail "$word: a nonce is answered"
	mode ok
	within 10 "$word: recovery" answers /price 200
	within 5 "$word: ready again" answers /readyz 200
done <<<"$cases"

# ---- it goes away, and another one comes ------------------------------------

kill "$agent"
wait "$agent" 2>/dev/null || true
within 10 "refused" grep -q '"where":"agent.socket.refused"' "$log"
within 10 "no stale price" answers /price 503
rm -f "$socket"
within 10 "missing" grep -q '"where":"agent.socket.missing"' "$log"
"$AFFIANT_BUILD/tests/e2e/agent_misbehaves" "$socket" "$scratch/mode" 0.5.9 \
	>"$scratch/second.out" 2>"$scratch/second.log" &
started+=($!)
within 10 "recovery" answers /price 200
within 5 "ready again" answers /readyz 200
stop_oracle
[ "$stopped" -eq 0 ] || fail "stopped with $stopped"
echo "trouble holds"
