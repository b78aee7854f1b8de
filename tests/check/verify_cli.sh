#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# affiant-verify as its users meet it: exit codes, commands, options, and that
# help, man page and completion speak of the same ones.
#
#   verify_cli.sh AFFIANT_VERIFY MINT_RESPONSE
set -u
verify=$1 mint=$2
src=$AFFIANT_SOURCE/verify
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$mint" "$dir" || { echo "cannot mint evidence"; exit 1; }
cd "$dir" || exit 1
at=(--at 2026-01-01T00:00:02Z)
sim=("${at[@]}" --allow-simulated)
failed=0

# expect CODE WHAT ARGS...: runs affiant-verify; output in ./out and ./err.
expect() {
	local want=$1 what=$2 got=0
	shift 2
	"$verify" "$@" >out 2>err || got=$?
	[ "$got" = "$want" ] && return 0
	echo "FAIL $what: exit code $got, not $want: affiant-verify $*"
	tail -n 3 out err
	failed=$((failed + 1))
}
# says FILE TEXT: the last run printed it.
says() {
	grep -qF -- "$2" "$1" && return 0
	echo "FAIL: '$2' is not in $1:"
	tail -n 5 "$1"
	failed=$((failed + 1))
}
check() { # WHAT COMMAND...
	local what=$1
	shift
	"$@" >/dev/null 2>&1 && return 0
	echo "FAIL $what"
	failed=$((failed + 1))
}

# ---- verdicts ---------------------------------------------------------------

expect 3 "authentic without a policy" "${sim[@]}" price.json
says out "authentic: Authentic, but no policy"
says out "SIMULATED"
says out "pass     statement.hash"
says out "not checked  the server said so"
expect 3 "check is the default" check "${sim[@]}" median.json
expect 1 "simulated evidence without the flag" "${at[@]}" price.json
says out "FAIL     policy.simulated"
expect 1 "an old statement" --allow-simulated --at 2026-01-01T00:05:00Z price.json
expect 1 "a statement from the future" --allow-simulated --at 2025-12-31T23:58:00Z price.json
expect 1 "plain HTTP" "${sim[@]}" plain.json
expect 2 "no quote in it" "${sim[@]}" signature.json
expect 2 "no such file" "${sim[@]}" nothing.json
says err "nothing.json"
expect 2 "not JSON" "${sim[@]}" quote.bin
head -c 500 price.json >half.json
expect 2 "half a file" "${sim[@]}" half.json
sed 's/"round":42/"round":43/' price.json >forged.json
expect 1 "a forged statement" "${sim[@]}" forged.json
says out "REFUTED"
check "standard input" bash -c "'$verify' ${sim[*]} - <price.json; [ \$? = 3 ]"

# Of several the worst: 1, then 2, then 3, then 0.
expect 3 "two good ones" "${sim[@]}" price.json key.json
expect 2 "one cannot be judged" "${sim[@]}" price.json signature.json key.json
expect 1 "one is forged" "${sim[@]}" signature.json forged.json price.json

# ---- policies ---------------------------------------------------------------

expect 0 "a policy from evidence" policy "${at[@]}" price.json
says err "Review it"
says err "SIMULATED"
cp out policy.json
check "the policy is JSON" jq -e '.type == "affiant.policy.v1"' policy.json
expect 0 "accepted under it" "${sim[@]}" --policy policy.json price.json
says out "accepted: Accepted"
expect 1 "a key is no price" "${sim[@]}" -p policy.json key.json
says out "policy.kinds"
jq 'del(.kinds)' policy.json >other.json
expect 0 "unless any kind will do" "${sim[@]}" -p other.json key.json price.json
expect 1 "not without the flag" "${at[@]}" --policy policy.json price.json
jq '.tdx.mrtd = []' policy.json >other.json
expect 1 "another machine" "${sim[@]}" --policy other.json price.json
jq '.feeds = []' policy.json >other.json
expect 1 "an empty list accepts nothing" "${sim[@]}" --policy other.json price.json
jq '.feed = ["BTC/USD"]' policy.json >other.json
expect 2 "a misspelt policy" "${sim[@]}" --policy other.json price.json
says err "feed"
expect 1 "no policy from a forgery" policy "${at[@]}" forged.json
expect 2 "no policy without a quote" policy "${at[@]}" signature.json
expect 0 "a policy in one line" policy "${at[@]}" --json price.json
check "one line" test "$(wc -l <out)" = 1

# ---- certificates -----------------------------------------------------------

for cert in tls.der tls.pem; do
	expect 3 "a certificate ($cert)" tls-cert "${sim[@]}" -c bundle.json "$cert"
	says out "pass     cert.evidence"
	says out "pass     binding.report-data"
	expect 0 "accepted under the policy" tls-cert "${sim[@]}" -c bundle.json \
		-p policy.json "$cert"
