#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The house's rules that a grep can hold: arrows of the module map, one place
# for each concept, no binary floating point, no unbounded string functions,
# no printing in libraries. Reads code without comments and string literals.
#
#   tests/check/source.sh [ROOT]     exit 1 and one line per breach
set -u
root=${1:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$root" || exit 2
breaches=0

breach() { # FILE LINE RULE TEXT
	printf '%s:%s: %s: %s\n' "$1" "$2" "$3" "$4"
	breaches=$((breaches + 1))
}

# ---- the module map ---------------------------------------------------------

# Which box a file belongs to, by its path: in $box. (Answers go into variables
# here: a subshell for each of thousands of lines took longer than the rules.)
box_of() {
	case $1 in
	verify/base/*) box=base ;;
	chain/eth.h | chain/eth_*.h | chain/u256.h) box=codec ;;
	chain/push_policy.h | chain/codec/*) box=codec ;;
	verify/*) box=verify ;;
	attest/*) box=attest ;;
	sources/*) box=sources ;;
	chain/rpc.h | chain/rpc/*) box=rpc ;;
	oracle/*) box=oracle ;;
	compose/demo/*) box=demo ;;
	*) box=other ;;
	esac
}

# What a box may include: other boxes, and system headers of libraries.
may_box() { # BOX TARGET
	case $1:$2 in
	base:base) ;;
	codec:base | codec:codec) ;;
	verify:base | verify:codec | verify:verify) ;;
	attest:base | attest:codec | attest:verify | attest:attest) ;;
	sources:base | sources:codec | sources:verify | sources:sources) ;;
	rpc:base | rpc:codec | rpc:rpc) ;;
	demo:base | demo:demo) ;;
	oracle:other | oracle:demo) return 1 ;;
	oracle:* | other:*) ;;
	*) return 1 ;;
	esac
}
may_library() { # BOX HEADER FILE
	case $2 in
	openssl/*)
		case $1:$3 in
		base:verify/base/hash.c | base:verify/base/seal.c) return 0 ;;
		base:verify/base/secret.c) return 0 ;;
		# TLS as a server, and the health check that speaks to it.
		oracle:oracle/http_tls.c | oracle:oracle/cmd_health.c) return 0 ;;
		verify:* | attest:* | sources:* | demo:* | other:*) return 0 ;;
		esac
		return 1 ;;
	cjson/*) [ "$3" = verify/base/json.c ] ;;
	secp256k1*) case $1 in codec | attest | other) return 0 ;; *) return 1 ;; esac ;;
	# An agent of the platform is asked over HTTP on a unix socket, by the
	# library that does HTTP well; the rest of attest/ sees agent.h.
	curl/*) case $1:$3 in sources:* | rpc:* | other:* | attest:attest/agent.c) return 0 ;; *) return 1 ;; esac ;;
	civetweb.h) case $1 in oracle | other) return 0 ;; *) return 1 ;; esac ;;
	sqlite3.h) case $3 in chain/rpc/journal_*.[ch] | tests/*) return 0 ;; *) return 1 ;; esac ;;
	*) return 0 ;;
	esac
}

check_include() { # FILE LINE TEXT
	local file=$1 line=$2 text=$3 header from box
	box_of "$file"
	from=$box
	case $text in
	*'"'*)
		header=${text#*\"}
		header=${header%%\"*}
		if [ ! -e "$header" ]; then
			breach "$file" "$line" include \
				"\"$header\" is not a path from the root"
			return
		fi
		box_of "$header"
		may_box "$from" "$box" || breach "$file" "$line" arrow \
			"$from must not include $box ($header)"
		# Judgement is not for those who gather evidence: they see the
		# formats of verify/ and nothing else.
		case $from:$header in
		attest:verify/verify.h | sources:verify/verify.h | \
		attest:verify/policy.h | sources:verify/policy.h | \
		attest:verify/verdict.h | sources:verify/verdict.h | \
		attest:verify/tee.h | sources:verify/tee.h)
			breach "$file" "$line" arrow \
				"$from sees formats, not judgement ($header)" ;;
		esac ;;
	*'<'*)
		header=${text#*<}
		header=${header%%>*}
		may_library "$from" "$header" "$file" ||
			breach "$file" "$line" library \
				"$from must not include <$header>" ;;
	esac
}

# ---- code without comments and literals ------------------------------------

# Every line of every file as FILE:LINE:CODE: comments become blanks, literals
# become "".
bare() { # FILE...
	awk '
	FNR == 1 { in_comment = 0 }
	{
		out = ""; rest = $0
		while (rest != "") {
			if (in_comment) {
				at = index(rest, "*/")
				if (at == 0) break
				in_comment = 0; rest = substr(rest, at + 2)
				continue
			}
			if (!match(rest, /["\x27]|\/\*|\/\//)) {
				out = out rest; break
			}
			out = out substr(rest, 1, RSTART - 1)
			c = substr(rest, RSTART, 1)
			rest = substr(rest, RSTART + RLENGTH)
			if (c == "/") {
				if (RLENGTH == 2 && substr($0, length($0) - \
				    length(rest), 1) == "/") break
				in_comment = 1
				continue
			}
			i = 1
			while (i <= length(rest) && substr(rest, i, 1) != c) {
				if (substr(rest, i, 1) == "\\") i++
				i++
			}
			out = out c c; rest = substr(rest, i + 1)
		}
		print FILENAME ":" FNR ":" out
	}' "$@"
}

