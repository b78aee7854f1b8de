#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Collateral from a stand-in for Intel's service: fetched for a quote, one file,
# and the verifier judges the quote with it. A refusal leaves no file behind.
. "$(dirname "$0")/lib.sh"
stand_in=$AFFIANT_BUILD/tests/e2e/pccs_stand_in
[ -x "$stand_in" ] || fail "pccs_stand_in is not built"
[ -x "$verify" ] || fail "affiant-verify is not built"

# A simulated quote; what its maker signed is what the stand-in serves.
AFFIANT_SIMULATE=tdx "$affiantd" quote --state "$scratch/state" \
	>"$scratch/whole.json" || fail "quote"
jq -c .evidence.collateral "$scratch/whole.json" >"$scratch/minted.json"
jq -cj 'del(.evidence.collateral)' "$scratch/whole.json" >"$scratch/response.json"
jq -j .quote "$scratch/whole.json" | base64 -d >"$scratch/quote.bin"

"$stand_in" "$scratch/minted.json" "$scratch/pccs" >"$scratch/pccs.out" \
	2>"$scratch/pccs.log" &
started+=($!)
within 10 "the stand-in" grep -q '^ready ' "$scratch/pccs.out"
read -r _ pccs plain <"$scratch/pccs.out"
ca=$scratch/pccs/ca.pem

collateral() { "$affiantd" collateral --ca-file "$ca" "$@"; }

# For a response, for a bare quote, by name: the same bytes.
collateral --pccs "$pccs" --quote "$scratch/response.json" \
	-o "$scratch/collateral.json" 2>"$scratch/fetch.log" || fail "collateral"
for line in 'TCB info: https://localhost:' 'QE identity: ' 'PCK CRL: ' \
	'root CRL: ' 'affiantd: collateral of TDX ' 'Platform CA' 'valid until 20'; do
	grep -qF "$line" "$scratch/fetch.log" || fail "nothing is said of $line"
done
cmp -s <(jq -cS . "$scratch/minted.json") <(jq -cS . "$scratch/collateral.json") ||
	fail "the bundle is another one"
[ "$(stat -c %a "$scratch/collateral.json")" = 644 ] || fail "the mode"
collateral --pccs "$pccs" --quote "$scratch/quote.bin" --output - \
	2>/dev/null >"$scratch/stdout.json" || fail "collateral to standard output"
cmp -s "$scratch/collateral.json" "$scratch/stdout.json" || fail "other bytes"
fmspc=$(sed -n 's/.*collateral of TDX \([0-9a-f]*\),.*/\1/p' "$scratch/fetch.log")
collateral --pccs "$pccs/hexcrl" --fmspc "$fmspc" --ca platform --tee tdx \
	--update early -o "$scratch/named.json" 2>"$scratch/named.log" || fail "--fmspc"
grep -q 'update=early' "$scratch/named.log" || fail "--update is not asked for"
cmp -s "$scratch/collateral.json" "$scratch/named.json" || fail "other bytes"

# Without collateral the verifier passes its checks over; with it all are made.
judge() { "$verify" --allow-simulated "$@" --json "$scratch/response.json"; }
without=0
judge >"$scratch/without.json" || without=$?
with=0
judge --collateral "$scratch/collateral.json" >"$scratch/with.json" || with=$?
[ "$without $with" = "3 3" ] || fail "verdicts $without and $with, want 3"
jq -e '[.checks[] | select(.result == "fail")] == []' "$scratch/with.json" \
	>/dev/null || fail "a check fails with the collateral"
made() { jq '[.checks[] | select(.result == "pass")] | length' "$1"; }
jq -e '.claims.tcbStatus == "UpToDate"' "$scratch/with.json" >/dev/null ||
	fail "the collateral gives no status"
[ "$(made "$scratch/with.json")" -gt "$(made "$scratch/without.json")" ] ||
	fail "the collateral changes nothing"
