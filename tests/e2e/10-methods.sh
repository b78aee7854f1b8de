#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same three sources by each method; the verifier computes each value
# again from the statement, and sees when a weight is another one.
. "$(dirname "$0")/lib.sh"
start_exchange
config_with "$scratch/config.json" '.feeds[0] as $f | .feeds = [
	($f | .id = "W" | .path = "/weighted" |
		.aggregate.method = "weighted-median" |
		.sources[0].weight = 1 | .sources[1].weight = 5 |
		.sources[2].weight = 1),
	($f | .id = "T" | .path = "/trimmed" |
		.aggregate.method = "trimmed-mean" |
		.aggregate.min_sources = 3 | .aggregate.trim = 1),
	($f | .id = "F" | .path = "/first" | .aggregate.method = "first-of") ]'
start_oracle "$scratch/config.json"
for feed in weighted trimmed first; do
	within 10 "a price on /$feed" answers "/$feed" 200
	get "/$feed?evidence=full" >"$scratch/$feed.json"
	rc=0
	"$verify" --allow-simulated "$scratch/$feed.json" \
		>"$scratch/verdict.out" 2>&1 || rc=$?
	[ $rc -eq 3 ] || { cat "$scratch/verdict.out"; fail "$feed: verdict $rc, want 3"; }
done
# Five of seven: the heavy one decides alone.
jq -e '.statement | [.sources[].weight] == [1, 5, 1] and
	.price == .sources[1].price' "$scratch/weighted.json" >/dev/null ||
	fail "the weights have another say"
jq -e '.statement | .trim == 1 and (.used | length) == 3 and
	.price == ([.sources[].price] | sort_by(tonumber) | .[1])' \
	"$scratch/trimmed.json" >/dev/null || fail "the trimmed mean is another one"
jq -e '.statement | .used == [0] and .price == .sources[0].price and
	.spread == "0" and [.rejected[].reason] == ["reserve", "reserve"]' \
	"$scratch/first.json" >/dev/null || fail "not the first one"

sed 's/"weight":5/"weight":4/' "$scratch/weighted.json" >"$scratch/other.json"
rc=0
"$verify" --allow-simulated "$scratch/other.json" >/dev/null 2>&1 || rc=$?
[ $rc -eq 1 ] || fail "another weight: verdict $rc, want 1"

# Failover, and back.
misbehave coinbase 404
over() { get /first | jq -e --arg h "$1.demo.localhost" \
	'.statement.sources[.statement.used[0]].source == $h'; }
within 10 "the second source" over kraken
misbehave coinbase none
within 10 "the first source again" over coinbase
# Who is only not needed is not said to fail.
! grep -q '"reason":"reserve"' "$log" || fail "a reserve is logged as failed"
echo "methods hold"
