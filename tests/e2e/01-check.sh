#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `affiantd check` takes a good configuration and says its hash; it refuses
# each wrong one, every problem at once, each at its place.
. "$(dirname "$0")/lib.sh"
start_exchange

config=$scratch/config.json
base_config "$config"
"$affiantd" check --config "$config" >"$scratch/out" || fail "a good one is refused"
grep -qx 'ok: 1 feed, 3 sources' "$scratch/out" || fail "no summary"
hash=$(sed -n 's/^config \([0-9a-f]\{64\}\)$/\1/p' "$scratch/out")
want=$(jq -jcS . "$config" | sha256sum | cut -d' ' -f1)
[ "$hash" = "$want" ] || fail "hash $hash, jq and sha256sum say $want"

# The hash is that of the meaning, not of the layout.
jq -c 'to_entries | reverse | from_entries' "$config" >"$scratch/other.json"
"$affiantd" check --config "$scratch/other.json" | grep "$hash" >/dev/null ||
	fail "the hash depends on the layout"

# FILTER, then what must be said.
wrong() {
	config_with "$config" "$1"
	refused 1 "$2" "$affiantd" check --config "$config"
	[ "$(wc -l <"$scratch/refused.out")" -eq 1 ] || {
		cat "$scratch/refused.out"
		fail "$1: more than one problem is told"
	}
	# And nothing is served from it.
	refused 1 "$2" "$affiantd" serve --config "$config"
}
wrong '.fees = []' '/fees: unknown member'
wrong '.feeds[0].sources[1].pic = "/x"' '/feeds/0/sources/1/pic: unknown member'
wrong '.listen = 8080' '/listen: want text, found number'
wrong '.feeds[0].decimals = "8"' '/feeds/0/decimals: want number, found text'
wrong '.feeds += [.feeds[0] | del(.path)]' '/feeds/1/id: another feed has this id'
wrong '.feeds += [.feeds[0] | .id = "Y"]' '/feeds/1/path: another feed has this path'
wrong '.feeds[0].path = "/healthz"' '/feeds/0/path: is a route of the server'
wrong '.feeds[0].path = "/v1/feeds"' '/feeds/0/path: everything below /v1/'
wrong '.feeds[0].id = "BTC USD"' '/feeds/0/id: want 1 to 32 characters'
wrong '.feeds[0].interval_ms = 0' '/feeds/0/interval_ms: want an integer from 100'
wrong '.feeds[0].aggregate.min_sources = 4' '/feeds/0/aggregate/min_sources: 4 of 3'
wrong '.feeds[0].aggregate.min_sources = 0' '/feeds/0/aggregate/min_sources: want an integer from 1'
wrong '.feeds[0].aggregate.method = "mode"' '/feeds/0/aggregate/method: not known here'
wrong '.feeds[0].kind = "odds"' '/feeds/0/kind: not known here'
wrong '.feeds[0].sources[0].kind = "magic"' '/feeds/0/sources/0/kind: not known here'
wrong '.feeds[0].sources[0].url = "not a url"' '/feeds/0/sources/0/url:'
wrong '.feeds[0].sources[0].url = "http://x.test/"' '/feeds/0/sources/0/url: plain http:// is refused'
wrong '.feeds[0].sources[0].url = "https://me:pw@x.test/"' '/feeds/0/sources/0/url: user:password@'
wrong '.feeds[0].sources[0].url = "https://x.test/?k=${AFFIANT_E2E_UNSET}"' '${AFFIANT_E2E_UNSET} is not set'
wrong '.feeds[0].sources[0].pick = "price"' '/feeds/0/sources/0/pick: not a JSON pointer'
wrong '.feeds[0].sources[0].ca_file = "/nonexistent.pem"' '/feeds/0/sources/0/ca_file: no such file'
wrong '.ca_file = "/nonexistent.pem" | .feeds[0].sources[].ca_file = "'"$ca"'"' '/ca_file: no such file'
wrong '.listen = "nowhere"' '/listen: want an IPv4 address'
wrong '.chains = [{"id": 1, "rpc": ["https://x.test/"], "feeds": {"NO/FEED":
	{"contract": "0x1111111111111111111111111111111111111111"}}}]' \
	'/chains/0/feeds/NO~1FEED: no feed of this configuration'

# Everything that is wrong, at once.
config_with "$config" '.x = 1 | .listen = "y" | .feeds[0].interval_ms = 1 |
	.feeds[0].sources[0].pick = "z" | .feeds[0].sources[2].url = "ftp://a/"'
refused 1 '/x: unknown member' "$affiantd" check --config "$config"
[ "$(wc -l <"$scratch/refused.out")" -eq 5 ] || {
	cat "$scratch/refused.out"
	fail "five problems, five lines"
}

# What is not even JSON is told with line and column.
printf '{\n  "feeds": [,]\n}\n' >"$config"
refused 1 '(document): line 2, column' "$affiantd" check --config "$config"
printf '{"feeds":[],"feeds":[]}' >"$config"
refused 1 '(document): line 1, column' "$affiantd" check --config "$config"
head -c 2000000 /dev/zero | tr '\0' ' ' >"$config"
refused 1 "affiantd:" "$affiantd" check --config "$config"
refused 1 "affiantd:" "$affiantd" check --config "$scratch/none.json"

# Secrets are in no output.
export AFFIANT_E2E_KEY=se-cr-et
config_with "$config" '.feeds[0].sources[0].url += "?k=${AFFIANT_E2E_KEY}" |
	.feeds[0].sources[0].headers = { "X-Key": "${AFFIANT_E2E_KEY}" }'
"$affiantd" check --config "$config" >"$scratch/out"
grep -q "$AFFIANT_E2E_KEY" "$scratch/out" && fail "a secret is shown"
"$affiantd" fetch --config "$config" BTC/USD >"$scratch/out" || true
grep -q "$AFFIANT_E2E_KEY" "$scratch/out" && fail "a secret is shown"
grep -qF 'k=${AFFIANT_E2E_KEY}' "$scratch/out" || fail "the masked URL is not shown"

# The schema that it prints is the one that is published.
"$affiantd" check --schema | jq -S . >"$scratch/schema.json"
jq -S . "$AFFIANT_SOURCE/oracle/config.schema.json" | cmp - "$scratch/schema.json" ||
	fail "config.schema.json is another one"
echo "check holds"
