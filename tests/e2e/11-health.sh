#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The health check of the image: an oracle that lives, one that has no values,
# one that hangs, none at all.
. "$(dirname "$0")/lib.sh"
start_exchange
port=$((20000 + $$ % 20000))
config_with "$scratch/config.json" ".listen = \"0.0.0.0:$port\""

refused 2 'needs --config FILE' "$affiantd" health
refused 1 "nobody listens on port $port" \
	"$affiantd" health --config "$scratch/config.json"
refused 1 'names no port' "$affiantd" health --config "$scratch/base.json"

start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200
[ "$("$affiantd" health --config "$scratch/config.json")" = '/healthz: ok' ] ||
	fail "health"
[ "$("$affiantd" health --ready --config "$scratch/config.json")" = '/readyz: ok' ] ||
	fail "health --ready"

# Alive, and without values.
for host in coinbase kraken gemini; do misbehave $host 503; done
within 10 "the end of the last value" answers /readyz 503
"$affiantd" health --config "$scratch/config.json" >/dev/null || fail "it lives"
refused 1 '/readyz does not answer 200' \
	"$affiantd" health --ready --config "$scratch/config.json"

# Stopped in its tracks: the port takes the connection, nobody answers.
kill -STOP "$oracle"
refused 1 'does not answer within 4 s' \
	"$affiantd" health --config "$scratch/config.json"
kill -CONT "$oracle"
echo "health is what it says"
