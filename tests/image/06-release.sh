#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A release is checked with what is in it and a public key, by either tool; a
# changed byte is found; and what is no release is not made.
. "$(dirname "$0")/lib.sh"
[ -r "$built/one/digest.txt" ] || fail "image_01-twice left no image"

tree=$scratch/tree
mkdir "$tree"
(cd "$AFFIANT_SOURCE" && . compose/image/lib.sh && files) |
	tar -C "$AFFIANT_SOURCE" --null -T - -cf - | tar -C "$tree" -xf -
cp "$built/one/lock" "$tree/compose/image/lock"
git -C "$tree" init -q
git -C "$tree" add -A
git -C "$tree" -c user.name=t -c user.email=t@localhost commit -qm "the tree"
release=("$tree/compose/release" --built "$built/one" --out)
version=$(. "$tree/compose/image/lib.sh" && version)

for tool in minisign signify-openbsd; do
	command -v $tool >/dev/null || fail "$tool is not installed (tests/run does)"
done
(cd "$scratch" && minisign -G -W -p mini.pub -s mini.key &&
	signify-openbsd -G -n -p signify.pub -s signify.sec) >/dev/null

"${release[@]}" "$scratch/a" --minisign "$scratch/mini.key" >/dev/null ||
	fail "no release with minisign"
"${release[@]}" "$scratch/b" --signify "$scratch/signify.sec" >/dev/null ||
	fail "no release with signify"
a=$scratch/a/affiant-$version b=$scratch/b/affiant-$version
for name in affiantd affiant-verify image.oci.tar digest.txt lock sbom.json \
	seccomp.json LICENSE COMMIT contracts/IAffiantFeed.sol \
	contracts/artifacts/AffiantFeed.json; do
	[ -s "$a/$name" ] || fail "$name is not in the release"
	grep -qF "  $name" "$a/SHA256SUMS" || fail "$name has no checksum"
done
cmp "$a/SHA256SUMS" "$b/SHA256SUMS" || fail "two releases of one commit differ"
[ "$(cat "$a/COMMIT")" = "commit $(git -C "$tree" rev-parse HEAD)" ] ||
	fail "COMMIT"

(cd "$a" && sha256sum --quiet --strict --check SHA256SUMS) || fail "checksums"
minisign -V -q -p "$scratch/mini.pub" -m "$a/SHA256SUMS" || fail "minisign"
signify-openbsd -V -q -p "$scratch/signify.pub" -m "$b/SHA256SUMS" \
	-x "$b/SHA256SUMS.sig" || fail "signify"
echo >>"$a/SHA256SUMS"
refused "Signature verification failed" \
	minisign -V -p "$scratch/mini.pub" -m "$a/SHA256SUMS"

refused "needs a key" "${release[@]}" "$scratch/c"
refused "one key signs a release" "${release[@]}" "$scratch/c" \
	--minisign "$scratch/mini.key" --signify "$scratch/signify.sec"
refused "cannot read the key" "${release[@]}" "$scratch/c" --minisign none
refused "minisign did not sign" "${release[@]}" "$scratch/c" \
	--minisign "$scratch/mini.pub"
refused "is there already" "${release[@]}" "$scratch/a" \
	--minisign "$scratch/mini.key"
mkdir "$scratch/drifted"
cp "$built/one/"* "$scratch/drifted/"
echo "# more" >>"$scratch/drifted/lock"
refused "Nobody else would get this digest" "$tree/compose/release" \
	--built "$scratch/drifted" --out "$scratch/c" --minisign "$scratch/mini.key"
echo >>"$tree/verify/verify.c"
refused "A release is made of a commit" "${release[@]}" "$scratch/c" \
	--minisign "$scratch/mini.key"
[ ! -e "$scratch/c" ] || fail "something was released"
echo "releases are whole, signed, and of a commit"