done
expect 3 "what to compare" tls-cert --json "${sim[@]}" -c bundle.json tls.der
check "its hash" jq -e --arg h "$(sha256sum <tls.der | cut -d' ' -f1)" \
	'.claims.certificate.sha256 == $h' out
expect 1 "another key" tls-cert "${sim[@]}" -c bundle.json tls-other.der
says out "FAIL     binding.report-data: the quote was made for another key"
expect 1 "another machine" tls-cert "${sim[@]}" -c bundle.json \
	-p <(jq '.tdx.mrtd = []' policy.json) tls.der
expect 1 "an old certificate" tls-cert --allow-simulated -c bundle.json \
	--at 2026-01-01T01:00:01Z tls.der
says out "FAIL     cert.validity"
expect 1 "a simulator's" tls-cert "${at[@]}" -c bundle.json tls.der
expect 2 "a response is no certificate" tls-cert "${sim[@]}" price.json
expect 2 "a certificate has its own platform" tls-cert "${sim[@]}" \
	--platform tdx tls.der
says err "its platform"
expect 2 "an ordinary certificate" tls-cert "${sim[@]}" \
	<(jq -r .tcbInfoIssuerChain bundle.json)
says out "carries no evidence"
for cert in tls.der tls.pem; do
	expect 0 "a certificate, decoded ($cert)" inspect "$cert"
	says out "oracle.test"
	says out "extension      affiant"
done

# ---- options ----------------------------------------------------------------

expect 3 "collateral from a bundle" "${sim[@]}" --collateral bundle.json light.json
says out "pass     tdx.collateral"
expect 3 "collateral from a folder" "${sim[@]}" --collateral collateral light.json
says out "pass     tdx.collateral"
mkdir empty
expect 2 "an empty folder" "${sim[@]}" --collateral empty light.json
rm collateral/tcb_info.json
expect 1 "a folder that lacks a part" "${sim[@]}" -c collateral light.json
expect 3 "the nonce asked for" "${sim[@]}" --nonce c0ffee median.json
expect 1 "another nonce" "${sim[@]}" --nonce c0ffef median.json
expect 1 "a nonce that is not there" "${sim[@]}" --nonce=c0ffee price.json
for quote in quote.bin quote.hex quote.b64; do
	expect 3 "a bare quote ($quote)" "${sim[@]}" --platform tdx -c bundle.json "$quote"
done
rd=ab$(printf '%0126d' 0)
expect 3 "what it binds" "${sim[@]}" --platform tdx -c bundle.json --report-data "$rd" quote.bin
expect 1 "what it does not bind" "${sim[@]}" --platform tdx -c bundle.json \
	--report-data "ac${rd#ab}" quote.bin
expect 2 "an unknown platform" "${sim[@]}" --platform vax quote.bin
jq -r '.tcbInfoIssuerChain' bundle.json | awk '/BEGIN/{n++} n==2' >root.pem
expect 3 "a root of one's own" "${sim[@]}" --trust-root root.pem price.json
says out "REPLACED"
expect 1 "a simulator's stays one" "${at[@]}" --trust-root root.pem price.json
expect 2 "two certificates are no root" "${at[@]}" --trust-root <(jq -r .tcbInfoIssuerChain bundle.json) price.json

for wrong in "--at yesterday" "--nonce xyz" "--nonce" "--nonce ab --nonce cd" \
	"--report-data abcd" "--colour" "--policy nothing.json" "--json=yes"; do
	# shellcheck disable=SC2086
	expect 2 "wrong usage: $wrong" "${sim[@]}" $wrong price.json
done
expect 2 "no file"
says err "usage:"
expect 2 "two files to inspect" inspect price.json key.json

# ---- JSON -------------------------------------------------------------------

expect 3 "as JSON" "${sim[@]}" --json price.json key.json
check "one line a file" test "$(wc -l <out)" = 2
check "the shape of the verdict" jq -es 'all(.[]; .type == "affiant.verdict.v1"
	and .verdict == "authentic" and .authentic and (.accepted | not)
	and .simulated and .platform == "tdx" and .at == "2026-01-01T00:00:02Z"
	and (.checks | length > 50) and (.links | length == 8)
	and .links.statement == "proved" and .links.log == "not-checked"
	and (.claims.reportData | length == 128))' out
check "claims of a price" jq -es '.[0].claims.statement
	| .kind == "price" and .value == "97234.12"' out

# ---- reference values of a dstack guest ---------------------------------------

cat >app-compose.json <<'EOF'
{"name":"oracle","runner":"docker-compose","manifest_version":2,
 "docker_compose_file":"services:\n  a:\n    image: x\n","bash_script":""}
