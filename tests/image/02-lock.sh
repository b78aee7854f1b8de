#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The packages that this machine's mirror has today are those of the lock; and
# a lock that does not fit is refused with the list of what moved.
. "$(dirname "$0")/lib.sh"
can_build
[ -r "$built/one/lock" ] || fail "image_01-twice left no build root"
cd "$AFFIANT_SOURCE"
export TMPDIR=$scratch

# A copy whose lock says something else of each kind.
mkdir "$scratch/tree"
(. compose/image/lib.sh && files) | tar --null -T - -cf - |
	tar -C "$scratch/tree" -xf -
lock=$scratch/tree/compose/image/lock
awk -F'\t' -v OFS='\t' '
	$2 == "cmake" { $3 = "3.0-1" }
	$2 == "gcc" { $5 = substr($5, 2) "0" }
	$2 == "make" { next }
	{ print }
	END { print "deb", "emacs", "1:28.2", "amd64", "00" }' \
	"$built/one/lock" >"$lock"
for line in \
	"moved  cmake 3.0-1 -> $(awk '$2 == "cmake" { print $3 }' "$built/one/lock")" \
	"bytes  gcc " "new    make " "gone   emacs 1:28.2" \
	"the lock does not hold for what the archive has today" "--drift"; do
	refused "$line" "$scratch/tree/compose/build" --root "$built/root" \
		--out "$scratch/out"
done
[ ! -e "$scratch/out" ] || fail "something was built"
[ "$(grep -cE '^  (moved|bytes|new|gone)' "$scratch/refused.out")" -eq 4 ] ||
	fail "more moved than was changed"

# Every package of the lock is in the bill of materials, with its hash.
jq -e --arg n "$(grep -vc '^#' "$built/one/lock")" '
	.bomFormat == "CycloneDX" and (.components | length) == ($n | tonumber) and
	([.components[] | select(.scope == "required") | .name] | sort) ==
		($shipped | split("\n") | sort) and
	all(.components[]; .hashes[0].content | test("^[0-9a-f]{64}$"))' \
	--arg shipped "$(. compose/image/lib.sh && lines compose/image/shipped)" \
	"$built/one/sbom.json" >/dev/null || fail "the bill of materials is another"

# The lock itself.
cmp -s compose/image/lock "$built/one/lock" || {
	cat "$built/root/moved"
	fail "the archive has moved on (above): whoever builds this commit from" \
		"today's packages gets another digest. compose/build --update-lock," \
		"and commit it"
}
[ ! -s "$built/root/newer" ] || {
	echo "NOTE: newer versions than the lock's are there:"
	cat "$built/root/newer"
}
echo "the lock holds: $(grep -vc '^#' compose/image/lock) packages"