# forbid RULE REGEX WHY [EXEMPT FILES, a regular expression of whole paths]
forbid() {
	local file line
	while IFS=: read -r file line _; do
		breach "$file" "$line" "$1" "$3"
	done < <(grep -E "$2" "$scratch/bare" | grep -vE "^(${4:-}):" ||
		true)
}

call() { printf '(^|[^A-Za-z0-9_>.])(%s)[[:space:]]*\\(' "$1"; }

check_words() {
	local tests='tests/.*'

	forbid double '(^|[^A-Za-z0-9_])(double|float)([^A-Za-z0-9_]|$)' \
		"binary floating point has no place here"
	forbid string \
		"$(call 'strcpy|strncpy|strcat|strncat|sprintf|vsprintf|gets|strtok|strtok_r|atoi|atol|atoll|atof|strtod|strtof|strtold|sscanf|scanf|alloca')" \
		"unbounded or lossy; use verify/base"
	forbid clock \
		"$(call 'time|clock|clock_gettime|gettimeofday|timespec_get|localtime|localtime_r|gmtime|gmtime_r|mktime|timegm|strftime|strptime|ctime|X509_cmp_current_time|X509_gmtime_adj')" \
		"only verify/base/clock.c reads a clock, only utc.c formats one" \
		"verify/base/clock\.c|verify/example/.*|$tests"
	forbid digest \
		"$(call 'EVP_Digest|EVP_Q_digest|EVP_MD_fetch|EVP_DigestUpdate|SHA256|SHA384|SHA512|SHA256_Init|EVP_KDF_fetch|EVP_EncryptInit_ex|EVP_DecryptInit_ex|EVP_CIPHER_fetch')" \
		"hashing and AEAD live in hash.c and seal.c" \
		"verify/base/hash\.c|verify/base/seal\.c|$tests"
	forbid json '(^|[^A-Za-z0-9_])cJSON' "only json.c knows cJSON" \
		"verify/base/json[^/]*\.[ch]|$tests"
	forbid codec \
		"$(call 'EVP_EncodeBlock|EVP_DecodeBlock|OPENSSL_hexstr2buf|OPENSSL_buf2hexstr|BN_bn2hex|BN_hex2bn')" \
		"hexadecimal and base64 live in text.c" \
		"verify/base/text\.c|$tests"
	forbid print \
		"$(call 'printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putchar|putc|fputc|perror|syslog|fwrite')" \
		"libraries return faults; only programs print" \
		"(verify|oracle)/(main|cmd_[^/]*)\.c|verify/example/.*|oracle/log\.c|compose/demo/.*|$tests"
	forbid io \
		"$(call 'fopen|open|openat|read|write|socket|connect|getenv|secure_getenv|system|popen|fork|execve')" \
		"the verifier's library does no I/O" \
		"verify/base/file\.c|verify/(main|cmd_[^/]*)\.c|(attest|sources|oracle|compose|tests)/.*|chain/rpc(/.*|\.h)"
}

check_form() {
	local file line lines
	while IFS= read -r file; do
		breach "$file" 1 spdx "first line is the SPDX line"
	done < <(awk 'FNR == 1 && !/SPDX-License-Identifier: Apache-2\.0/ {
		print FILENAME }' "${files[@]}")
	while read -r lines file; do
		case $file in
		tests/* | total) ;;
		*.c) [ "$lines" -le 600 ] || breach "$file" "$lines" length \
			"over 600 lines: look for the second noun" ;;
		esac
	done < <(wc -l "${files[@]}")
	while IFS=: read -r file line _; do
		breach "$file" "$line" space "trailing white space"
	done < <(grep -HnE '[[:space:]]+$' "${files[@]}")
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mapfile -t files < <(find verify chain attest sources oracle compose tests \
	-name '*.[ch]' -not -path '*/corpus/*' 2>/dev/null | sort)
n=${#files[@]}
[ "$n" -gt 0 ] || { echo "source.sh: no sources under $root" >&2; exit 2; }
while IFS=: read -r file line text; do
	check_include "$file" "$line" "$text"
done < <(grep -HnE '^[[:space:]]*#[[:space:]]*include' "${files[@]}")
bare "${files[@]}" >"$scratch/bare"
check_words
check_form

if [ "$breaches" -gt 0 ]; then
	echo "$breaches breaches in $n files"
	exit 1
fi
echo "$n files keep the rules"
