#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What keeps the oracle from starting is told in one line, with exit code 1,
# and nothing is lost: what was there before is there afterwards.
. "$(dirname "$0")/lib.sh"
start_exchange
base_config "$scratch/config.json"
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200
port=${base##*:}

# The port of the first one, with a state folder of its own.
config_with "$scratch/port.json" ".listen = \"127.0.0.1:$port\" |
	.state_dir = \"$scratch/state2\""
refused 1 "127.0.0.1:$port" "$affiantd" serve --config "$scratch/port.json"
[ "$(wc -l <"$scratch/refused.out")" -eq 1 ] || fail "port in use: more than one line"

# The state folder of the first one.
refused 1 "state folder $scratch/state is in use by another affiantd" \
	"$affiantd" serve --config "$scratch/config.json"
answers /price 200 || fail "the first one was disturbed"

# State folders that cannot be: a file, something below a file, no permission.
echo x >"$scratch/file"
for dir in "$scratch/file" "$scratch/file/below" /proc/affiant; do
	config_with "$scratch/bad.json" ".state_dir = \"$dir\""
	refused 1 "state folder $dir" "$affiantd" serve --config "$scratch/bad.json"
done
[ "$(cat "$scratch/file")" = x ] || fail "a file was overwritten"

# A CA file that was there when it was written down.
cp "$ca" "$scratch/gone.pem"
config_with "$scratch/gone.json" ".ca_file = \"$scratch/gone.pem\" |
	.state_dir = \"$scratch/state3\""
"$affiantd" check --config "$scratch/gone.json" >/dev/null || fail "a good one is refused"
rm "$scratch/gone.pem"
refused 1 "/ca_file: no such file" "$affiantd" serve --config "$scratch/gone.json"
echo "no certificate" >"$scratch/gone.pem"
refused 1 "/ca_file:" "$affiantd" serve --config "$scratch/gone.json"

# Neither hardware nor a simulator.
config_with "$scratch/auto.json" ".attest = {} | .state_dir = \"$scratch/state4\""
if "$affiantd" detect | grep 'auto takes none' >/dev/null; then
	refused 1 "affiantd:" "$affiantd" serve --config "$scratch/auto.json"
fi

# State that is not ours is left alone.
stop_oracle
file=$(ls "$scratch"/state/feeds/*.json)
cp "$file" "$scratch/kept.json"
echo '{"feed":"BTC/USD"}' >"$file"
refused 1 "$file is damaged" "$affiantd" serve --config "$scratch/config.json"
[ "$(cat "$file")" = '{"feed":"BTC/USD"}' ] || fail "damaged state was overwritten"
cp "$scratch/kept.json" "$file"
cp "$scratch/state/signer.key" "$scratch/signer.kept"
echo damaged >"$scratch/state/signer.key"
refused 1 "affiantd:" "$affiantd" serve --config "$scratch/config.json"
[ "$(cat "$scratch/state/signer.key")" = damaged ] || fail "the key was overwritten"
cp "$scratch/signer.kept" "$scratch/state/signer.key"

# And with everything put back, it serves.
start_oracle "$scratch/config.json"
within 10 "a price" answers /price 200
echo "refused starts hold"
