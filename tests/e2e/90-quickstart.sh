#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The first command of the README, as a newcomer runs it: one price of the
# demo feed, judged offline, exit code of the verifier. And its wrong inputs.
set -eu
cd "$AFFIANT_SOURCE"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() { echo "FAIL: $*"; exit 1; }

# refused TEXT ARGS...: exit 2 before anything is installed or built.
refused() {
	local want=$1 rc=0
	shift
	compose/quickstart "$@" >"$scratch/out" 2>&1 || rc=$?
	[ $rc -eq 2 ] || fail "quickstart $*: exit $rc, want 2"
	grep -qF -- "$want" "$scratch/out" || fail "quickstart $*: does not say '$want'"
}
refused "unknown option: --bogus" --bogus
refused "not 'abc'" --port abc
refused "not '0'" --port 0
refused "not '70000'" --port 70000
refused "--state needs a folder" --state

port=$((20000 + RANDOM % 20000))
rc=0
compose/quickstart --once --port $port --state "$scratch/state" \
	>"$scratch/out" 2>&1 || rc=$?
cat "$scratch/out"
[ $rc -eq 0 ] || fail "quickstart --once: exit $rc"
grep -q '^demo feed .*: answered' "$scratch/out" ||
	fail "the demo feed did not answer"
grep -qi 'accepted' "$scratch/out" || fail "no verdict was shown"
grep -q '^live feed ' "$scratch/out" || fail "nothing was said of the live feed"
pgrep -f "$scratch/state" >/dev/null && fail "something is still running"
echo "quickstart holds"
