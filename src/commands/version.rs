//! `version`: what was built, from what.

use serde_json::json;

use super::context::Context;
use crate::cli::{NAME, VersionArgs, VersionOutput};
use crate::error::{Code, Result};

/// The version of the crate, without a `v`.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit, or `unknown`: see `build.rs`.
const COMMIT: &str = env!("OCTOPUS_ARGO_COMMIT");
/// The target triple.
const TARGET: &str = env!("OCTOPUS_ARGO_TARGET");

pub(super) fn run(args: VersionArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let text = match args.output {
        VersionOutput::Text => format!("{NAME} {VERSION} (commit {COMMIT}, {TARGET})\n"),
        VersionOutput::Json => {
            let version = json!({"version": VERSION, "commit": COMMIT, "target": TARGET});
            format!("{version:#}\n")
        }
    };
    context.print(&text)?;
    Ok(Code::OK)
}
