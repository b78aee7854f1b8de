#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 100 feeds on one chain at one update a second each, in batches: under 20 per
# cent of a core, and nothing left behind.
set -euo pipefail
source "${AFFIANT_SOURCE:?run it as a target of the build}/tests/e2e/lib.sh"
source "$AFFIANT_SOURCE/tests/e2e/lib_chain.sh"
bench=$AFFIANT_BUILD/tests/bench
seconds=${BENCH_SECONDS:-30}

start_chain
mock mock_mineEvery '[250]' >/dev/null
"$bench/bench_submit" "${rpc[0]}" "$seconds" >"$scratch/line"
field() { sed -n "s/.*\b$1=\([0-9]*\).*/\1/p" "$scratch/line"; }
cpu=$(field cpu_permille) updates=$(field updates)
echo "100 feeds on one chain, one update a second each, $seconds s"
printf '%-34s %12s %10s\n' '' measured target
printf '%-34s %12s %10s\n' \
	"core, per mille" "$cpu" "below 200" \
	"updates on chain" "$updates" $(((seconds - 3) * 100)) \
	"in transactions" "$(field transactions)" ""
[ "$cpu" -lt 200 ] && [ "$updates" -ge $(((seconds - 3) * 100)) ] &&
	{ echo held; exit 0; }
echo MISSED
exit 1
