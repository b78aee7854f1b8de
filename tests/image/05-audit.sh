#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The auditor's loop, on a stand-in for a dstack host: a response of the image
# that this tree makes is accepted; one of an image that was made from a tree
# with one changed line is not, nor the other way round; and each wrong input
# says what it is.
. "$(dirname "$0")/lib.sh"
can_build
[ -r "$built/one/digest.txt" ] || fail "image_01-twice left no image"
affiantd=$built/one/affiantd

# ---- two trees that differ in one line --------------------------------------

tree=$scratch/tree
mkdir "$tree"
(cd "$AFFIANT_SOURCE" && . compose/image/lib.sh && files) |
	tar -C "$AFFIANT_SOURCE" --null -T - -cf - | tar -C "$tree" -xf -
# The lock of today, which the test of the lock holds against the committed.
cp "$built/one/lock" "$tree/compose/image/lock"
commit() {
	git -C "$1" add -A
	git -C "$1" -c user.name=t -c user.email=t@localhost commit -qm "$2"
}
git -C "$tree" init -q
commit "$tree" "the tree"
changed=$scratch/changed
cp -r "$tree" "$changed"
sed -i 's/^#define HEALTH_SECONDS 4$/#define HEALTH_SECONDS 5/' \
	"$changed/oracle/cmd_health.c"
[ "$(git -C "$changed" diff --numstat | cut -f1,2 | tr '\t' ' ')" = "1 1" ] ||
	fail "not one line was changed"
commit "$changed" "one line"

# ---- responses of a machine that runs one or the other ----------------------

