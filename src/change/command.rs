//! Command lines that hints name: kubectl's, and our own for a part of the change.

use super::ChangeRequest;
use crate::model::shell::quoted;
use crate::model::{MatchMode, PROGRAM, Which};

/// kubectl's command for a patch on its stdin or in a file; `flags` are its connection flags, each
/// after a space.
pub fn patch_command(
    kind_and_name: &str,
    namespace: &str,
    flags: &str,
    how: &str,
    file: &str,
) -> String {
    format!(
        "kubectl patch {kind_and_name} -n {}{flags} --type {how} --patch-file {}",
        quoted(namespace),
        quoted(file)
    )
}

/// The command that puts the rules into an argocd-rbac-cm that is not in the input.
pub fn rules_command(request: &ChangeRequest, namespace: &str, mode: MatchMode) -> String {
    let mut options = request.commands.change.clone();
    if request.match_mode_option().is_none() && mode == MatchMode::Regex {
        options.push_str(" --match-mode regex");
    }
    if request.shares_a_key() && request.asked_key.is_some() {
        options.push_str(" --live");
    }
    let patch = patch_command(
        &format!("configmap {}", Which::RbacCm),
        namespace,
        &request.commands.kubectl,
        "merge",
        "/dev/stdin",
    );
    format!(
        "{PROGRAM} render -n {} --form patch --only {}{options} | {patch}",
        quoted(namespace),
        Which::RbacCm
    )
}
