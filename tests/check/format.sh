#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-format decides layout. `clang-format-14 -i FILE` mends what this names.
set -eu
cd "$(dirname "$0")/../.."
command -v clang-format-14 >/dev/null || { echo "skipped: no clang-format-14"; exit 77; }
find verify chain attest sources oracle compose tests -name '*.[ch]' \
	-not -path '*/corpus/*' -print0 |
	xargs -0 clang-format-14 --dry-run --Werror