# And judged it is: one changed digit of the TCB info.
jq -c '.tcbInfo |= sub("\"tcbType\":0"; "\"tcbType\":1")' \
	"$scratch/collateral.json" >"$scratch/forged.json"
rc=0
judge --collateral "$scratch/forged.json" >"$scratch/forged.out" || rc=$?
[ $rc -eq 1 ] || fail "forged collateral: verdict $rc, want 1"

# What goes wrong is said, with the request, and leaves nothing behind.
not_fetched() { # MODE TEXT
	refused 1 "$2" collateral --pccs "$pccs/$1" --quote "$scratch/quote.bin" \
		-o "$scratch/none.json"
	[ ! -e "$scratch/none.json" ] || fail "$1 leaves a file"
}
not_fetched missing.qe 'QE identity: status 404 (source.http)'
not_fetched nochain.tcb 'TCB info: the answer has no header TCB-Info-Issuer-Chain'
not_fetched rawchain.pckcrl 'is not percent-encoded (collateral.pckCrlIssuerChain)'
not_fetched truncated.qe '(collateral.qeIdentity)'
not_fetched huge.tcb 'the body is larger than 1048576 bytes (source.limit)'
not_fetched otherfmspc.tcb 'is for FMSPC 0123456789ab'
not_fetched html.rootcacrl 'neither DER nor hexadecimal text'
refused 1 '(/pccs)' collateral --pccs "$plain" --quote "$scratch/quote.bin" \
	-o "$scratch/none.json"
collateral --pccs "$plain" --allow-http --quote "$scratch/quote.bin" \
	-o "$scratch/plain.json" 2>/dev/null || fail "--allow-http"
cmp -s "$scratch/collateral.json" "$scratch/plain.json" || fail "other bytes"
refused 1 '(source.tls)' "$affiantd" collateral --pccs "$pccs" \
	--quote "$scratch/quote.bin" -o "$scratch/none.json"
refused 1 'cannot create' collateral --pccs "$pccs" --quote "$scratch/quote.bin" \
	-o "$scratch/no/such/folder.json"

# Wrong usage.
refused 2 'needs --pccs URL' "$affiantd" collateral
refused 2 'needs --quote FILE or --fmspc HEX' "$affiantd" collateral --pccs "$pccs"
refused 2 'needs --quote FILE or --fmspc HEX' "$affiantd" collateral \
	--pccs "$pccs" --quote a --fmspc 001122334455
refused 2 'stand in the quote' collateral --pccs "$pccs" --quote a --ca platform -o b
refused 2 'needs --output FILE' collateral --pccs "$pccs" --quote a
refused 2 '(--ca)' collateral --pccs "$pccs" --fmspc 001122334455 -o b
refused 2 'want processor or platform' collateral --pccs "$pccs" \
	--fmspc 001122334455 --ca root -o b
refused 2 'want tdx or sgx' collateral --pccs "$pccs" \
	--fmspc 001122334455 --ca platform --tee sev -o b
refused 2 '(--fmspc)' collateral --pccs "$pccs" --fmspc 0011 --ca platform -o b
refused 2 'given twice: -o' collateral --output a -o b
refused 1 '(/update)' collateral --pccs "$pccs" --fmspc 001122334455 \
	--ca platform --update late -o b
# The daemon: a provider that brings its own is served with that.
start_exchange
config_with "$scratch/config.json" \
	".attest.collateral = { file: \"$scratch/collateral.json\" }"
start_oracle "$scratch/config.json"
within 10 "a round" answers /price 200
grep -q '"event":"collateral".*brings its own' "$log" || fail "nothing is logged"
get /v1/collateral >"$scratch/served.json"
"$verify" --allow-simulated --collateral "$scratch/served.json" \
	<(get /price) >"$scratch/verdict.out" 2>&1 && rc=0 || rc=$?
[ $rc -eq 3 ] || { cat "$scratch/verdict.out"; fail "served: verdict $rc, want 3"; }
stop_oracle
[ "$stopped" -eq 0 ] || fail "no clean stop"
echo "collateral is fetched, packed and judged"
