#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The image is built twice, and everything that is handed over is the same to
# the byte: another folder on the machine and in the build root, other file
# systems, other order of files, dates of files, year, time zone, umask.
# The build root is the same one: what is in it is the lock's matter.
. "$(dirname "$0")/lib.sh"
can_build
from=$(date +%s)
rm -rf --one-file-system "$built"
mkdir -p "$built"
fs=$built/root/fs

dirty=()
[ -z "$(. "$AFFIANT_SOURCE/compose/image/lib.sh" && dirt)" ] || {
	echo "NOTE: the checkout has changes; they are built"
	dirty=(--dirty)
}
# Today's packages, whatever the lock says: that is the next test.
"$AFFIANT_SOURCE/compose/build" "${dirty[@]}" --drift --root "$built/root" \
	--out "$built/one"
echo "first build, with its root: $(($(date +%s) - from)) s"

# ---- the same again, with everything else different -------------------------

again=$scratch/a/rather/longer/way/to/it
mkdir -p "$again"
(. "$AFFIANT_SOURCE/compose/image/lib.sh" && files) | sort -rz |
	tar -C "$AFFIANT_SOURCE" --null --no-recursion -T - -cf - |
	tar -C "$again" --touch -xf -

# A file system that hands files out in another order than they are made in.
if mount -t tmpfs -o mode=755 tmpfs "$fs/build" 2>/dev/null; then
	cleanup+=("umount $fs/build")
else
	echo "NOTE: this machine cannot mount: the order of files in the second" \
		"build differs only in how they were written"
fi
# Another year, for everything that runs in the build root.
liar=$(dpkg -L libfaketime | grep '/libfaketime\.so\.1$')
cp "$liar" "$fs/usr/lib/libfaketime.so.1"
echo '+400d' >"$fs/etc/faketimerc"
echo /usr/lib/libfaketime.so.1 >"$fs/etc/ld.so.preload"
tell_the_truth() {
	rm -f "$fs/etc/ld.so.preload" "$fs/etc/faketimerc" \
		"$fs/usr/lib/libfaketime.so.1"
}
cleanup+=(tell_the_truth)
[ "$(chroot "$fs" date +%Y)" -gt "$(date +%Y)" ] ||
	fail "the build root does not believe that a year has passed"

from=$(date +%s)
(umask 077 && cd / && TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 \
	"$again/compose/build" --drift --root "$built/root" --out "$built/two")
echo "second build: $(($(date +%s) - from)) s"

# ---- equal ------------------------------------------------------------------

for name in image.oci.tar digest.txt affiantd affiant-verify lock sbom.json; do
	[ -s "$built/one/$name" ] || fail "$name was not handed over"
	cmp "$built/one/$name" "$built/two/$name" ||
		fail "$name is another one in the second build"
done
[ "$(ls "$built/one" | wc -l)" -eq 6 ] || fail "more was handed over"
[ -z "$(ls "$fs/build")" ] || fail "the build root was not tidied up"

# It compares something: one changed line is another image.
cat <<EOT
equal: $(cat "$built/one/digest.txt")
EOT
