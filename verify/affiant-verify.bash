# SPDX-License-Identifier: Apache-2.0
# bash completion for affiant-verify(1)
_affiant_verify() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	case $prev in
	--policy | -p | --collateral | -c | --trust-root | --event-log | \
		--app-compose | --response | -r)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	--at | --nonce | -n | --report-data | --topics)
		return ;;
	--platform)
		mapfile -t COMPREPLY < <(compgen -W "tdx sgx" -- "$cur")
		return ;;
	esac
	case " ${COMP_WORDS[*]:1:COMP_CWORD-1} " in
	*" explain "*)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(affiant-verify explain 2>/dev/null | cut -d' ' -f1)" -- "$cur")
		return ;;
	esac
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W "--policy --collateral --at
			--allow-simulated --nonce --trust-root --platform
			--report-data --event-log --app-compose --response --topics
			--json --help --version" -- "$cur") ;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		[ "$COMP_CWORD" -ne 1 ] ||
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W \
				"check tls-cert inspect policy compose-hash image replay onchain explain" \
				-- "$cur") ;;
	esac
}
complete -o filenames -F _affiant_verify affiant-verify
