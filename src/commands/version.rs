//! `version`: what was built, from what.

use serde_json::{Value, json};

use super::context::Context;
use crate::cli::{NAME, VersionArgs, VersionOutput};
use crate::error::{Code, Result};
use crate::yaml::Format;

/// The version of the crate, without a `v`.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit, or `unknown`: see `build.rs`.
const COMMIT: &str = env!("OCTOPUS_ARGO_COMMIT");
/// The target triple.
const TARGET: &str = env!("OCTOPUS_ARGO_TARGET");

pub(super) fn run(args: VersionArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let text = match args.output {
        VersionOutput::Text => format!("{NAME} {VERSION} (commit {COMMIT}, {TARGET})\n"),
        VersionOutput::Json => Format::Json.write(&document()),
        VersionOutput::Yaml => Format::Yaml.write(&document()),
    };
    context.print(&text)?;
    Ok(Code::OK)
}

fn document() -> Value {
    json!({"version": VERSION, "commit": COMMIT, "target": TARGET})
}
