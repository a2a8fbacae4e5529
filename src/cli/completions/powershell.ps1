# Completes kubectl-octopus_argo in PowerShell, from 5.1 on. For `kubectl octopus-argo`, see
# `kubectl octopus-argo completion --help`.
Register-ArgumentCompleter -Native -CommandName 'kubectl-octopus_argo', 'kubectl-octopus_argo.exe' -ScriptBlock {
    param($typed, $ast, $cursor)
    $words = @($ast.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.StartOffset -lt $cursor } | ForEach-Object { $_.Extent.Text })
    if ($typed -eq '') {
        # Before 7.3, PowerShell drops an empty argument.
        if ($PSVersionTable.PSVersion -lt [version]'7.3') { $words += '""' } else { $words += '' }
    }
    $flag = ''
    if ($typed -match '^-[^=]*=') { $flag = $Matches[0] }
    kubectl-octopus_argo __complete @words 2>$null | Where-Object { $_ -notmatch '^:\d+$' } | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new("$flag$value", $value, 'ParameterValue', $help)
    }
}
