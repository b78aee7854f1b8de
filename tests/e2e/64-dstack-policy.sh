#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The auditor's side of a dstack guest, with the daemon's own answers: predict
# the compose hash, replay the log, write a policy from one answer, hold the
# next one against it, and see another app, another key service and evidence
# with parts left out refused where they should be.
. "$(dirname "$0")/lib.sh"
start_exchange

# guest FILE ARGS...: a price in full from a guest; it is gone afterwards.
guest() {
	local out=$1
	shift
	start_agent --agent 0.5.9 "$@"
	dstack_config "$scratch/c.json"
	rm -rf "$scratch/state"
	start_oracle "$scratch/c.json"
	within 10 "a price" answers /price 200
	get '/price?evidence=full' >"$out"
	stop_oracle
	kill "$agent"
	wait "$agent" 2>/dev/null || true
}
# judge FILE CODE TEXT ARGS...: exit code, and what the verdict says.
judge() {
	local file=$1 code=$2 text=$3 rc=0
	shift 3
	"$verify" --allow-simulated --at "$(jq -r '.statement.timestamp / 1000 | floor | todate' "$file")" \
		"$@" "$file" >"$scratch/verdict.out" 2>&1 || rc=$?
	[ $rc -eq "$code" ] || {
		grep -v '  pass ' "$scratch/verdict.out"
		fail "$file: verdict $rc, want $code"
	}
	grep -qF -- "$text" "$scratch/verdict.out" || {
		grep -v '  pass ' "$scratch/verdict.out"
		fail "$file: the verdict does not say '$text'"
	}
}

compose() { # NAME PORT
	printf '%s' '{"manifest_version":2,"name":"'"$1"'","runner":"docker-compose",' \
		'"docker_compose_file":"services:\n  oracle:\n    image: registry.example/affiant@sha256:' \
		"$(printf '%064d' 7)" '\n    ports: [\"'"$2"':8080\"]\n","key_provider":"kms","public_tcbinfo":false}'
}
compose oracle 80 >"$scratch/app.json"
compose oracle 81 >"$scratch/other.json"
app_id=$(printf '%040d' 42)
first=$scratch/first.json next=$scratch/next.json policy=$scratch/policy.json
same=(--kms "$scratch/kms" --app-id "$app_id" --state "$scratch/machine")

# What was predicted is what was measured.
guest "$first" --compose "$scratch/app.json" "${same[@]}"
measured=$(jq -r '.evidence.eventLog[] | select(.event == "compose-hash") | .event_payload' "$first")
predicted=$("$verify" compose-hash --json "$scratch/app.json" | jq -r .composeHash)
[ "$measured" = "$predicted" ] || fail "measured $measured, predicted $predicted"
"$verify" replay "$first" >"$scratch/replay.out" || fail "the log replays to other registers"
grep -q '^rtmr3 .* events, as in the quote$' "$scratch/replay.out" || fail "replay says something else"

# Without a policy it is authentic, and the verdict says what the app may do.
judge "$first" 3 'App: 1 image, no scripts, gateway off, keys from kms, 0 env names from outside'
judge "$first" 3 'it is measured in RTMR3 (event affiant-config)'
judge "$first" 3 'the chain binds neither'

# A policy from one answer takes the next one, and no other app.
"$verify" policy --at "$(jq -r '.statement.timestamp / 1000 | floor | todate' "$first")" "$first" \
	>"$policy" 2>/dev/null || fail "no policy from the evidence"
jq -e --arg hash "$measured" '.dstack.composeHashes == [$hash] and .dstack.configEvent and
	(.dstack.kmsRoots | length == 1) and (.dstack.osImages[0] | keys == ["mrtd", "rtmr0", "rtmr1", "rtmr2"]) and
	.tdx.rtmr3 == null' "$policy" >/dev/null || fail "the policy pins something else"
guest "$next" --compose "$scratch/app.json" "${same[@]}"
judge "$next" 0 'proved       the code is what you audited: system and app are those of the policy' -p "$policy"
guest "$next" --compose "$scratch/other.json" "${same[@]}"
judge "$next" 1 'FAIL     dstack.policy.compose-hash' -p "$policy"

# Rules instead of a hash: any app that keeps them, and none that does not.
jq 'del(.dstack.composeHashes)' "$policy" >"$scratch/rules.json"
judge "$next" 0 'accepted' -p "$scratch/rules.json"
jq '. + {public_logs: true}' "$scratch/app.json" >"$scratch/loud.json"
guest "$next" --compose "$scratch/loud.json" "${same[@]}"
judge "$next" 1 'FAIL     dstack.policy.compose.public' -p "$scratch/rules.json"

# Another key service's root is another root.
rm "$scratch/kms"
guest "$next" --compose "$scratch/app.json" "${same[@]}"
judge "$next" 1 'FAIL     dstack.policy.kms-root' -p "$policy"

# What is left out is missed; what is changed does not fit.
jq -c 'del(.evidence.eventLog, .evidence.appCompose, .evidence.keyChain)' "$first" >"$next"
judge "$next" 1 'FAIL     dstack.policy.evidence' -p "$policy"
jq -c 'del(.evidence.appCompose)' "$first" >"$next"
judge "$next" 1 'FAIL     dstack.policy.compose.text' -p "$policy"
jq -c '.evidence.appCompose |= sub("oracle"; "0racle")' "$first" >"$next"
judge "$next" 1 'FAIL     dstack.compose.hash' -p "$policy"
jq -c '(.evidence.eventLog[] | select(.event == "affiant-config")).event = "app-id"' "$first" >"$next"
judge "$next" 1 'FAIL     dstack.log.rtmr3' -p "$policy"

# A host that leaves MRCONFIGID zero binds nothing with it, and that is said.
guest "$next" --compose "$scratch/app.json" "${same[@]}" --mr-config-id 0
judge "$next" 3 'dstack.mrconfigid: MRCONFIGID is zero: not bound'
