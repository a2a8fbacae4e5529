#compdef kubectl-octopus_argo
# Completes kubectl-octopus_argo in zsh. For `kubectl octopus-argo`, see
# `kubectl octopus-argo completion --help`.
_kubectl-octopus_argo() {
    local -a described suffix
    local line value
    for line in "${(@f)$(kubectl-octopus_argo __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        if [[ $line == :<-> ]]; then
            (( ${line#:} & 2 )) && suffix=(-S '')
            continue
        fi
        value=${line%%$'\t'*}
        value=${value//:/\\:}
        [[ $line == *$'\t'* ]] && value+=:${line#*$'\t'}
        described+=("$value")
    done
    [[ ${words[CURRENT]} == -*=* ]] && compset -P 1 '*='
    _describe -V 'kubectl octopus-argo' described $suffix
}
if [[ ${funcstack[1]} == _kubectl-octopus_argo ]]; then
    _kubectl-octopus_argo "$@"
else
    compdef _kubectl-octopus_argo kubectl-octopus_argo
fi