EOF
expect 0 "compose-hash" compose-hash app-compose.json
says out "composeHash    $(sha256sum <app-compose.json | cut -c1-64)"
says out "normalized     "
expect 0 "compose-hash as JSON" compose-hash --json app-compose.json
check "its MRCONFIGID" jq -e '.mrConfigId == "01" + .composeHash + ("0" * 30)
	and (.composeHash | startswith($app))' --arg app "$(jq -r .appId out)" out
jq -jcS 'del(.bash_script)' app-compose.json >normal.json
check "what a tool uploads" test "$(jq -r .normalizedHash out)" = \
	"$(sha256sum <normal.json | cut -c1-64)"
echo '{"name":"a","manifest_version":2}' >least.json
expect 0 "an app-compose that says little" compose-hash least.json
expect 2 "no app-compose" compose-hash price.json.gz
echo '{"runner":1}' >wrong.json
expect 2 "an app-compose that no guest takes" compose-hash wrong.json

event() { # IMR TYPE DIGEST NAME
	printf '{"imr":%s,"event_type":%s,"digest":"%s","event":"%s","event_payload":""}' "$@"
}
echo "[$(event 2 6 "$(printf '%096d' 0)" ''),$(event 3 134217729 '' system-ready)]" >log.json
expect 0 "replay" replay log.json
says out "rtmr2 f57bb7ed82c6ae4a29e6c9879338c592c7d42a39135583e8ccbe3940f2344b0eb6eb8503db0ffd6a39ddd00cd07d8317 1 events"
says out "  system-ready"
jq -n --rawfile log log.json --rawfile quote quote.hex \
	'{event_log: $log, quote: ($quote | rtrimstr("\n"))}' >answer.json
expect 1 "a log that is not the quote's" replay answer.json
says out "NOT as in the quote"
sed 's/"digest":""/"digest":"00"/' log.json >wrong.json
expect 1 "a digest that is none" replay wrong.json
expect 2 "no log in it" replay price.json
expect 1 "an answer, its log refused" "${sim[@]}" --platform tdx -c bundle.json \
	--event-log answer.json answer.json
says out "FAIL     dstack.log.rtmr"
corpus=$AFFIANT_SOURCE/tests/fuzz/corpus/dstack_attestation
for version in v0-tdx v1-tdx-bin v1-tdx-numbers v1-tdx-text; do
	expect 1 "an attestation, $version, its log refused" replay "$corpus/$version"
	says out "  app-id: 1111111111111111111111111111111111111111"
	expect 0 "its quote" inspect --platform tdx "$corpus/$version"
	says out "quote (4620 bytes"
done
xxd -p "$corpus/v0-tdx" | tr -d '\n' >attestation.hex
expect 0 "an attestation as text" inspect --platform tdx attestation.hex
jq -n --rawfile a attestation.hex '{attestation: $a}' >attest.json
expect 0 "what an agent answers to Attest" inspect --platform tdx attest.json
expect 1 "its log" replay attest.json
expect 1 "an attestation, judged" "${sim[@]}" --platform tdx -c bundle.json \
	--event-log attest.json attest.json
says out "FAIL     "
expect 2 "an attestation of another platform" inspect --platform nitro \
	"$corpus/v0-tdx"
says err "is of the platform tdx"
expect 2 "an attestation without a log" replay "$corpus/v0-snp"
expect 2 "an attestation that nobody judges" inspect --platform nitro \
	"$corpus/v0-tpm"
head -c 500 "$corpus/v0-tdx" >half
expect 2 "half an attestation" inspect --platform tdx half
says err "attestation.form"
expect 2 "a log beside a response" "${sim[@]}" --event-log log.json price.json
expect 2 "an app-compose and no log" "${sim[@]}" --platform tdx -c bundle.json \
	--app-compose app-compose.json quote.bin

# ---- what a chain has ---------------------------------------------------------

