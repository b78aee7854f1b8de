#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# GET /price of a serving oracle beside the same civetweb, same options, with
# a handler that writes a constant of the same bytes. Targets: at least 0.9
# times its requests per second, 99 % of the answers within 1.5 times its
# time. They take turns; medians, of the ratios too.
set -euo pipefail
source "${AFFIANT_SOURCE:?run it as a target of the build}/tests/e2e/lib.sh"
bench=$AFFIANT_BUILD/tests/bench
rounds=${BENCH_ROUNDS:-7} ms=${BENCH_MS:-1500} threads=192

start_exchange
config_with "$scratch/c.json" ".feeds[0].interval_ms = 2000
	| .feeds[0].aggregate.max_age_ms = 30000
	| .http.threads = $threads"
start_oracle "$scratch/c.json"
within 10 "a first price" answers /price 200
port=${base##*:}
curl -si "$base/price" >"$scratch/constant"
"$bench/bench_constant" 0 $threads "$scratch/constant" \
	>"$scratch/constant.out" 2>"$scratch/constant.log" &
started+=($!)
within 10 "the constant server" grep -q '^ready ' "$scratch/constant.out"
constant_port=$(sed -n 's/^ready //p' "$scratch/constant.out")

field() { sed -n "s/.*\b$1=\([0-9]*\).*/\1/p" <<<"$2"; }
load() { # PORT CONNECTIONS
	"$bench/bench_load" --port "$1" --path /price --connections "$2" \
		--ms "$ms"
}

# One line for each pair of runs, which see the same machine: a ratio of
# neighbours says more than one of medians when something else runs as well.
for connections in 1 8 50; do
	for ((i = 0; i < rounds; i++)); do
		a=$(load "$port" $connections)
		b=$(load "$constant_port" $connections)
		[ "$(field other "$a")$(field other "$b")" = 00 ] ||
			fail "answers other than 200"
		echo "$(field per_second "$a") $(field per_second "$b")" \
			"$(field p99_us "$a") $(field p99_us "$b")"
	done >"$scratch/pairs-$connections"
done

kill "${started[-1]}" && wait "${started[-1]}" 2>/dev/null || true
stop_oracle
n=$(wc -c <"$scratch/constant")
echo "GET /price, answers of $n bytes, medians of $rounds runs of $ms ms"
printf '%-12s %12s %12s %7s %10s %10s %7s\n' connections 'price /s' \
	'constant /s' ratio 'p99 us' 'constant' ratio
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
bad=0
for connections in 1 8 50; do
	of() { awk "{ print $1 }" "$scratch/pairs-$connections" | median; }
	rate=$(of '$1 / $2') time=$(of '$3 / $4')
	printf '%-12d %12d %12d %7.2f %10d %10d %7.2f\n' $connections \
		"$(of '$1')" "$(of '$2')" "$rate" "$(of '$3')" "$(of '$4')" "$time"
	awk "BEGIN { exit !($rate >= 0.9 && $time <= 1.5) }" || bad=1
done
[ $bad = 0 ] && echo "held: 0.90 of the requests, 1.50 of the time" ||
	echo "MISSED: 0.90 of the requests, 1.50 of the time"
exit $bad
