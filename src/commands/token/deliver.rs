//! Handing tokens over: to stdout or into a file, and never lost on the way.

use std::path::{Path, PathBuf};

use super::manifest;
use crate::argocd::HintCommands;
use crate::cli::{DeliveryArgs, TokenOutput};
use crate::commands::context::Context;
use crate::emit::{Existing, secret};
use crate::error::{Error, Result};
use crate::model::TokenOwner;
use crate::text::Secret;
use crate::tokens::{self, Delivered, Minted, StepLog};

/// Where tokens go: checked before there is one.
pub(super) struct TokenDestination<'a> {
    args: &'a DeliveryArgs,
    file: Option<PathBuf>,
}

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

/// What is handed over, where nothing is said: the token alone.
fn output(args: &DeliveryArgs) -> TokenOutput {
    args.output.unwrap_or_default()
}

impl<'a> TokenDestination<'a> {
    /// Finds out what can be found out before a token is made.
    pub(super) fn check(
        args: &'a DeliveryArgs,
        owners: &[TokenOwner],
        context: &mut Context<'_, '_>,
    ) -> Result<Self> {
        if output(args) == TokenOutput::Token && owners.len() > 1 {
            return Err(Error::usage(
                "several tokens cannot be printed as plain text: they could not be told apart",
            )
            .hint("use -o secret, which has a key for each project, or name one project"));
        }
        manifest::check(args, owners)?;
        let file = args
            .output_file
            .as_ref()
            .map(|path| context.host.path(path));
        let destination = Self { args, file };
        if let Some(path) = &destination.file {
            secret::probe(path, destination.existing())?;
        } else {
            if let Some(why) = context.host.outlet.loses {
                return Err(Error::external(format!("the token would be lost: {why}"))
                    .hint("nothing was made; give the token somewhere to go: a pipe, or --output-file FILE"));
            }
            if context.host.terminal.stdout && output(args) == TokenOutput::Token {
                context.warn(
                    "stdout is a terminal, which shows the token and may keep it; there is \
                     --output-file FILE",
                );
            } else if context.host.terminal.stdout {
                context.warn(
                    "stdout is a terminal, which shows the token and may keep it; pipe it into \
                     `kubectl apply --server-side -f -`, or use --output-file FILE",
                );
            }
        }
        Ok(destination)
    }

    fn existing(&self) -> Existing {
        if self.args.force {
            Existing::Replace
        } else {
            Existing::Keep
        }
    }

    /// Whether it goes into a file.
    pub(super) fn is_file(&self) -> bool {
        self.file.is_some()
    }

    /// Hands the tokens over. What does not arrive is revoked.
    pub(super) fn hand_over(
        &self,
        made: Vec<Minted<'_>>,
        commands: &HintCommands,
        log: &dyn StepLog,
        context: &mut Context<'_, '_>,
    ) -> Result<Vec<Delivered>> {
        let runner = context.host.runner;
        let delivery = match &self.file {
            Some(path) => tokens::Delivery::File(path, self.existing()),
            None => tokens::Delivery::Stdout(context.host.stdout, context.host.outlet),
        };
        delivery.hand_over(made, &|made| self.text(made), runner, commands, log)
    }

    fn text(&self, made: &[Minted<'_>]) -> Result<Secret> {
        match (output(self.args), made) {
            (TokenOutput::Token, [minted]) => {
                let mut line = zeroize::Zeroizing::new(String::with_capacity(
                    minted.token().expose().len() + 1,
                ));
                line.push_str(minted.token().expose());
                line.push('\n');
                Ok(Secret::new(std::mem::take(&mut *line)))
            }
            _ => manifest::manifest(self.args, made),
        }
    }
}

/// What became of one of several instances.
pub(super) fn conclude(
    delivered: &[Delivered],
    args: &DeliveryArgs,
    more: &str,
    context: &mut Context<'_, '_>,
) {
    if let (true, Some(path)) = (context.in_fleet(), &args.output_file) {
        let told = delivered
            .iter()
            .map(|one| format!("token {} (it {})", one.id, expiry(one)));
        let told: Vec<String> = told.collect();
        let path = path.display();
        context.conclude(true, format!("{path} has {}{more}", told.join(", ")));
    }
}

/// Says of each token that was delivered what it is, and last of all how it is revoked: no one can
/// know what becomes of it behind a pipe.
pub(super) fn tell(
    delivered: &[Delivered],
    args: &DeliveryArgs,
    commands: &HintCommands,
    context: &mut Context<'_, '_>,
) {
    let place = match &args.output_file {
        Some(path) => format!(" is in {}", path.display()),
        None => " is on stdout".to_owned(),
    };
    for one in delivered {
        let Delivered { owner, id, .. } = one;
        context.note(format!("token {id} of {owner}{place}; it {}", expiry(one)));
    }
    if let [
        Delivered {
            owner: TokenOwner::Account(name),
            ..
        },
    ] = delivered
        && let Some(path) = &args.output_file
        && output(args) == TokenOutput::Token
    {
        let path = path.display().to_string();
        let words = ["verify", "--account", name, "--token-file", &path];
        context.next(commands.line(&words));
    }
    for Delivered { owner, id, .. } in delivered {
        let command = commands.delete_token(owner, id);
        context.always(format!("to revoke token {id}: {command}"));
    }
}

/// When a token that was delivered expires, as the end of a sentence about it.
fn expiry(token: &Delivered) -> String {
    match token.expires {
        Some(expires) => format!("expires {expires}"),
        None => "never expires".to_owned(),
    }
}
