#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the daemon adds to the answer time of a dstack guest agent: a request
# bound to a nonce, against the stand-in, less the agent's own GetQuote over the
# same bytes by the same client. One after another. Target: at most 2 ms.
set -euo pipefail
source "${AFFIANT_SOURCE:?run it as a target of the build}/tests/e2e/lib.sh"
requests=${BENCH_REQUESTS:-300}

start_exchange
start_agent --agent 0.5.9
dstack_config "$scratch/c.json" ".feeds[0].interval_ms = 60000
	| .feeds[0].aggregate.max_age_ms = 120000"
start_oracle "$scratch/c.json"
within 10 "a first price" answers /price 200

# One curl process, one connection, $requests times; median in microseconds.
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { printf "%d\n", 1000000 * v[int((NR + 1) / 2)] }'; }
{
	for ((i = 0; i < requests; i++)); do
		printf 'url = "%s/price?nonce=%08x"\noutput = "/dev/null"\n' "$base" "$i"
	done
} >"$scratch/ours"
{
	for ((i = 0; i < requests; i++)); do
		printf 'url = "http://dstack/GetQuote?report_data=%064x"\noutput = "/dev/null"\n' "$i"
	done
} >"$scratch/agents"
curl -sS -w '%{time_total}\n' -K "$scratch/agents" --unix-socket "$agent_socket" >"$scratch/agents.times"
curl -sS -w '%{time_total}\n' -K "$scratch/ours" >"$scratch/ours.times"
[ "$(wc -l <"$scratch/ours.times")" -eq "$requests" ] || fail "requests were lost"
get '/price?nonce=c0ffee' | jq -e '.evidence.provider == "dstack" and
	.evidence.batch == null' >/dev/null || fail "not a quote of its own"
stop_oracle
own=$(median "$scratch/agents.times") ours=$(median "$scratch/ours.times")
added=$((ours - own))
echo "a nonce-bound response against the stand-in agent, median of $requests"
printf '%-34s %12s %10s\n' '' 'measured us' target
printf '%-34s %12d %10s\n' "the agent's own answer" "$own" "" \
	"the daemon's" "$ours" "" "added" "$added" 2000
[ "$added" -le 2000 ] && { echo held; exit 0; }
echo MISSED
exit 1
