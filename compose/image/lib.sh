# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts that make, check and release the image.
image=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
compose=$(dirname "$image")
checkout=$(dirname "$compose")
program=${0##*/}

# What the image is made of and for; the lock belongs to them.
suite=bookworm
suite_name="Debian 12 ($suite)"
architecture=amd64
# The date of every file in the image: the digest tells what went in, not when.
export SOURCE_DATE_EPOCH=1735689600

say() { printf '== %s\n' "$*"; }
note() { printf '   %s\n' "$@"; }
# fail WHAT... : each further argument is one line of what to do.
fail() {
	echo "$program: $1" >&2
	shift
	[ $# -eq 0 ] || printf '  %s\n' "$@" >&2
	exit 1
}
misused() { echo "$program: $1" >&2; usage >&2; exit 2; }

# lines FILE: a list, one a line, without its comments.
lines() { sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$1"; }

# Another user's checkout (a CI's, a mounted one) is still a checkout.
in_git() { git -c safe.directory='*' -C "$checkout" "$@"; }
is_git() { [ -e "$checkout/.git" ]; }

# Files that no commit has, one a line; none without git.
dirt() { ! is_git || in_git status --porcelain --untracked-files=all; }

# The files of the tree, as they lie here, each ended by a NUL: what git knows
# and what it does not know yet; without git, everything that is no build.
files() {
	if is_git; then
		in_git ls-files -z --cached --others --exclude-standard
	else
		(cd "$checkout" && find . -path ./build -prune -o -type f -print0)
	fi | while IFS= read -r -d '' file; do
		# Not what was removed but is in the index still.
		[ ! -e "$checkout/$file" ] || printf '%s\0' "$file"
	done
}

# What the tree is called: a commit, and whether it is all of it.
tree_name() {
	if ! is_git; then
		echo "a folder without git"
	elif [ -n "$(dirt)" ]; then
		echo "commit $(in_git rev-parse HEAD) with changes"
	else
		echo "commit $(in_git rev-parse HEAD)"
	fi
}

# The version that CMake says.
version() {
	sed -n 's/^project(affiant VERSION \([0-9.]*\).*/\1/p' \
		"$checkout/CMakeLists.txt"
}
