#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Told to stop, it stops within two seconds and leaves with 0: idle, in the
# middle of a slow fetch, with connections open, under load; by any of three
# signals; also before it has quite started.
. "$(dirname "$0")/lib.sh"
start_exchange

stops() { # WHAT [SIGNAL]
	stop_oracle "${2:-TERM}"
	[ "$stopped" -eq 0 ] || fail "$1: exit $stopped"
	[ "$stop_ms" -le 2000 ] || fail "$1: took $stop_ms ms"
	grep -q '"event":"stop"' "$log" || fail "$1: says nothing"
	grep -qi 'sanitizer' "$log" && fail "$1: a sanitizer complains"
	echo "$1: $stop_ms ms"
}

base_config "$scratch/config.json"
for signal in TERM INT HUP; do
	start_oracle "$scratch/config.json"
	within 10 "a price" answers /price 200
	stops "idle, SIG$signal" $signal
done

# A source that lets everybody wait.
config_with "$scratch/slow.json" '.feeds[0].sources[].timeout_ms = 60000 |
	.feeds[0].aggregate.max_age_ms = 60000'
misbehave coinbase slow
misbehave kraken slow-body
start_oracle "$scratch/slow.json"
sleep 0.5
stops "in the middle of a fetch"
grep -q '"event":"round"' "$log" && fail "a round that was ended is told as one"
misbehave coinbase none
misbehave kraken none

# Connections that say nothing, and clients that want quotes.
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200
port=${base##*:}
for i in 1 2 3 4 5 6 7 8; do
	eval "exec $((20 + i))<>/dev/tcp/127.0.0.1/$port"
done
clients=()
for i in 1 2 3 4; do
	(while curl -s -m 5 -o /dev/null "$base/price?nonce=0$i"; do :; done) &
	clients+=($!)
	started+=($!)
done
sleep 0.5
stops "under load"
wait "${clients[@]}" 2>/dev/null || true
for i in 1 2 3 4 5 6 7 8; do
	eval "exec $((20 + i))>&-"
done

# Before the first round is over.
"$affiantd" serve --config "$scratch/config.json" 2>"$scratch/early.log" &
early=$!
started+=($early)
log=$scratch/early.log
within 5 "the start" test -e "$scratch/state/lock"
sleep 0.05
oracle=$early
stops "early"
echo "stop holds"
