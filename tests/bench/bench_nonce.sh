#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Responses bound to a nonce, with a quote provider that takes 20 ms and is
# serial, for 128 clients. Targets: 1,000 a second, nobody waiting for more
# than three quotes. One response is judged by the verifier.
set -euo pipefail
source "${AFFIANT_SOURCE:?run it as a target of the build}/tests/e2e/lib.sh"
bench=$AFFIANT_BUILD/tests/bench
affiantd=$bench/bench_slow_affiantd
rounds=${BENCH_ROUNDS:-5} ms=${BENCH_MS:-3000}

start_exchange
config_with "$scratch/c.json" ".feeds[0].interval_ms = 2000
	| .feeds[0].aggregate.max_age_ms = 60000"
start_oracle "$scratch/c.json"
within 10 "a first price" answers /price 200

field() { sed -n "s/.*\b$1=\([0-9]*\).*/\1/p" "$2"; }
for ((i = 0; i < rounds; i++)); do
	"$bench/bench_load" --port "${base##*:}" --path /price \
		--connections 128 --ms "$ms" --nonce >"$scratch/line"
	[ "$(field other "$scratch/line")" = 0 ] || fail "answers other than 200"
	field per_second "$scratch/line" >>"$scratch/rates"
	field max_us "$scratch/line" >>"$scratch/longest"
	# What the clients left behind still waits for its quote.
	sleep 0.2
done
# One more while others wait, for the verifier: a batch of several.
"$bench/bench_load" --port "${base##*:}" --path /price --connections 16 \
	--ms 500 --nonce >/dev/null &
sleep 0.2
get '/price?nonce=c0ffee&evidence=full' >"$scratch/response.json"
wait $!
"$verify" --nonce c0ffee --allow-simulated "$scratch/response.json" \
	>"$scratch/verdict" && verdict=$? || verdict=$?
[ $verdict -eq 3 ] || {
	cat "$scratch/verdict"
	fail "the verifier says $verdict, want 3 (authentic, no policy given)"
}
jq -e '.evidence.batch.size > 1' "$scratch/response.json" >/dev/null ||
	fail "the response was not in a batch"
stop_oracle
rate=$(sort -n "$scratch/rates" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
longest=$(sort -n "$scratch/longest" | tail -n 1)
waited=$(field longest_wait "$log")
echo "nonce-bound responses, 128 clients, quotes of 20 ms one at a time"
printf '%-34s %12s %10s\n' '' measured target
printf '%-34s %12d %10s\n' "responses a second (median of $rounds)" "$rate" 1000 \
	"longest wait, in quotes" "$waited" 3 \
	"largest batch" "$(field largest_batch "$log")" "" \
	"longest wait, in ms" $((longest / 1000)) ""
[ "$rate" -ge 1000 ] && [ "$waited" -le 3 ] && { echo held; exit 0; }
echo MISSED
exit 1
