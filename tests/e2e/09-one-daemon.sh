#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One daemon for one state folder, from its first byte to its last; whoever
# only asks shares the key, and makes one only where nobody serves.
. "$(dirname "$0")/lib.sh"
start_exchange
base_config "$scratch/config.json"
taken="state folder $scratch/state is in use by another affiantd"
config=$scratch/config.json

# Two at once over a folder that is not there yet: one serves, with one key,
# and the other has made nothing.
"$affiantd" serve --config "$config" 2>"$scratch/one.log" &
one=$!
"$affiantd" serve --config "$config" 2>"$scratch/two.log" &
two=$!
started+=($one $two)
decided() { grep -qF "$taken" "$scratch/one.log" "$scratch/two.log"; }
within 10 "a decision" decided
if grep -qF "$taken" "$scratch/one.log"; then
	loser=$one log=$scratch/two.log oracle=$two
else
	loser=$two log=$scratch/one.log oracle=$one
fi
rc=0
wait "$loser" || rc=$?
[ $rc -eq 1 ] || fail "the second one leaves with $rc, want 1"
within 10 "the oracle's start" grep -q '"event":"start"' "$log"
base=http://127.0.0.1:$(sed -n 's/.*"event":"start".*"port":\([0-9]*\),.*/\1/p' "$log")
within 10 "a price" answers /price 200
signer=$(get /v1/key | jq -r .statement.signer)
grep -q '"event":"ephemeral"' "$log" && fail "a sealed key is called ephemeral"

# Beside it, key and quote use its key and nothing is made anew.
"$affiantd" key --config "$config" >"$scratch/key.out" 2>"$scratch/key.log" ||
	fail "key beside a daemon"
[ "$(sed -n 2p "$scratch/key.out" | jq -r .statement.signer)" = "$signer" ] ||
	fail "key shows another signer"
[ ! -s "$scratch/key.log" ] || fail "key made something"
[ "$("$affiantd" quote --config "$config" | jq -r .statement.signer)" = "$signer" ] ||
	fail "quote shows another signer"

# Without a key in the folder there is nothing to share.
mv "$scratch/state/signer.key" "$scratch/signer.kept"
refused 1 "$taken, and holds no key to share" "$affiantd" key --config "$config"
refused 1 "$taken, and holds no key to share" "$affiantd" quote --config "$config"
[ ! -e "$scratch/state/signer.key" ] || fail "a key was made beside the daemon"
mv "$scratch/signer.kept" "$scratch/state/signer.key"
answers /price 200 || fail "the daemon was disturbed"

# The lock goes with the process, however that ends; the file may stay.
stop_oracle KILL
start_oracle "$config"
within 10 "a price" answers /price 200
[ "$(get /v1/key | jq -r .statement.signer)" = "$signer" ] || fail "another key"
stop_oracle TERM
[ "$stopped" -eq 0 ] || fail "stop: exit $stopped"

# A folder in which no lock can be had: something else has its name.
mkdir -p "$scratch/odd/lock"
config_with "$scratch/odd.json" ".state_dir = \"$scratch/odd\""
refused 1 "state folder $scratch/odd cannot be written" \
	"$affiantd" serve --config "$scratch/odd.json"
rmdir "$scratch/odd/lock"
ln -s "$scratch/elsewhere" "$scratch/odd/lock"
refused 1 "state folder $scratch/odd cannot be written" \
	"$affiantd" serve --config "$scratch/odd.json"
[ ! -e "$scratch/elsewhere" ] || fail "a link was followed"
[ "$(ls "$scratch/odd")" = lock ] || fail "something was made without the lock"
echo "one daemon holds"
