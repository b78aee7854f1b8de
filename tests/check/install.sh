#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts down is enough for somebody else: the example
# builds against it through pkg-config alone, and says no to what is nothing.
#
#   install.sh BUILD_DIR MINT_RESPONSE CFLAGS...
set -eu
build=$1 mint=$2
shift 2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "FAIL: $*"; exit 1; }

cmake --install "$build" --prefix "$dir/usr" >/dev/null
for file in bin/affiant-verify sbin/affiantd include/affiant-verify.h \
	share/man/man1/affiant-verify.1 share/man/man8/affiantd.8 \
	share/man/man5/affiant.conf.5 share/affiant/config.schema.json \
	share/affiant/recipes/btc-usd.json share/affiant/recipes/README.md \
	share/affiant/contracts/artifacts/AffiantFeed.json \
	share/affiant/contracts/IAffiantFeed.sol \
	share/bash-completion/completions/affiantd \
	share/bash-completion/completions/affiant-verify; do
	[ -s "$dir/usr/$file" ] || fail "$file is not installed"
done
for page in "$dir"/usr/share/man/man?/*; do
	out=$(mandoc -T lint -W warning "$page" 2>&1 | grep -v 'lower case character in document title' || true)
	[ -z "$out" ] || fail "$page: $out"
done

pc=$(find "$dir/usr" -name affiant-verify.pc)
[ -n "$pc" ] || fail "no pkg-config file"
lib=$(dirname "$(find "$dir/usr" -name 'libaffiant-verify.so')")
# The file names the prefix it was configured for; this one is elsewhere.
cc -std=c17 -Wall -Wextra -Werror "$@" -I"$dir/usr/include" -L"$lib" \
	"$AFFIANT_SOURCE/verify/example/check_price.c" -o "$dir/check_price" \
	$(PKG_CONFIG_PATH=${pc%/*} pkg-config --define-variable=prefix="$dir/usr" \
		--cflags --libs affiant-verify)
run() { LD_LIBRARY_PATH=$lib "$dir/check_price"; }

rc=0
echo hello | run >"$dir/out" || rc=$?
[ $rc -eq 2 ] || fail "a word: exit code $rc, not 2"
grep -q 'not JSON' "$dir/out" || fail "it does not say why: $(cat "$dir/out")"
"$mint" "$dir" >/dev/null || fail "cannot mint evidence"
rc=0
run <"$dir/price.json" >"$dir/out" || rc=$?
[ $rc -eq 1 ] || fail "simulated evidence: exit code $rc, not 1"
grep -qi 'simulat\|valid' "$dir/out" || fail "it does not say why: $(cat "$dir/out")"
echo "installed, and used by a stranger"
