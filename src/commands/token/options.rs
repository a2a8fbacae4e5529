//! From options to whose tokens are meant, how long they are valid and where they go.

use std::path::Path;

use crate::cli::{DeliveryArgs, LifetimeArgs, OwnerArgs, TokenOutput};
use crate::error::{Error, Result};
use crate::model::{Expiry, TokenOwner};
use crate::text::Span;
use crate::tokens::{self, DeliveryPlan};

/// Refuses what is for several instances.
pub(super) fn refuse_for_one(args: &DeliveryArgs, token_dir: Option<&Path>) -> Result<()> {
    let (flag, instead) = match (&args.output_dir, token_dir) {
        (Some(_), _) => ("--output-dir", "--output-file FILE"),
        (None, Some(_)) => ("--token-dir", "--token-file FILE"),
        (None, None) => return Ok(()),
    };
    Err(
        Error::usage(format!("{flag} is for instances of the configuration"))
            .hint("choose them: --all, or --instance NAME")
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

/// How long a token is to be valid; `None` if nothing is said.
pub(super) fn expiry(args: LifetimeArgs) -> Result<Option<Expiry>> {
    match (args.expires_in, args.no_expiry) {
        (Some(span), _) if span == Span::seconds(0) => Err(Error::usage(
            "Argo CD reads a duration of zero as no expiry",
        )
        .hint("for a token that never expires: --no-expiry")),
        (Some(span), _) => Ok(Some(Expiry::In(span))),
        (None, true) => Ok(Some(Expiry::Never)),
        (None, false) => Ok(None),
    }
}

/// Whose tokens the options name.
pub(super) fn owners(args: &OwnerArgs) -> Result<Vec<TokenOwner>> {
    tokens::owners(args.account.as_deref(), args.role.as_deref(), &args.project)
}
