# fish completion for jool(8); see jool.bash, which does the same.

function __jool_complete
    set -l before (commandline -opc)
    set -l word (commandline -ct)
    set -l candidates ($before[1] autocomplete (count $before) $before "$word" 2>/dev/null)
    if test $status = 3
        __fish_complete_path "$word"
    else
        printf '%s\n' $candidates
    end
end

complete -c jool -f -a '(__jool_complete)'
