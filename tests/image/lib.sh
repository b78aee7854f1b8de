# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of the image. They take minutes and need root, so they
# run where tests/run asks for them.
set -euo pipefail
: "${AFFIANT_BUILD:?the build folder}" "${AFFIANT_SOURCE:?the source folder}"
export LC_ALL=C
built=$AFFIANT_BUILD/image

skip() { echo "SKIPPED: $*"; exit 77; }
fail() { echo "FAIL: $*"; exit 1; }

[ "${AFFIANT_IMAGE:-0}" != 0 ] ||
	skip "the image is built by tests/run, or with AFFIANT_IMAGE=1"

scratch=$(mktemp -d)
cleanup=()
end() {
	local rc=$? i
	trap - EXIT
	for ((i = ${#cleanup[@]} - 1; i >= 0; i--)); do
		${cleanup[i]} 2>/dev/null || true
	done
	rm -rf --one-file-system "$scratch"
	exit $rc
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What a build root takes, asked of this machine.
can_build() {
	[ "$(id -u)" -eq 0 ] || skip "the build root is made by root"
	[ "$(. /etc/os-release && echo "$ID-$VERSION_ID")" = debian-12 ] ||
		skip "this is not Debian 12, whose packages the image is made of"
	mknod "$scratch/null" c 1 3 2>/dev/null &&
		chroot / true 2>/dev/null ||
		skip "this machine lets root neither mknod nor chroot"
	rm "$scratch/null"
}

# refused TEXT COMMAND...: leaves with a code that is not 0 and says this.
refused() {
	local text=$1 rc=0
	shift
	"$@" >"$scratch/refused.out" 2>&1 </dev/null || rc=$?
	[ $rc -ne 0 ] || fail "$*: was not refused"
	grep -qF -- "$text" "$scratch/refused.out" || {
		cat "$scratch/refused.out"
		fail "$*: does not say '$text'"
	}
}
