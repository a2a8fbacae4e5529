//! From the options of a delivery to its plan.

use std::path::Path;

use crate::cli::{DeliveryArgs, TokenOutput};
use crate::error::{Error, Result};
use crate::tokens::DeliveryPlan;

/// Refuses what is for several instances.
pub(super) fn refuse_for_one(args: &DeliveryArgs, token_dir: Option<&Path>) -> Result<()> {
    let (flag, instead) = match (&args.output_dir, token_dir) {
        (Some(_), _) => ("--output-dir", "--output-file FILE"),
        (None, Some(_)) => ("--token-dir", "--token-file FILE"),
        (None, None) => return Ok(()),
    };
    Err(
        Error::usage(format!("{flag} is for instances of the configuration"))
            .hint("say which: --all, or --instance NAME")
            .hint(format!("for any other Argo CD: {instead}")),
    )
}

/// How the options say that tokens are handed over; where nothing is said, as the token alone.
pub(super) fn delivery(args: &DeliveryArgs) -> DeliveryPlan<'_> {
    DeliveryPlan {
        as_secret: args.output.unwrap_or_default() == TokenOutput::Secret,
        file: args.output_file.as_deref(),
        overwrites: args.force,
        secret_name: &args.secret_name,
        secret_namespace: args.secret_namespace.as_deref(),
        secret_key: args.secret_key.as_deref(),
    }
}
