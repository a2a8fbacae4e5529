//! Where new tokens go, and in which form: checked before there is one.

use std::path::Path;

use super::issue::give_up;
use super::mint::Minted;
use super::steps::StepLog;
use crate::argocd::HintCommands;
use crate::emit::secret::SecretTarget;
use crate::error::{Error, Kind, Result};
use crate::host::Host;
use crate::model::TokenOwner;
use crate::octopus::{PROJECT_KEY, TOKEN_KEY, check_secret_names, secret_manifest};
use crate::render::Engine;
use crate::text::{Moment, Note, Secret};
use crate::yaml;

/// How new tokens are to be handed over.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryPlan<'a> {
    /// Whether a Secret is handed over, and not the token alone.
    pub as_secret: bool,
    /// The file, as the user named it; otherwise stdout.
    pub file: Option<&'a Path>,
    /// Whether a file that is there is replaced.
    pub overwrites: bool,
    /// The Secret's name.
    pub secret_name: &'a str,
    /// The Secret's namespace, if it names one.
    pub secret_namespace: Option<&'a str>,
    /// The Secret's key, if the user chose it.
    pub secret_key: Option<&'a str>,
}

impl DeliveryPlan<'_> {
    /// The key under which the gateway looks for a token.
    fn key(&self, owner: &TokenOwner) -> String {
        match owner {
            TokenOwner::Account(_) => self.secret_key.unwrap_or(TOKEN_KEY).to_owned(),
            TokenOwner::Role { project, .. } => format!("{PROJECT_KEY}{project}"),
        }
    }

    /// Checks the names before there is a token.
    ///
    /// # Errors
    /// A name that Kubernetes would refuse.
    pub fn check_names(&self, owners: &[TokenOwner]) -> Result<()> {
        let keys: Vec<String> = owners.iter().map(|owner| self.key(owner)).collect();
        let keys = keys.iter().map(String::as_str);
        check_secret_names(self.secret_name, self.secret_namespace, keys)
    }

    fn manifest(&self, made: &[Minted<'_>]) -> Result<Secret> {
        let engine = Engine::new(yaml::write::value, Vec::new())?;
        let tokens: Vec<(String, &Secret)> = made
            .iter()
            .map(|minted| (self.key(minted.owner()), minted.token()))
            .collect();
        secret_manifest(&engine, self.secret_name, self.secret_namespace, &tokens)
    }
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

/// Where tokens go, which are never lost on the way.
pub struct TokenDestination<'a> {
    plan: DeliveryPlan<'a>,
    target: SecretTarget,
}

impl<'a> TokenDestination<'a> {
    /// Finds out what can be found out before a token is made.
    ///
    /// # Errors
    /// Whatever would lose the token.
    pub fn check(
        plan: DeliveryPlan<'a>,
        owners: &[TokenOwner],
        host: &Host<'_>,
        notes: &mut Vec<Note>,
    ) -> Result<Self> {
        if !plan.as_secret && owners.len() > 1 {
            return Err(Error::usage(
                "several tokens cannot be printed as plain text: they could not be told apart",
            )
            .hint("use -o secret, which has a key for each project, or name one project"));
        }
        plan.check_names(owners)?;
        let path = plan.file.map(|path| host.path(path));
        let target = SecretTarget::new(path, plan.overwrites);
        if target.path.is_some() {
            target.probe()?;
            return Ok(Self { plan, target });
        }
        if let Some(why) = host.outlet.loses {
            return Err(Error::external(format!("the token would be lost: {why}"))
                .hint("nothing was made; give the token somewhere to go: a pipe, or --output-file FILE"));
        }
        if host.terminal.stdout {
            notes.push(Note::warning(if plan.as_secret {
                "stdout is a terminal, which shows the token: pipe it into `kubectl apply --server-side -f -`, or use --output-file"
            } else {
                "stdout is a terminal, which shows the token and may keep it; there is \
                 --output-file FILE"
            }));
        }
        Ok(Self { plan, target })
    }

