#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# affiant-verify image, on a layout that the image's own packer wrote, and on a
# folder of a dstack image: what it is called and measures to is computed, and
# each changed byte is found where it is.
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

# ---- a dstack image -----------------------------------------------------------

corpus=$AFFIANT_SOURCE/tests/fuzz/corpus
list() { # the files of this folder, and what the image is then named by
	rm -f sha256sum.txt digest.txt
	sha256sum -- * >"$dir/out/list"
	mv "$dir/out/list" sha256sum.txt
	sha256sum <sha256sum.txt | cut -c1-64 >digest.txt
}
rm -rf "$dir/good"
mkdir "$dir/good"
cp "$corpus/dstack_measure/tdx" "$dir/good/measurement.tdx.cbor"
cp "$corpus/dstack_measure/snp" "$dir/good/measurement.snp.cbor"
echo '{"version":"0.6.0","is_dev":false,"bios":"ovmf.fd"}' >"$dir/good/metadata.json"
echo kernel >"$dir/good/bzImage"
(cd "$dir/good" && list)

"$verify" image "$dir/good" >"$dir/out/text"
says() { grep -qF -- "$1" "$dir/out/text" || fail "'$1' is not said"; }
says "os image  $(cat "$dir/good/digest.txt")"
says "version   0.6.0"
says "files     4 with the hash of the list, 0 not here"
says "rtmr0     not computed"
says "snp       not computed"
# The registers were computed elsewhere, from the same members.
grep '^{' "$dir/out/text" | jq -e '
	(.osImages | length) == 2 and
	.osImages[0].mrtd == "32" * 48 and .osImages[1].mrtd == "31" * 48 and
	all(.osImages[];
		.rtmr1 == "88477e154a2c518db3e385696175845fec2c5af9170f8b9f82d60c47ac30136c0211ba065c332951616391db2a894e4a" and
		.rtmr2 == "57d8d5ab4941f052f7b94fe9ba44c96bf5cd4d84a9d64d63eaddf5c6efeab961dfaa29b6b7582fe4e93e9c17d74a50dd" and
		(has("rtmr0") | not))' >/dev/null || fail "registers"

# What an agent says of its machine chooses the rest.
acpi() { printf '{"imr":0,"event_type":10,"digest":"%096d","event":"","event_payload":""}' "$1"; }
answer() { # EVENTS VM_CONFIG
	jq -n --arg log "[$1]" --arg config "$2" \
		'{quote: "00", event_log: $log, vm_config: $config}' >"$dir/out/answer"
}
answer "$(acpi 1),$(acpi 2),$(acpi 3)" '{"memory_size":4294967296}'
"$verify" image --json --event-log "$dir/out/answer" "$dir/good" |
	jq -e 'all(.osImages[]; .rtmr0 | length == 96)' >/dev/null || fail "rtmr0"
machine() { # CODE TEXT
	local rc=0
	"$verify" image --event-log "$dir/out/answer" "$dir/good" \
		>"$dir/out/text" 2>&1 || rc=$?
	[ $rc -eq "$1" ] || fail "exit $rc, want $1 and '$2'"
	says "$2"
}
snp='{"vcpus":2,"vcpu_type":"EPYC-v4","guest_features":1}'
answer "$(acpi 1),$(acpi 2),$(acpi 3)" "$(jq -nc --arg snp "$snp" \
	'{memory_size: 2147483648, sev_snp_measurement: $snp}')"
machine 0 "(2 processors, EPYC-v4)"
says "rtmr0     with ACPI tables as this log has them"
answer "$(acpi 1),$(acpi 2)" '{"memory_size":4294967296}'
machine 1 "measure.acpi"
answer "$(acpi 1),$(acpi 2),$(acpi 3)" '{"memory_size":1073741824}'
machine 1 "measure.memory"
answer "$(acpi 1),$(acpi 2),$(acpi 3)" '{}'
machine 1 "image.machine"
answer "$(acpi 1),$(acpi 2),$(acpi 3)" "$(jq -nc --arg snp "${snp/v4/v9}" \
	'{memory_size: 2147483648, sev_snp_measurement: $snp}')"
machine 2 "image.machine"
jq 'del(.vm_config)' "$dir/out/answer" >"$dir/out/short"
mv "$dir/out/short" "$dir/out/answer"
machine 2 "image.machine"

relisted() { "$@" && list; }
refused 1 "image.file" flip bzImage
refused 1 "image.file" flip measurement.tdx.cbor
refused 1 "image.digest" sed -i 's/^./x/' digest.txt
refused 1 "image.digest" bash -c 'sed -i "s/  bzImage/  bzimage/" sha256sum.txt'
refused 1 "image.checksums" relisted touch "$(printf 'a\tb')"
refused 1 "image.file" bash -c 'sed -i /tdx/d sha256sum.txt; rm digest.txt'
refused 1 "image.dev" relisted sed -i s/false/true/ metadata.json
refused 1 "image.metadata" relisted sed -i s/false/0/ metadata.json
refused 1 "measure.tdx" relisted truncate -s -1 measurement.tdx.cbor
refused 2 "measure.tdx.ovmf" relisted sed -i s/pre202505/pre202506/ \
	measurement.tdx.cbor
refused 1 "measure.snp" relisted truncate -s -1 measurement.snp.cbor
refused 2 "image.measurement" relisted rm measurement.tdx.cbor \
	measurement.snp.cbor
refused 2 "image.kind" rm sha256sum.txt
# The measurement alone is enough; what is not here is counted.
rm "$dir/good/bzImage" "$dir/good/metadata.json" "$dir/good/measurement.snp.cbor"
"$verify" image "$dir/good" >"$dir/out/text"
says "files     1 with the hash of the list, 3 not here"
says "version   not known, nor whether it is for development"
echo "an image is what its bytes are"
