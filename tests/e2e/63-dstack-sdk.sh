#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A client that nobody here wrote: the npm package of dstack's makers, with the
# versions of tests/dstack/package-lock.json, against the stand-in agent.
. "$(dirname "$0")/lib.sh"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo "SKIPPED: node and npm are not installed (compose/install-packages test)"
	exit 77
fi
mkdir "$scratch/sdk"
cp "$AFFIANT_SOURCE"/tests/dstack/{package.json,package-lock.json,client.js} "$scratch/sdk/"
cp "$AFFIANT_SOURCE/tests/dstack/.npmrc" "$scratch/sdk/"
if ! (cd "$scratch/sdk" && npm ci) >"$scratch/npm.log" 2>&1; then
	if grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH' "$scratch/npm.log"; then
		echo "SKIPPED: npm does not reach its registry"
		exit 77
	fi
	fail "npm ci"
fi
for version in 0.5.0 0.5.5 0.5.6 0.5.9 0.5.11 0.6.0; do
	start_agent --agent "$version" --tappd "$scratch/tappd.sock"
	timeout 60 node "$scratch/sdk/client.js" "$agent_socket" "$scratch/tappd.sock" \
		"$kms_root" "$version" >"$scratch/client.log" 2>&1 || fail "the client on $version"
	cat "$scratch/client.log"
	kill "$agent"
	wait "$agent" 2>/dev/null || true
done

# Without a path it looks where the environment says, as our provider does.
start_agent --agent 0.5.9
DSTACK_SIMULATOR_ENDPOINT=$agent_socket node -e '
	const { DstackClient } = require(process.argv[1]);
	new DstackClient().info().then((i) => console.log(i.app_id));
' "$scratch/sdk/node_modules/@phala/dstack-sdk" 2>/dev/null | grep -qx "$app_id" ||
	fail "the environment is not the one of the client"
echo "the SDK holds"
