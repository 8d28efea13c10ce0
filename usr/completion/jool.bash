# bash completion for jool(8). The command knows its own words: `jool autocomplete` takes the
# number of the word that is being written and the whole line, and prints what could stand there;
# status 3 means a file.

_jool()
{
	# `#` and `:` separate words to bash, but not to jool.
	local cur words cword candidates breaks
	_get_comp_words_by_ref -n '#:=' cur words cword
	# Without what escapes its characters. (Candidates are data: nothing here may expand them.)
	# shellcheck disable=SC2162
	IFS= read "words[cword]" <<< "$cur"
	candidates=$("${words[0]}" autocomplete "$cword" "${words[@]}" 2>/dev/null)
	[ $? != 3 ] || { [[ $cur != --*=* ]] || cur=${cur#*=}; _filedir; return; }
	# Within quotes, other characters would have to be escaped.
	[ -n "$candidates" ] && [[ $cur != *[\"\']* ]] || return
	mapfile -t COMPREPLY <<< "$candidates"
	mapfile -t COMPREPLY < <(printf '%q\n' "${COMPREPLY[@]}")
	# Of a word, bash replaces what is behind the last character that separates words to it.
	breaks=${COMP_WORDBREAKS//[^=:]}
	[ -z "$breaks" ] || COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*["$breaks"]}"}"}")
}
complete -F _jool jool
