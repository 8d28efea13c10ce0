# bash completion for jool(8). The command knows its own words: `jool autocomplete` takes the
# number of the word that is being written and the whole line, and prints what could stand there;
# status 3 means a file.

_jool()
{
	local IFS=$'\n'
	# `#` and `:` separate words to bash, but not to jool.
	local cur words cword candidates
	_get_comp_words_by_ref -n '#:=' cur words cword
	candidates=$("${words[0]}" autocomplete "$cword" "${words[@]}" 2>/dev/null)
	[ $? != 3 ] || { [[ $cur != --*=* ]] || cur=${cur#*=}; _filedir; return; }
	# shellcheck disable=SC2207 # one candidate to a line
	COMPREPLY=($(compgen -W "$candidates" -- "$cur"))
	__ltrim_colon_completions "$cur"
	# Of a word with an equals sign, bash replaces what is behind it.
	[[ $cur != --*=* || $COMP_WORDBREAKS != *=* ]] || COMPREPLY=("${COMPREPLY[@]#--*=}")
}
complete -F _jool jool
