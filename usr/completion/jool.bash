# bash completion for jool(8). The command knows its own words: `jool autocomplete` takes the
# number of the word that is being written and the whole line, and prints what could stand there.

_jool()
{
	local IFS=$'\n'
	# `#` and `:` separate words to bash, but not to jool.
	local cur words cword
	_get_comp_words_by_ref -n '#:=' cur words cword
	# shellcheck disable=SC2207 # one candidate to a line
	COMPREPLY=($(compgen -W "$("${words[0]}" autocomplete "$cword" "${words[@]}" 2>/dev/null)" -- "$cur"))
	__ltrim_colon_completions "$cur"
}
complete -F _jool jool