    /// Returns in words where the token's path to the gateway begins.
    pub(super) fn in_words(&self) -> &'static str {
        match self.target.path {
            Some(_) => "from the file",
            None => "behind the pipe",
        }
    }

    /// Hands the tokens over. What does not arrive is revoked.
    ///
    /// # Errors
    /// Why they did not arrive, and what became of each.
    pub fn hand_over(
        &self,
        made: Vec<Minted<'_>>,
        commands: &HintCommands,
        log: &dyn StepLog,
        host: &mut Host<'_>,
    ) -> Result<Vec<Delivered>> {
        if let Err(error) = self.text(&made).and_then(|text| self.write(&text, host)) {
            let interrupted = error.kind() == Kind::Interrupted;
            let (kind, what) = if interrupted {
                let what = "interrupted before the token was delivered";
                (Kind::Interrupted, what)
            } else {
                (Kind::External, "the token could not be delivered")
            };
            let undelivered = error
                .hints()
                .iter()
                .fold(Error::new(kind, what), |all, hint| all.hint(hint.clone()));
            return Err(give_up(undelivered.caused_by(error), made, commands, log));
        }
        let delivered = made.into_iter().map(|minted| {
            let delivered = Delivered {
                owner: minted.owner().clone(),
                id: minted.id().to_owned(),
                expires: minted.claims().expires(),
            };
            minted.delivered();
            delivered
        });
        Ok(delivered.collect())
    }

    fn write(&self, text: &Secret, host: &mut Host<'_>) -> Result<()> {
        let runner = host.runner;
        if self.target.path.is_some() && runner.interrupted() {
            return Err(Error::new(Kind::Interrupted, "interrupted"));
        }
        let stop = || runner.interrupted();
        self.target
            .write(text, host.stdout, host.outlet.ready, &stop)
    }

    fn text(&self, made: &[Minted<'_>]) -> Result<Secret> {
        match (self.plan.as_secret, made) {
            (false, [minted]) => {
                let mut line = zeroize::Zeroizing::new(String::with_capacity(
                    minted.token().expose().len() + 1,
                ));
                line.push_str(minted.token().expose());
                line.push('\n');
                Ok(Secret::new(std::mem::take(&mut *line)))
            }
            _ => self.plan.manifest(made),
        }
    }

    /// Returns the outcome of one of several instances, whose tokens go into files.
    pub fn summary(&self, delivered: &[Delivered], more: &str) -> Option<String> {
        let path = self.plan.file?.display();
        let told = delivered
            .iter()
            .map(|one| format!("token {} (it {})", one.id, expiry(one)));
        let told: Vec<String> = told.collect();
        Some(format!("{path} has {}{more}", told.join(", ")))
    }

    /// Returns what each token that was delivered is, and last of all how it is revoked: no one can
    /// know what becomes of it behind a pipe.
    pub fn notes(&self, delivered: &[Delivered], commands: &HintCommands) -> Vec<Note> {
        let place = match self.plan.file {
            Some(path) => format!(" is in {}", path.display()),
            None => " is on stdout".to_owned(),
        };
        let told = delivered.iter().map(|one| {
            let Delivered { owner, id, .. } = one;
            Note::new(format!("token {id} of {owner}{place}; it {}", expiry(one)))
        });
        let mut notes: Vec<Note> = told.collect();
        if let [
            Delivered {
                owner: TokenOwner::Account(name),
                ..
            },
        ] = delivered
            && let Some(path) = self.plan.file
            && !self.plan.as_secret
        {
            let path = path.display().to_string();
            let words = ["verify", "--account", name, "--token-file", &path];
            notes.push(Note::next(commands.line(&words)));
        }
        notes.extend(delivered.iter().map(|Delivered { owner, id, .. }| {
            let command = commands.delete_token(owner, id);
            Note::always(format!("to revoke token {id}: {command}"))
        }));
        notes
    }
}

/// When a token that was delivered expires, as the end of a sentence about it.
fn expiry(token: &Delivered) -> String {
    match token.expires {
        Some(expires) => format!("expires {expires}"),
        None => "never expires".to_owned(),
    }
}
