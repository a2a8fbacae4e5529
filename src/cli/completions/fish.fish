# Completes kubectl-octopus_argo in fish. For `kubectl octopus-argo`, see
# `kubectl octopus-argo completion --help`.
function __kubectl_octopus_argo_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l flag (string match -r -- '^-[^=]*=' $typed)
    for line in (kubectl-octopus_argo __complete $words[2..-1] "$typed" 2>/dev/null)
        string match -qr '^:[0-9]+$' -- $line; or printf "%s\n" "$flag$line"
    end
end
complete -c kubectl-octopus_argo -f -k -a '(__kubectl_octopus_argo_complete)'
