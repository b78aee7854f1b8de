#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every recipe asked over TLS as `check --probe` does it, with the demo exchange
# in the place of all hosts: the documented answer gives the right value, and
# each documented error is refused for its reason.
. "$(dirname "$0")/lib.sh"
shapes=$scratch/shapes.json
echo '{}' >"$shapes"
start_exchange --shapes "$shapes"
vectors=$AFFIANT_SOURCE/tests/vectors/recipes

# ---- all recipes in one configuration, at the exchange ----------------------

mapfile -t names < <("$affiantd" recipe | sed -n 's/^  \([a-z0-9-]*\) .*/\1/p')
[ ${#names[@]} -ge 20 ] || fail "${#names[@]} recipes"
"$affiantd" recipe "${names[@]}" >"$scratch/book.json" 2>"$scratch/about" ||
	fail "not all of them together"
for name in "${names[@]}"; do
	grep -q "^$name: " "$scratch/about" || fail "nothing is said about $name"
done
refused 2 'there is no bitcoin' "$affiantd" recipe btc-usd bitcoin
refused 2 'given twice: btc-usd' "$affiantd" recipe btc-usd btc-usd

# https://HOST/PATH becomes https://shapes.demo.localhost:PORT/F.S/HOST/PATH:
# numbers of feed and source tell apart those who ask the same of one place.
# All times in the shapes are of one moment, and become the first second of
# today, so that dates and seconds stay the same moment. One host answers for
# all, without a rate.
jq -n --arg ca "$ca" --arg port "$exchange_port" --arg state "$scratch/state" \
	--slurpfile book "$scratch/book.json" '$book[0] + { ca_file: $ca,
	  state_dir: $state, listen: "127.0.0.1:0",
	  limits: { per_host_per_s: 100000 } }
	| .feeds |= (to_entries | map(.key as $f | .value
	  | .aggregate.max_age_ms = 90000000 | .interval_ms = 60000
	  | .sources |= (to_entries | map(.key as $s | .value
	    | .allow_private = true
	    | .url |= "https://shapes.demo.localhost:\($port)/\($f).\($s)/" +
	      sub("^https://"; "")))))' >"$scratch/config.json"
"$affiantd" check --config "$scratch/config.json" >"$scratch/out" || {
	cat "$scratch/out"
	fail "the mapped book is refused"
}

files=()
for name in "${names[@]}"; do files+=("$vectors/$name.json"); done
midnight=$(($(date +%s) / 86400 * 86400))
day=$(date -u -d "@$midnight" +%F)
hex=$(printf '%x' "$midnight")

# serve FILTER: the shapes of every source, in the order of the book, through a
# filter; the number of the feed is $f, that of the source $s.
serve() {
	jq -s --slurpfile config "$scratch/config.json" '
	. as $all | [ range($all | length) as $f
	  | range($all[$f].sources | length) as $s
	  | $config[0].feeds[$f].sources[$s].url as $url
	  | $all[$f].sources[$s] | '"$1"'
	  | { ($url | sub("^https://[^/]*"; "")): ({ status: 200 } + .) } ]
	| add' "${files[@]}" |
		sed "s/1767225600/$midnight/g; s/2026-01-01/$day/g; s/0x6955b900/0x$hex/g" \
			>"$shapes.new"
	mv "$shapes.new" "$shapes"
}

probe() { # WANT
	local rc=0
	"$affiantd" check --config "$scratch/config.json" --probe --json \
		>"$scratch/probe.json" 2>"$scratch/probe.log" || rc=$?
	[ $rc -eq "$1" ] || {
		jq -c '.sources[] | select(.ok | not)' "$scratch/probe.json"
		fail "the probe leaves with $rc"
	}
}

# ---- what is documented -----------------------------------------------------

serve 'del(.refused)'
probe 0
sed "s/1767225600/$midnight/g; s/2026-01-01/$day/g" "${files[@]}" |
	jq -s '[.[].sources[] | { value, dated: has("observed") }]' >"$scratch/want.json"
jq --arg day "$day" '[.sources[] | { value,
	dated: (.observed | startswith($day + "T00:00:00.")) }]' \
	"$scratch/probe.json" >"$scratch/found.json"
n=$(jq length "$scratch/want.json")
[ "$n" -ge 38 ] || fail "$n sources"
# (In the first second of a day everything is dated so.)
jq -n --slurpfile w "$scratch/want.json" --slurpfile f "$scratch/found.json" \
	-e '[$w[0][].value] == [$f[0][].value] and
	([$w[0], $f[0]] | transpose | all(.[0].dated == .[1].dated or .[1].dated))' \
	>/dev/null || {
	diff <(jq -c '.[]' "$scratch/want.json") <(jq -c '.[]' "$scratch/found.json") || true
	fail "other values"
}

