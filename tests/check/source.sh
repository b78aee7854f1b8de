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

# Which box a file belongs to, by its path.
box_of() {
	case $1 in
	verify/base/*) echo base ;;
	chain/eth.h | chain/eth_*.h | chain/u256.h) echo codec ;;
	chain/push_policy.h | chain/codec/*) echo codec ;;
	verify/*) echo verify ;;
	attest/*) echo attest ;;
	sources/*) echo sources ;;
	chain/rpc.h | chain/rpc/*) echo rpc ;;
	oracle/*) echo oracle ;;
	compose/demo/*) echo demo ;;
	*) echo other ;;
	esac
}

# What a box may include: other boxes, and system headers of libraries.
may_box() {
	case $1 in
	base) echo "base" ;;
	codec) echo "base codec" ;;
	verify) echo "base codec verify" ;;
	attest) echo "base codec verify attest" ;;
	sources) echo "base codec verify sources" ;;
	rpc) echo "base codec rpc" ;;
	oracle) echo "base codec verify attest sources rpc oracle" ;;
	demo) echo "base demo" ;;
	*) echo "base codec verify attest sources rpc oracle demo other" ;;
	esac
}
may_library() { # BOX HEADER FILE
	case $2 in
	openssl/*)
		case $1:$3 in
		base:verify/base/hash.c | base:verify/base/seal.c) return 0 ;;
		base:verify/base/secret.c) return 0 ;;
		verify:* | attest:* | sources:* | demo:* | other:*) return 0 ;;
		esac
		return 1 ;;
	cjson/*) [ "$3" = verify/base/json.c ] ;;
	secp256k1*) case $1 in codec | attest | other) return 0 ;; *) return 1 ;; esac ;;
	curl/*) case $1 in sources | rpc | other) return 0 ;; *) return 1 ;; esac ;;
	civetweb.h) case $1 in oracle | other) return 0 ;; *) return 1 ;; esac ;;
	*) return 0 ;;
	esac
}

check_includes() { # FILE
	local file=$1 box line text header target
	box=$(box_of "$file")
	while IFS=: read -r line text; do
		case $text in
		*'"'*)
			header=${text#*\"}
			header=${header%%\"*}
			if [ ! -e "$header" ]; then
				breach "$file" "$line" include \
					"\"$header\" is not a path from the root"
				continue
			fi
			target=$(box_of "$header")
			case " $(may_box "$box") " in
			*" $target "*) ;;
			*) breach "$file" "$line" arrow \
				"$box must not include $target ($header)" ;;
			esac
			# Judgement is not for those who gather evidence: they
			# see the formats of verify/ and nothing else.
			case $box:$header in
			attest:verify/verify.h | sources:verify/verify.h | \
			attest:verify/policy.h | sources:verify/policy.h | \
			attest:verify/verdict.h | sources:verify/verdict.h | \
			attest:verify/tee.h | sources:verify/tee.h)
				breach "$file" "$line" arrow \
					"$box sees formats, not judgement ($header)" ;;
			esac ;;
		*'<'*)
			header=${text#*<}
			header=${header%%>*}
			may_library "$box" "$header" "$file" ||
				breach "$file" "$line" library \
					"$box must not include <$header>" ;;
		esac
	done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$file")
}

# ---- code without comments and literals ------------------------------------

# Line numbers stay: comments become blanks, literals become "".
bare() { # FILE
	awk '
	{
		out = ""; n = length($0); i = 1
		while (i <= n) {
			c = substr($0, i, 1); two = substr($0, i, 2)
			if (in_comment) {
				if (two == "*/") { in_comment = 0; i += 2 }
				else i++
			} else if (two == "/*") { in_comment = 1; i += 2 }
			else if (two == "//") { break }
			else if (c == "\"" || c == "\x27") {
				q = c; i++
				while (i <= n && substr($0, i, 1) != q) {
					if (substr($0, i, 1) == "\\") i++
					i++
				}
				i++; out = out q q
			} else { out = out c; i++ }
		}
		print out
	}' "$1"
}

# forbid BARE FILE RULE REGEX WHY
forbid() {
	local line text
	while IFS=: read -r line text; do
		breach "$2" "$line" "$3" "$5"
	done < <(grep -nE "$4" "$1")
}

