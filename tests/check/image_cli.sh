#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# affiant-verify image, on a layout that the image's own packer wrote: the
# digest is computed, and each changed byte is found where it is.
#
#   image_cli.sh AFFIANT_VERIFY
set -eu
verify=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "FAIL: $*"; exit 1; }

mkdir -p "$dir/tree/etc" "$dir/out" "$dir/good"
echo hello >"$dir/tree/etc/hello"
"$AFFIANT_SOURCE/compose/image/pack" "$dir/tree" "$dir/out"
tar -C "$dir/good" -xf "$dir/out/image.oci.tar"
digest=$(cat "$dir/out/digest.txt")

"$verify" image "$dir/good" >"$dir/out/text"
grep -q "^manifest  $digest " "$dir/out/text" || fail "another digest"
grep -qx "platform  linux/amd64" "$dir/out/text" || fail "platform"
"$verify" image --json "$dir/good" | jq -e --arg d "$digest" '
	.manifest == $d and .architecture == "amd64" and .os == "linux" and
	(.layers | length) == 1' >/dev/null || fail "--json"

manifest=blobs/sha256/${digest#sha256:}
config=blobs/sha256/$(jq -r '.config.digest[7:]' "$dir/good/$manifest")
layer=blobs/sha256/$(jq -r '.layers[0].digest[7:]' "$dir/good/$manifest")

# refused CODE TEXT COMMAND...: with what the command does to a copy, in it.
refused() {
	local code=$1 text=$2 rc=0
	shift 2
	rm -rf "$dir/bad"
	cp -r "$dir/good" "$dir/bad"
	(cd "$dir/bad" && "$@")
	"$verify" image "$dir/bad" >"$dir/out/text" 2>&1 || rc=$?
	[ $rc -eq "$code" ] && grep -qF "$text" "$dir/out/text" || {
		cat "$dir/out/text"
		fail "$*: exit $rc, want $code and '$text'"
	}
}
flip() { # the middle byte of a file
	local size
	size=$(stat -c %s "$1")
	printf '\377' | dd of="$1" bs=1 seek=$((size / 2)) conv=notrunc status=none
}
refused 1 "image.manifest" flip "$manifest"
refused 1 "image.config" flip "$config"
refused 1 "image.layer" flip "$layer"
refused 1 "image.layer" truncate -s -1 "$layer"
refused 1 "image.manifest" sed -i 's/"size":4/"size":5/' index.json
refused 2 "oci.layout" sed -i 's/1\.0\.0/1.1.0/' oci-layout
refused 2 "image.kind" rm oci-layout
refused 2 "cannot" rm index.json
refused 2 "image.layer" rm "$layer"
echo "an image is what its bytes are"