exchange=$AFFIANT_BUILD/compose/demo/affiant-demo-exchange
mkdir "$scratch/demo"
"$exchange" --port 0 --dir "$scratch/demo" >"$scratch/exchange.out" 2>&1 &
cleanup+=("kill $!")
within() { # WHAT COMMAND...
	local what=$1 i
	shift
	for ((i = 0; i < 200; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	cat "$scratch"/*.out
	fail "$what did not happen"
}
within "the exchange" grep -q '^ready ' "$scratch/exchange.out"
demo_port=$(sed -n 's|^ready https://127\.0\.0\.1:\([0-9]*\).*|\1|p' \
	"$scratch/exchange.out")
port=$((20000 + $$ % 20000))
socket=$scratch/dstack.sock
sed -e "s|@LISTEN@|127.0.0.1:$port|" -e "s|@STATE@|$scratch/state|" \
	-e "s|@DEMO_PORT@|$demo_port|g" -e "s|@DEMO_CA@|$scratch/demo/ca.pem|g" \
	"$AFFIANT_SOURCE/compose/quickstart.json.in" |
	jq --arg socket "$socket" '.feeds |= map(select(.path == "/demo/price")) |
		.attest = { provider: "dstack", socket: $socket }' \
		>"$scratch/config.json"

# respond APP-COMPOSE OUT [CONFIG]: what an oracle on such a guest answers.
respond() {
	rm -rf "$scratch/state" "$socket"
	"$affiantd" simulate-agent --socket "$socket" --compose "$1" \
		--state "$scratch/host" >"$scratch/agent.out" 2>&1 &
	local agent=$!
	cleanup+=("kill $agent")
	within "the stand-in agent" grep -q '^ready ' "$scratch/agent.out"
	"$affiantd" serve --config "${3:-$scratch/config.json}" \
		>"$scratch/oracle.out" 2>&1 &
	local oracle=$!
	cleanup+=("kill $oracle")
	within "a price" curl -fsS -m 5 -o "$2" \
		"http://127.0.0.1:$port/demo/price?evidence=full"
	kill $oracle
	wait $oracle || true
	kill $agent
	wait $agent || true
}
app() { "$tree/compose/app-compose" --config "$scratch/config.json" --image "$1"; }
app "affiant@$(cat "$built/one/digest.txt")" >"$scratch/ours.app.json"
respond "$scratch/ours.app.json" "$scratch/ours.json"

# What an auditor holds of the system under the container; here the stand-in's.
"$built/one/affiant-verify" policy "$scratch/ours.json" 2>/dev/null | jq '
	{ type, tdx, dstack: { osImages: .dstack.osImages } } |
	del(.tdx.rtmr3, .tdx.mrConfigId) | del(.. | nulls)' >"$scratch/system.json"

# audited TREE CODE TEXT OPTION... -- EVIDENCE
audited() {
	local from=$1 code=$2 text=$3 rc=0
	shift 3
	# At the time when it was taken: the test goes on for minutes.
	"$from/compose/audit" --config "$scratch/config.json" "$@" \
		-- --allow-simulated --at "$(date -u -r "${*: -1}" +%FT%TZ)" >"$scratch/audit.out" 2>&1 || rc=$?
	[ $rc -eq "$code" ] || {
		cat "$scratch/audit.out"
		fail "audit $*: exit $rc, want $code"
	}
	grep -qF -- "$text" "$scratch/audit.out" || {
		cat "$scratch/audit.out"
		fail "audit $*: does not say '$text'"
	}
}
one=(--system "$scratch/system.json" --built "$built/one")

# ---- made by this tree, or not ----------------------------------------------

audited "$tree" 0 "was made by the source tree at commit" "${one[@]}" \
	"$scratch/ours.json"
grep -q "on a SIMULATED machine, which proves nothing" "$scratch/audit.out" ||
	fail "the sentence does not say that the machine is simulated"
[ "$(tail -n 1 "$scratch/audit.out" | grep -c "$(sha256sum \
	<"$scratch/ours.json" | cut -d' ' -f1)")" -eq 1 ] ||
	fail "the sentence does not say which response it is about"

# And by somebody who pins the image and no text: the app-compose is as closed
# as the verifier's rules want it.
jq --arg image "affiant@$(cat "$built/one/digest.txt")" \
	'.dstack.compose = { images: [$image] }' "$scratch/system.json" \
	>"$scratch/rules.json"
"$built/one/affiant-verify" --allow-simulated --policy "$scratch/rules.json" \
	--at "$(date -u -r "$scratch/ours.json" +%FT%TZ)" "$scratch/ours.json" \
	>"$scratch/rules.out" || {
	grep FAIL "$scratch/rules.out"
	fail "the rules for an app-compose refuse ours"
}

# The whole loop, with its build, in the tree with the changed line.
from=$(date +%s)
audited "$changed" 1 "was NOT shown to be made by the source tree" \
	--system "$scratch/system.json" --root "$built/root" "$scratch/ours.json"
echo "an audit with its build: $(($(date +%s) - from)) s"
grep -qF "its app-compose names the image affiant@$(cat \
	"$built/one/digest.txt")" "$scratch/audit.out" ||
	fail "it does not say that the image is another"
theirs=$(sed -n 's/^   image  *\(sha256:[0-9a-f]*\)$/\1/p' "$scratch/audit.out")
[ -n "$theirs" ] && [ "$theirs" != "$(cat "$built/one/digest.txt")" ] ||
	fail "one changed line made the same image"

# And a response of that tree's image, against this one.
app "affiant@$theirs" >"$scratch/theirs.app.json"
respond "$scratch/theirs.app.json" "$scratch/theirs.json"
audited "$tree" 1 "its app-compose names the image affiant@$theirs" \
	"${one[@]}" "$scratch/theirs.json"

# The right image in a compose that says more.
jq -c '.pre_launch_script = "true"' "$scratch/ours.app.json" \
	>"$scratch/more.app.json"
respond "$scratch/more.app.json" "$scratch/more.json"
audited "$tree" 1 "names this image, and differs in the rest" \
	"${one[@]}" "$scratch/more.json"
grep -q 'pre_launch_script' "$scratch/audit.out" || fail "it does not say what"

# Text of the right app beside what was measured of the other.
jq --rawfile text "$scratch/ours.app.json" '.evidence.appCompose = $text' \
	"$scratch/theirs.json" >"$scratch/forged.json"
audited "$tree" 1 "was NOT shown to be made by" "${one[@]}" \
	"$scratch/forged.json"

# The right image with another configuration.
jq '.feeds[0].aggregate.min_sources = 2' "$scratch/config.json" \
	>"$scratch/loose.json"
respond "$scratch/ours.app.json" "$scratch/loose-price.json" "$scratch/loose.json"
audited "$tree" 1 "was NOT shown to be made by" "${one[@]}" \
	"$scratch/loose-price.json"

# Nothing known of the system: authentic, and no more.
audited "$tree" 3 "nothing says which system ran" --built "$built/one" \
	"$scratch/ours.json"

# ---- wrong inputs -----------------------------------------------------------

audit=("$tree/compose/audit" --config "$scratch/config.json")
refused "needs EVIDENCE.json" "${audit[@]}"
refused "needs --config FILE" "$tree/compose/audit" x.json
refused "cannot read x.json" "${audit[@]}" x.json
refused "is no response of an oracle" "${audit[@]}" "$scratch/config.json"
refused "yours goes to --system" "${audit[@]}" "$scratch/ours.json" -- --policy x
refused "is no policy" "${audit[@]}" --system "$scratch/config.json" \
	"$scratch/ours.json"
jq '.dstack.composeHashes = []' "$scratch/system.json" >"$scratch/circular.json"
refused "says which app it should be" "${audit[@]}" \
	--system "$scratch/circular.json" "$scratch/ours.json"
jq '.listen = 8080' "$scratch/config.json" >"$scratch/bad.json"
refused "refuses the configuration" "$tree/compose/audit" --config \
	"$scratch/bad.json" --built "$built/one" "$scratch/ours.json"
echo >>"$tree/verify/verify.c"
refused "Nobody could repeat the audit" "${audit[@]}" --built "$built/one" \
	"$scratch/ours.json"
refused "the image is named 'affiant:0.1.0', which is no digest" \
	app affiant:0.1.0
refused "is no JSON" "$tree/compose/app-compose" --config \
	"$tree/verify/verify.c" --image "affiant@$theirs"
echo "the loop closes, and opens for nobody else"
