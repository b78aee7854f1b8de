#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the build does not take, and what it says to do about it.
. "$(dirname "$0")/lib.sh"
can_build
export TMPDIR=$scratch

refused "unknown option: --bogus" "$AFFIANT_SOURCE/compose/build" --bogus
refused "--out needs a folder" "$AFFIANT_SOURCE/compose/build" --out
refused "--root needs a folder" "$AFFIANT_SOURCE/compose/build" --root

# ---- a dirty checkout -------------------------------------------------------

tree=$scratch/tree
mkdir "$tree"
(cd "$AFFIANT_SOURCE" && . compose/image/lib.sh && files) |
	tar -C "$AFFIANT_SOURCE" --null -T - -cf - | tar -C "$tree" -xf -
commit() {
	git -C "$tree" add -A
	git -C "$tree" -c user.name=t -c user.email=t@localhost commit -qm "$1"
}
git -C "$tree" init -q
commit "all of it"
echo '/* one line */' >>"$tree/verify/verify.c"
refused "verify/verify.c" "$tree/compose/build" --out "$scratch/out"
refused "Commit or remove them, or say --dirty" \
	"$tree/compose/build" --out "$scratch/out"
git -C "$tree" checkout -q .
touch "$tree/verify/stray.c"
refused "?? verify/stray.c" "$tree/compose/build" --out "$scratch/out"
rm "$tree/verify/stray.c"

# ---- another machine --------------------------------------------------------

mkdir "$scratch/bin"
printf '#!/bin/sh\necho arm64\n' >"$scratch/bin/dpkg"
chmod +x "$scratch/bin/dpkg"
refused "this machine is arm64, the image is for amd64" \
	env PATH="$scratch/bin:$PATH" "$tree/compose/build" --out "$scratch/out"
rm "$scratch/bin/dpkg"

# ---- no network, or no mirror -----------------------------------------------

# The machine's apt as it is, with a mirror where nobody listens.
apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" \
	"Origin: Debian" | sort -u >"$scratch/uris"
printf '#!/bin/sh\n%s "$@" | sed "s|[a-z]*://[^ ]*|http://127.0.0.1:9/|"\n' \
	"$(command -v apt-get)" >"$scratch/bin/apt-get"
chmod +x "$scratch/bin/apt-get"
# mmdebstrap calls apt-get as well, and its answers name no mirror.
refused "without a network, or" \
	env PATH="$scratch/bin:$PATH" "$tree/compose/build" --out "$scratch/out"
printf '#!/bin/sh\nexit 0\n' >"$scratch/bin/apt-get"
refused "this machine's apt knows no mirror of Debian 12" \
	env PATH="$scratch/bin:$PATH" "$tree/compose/build" --out "$scratch/out"

[ ! -e "$scratch/out" ] || fail "something was built"
[ -z "$(find "$scratch" -maxdepth 1 -name 'affiant-root.*')" ] ||
	fail "a build root was left behind"
echo "refused, each with what to do"
