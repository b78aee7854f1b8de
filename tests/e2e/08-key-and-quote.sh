#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The signer's key and quotes from the command line: one key per state folder,
# never shown, and no way to have a forged statement quoted.
. "$(dirname "$0")/lib.sh"
export AFFIANT_SIMULATE=tdx
state=$scratch/state

"$affiantd" key --state "$state" >"$scratch/key.out" 2>"$scratch/key.log" || fail "key"
grep -q 'made a new key' "$scratch/key.log" || fail "a new key is made silently"
address=$(sed -n 1p "$scratch/key.out")
[[ $address =~ ^0x[0-9a-fA-F]{40}$ ]] || fail "no address: $address"
sed -n 2p "$scratch/key.out" >"$scratch/key.json"
jq -e --arg a "${address,,}" '.statement.kind == "key" and .statement.signer == $a and
	.statement.chainId == 0 and .statement.config == ("0" * 64) and
	(.quote | length) > 1000 and .evidence.collateral != null' \
	"$scratch/key.json" >/dev/null || fail "the key statement is another one"
[ "$(stat -c %a "$state/signer.key")" = 600 ] || fail "the key file is open to others"

# The same key the next time, and in `quote`.
"$affiantd" key --state "$state" 2>"$scratch/key.log" | sed -n 1p | grep -qx "$address" ||
	fail "another key"
[ -s "$scratch/key.log" ] && fail "a key is made again"
"$affiantd" quote --state "$state" >"$scratch/quote.json" || fail "quote"
[ "$(jq -r .statement.signer "$scratch/quote.json")" = "${address,,}" ] || fail "another signer"

# 64 bytes of one's own, as long as they do not look like a statement's.
zeros=$(printf '%064d' 0)
ones=$(printf '1%.0s' $(seq 64))
"$affiantd" quote --state "$state" --report-data "$ones$ones" >"$scratch/own.json" ||
	fail "report data is refused"
jq -e 'keys == ["evidence", "quote"] and .evidence.simulated' "$scratch/own.json" >/dev/null ||
	fail "the evidence is another one"
jq -r .quote "$scratch/own.json" | base64 -d | xxd -p | tr -d '\n' |
	grep -qF "$ones$ones" || fail "the quote is over something else"
why='is quoted for statements that this program made'
refused 2 "$why" "$affiantd" quote --state "$state" --report-data "$ones$zeros"
refused 2 "$why" "$affiantd" quote --state "$state" --report-data "$zeros$zeros"
# The tag behind a TLS key's hash (FORMAT.ratls.md).
tag=$(printf affiant/tls-certificate/v1 | xxd -p -c 64)000000000000
refused 2 "form of a TLS key's hash" "$affiantd" quote --state "$state" --report-data "$ones$tag"
"$affiantd" quote --state "$state" --report-data "$ones${zeros%?}1" >/dev/null ||
	fail "one bit set is enough"
for bad in "" 00 "$ones" "${ones}x$ones" "0x$ones$ones" "$ones$ones$ones"; do
	refused 2 '(quote.report_data)' "$affiantd" quote --state "$state" --report-data "$bad"
done

# Without a TEE and without a simulator nothing is made.
unset AFFIANT_SIMULATE
if "$affiantd" detect | grep 'auto takes none' >/dev/null; then
	refused 1 'affiantd:' "$affiantd" key --state "$scratch/none"
	[ ! -e "$scratch/none/signer.key" ] || fail "a key without a TEE"
fi
"$affiantd" detect --json | jq -e '.providers | length > 0' >/dev/null || fail "detect --json"

[ -x "$verify" ] || fail "affiant-verify is not built"
rc=0
"$verify" --allow-simulated "$scratch/key.json" >"$scratch/verdict.out" 2>&1 || rc=$?
[ $rc -eq 3 ] || { cat "$scratch/verdict.out"; fail "key: verdict $rc, want 3"; }
echo "key and quote hold"
