# bash completion for otatool: the program knows its words.
_otatool() {
	local line cur=${COMP_WORDS[COMP_CWORD]}
	local before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")

	# bash takes "--chip=x" for three words; the program wants two.
	if [[ $cur == = ]]; then
		cur=
	elif [[ ${before[*]: -1} == = ]]; then
		unset 'before[-1]'
	fi
	COMPREPLY=()
	while IFS= read -r line; do
		COMPREPLY+=("${line%%$'\t'*}")
	done < <("${COMP_WORDS[0]}" --complete -- "${before[@]}" "$cur" 2>/dev/null)
}
complete -o default -F _otatool otatool
