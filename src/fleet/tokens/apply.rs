//! The command that brings an instance's Secret into its cluster.

use super::order::Job;
use crate::model::shell::quoted;
use crate::octopus::GATEWAY_NAMESPACE;

/// Whether the kubeconfig's context is not known: in whichever is the present one, the Secrets of
/// several instances would replace each other.
pub(super) fn is_incomplete(job: &Job<'_>) -> bool {
    job.instance.context.is_none()
}

/// The command, in a line; a comment where it is not complete.
pub(super) fn line(job: &Job<'_>) -> String {
    let context = job.instance.context.as_deref();
    let mut words = vec!["kubectl", "--context", context.unwrap_or("CONTEXT")];
    let namespace = job.order.delivery().secret_namespace.as_deref();
    let namespace = namespace.unwrap_or(GATEWAY_NAMESPACE);
    words.extend(["apply", "--server-side", "-n", namespace]);
    let file = job.file.display().to_string();
    words.extend(["-f", &file]);
    let words: Vec<_> = words.into_iter().map(quoted).collect();
    let line = words.join(" ");
    if is_incomplete(job) {
        // A path may hold a line break, and a comment ends at one.
        format!("# {}\n", line.replace('\n', "\n# "))
    } else {
        format!("{line}\n")
    }
}
