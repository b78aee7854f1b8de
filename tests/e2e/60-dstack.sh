#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The daemon on a dstack guest agent: the statement key comes from the key
# service and is the same in every replica, log, app-compose and key chain
# stand in the evidence, the configuration is measured where the agent can.
. "$(dirname "$0")/lib.sh"
start_exchange

# judge FILE CODE: the verifier's exit code.
judge() {
	local rc=0
	"$verify" --allow-simulated "$1" >"$scratch/verdict.out" 2>&1 || rc=$?
	[ $rc -eq "$2" ] || {
		cat "$scratch/verdict.out"
		fail "$1: verdict $rc, want $2"
	}
}

# Every generation: what the agent has, the evidence has.
config_hash='.statement.config'
for case in '0.5.0 true' '0.5.5 true' '0.5.6 true' '0.5.9 true' '0.5.11 true' '0.6.0 false'; do
	version=${case% *} measured=${case#* }
	start_agent --agent "$version" --kms "$scratch/kms"
	dstack_config "$scratch/c.json"
	rm -rf "$scratch/state"
	start_oracle "$scratch/c.json"
	within 10 "a price on $version" answers /price 200
	grep '"event":"start"' "$log" | jq -e --argjson m "$measured" \
		'.provider == "dstack" and .platform == "tdx" and .simulated and
		.measured == $m and (.new_key | not)' >/dev/null ||
		fail "$version: the start says something else"
	get '/price?nonce=c0ffee' >"$scratch/price-$version.json"
	jq -e --arg app "$app_id" '.evidence.provider == "dstack" and .evidence.simulated and
		(.evidence.eventLog | length) > 25 and
		(.evidence.appCompose | fromjson | .runner) == "docker-compose" and
		(.evidence.keyChain | .appId == $app and .type == "dstack-getkey" and
			.path == "affiant/statement/v1" and .purpose == .path and
			(.signatures | map(length)) == [130, 130])' \
		"$scratch/price-$version.json" >/dev/null || {
		jq .evidence "$scratch/price-$version.json" | tail -n 40
		fail "$version: the evidence lacks something"
	}
	events=$(jq -r '[.evidence.eventLog[] | select(.event == "affiant-config")
		| .event_payload] | join(",")' "$scratch/price-$version.json")
	want=$(jq -r "if $measured then $config_hash else \"\" end" "$scratch/price-$version.json")
	[ "$events" = "$want" ] || fail "$version: measured '$events', want '$want'"
	judge "$scratch/price-$version.json" 3
	jq -r .signature.signer "$scratch/price-$version.json" >>"$scratch/signers"
	get /v1/key | jq -e '.statement.kind == "key" and .quote != null and
		.evidence.keyChain != null' >/dev/null || fail "$version: no quoted key statement"
	stop_oracle
	[ "$stopped" -eq 0 ] || fail "$version: stopped with $stopped"

	# The same daemon again, in the same guest: measured once.
	start_oracle "$scratch/c.json"
	within 10 "a price again on $version" answers /price 200
	get /price | jq -e '[.evidence.eventLog[] | select(.event == "affiant-config")] | length <= 1' \
		>/dev/null || fail "$version: measured twice"
	stop_oracle
	if $measured; then
		dstack_config "$scratch/other.json" '.feeds[0].interval_ms = 300'
		refused 1 '(dstack.measured)' "$affiantd" serve --config "$scratch/other.json"
	fi
	kill "$agent"
	wait "$agent" 2>/dev/null || true
done
[ "$(sort -u "$scratch/signers" | wc -l)" = 1 ] || fail "replicas have different statement keys"
[ ! -e "$scratch/state/signer.key" ] || fail "a derived key was written"

# A chain that is looked at: one changed digit is refused.
jq '.evidence.keyChain.signatures[0] |= (if .[0:1] == "0" then "1" else "0" end) + .[1:]' \
	-c "$scratch/price-0.5.9.json" >"$scratch/tampered.json"
# (jq keeps the order of the statement's members and makes it compact.)
rc=0
"$verify" --allow-simulated "$scratch/tampered.json" >"$scratch/verdict.out" 2>&1 || rc=$?
[ $rc -ne 0 ] || fail "a changed chain is accepted"

# No key service: the chain ends early, and that is said.
printf '%s' '{"manifest_version":2,"name":"alone","runner":"docker-compose","docker_compose_file":"services: {}","key_provider":"none"}' \
	>"$scratch/alone.json"
start_agent --agent 0.5.9 --compose "$scratch/alone.json"
dstack_config "$scratch/c.json"
start_oracle "$scratch/c.json"
within 10 "a price without a key service" answers /price 200
grep -q '"event":"no-key-service"' "$log" || fail "it is not said that there is no key service"
get /price >"$scratch/alone-price.json"
jq -e '.evidence.keyChain.signatures | (.[0] | length) == 130 and .[1] == ""' \
	"$scratch/alone-price.json" >/dev/null || fail "the chain without a key service is another one"
[ "$(jq -j .evidence.appCompose "$scratch/alone-price.json" | sha256sum)" = \
	"$(sha256sum <"$scratch/alone.json")" ] || fail "the app-compose is not byte for byte"
judge "$scratch/alone-price.json" 3
stop_oracle
kill "$agent"
wait "$agent" 2>/dev/null || true

# The legacy API, and an agent that has nothing else.
"$affiantd" simulate-agent --tappd "$scratch/tappd.sock" --agent 0.3.6 \
	>"$scratch/legacy.out" 2>"$scratch/legacy.log" &
started+=($!)
within 10 "the legacy agent" grep -q '^ready ' "$scratch/legacy.out"
config_with "$scratch/c.json" ".attest = { provider: \"tappd\", socket: \"$scratch/tappd.sock\" }"
start_oracle "$scratch/c.json"
within 10 "a price on tappd" answers /price 200
grep -q '"event":"ephemeral"' "$log" || fail "the oldest agent has no keys to derive"
get /price | jq -e '.evidence.provider == "tappd" and (.evidence | has("keyChain") | not)' \
	>/dev/null || fail "tappd: the evidence is another one"
stop_oracle
refused 2 'had no dstack.sock' "$affiantd" simulate-agent --agent 0.4.2 --socket "$scratch/x.sock"
refused 2 'needs --socket' "$affiantd" simulate-agent
refused 1 '(sim.version)' "$affiantd" simulate-agent --agent 1.0 --socket "$scratch/x.sock"
echo "dstack holds"
