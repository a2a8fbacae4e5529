# Completes kubectl-octopus_argo in bash, from 3.2 on. For `kubectl octopus-argo`, see
# `kubectl octopus-argo completion --help`.
_kubectl_octopus_argo() {
    local -a words=()
    local word= glue= typed= colon= line= value= directive=0 i
    # bash splits words at = and : too.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ ${#words[@]} -gt 0 && ( -n $glue || $word == [=:] ) ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        if [[ $word == [=:] ]]; then glue=1; else glue=; fi
    done
    typed=${words[${#words[@]} - 1]}
    [[ $typed == -*=* ]] && typed=${typed#*=}
    [[ $typed == *:* && $COMP_WORDBREAKS == *:* ]] && colon=${typed%"${typed##*:}"}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :[0-9]* ]]; then
            directive=${line#:}
            continue
        fi
        value=${line%%$'\t'*}
        if [[ $value == "$typed"* ]]; then
            printf -v value %q "${value#"$colon"}"
            COMPREPLY+=("$value")
        fi
    done < <(kubectl-octopus_argo __complete "${words[@]}" 2>/dev/null)
    if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
}
complete -F _kubectl_octopus_argo kubectl-octopus_argo
