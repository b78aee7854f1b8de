#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# source.sh must say no: each line below is one file that breaks one rule, and
# the rule that must be named. Without this, a typo in a pattern is silence.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

fresh() {
	rm -rf "${tree:?}"/*
	mkdir -p "$tree"/{verify/base,chain/codec,attest,sources,oracle,tests}
	for header in verify/base/bytes.h verify/verify.h verify/evidence.h \
		oracle/feed.h sources/sources.h; do
		echo '/* SPDX-License-Identifier: Apache-2.0 */' >"$tree/$header"
	done
}

# refuses RULE FILE LINE: with LINE in FILE, source.sh fails naming RULE there.
refuses() {
	local rule=$1 file=$2 line=$3 out
	fresh
	printf '/* SPDX-License-Identifier: Apache-2.0 */\n%s\n' "$line" \
		>"$tree/$file"
	out=$("$here/source.sh" "$tree") && {
		echo "not refused: $rule: $line"
		failed=1
		return
	}
	printf '%s' "$out" | grep -q "^$file:2: $rule:" || {
		echo "refused, but not as $rule: $line"
		echo "$out"
		failed=1
	}
}

accepts() { # FILE LINE
	local out
	fresh
	printf '/* SPDX-License-Identifier: Apache-2.0 */\n%s\n' "$2" >"$tree/$1"
	out=$("$here/source.sh" "$tree") || {
		echo "refused, and should not be: $2"
		echo "$out"
		failed=1
	}
}

refuses arrow verify/base/a.c '#include "verify/verify.h"'
refuses arrow chain/codec/a.c '#include "verify/evidence.h"'
refuses arrow chain/eth_tx.h '#include "verify/evidence.h"'
refuses arrow sources/a.c '#include "oracle/feed.h"'
refuses arrow attest/a.c '#include "sources/sources.h"'
refuses arrow attest/a.c '#include "verify/verify.h"'
refuses include verify/a.c '#include "no/such.h"'
refuses library verify/a.c '#include <curl/curl.h>'
refuses library verify/a.c '#include <cjson/cJSON.h>'
refuses library verify/base/a.c '#include <openssl/evp.h>'
refuses library sources/a.c '#include <civetweb.h>'
refuses double verify/a.c 'double price;'
refuses double verify/a.c '/* a */ double price; /* b */'
accepts verify/a.c 'int a; // a double, a strcpy(x)'
accepts verify/a.c '/* no double */ int a; /* none \" here either: float */'
refuses double oracle/a.c 'static float x;'
refuses string oracle/a.c '	strcpy(a, b);'
refuses string verify/a.c '	n = atoi (text);'
refuses clock verify/a.c '	now = time(NULL);'
refuses clock oracle/a.c '	clock_gettime(CLOCK_REALTIME, &ts);'
refuses digest sources/a.c '	EVP_Q_digest(NULL, "SHA256", NULL, p, n, out, NULL);'
refuses json oracle/a.c '	cJSON *root;'
refuses codec verify/a.c '	EVP_EncodeBlock(out, in, n);'
refuses print verify/a.c '	printf("hello");'
refuses print sources/a.c '	fprintf(stderr, "x");'
refuses io verify/a.c '	fd = open(path, O_RDONLY);'
refuses io verify/base/a.c '	v = getenv("HOME");'
refuses space verify/a.c 'int x; '

fresh
printf 'int x;\n' >"$tree/verify/a.c"
"$here/source.sh" "$tree" | grep -q '^verify/a.c:1: spdx:' || {
	echo "not refused: spdx"
	failed=1
}

accepts verify/a.c '/* a double in a comment, printf( too */'
accepts verify/a.c 'const char *x = "double printf(time(";'
accepts verify/a.c '	rd_time(&r);'
accepts oracle/log.c '	dprintf(2, "x");'
accepts sources/a.c '#include <curl/curl.h>'

[ $failed -eq 0 ] && echo "source.sh refuses what it should"
exit $failed
