# fish completion for jool(8); see jool.bash, which does the same.

function __jool_complete
    set -l before (commandline -opc)
    set -l word (commandline -ct)
    # Without what escapes its characters.
    set -l plain (string unescape -- "$word"; or echo -- "$word")
    set -l candidates ($before[1] autocomplete (count $before) $before "$plain" 2>/dev/null)
    if test $status = 3
        set -l lead (string match -r -- '^--[^=]*=' "$word")
        set -l path (string replace -r -- '^--[^=]*=' '' "$word")
        printf '%s\n' "$lead"(__fish_complete_path "$path")
    else
        # Fish would expand a tilde instead of escaping it.
        string match -v -- '~*' $candidates
    end
end

complete -c jool -f -a '(__jool_complete)'
