//! What is to be done for one of several instances.

use std::path::{Path, PathBuf};

use super::secrets::{self, FoundToken};
use super::servers::Configurations;
use crate::cli::{
    Argocd, AtATime, Command, DeliveryArgs, TokenCommand, TokenCreateArgs, TokenOutput,
    TokenRotateArgs,
};
use crate::commands::context::Context;
use crate::commands::token;
use crate::error::{Code, Error, Result};
use crate::fleet::instances::Member;
use crate::model::Instance;
use crate::model::TokenOwner;
use crate::tokens::{Present, StepLog};

/// A command that makes tokens, as it is for one instance.
pub(super) enum TokenOrder<'a> {
    Create(&'a TokenCreateArgs),
    Rotate(&'a TokenRotateArgs),
}

impl<'a> TokenOrder<'a> {
    pub(super) fn of(member: &'a Member) -> Result<Self> {
        match &member.command {
            Command::Token(TokenCommand::Create(args)) => Ok(Self::Create(args)),
            Command::Token(TokenCommand::Rotate(args)) => Ok(Self::Rotate(args)),
            _ => Err(Error::usage(
                "this command is for one Argo CD, but several instances were given",
            )
            .hint("choose one: --instance NAME")),
        }
    }

    /// Its verb.
    pub(super) fn command(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Rotate(_) => "rotate",
        }
    }

    pub(super) fn token_dir(&self) -> Option<&'a Path> {
        match self {
            Self::Create(_) => None,
            Self::Rotate(args) => args.token_dir.as_deref(),
        }
    }

    pub(super) fn delivery(&self) -> &'a DeliveryArgs {
        match self {
            Self::Create(args) => &args.delivery,
            Self::Rotate(args) => &args.delivery,
        }
    }

    pub(super) fn argocd(&self) -> &'a Argocd {
        match self {
            Self::Create(args) => &args.argocd,
            Self::Rotate(args) => &args.argocd,
        }
    }

    /// How many instances are treated at a time.
    pub(super) fn at_a_time(&self) -> usize {
        let (Self::Create(TokenCreateArgs { at_a_time, .. })
        | Self::Rotate(TokenRotateArgs { at_a_time, .. })) = self;
        let AtATime { parallel } = at_a_time;
        usize::from(*parallel)
    }

    /// Whether old tokens are revoked at the end.
    pub(super) fn revokes(&self) -> bool {
        matches!(self, Self::Rotate(args) if args.revoke_old)
    }

    /// Whose tokens; refuses what is wrong with the command line, whichever instance it is for.
    fn owners(&self) -> Result<Vec<TokenOwner>> {
        match self {
            Self::Create(args) => token::check_create(args),
            Self::Rotate(args) => token::check_rotate(args),
        }
    }
}

/// One instance with what is to be done for it.
pub(super) struct Job<'a> {
    pub(super) instance: &'a Instance,
    pub(super) order: TokenOrder<'a>,
    pub(super) owners: Vec<TokenOwner>,
    /// How argocd is run.
    pub(super) argocd: Argocd,
    /// Whose login argocd would send, where it is not that of the instance.
    foreign: Option<String>,
    /// Where its Secret goes, as the user said it.
    pub(super) file: PathBuf,
    /// The same, from the root.
    pub(super) real: PathBuf,
}

impl<'a> Job<'a> {
    pub(super) fn new(
        instance: &'a Instance,
        order: TokenOrder<'a>,
        directory: &Path,
        configurations: &mut Configurations,
        context: &Context<'_, '_>,
    ) -> Result<Self> {
        let mut argocd = order.argocd().clone();
        let foreign = if order.token_dir().is_some() {
            None
        } else {
            configurations.log_in(&mut argocd, context)?.err()
        };
        let file = secrets::file(directory, instance);
        Ok(Self {
            instance,
            owners: order.owners()?,
            argocd,
            foreign,
            real: context.host.path(&file).components().collect(),
            order,
            file,
        })
    }

    /// Refuses an instance that would get another one's login.
    pub(super) fn refuse_foreign_login(&self) -> Result<()> {
        match &self.foreign {
            None => Ok(()),
            Some(other) => Err(Error::input(format!(
                "argocd has no login for the instance: it would send that of its current context, {other}"
            ))
            .hint("log in (`argocd login SERVER --name NAME`), and name the context: argocd: {context: NAME}")),
        }
    }

    /// Does it.
    pub(super) fn carry_out(
        &self,
        present: Option<FoundToken>,
        log: &dyn StepLog,
        context: &mut Context<'_, '_>,
    ) -> Result<Code> {
        let delivery = DeliveryArgs {
            output: Some(TokenOutput::Secret),
            output_file: Some(self.file.clone()),
            output_dir: None,
            ..self.order.delivery().clone()
        };
        match self.order {
            TokenOrder::Create(args) => {
                let args = TokenCreateArgs {
                    delivery,
                    argocd: self.argocd.clone(),
                    ..args.clone()
                };
                token::create(&args, log, context)
            }
            TokenOrder::Rotate(args) => {
                let args = TokenRotateArgs {
                    delivery,
                    argocd: self.argocd.clone(),
                    ..args.clone()
                };
                let present = present.map(|FoundToken { token, claims }| {
                    Present::new(token, claims, "the file of the instance")
                });
                token::rotate(&args, present.transpose()?.as_ref(), log, context)
            }
        }
    }
}