# Calldata by hand: words of 32 bytes, as any client would build them.
word() { printf '%064x' "$1"; }
text32() { printf '%-64s' "$(printf %s "$1" | od -An -tx1 | tr -d ' \n')" | tr ' ' 0; }
of() { jq -r ".$1" price.json; }
price=$(of statement.price)
fraction=$(printf '%-'"$(of statement.decimals)"'s' "${price#*.}" | tr ' ' 0)
sig=$(of signature.value)
fields=$(text32 "$(of statement.feed)")$(word "$((${price%.*}$fraction))")
fields+=$(word "$(of statement.decimals)")$(word "$(of statement.timestamp)")
fields+=$(word "$(of statement.round)")$(of statement.config)
fields+=$(of reportDataHash)
push=0xa44a74bd$fields$(word 256)$(word 65)${sig#0x}$(printf '%062d' 0)
expect 0 "calldata" onchain "$push"
says out "  value      $price"
expect 0 "calldata and its response" onchain --response price.json "$push"
says out "$(of reportDataHash)  as in the response"
echo "$push" >push.hex
check "from standard input" bash -c "'$verify' onchain -r price.json - <push.hex"
jq -n --arg input "$push" '{result: {input: $input}}' >tx.json
expect 0 "a transaction" onchain --json -r price.json tx.json
check "as JSON" jq -e '.type == "affiant.onchain.v1" and .response.equal
	and .records[0].form == "push" and .response.differs == []
	and .records[0].signer == $signer' \
	--arg signer "$(of signature.signer)" out
expect 1 "another round" onchain -r price.json "${push/$(word "$(of statement.round)")/$(word 7)}"
says err "[onchain.round]"
says out "DIFFERS"
expect 1 "another response" onchain --json -r median.json "$push"
says err "[onchain.value]"
check "what differs" jq -e '.response.equal == false and
	(.response.differs | index("statement") and index("value"))' out
expect 1 "a signature that the contracts refuse" onchain "${push/${sig: -2}$(printf '%062d' 0)/1d$(printf '%062d' 0)}"
says err "[eth.sig.v]"
expect 2 "half of it" onchain "${push:0:200}"
expect 2 "somebody else's" onchain 0x12345678
expect 2 "a key is no number" onchain -r key.json "$push"
says err "[onchain.kind]"
expect 2 "no such response" onchain -r nothing.json "$push"

# The event: topics, and the slot (value 16, time 6, accepted 5, count 5).
slot=0x$(word "$((${price%.*}$fraction))" | tail -c 32)
slot+=$(printf '%012x%010x%010x' "$(of statement.timestamp)" 1767225601 7)
topics=0x7de8c7cbfdd31304241f91b27c5da80e95a012f699ad5ab146fb3ed1af9fc070
topics+=,0x$(text32 "$(of statement.feed)"),0x$(of reportDataHash)
expect 0 "an event" onchain --topics "$topics" -r price.json "$slot"
says out "accepted   2026-01-01T00:00:01.000Z, update 7"
jq -n --arg t "$topics" --arg d "$slot" \
	'{logs: [{address: "0x00", topics: ($t | split(",")), data: $d}]}' >receipt.json
expect 0 "a receipt" onchain -r price.json receipt.json
expect 1 "an event of another statement" onchain -r median.json receipt.json
expect 2 "an event's data alone" onchain "$slot"
expect 2 "topics of another event" onchain --topics "0x7e${topics:4}" "$slot"
expect 2 "too many topics" onchain --topics "$topics,$topics" "$slot"

# ---- inspect, explain, help -------------------------------------------------

expect 0 "inspect" inspect price.json
says out '"price": "97234.12"'
says out "TD report"
expect 0 "inspect a quote" inspect --platform tdx quote.hex
expect 2 "inspect what is none" inspect quote.bin
expect 0 "explain" explain tdx.quote.signature statement.form
says out "authenticity"
expect 2 "explain what is no check" explain tdx.quote.signatur
expect 0 "the list of checks" explain
check "every check has an explanation" bash -c "cut -d' ' -f1 out | sort -u |
	xargs '$verify' explain"
expect 0 "version" --version
expect 0 "help" --help
cp out help

grep -oE '^ +(-[a-z], )?--[a-z-]+' help | grep -oE -- '--[a-z-]+' | sort -u >options
[ -s options ] || { echo "FAIL: no options in --help"; failed=$((failed + 1)); }
while read -r option; do
	grep -qF -- "${option//-/\\-}" "$src/affiant-verify.1" || {
		echo "FAIL: $option is not in the man page"
		failed=$((failed + 1))
	}
	grep -qF -- "$option" "$src/affiant-verify.bash" || {
		echo "FAIL: $option is not completed"
		failed=$((failed + 1))
	}
done <options
for command in $(sed -n '/^commands/,/^$/s/^  \([a-z-]*\) .*/\1/p' help); do
	grep -qE "^\.B[IR] ${command//-/\\\\-} " "$src/affiant-verify.1" || {
		echo "FAIL: $command is not in the man page"
		failed=$((failed + 1))
	}
	grep -qE "[\" ]$command[\" ]" "$src/affiant-verify.bash" || {
		echo "FAIL: $command is not completed"
		failed=$((failed + 1))
	}
done
check "completion is valid" bash -n "$src/affiant-verify.bash"

# No colour where nobody looks.
check "no escapes" bash -c "! '$verify' ${sim[*]} price.json | grep -q $'\033'"

[ "$failed" = 0 ] || { echo "$failed failures"; exit 1; }
echo "affiant-verify does what it says"