# The table says the same, for people.
"$affiantd" check --config "$scratch/config.json" --probe >"$scratch/table" ||
	fail "the table's exit code"
[ "$(grep -c ' ok  .* ms  TLSv1\.[23]  [0-9a-f]\{16\}$' "$scratch/table")" -eq "$n" ] ||
	{ cat "$scratch/table"; fail "not a line for each source"; }
grep -qx "$n of $n sources gave a value" "$scratch/table" || fail "no summary"

# ---- what must be refused ---------------------------------------------------

# The k-th error of each source; those that have fewer answer as documented.
# A status other than 200 is refused for that alone.
for k in 0 1 2 3; do
	[ "$(jq -s "[.[].sources[].refused | length] | max" "${files[@]}")" -gt $k ] ||
		break
	serve "if (.refused | length) > $k then .refused[$k] else del(.refused) end"
	probe 1
	jq -s "[.[].sources[].refused[$k] | if . == null then null
		elif (.status // 200) == 200 then .reason else \"http\" end]" \
		"${files[@]}" >"$scratch/want.json"
	jq '[.sources[].reason]' "$scratch/probe.json" | cmp -s - "$scratch/want.json" || {
		diff "$scratch/want.json" <(jq '[.sources[].reason]' "$scratch/probe.json") || true
		fail "error $k is refused otherwise"
	}
done
[ $k -eq 3 ] || [ $k -eq 4 ] || fail "only $k errors were tried"

# Each guard stands on its own: the documented answer with nothing wrong but the
# k-th guarded member.
guards='((.require // {} | keys) + (.forbid // []))'
for k in 0 1 2 3; do
	jq "[.feeds[].sources[] | if ($guards | length) > $k then \"guard\" else null end]" \
		"$scratch/config.json" >"$scratch/want.json"
	grep -q guard "$scratch/want.json" || break
	serve "del(.refused) | (\$config[0].feeds[\$f].sources[\$s] | $guards[$k]) as \$p
		| if \$p == null then . else .answer |= setpath(\$p | split(\"/\")[1:]
		  | map(gsub(\"~1\"; \"/\") | if test(\"^[0-9]+$\") then tonumber else . end);
		  \"bent\") end"
	probe 1
	jq '[.sources[].reason]' "$scratch/probe.json" | cmp -s - "$scratch/want.json" || {
		diff "$scratch/want.json" <(jq '[.sources[].reason]' "$scratch/probe.json") || true
		fail "guard $k does not hold"
	}
done
[ $k -ge 3 ] || fail "only $k guards were tried"

# ---- what a probe says besides ----------------------------------------------

# An old observation is a value that no round would use.
serve 'del(.refused)'
jq '.feeds = [.feeds[] | select(.id == "EUR/PLN") | .aggregate.max_age_ms = 1000 |
	.interval_ms = 1000]' "$scratch/config.json" >"$scratch/old.json"
if [ $(($(date +%s) % 86400)) -gt 5 ]; then
	refused 1 ' stale ' "$affiantd" check --config "$scratch/old.json" --probe
fi

# Secrets are shown as their names, whatever goes wrong.
export PROBE_KEY=se-cr-et
jq '.feeds = [.feeds[] | select(.id == "EUR/PLN") |
	.sources[0].url += "&key=${PROBE_KEY}" |
	.sources[0].headers = { "X-Key": "${PROBE_KEY}" }]' \
	"$scratch/config.json" >"$scratch/secret.json"
for option in --probe '--probe --json'; do
	refused 1 'http' "$affiantd" check --config "$scratch/secret.json" $option
	grep -q "$PROBE_KEY" "$scratch/refused.out" && fail "a secret is shown"
done
grep -qF 'key=${PROBE_KEY}' "$scratch/refused.out" || fail "the masked URL is not shown"

# A feed fails alone, and a certificate that is not trusted is no exit.
base_config "$scratch/base.json"
misbehave kraken wrong-certificate
refused 1 '2 of 3 sources gave a value' "$affiantd" check --config "$scratch/base.json" --probe
grep -q 'kraken.demo.localhost *tls ' "$scratch/refused.out" || fail "no reason"
misbehave kraken none
refused 2 '--json needs --probe' "$affiantd" check --config "$scratch/base.json" --json
jq '.x = 1' "$scratch/base.json" >"$scratch/wrong.json"
refused 1 '/x: unknown member' "$affiantd" check --config "$scratch/wrong.json" --probe
echo "$n sources of ${#names[@]} recipes answered, and each documented error was refused"
