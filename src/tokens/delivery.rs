//! Handing tokens over: to stdout or into a file, and never lost on the way.

use std::io::Write;
use std::path::Path;

use super::issue::give_up;
use super::mint::Minted;
use super::steps::StepLog;
use crate::argocd::HintCommands;
use crate::emit::{Existing, secret};
use crate::error::{Error, Kind, Result};
use crate::host::Outlet;
use crate::model::TokenOwner;
use crate::process::Runner;
use crate::text::{Moment, Secret};

/// Where tokens go.
pub enum Delivery<'a> {
    /// Into a file.
    File(&'a Path, Existing),
    /// To stdout.
    Stdout(&'a mut dyn Write, Outlet),
}

/// A token that was delivered.
pub struct Delivered {
    /// Its owner.
    pub owner: TokenOwner,
    /// Its id.
    pub id: String,
    /// When it expires; `None` is never.
    pub expires: Option<Moment>,
}

impl Delivery<'_> {
    /// Hands the tokens over, in the form that `form` gives them. What does not arrive is revoked.
    ///
    /// # Errors
    /// Why they did not arrive, and what became of each.
    pub fn hand_over(
        self,
        made: Vec<Minted<'_>>,
        form: &dyn Fn(&[Minted<'_>]) -> Result<Secret>,
        runner: &dyn Runner,
        commands: &HintCommands,
        log: &dyn StepLog,
    ) -> Result<Vec<Delivered>> {
        if let Err(error) = form(&made).and_then(|text| self.write(&text, runner)) {
            let interrupted = error.kind() == Kind::Interrupted;
            let what = if interrupted {
                "interrupted before the token was delivered"
            } else {
                "the token could not be delivered"
            };
            let kind = if interrupted {
                Kind::Interrupted
            } else {
                Kind::External
            };
            let undelivered = error
                .hints()
                .iter()
                .fold(Error::new(kind, what), |all, hint| all.hint(hint.clone()));
            return Err(give_up(undelivered.caused_by(error), made, commands, log));
        }
        Ok(made
            .into_iter()
            .map(|minted| {
                let delivered = Delivered {
                    owner: minted.owner().clone(),
                    id: minted.id().to_owned(),
                    expires: minted.claims().expires(),
                };
                minted.delivered();
                delivered
            })
            .collect())
    }

    fn write(self, text: &Secret, runner: &dyn Runner) -> Result<()> {
        match self {
            Self::File(..) if runner.interrupted() => {
                Err(Error::new(Kind::Interrupted, "interrupted"))
            }
            Self::File(path, existing) => secret::file(path, text, existing),
            Self::Stdout(stdout, outlet) => {
                let stop = || runner.interrupted();
                secret::stdout(stdout, outlet.ready, &stop, text)
            }
        }
    }
}
