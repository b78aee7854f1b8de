#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Resident memory while one feed is served, and the time from start to ready.
# Targets: below 20 MB; below 150 ms without what the sources take.
set -euo pipefail
source "${AFFIANT_SOURCE:?run it as a target of the build}/tests/e2e/lib.sh"
bench=$AFFIANT_BUILD/tests/bench
rounds=${BENCH_ROUNDS:-7}

start_exchange
config_with "$scratch/c.json" ".feeds[0].interval_ms = 2000
	| .feeds[0].aggregate.max_age_ms = 30000
	| .listen = \"127.0.0.1:$((20000 + RANDOM % 20000))\""
port=$(jq -r '.listen | split(":")[1]' "$scratch/c.json")

# ---- start to ready ---------------------------------------------------------

# The first start makes keys; the others find them, as after a reboot.
for ((i = 0; i <= rounds; i++)); do
	"$bench/bench_ready" "$port" "$affiantd" serve --config "$scratch/c.json" \
		2>"$scratch/ready.log" >"$scratch/ready.out" ||
		fail "the oracle was not ready"
	ready=$(sed -n 's/^ready_ms=//p' "$scratch/ready.out")
	round=$(sed -n 's/.*"event":"round".*"took_ms":\([0-9]*\).*/\1/p' \
		"$scratch/ready.log" | head -n 1)
	[ $i -eq 0 ] && first="$ready" || echo "$ready $round" >>"$scratch/times"
done
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ready=$(awk '{ print $1 }' "$scratch/times" | median)
own=$(awk '{ print $1 - $2 }' "$scratch/times" | median)

# ---- memory -----------------------------------------------------------------

start_oracle "$scratch/c.json"
within 10 "a first price" answers /price 200
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$oracle/status"; }
load() { "$bench/bench_load" --port "$port" --path /price "$@" >/dev/null; }
idle=$(resident)
load --connections 8 --ms 3000
eight=$(resident)
load --connections 100 --ms 3000
hundred=$(resident)
load --connections 128 --ms 3000 --nonce
nonces=$(resident)
stop_oracle

echo "one feed, $(jq '.feeds[0].sources | length' "$scratch/c.json") sources"
printf '%-44s %10s %8s\n' '' measured target
printf '%-44s %10d %8s\n' \
	"start to ready, ms (median of $rounds)" "$ready" '' \
	"  the same without the first round" "$own" 150 \
	"  the very first start, which makes keys" "$first" '' \
	"resident, KB: idle" "$idle" 20480 \
	"  serving 8 clients" "$eight" 20480 \
	"  serving 100 clients" "$hundred" 20480 \
	"  after 128 clients with nonces" "$nonces" ''
[ "$own" -lt 150 ] && [ "$hundred" -lt 20480 ] && { echo held; exit 0; }
echo MISSED
exit 1
