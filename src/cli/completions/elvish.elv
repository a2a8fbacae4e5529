# Completes kubectl-octopus_argo in Elvish.
use re
use str
set edit:completion:arg-completer[kubectl-octopus_argo] = {|@words|
  var flag = ''
  if (re:match '^-[^=]*=' $words[-1]) {
    set flag = (str:split &max=2 '=' $words[-1] | take 1)'='
  }
  kubectl-octopus_argo __complete (all $words[1..]) 2>/dev/null | each {|line|
    if (not (re:match '^:[0-9]+$' $line)) {
      var parts = [(str:split &max=2 "\t" $line) '']
      var display = $parts[0]
      if (not-eq $parts[1] '') {
        set display = $parts[0]' ('$parts[1]')'
      }
      var suffix = ' '
      if (str:has-suffix $parts[0] '/') {
        set suffix = ''
      }
      edit:complex-candidate $flag$parts[0] &display=$display &code-suffix=$suffix
    }
  }
}