call() { printf '(^|[^A-Za-z0-9_>.])(%s)[[:space:]]*\\(' "$1"; }

check_words() { # FILE
	local file=$1 box code
	box=$(box_of "$file")
	code=$scratch/bare
	bare "$file" >"$code"

	forbid "$code" "$file" double '(^|[^A-Za-z0-9_])(double|float)([^A-Za-z0-9_]|$)' \
		"binary floating point has no place here"
	forbid "$code" "$file" string \
		"$(call 'strcpy|strncpy|strcat|strncat|sprintf|vsprintf|gets|strtok|strtok_r|atoi|atol|atoll|atof|strtod|strtof|strtold|sscanf|scanf|alloca')" \
		"unbounded or lossy; use verify/base"

	case $file in
	verify/base/clock.c | verify/example/* | tests/*) ;;
	*) forbid "$code" "$file" clock \
		"$(call 'time|clock|clock_gettime|gettimeofday|timespec_get|localtime|localtime_r|gmtime|gmtime_r|mktime|timegm|strftime|strptime|ctime|X509_cmp_current_time|X509_gmtime_adj')" \
		"only verify/base/clock.c reads a clock, only utc.c formats one" ;;
	esac
	case $file in
	verify/base/hash.c | verify/base/seal.c | tests/*) ;;
	*) forbid "$code" "$file" digest \
		"$(call 'EVP_Digest|EVP_Q_digest|EVP_MD_fetch|EVP_DigestUpdate|SHA256|SHA384|SHA512|SHA256_Init|EVP_KDF_fetch|EVP_EncryptInit_ex|EVP_DecryptInit_ex|EVP_CIPHER_fetch')" \
		"hashing and AEAD live in hash.c and seal.c" ;;
	esac
	case $file in
	verify/base/json*.[ch] | tests/*) ;;
	*) forbid "$code" "$file" json '(^|[^A-Za-z0-9_])cJSON' \
		"only json.c knows cJSON" ;;
	esac
	case $file in
	verify/base/text.c | tests/*) ;;
	*) forbid "$code" "$file" codec \
		"$(call 'EVP_EncodeBlock|EVP_DecodeBlock|OPENSSL_hexstr2buf|OPENSSL_buf2hexstr|BN_bn2hex|BN_hex2bn')" \
		"hexadecimal and base64 live in text.c" ;;
	esac
	case $file in
	verify/main.c | verify/cmd_*.c | oracle/main.c | oracle/cmd_*.c) ;;
	verify/example/*) ;;
	oracle/log.c | compose/demo/* | tests/*) ;;
	*) forbid "$code" "$file" print \
		"$(call 'printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putchar|putc|fputc|perror|syslog|fwrite')" \
		"libraries return faults; only programs print" ;;
	esac
	case $box in
	base | codec | verify)
		case $file in
		verify/base/file.c | verify/main.c | verify/cmd_*.c) ;;
		*) forbid "$code" "$file" io \
			"$(call 'fopen|open|openat|read|write|socket|connect|getenv|secure_getenv|system|popen|fork|execve')" \
			"the verifier's library does no I/O" ;;
		esac ;;
	esac
}

check_form() { # FILE
	local file=$1 lines
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
		breach "$file" 1 spdx "first line is the SPDX line"
	case $file in
	tests/*) ;;
	*.c)
		lines=$(wc -l <"$file")
		[ "$lines" -le 600 ] || breach "$file" "$lines" length \
			"over 600 lines: look for the second noun" ;;
	esac
	while IFS=: read -r line _; do
		breach "$file" "$line" space "trailing white space"
	done < <(grep -nE '[[:space:]]+$' "$file")
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
files=$(find verify chain attest sources oracle compose tests -name '*.[ch]' \
	-not -path '*/corpus/*' 2>/dev/null | sort)
[ -n "$files" ] || { echo "source.sh: no sources under $root" >&2; exit 2; }
for file in $files; do
	check_includes "$file"
	check_words "$file"
	check_form "$file"
done

n=$(printf '%s\n' "$files" | wc -l)
if [ "$breaches" -gt 0 ]; then
	echo "$breaches breaches in $n files"
	exit 1
fi
echo "$n files keep the rules"
