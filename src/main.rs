//! The binary `kubectl-octopus_argo`: kubectl runs it as `kubectl octopus-argo`.

use std::process::ExitCode;

use kubectl_octopus_argo::host::Host;

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the arguments"
)]
fn main() -> ExitCode {
    Host::with_system(|host| kubectl_octopus_argo::run(std::env::args_os(), host)).into()
}
