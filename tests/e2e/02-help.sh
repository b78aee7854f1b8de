#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What --help lists is what the manual and the shell completion know, and the
# other way round; wrong usage leaves with 2 and says what is right.
. "$(dirname "$0")/lib.sh"
manual=$AFFIANT_SOURCE/oracle/affiantd.8
completion=$AFFIANT_SOURCE/oracle/affiantd.bash-completion

"$affiantd" --help >"$scratch/help"
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' "$scratch/help" | sort)
[ -n "$commands" ] || fail "--help lists no command"
[ "$commands" = "$(sed -n 's/^\.SS \([a-z-]*\)$/\1/p' "$manual" | sort)" ] ||
	fail "the manual has other commands"

. "$completion"
# words LINE...: what the completion offers for the last word.
words() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_affiantd
	printf '%s\n' "${COMPREPLY[@]}" | sort
}
[ "$(words affiantd '' | grep -v '^-')" = "$commands" ] ||
	fail "the completion has other commands"

for command in $commands; do
	"$affiantd" "$command" --help >"$scratch/help" || fail "$command --help"
	options=$(sed -n 's/^  --\([a-z-]*\) .*/--\1/p' "$scratch/help" | sort)
	offered=$(words affiantd "$command" -- | grep -v '^--help$' || true)
	[ "$options" = "$offered" ] ||
		fail "$command has $options; the completion offers $offered"
	# The manual's section on this command: its options, and its one line.
	sed -n "/^\.SS $command\$/,/^\.S[SH] /p" "$manual" >"$scratch/section"
	described=$(sed -n 's/^\.B[RI]* \(--[a-z-]*\).*/\1/p' "$scratch/section" | sort)
	[ "$options" = "$described" ] ||
		fail "$command has $options; the manual describes $described"
	line=$("$affiantd" --help | sed -n "s/^  $command  *//p")
	grep -qF -- "$line" "$scratch/section" ||
		fail "the manual does not say of $command: $line"
done

refused 2 'usage: affiantd COMMAND' "$affiantd"
refused 2 'unknown command: fly' "$affiantd" fly
for command in $commands; do
	refused 2 'unknown option: --bogus' "$affiantd" "$command" --bogus
done
refused 2 'needs a value: --config' "$affiantd" serve --config
refused 2 'given twice: --config' "$affiantd" serve --config a --config b
refused 2 'takes no value: --json=1' "$affiantd" detect --json=1
refused 2 'one argument too many: x' "$affiantd" serve --config a x
refused 2 'missing: FEED' "$affiantd" fetch --config a
refused 2 'needs --config FILE' "$affiantd" serve
refused 2 'needs --config FILE' "$affiantd" check
refused 2 'needs --config FILE or --state DIR' "$affiantd" key
refused 2 'needs --config FILE or --state DIR' "$affiantd" quote --config a --state b
"$affiantd" --version | grep -x 'affiantd [0-9]*\.[0-9]*\.[0-9]*' >/dev/null || fail "--version"
"$affiantd" serve --help >"$scratch/help" || fail "--help is no failure"
echo "help, manual and completion agree"
