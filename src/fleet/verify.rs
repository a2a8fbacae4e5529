//! `verify` for several instances, each with its own token.

use std::path::Path;

use super::jobs::{self, Labels};
use super::outcomes::{relay, worst};
use super::report::FleetReport;
use super::tokens::secrets::{self, FoundToken};
use super::tokens::servers::{self, refuse_one_token_for_all};
use crate::cli::{Command, VerifyArgs};
use crate::commands::context::Context;
use crate::commands::verify;
use crate::error::{Code, Error, Result};
use crate::fleet::instances::{Member, Several};
use crate::process::Hold;

pub(super) fn run(
    args: &VerifyArgs,
    command: &Command,
    several: &Several,
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    refuse_one_token_for_all(&args.argocd, context)?;
    let report = FleetReport::of(command)?;
    let directory = args.token_dir.as_deref().ok_or_else(|| {
        Error::usage("there is no token to verify for each instance").hint(
            "name the directory that `token create --all --output-dir` wrote: --token-dir DIR",
        )
    })?;
    let members = &several.members;
    let instances = members.iter().map(|member| &member.instance);
    let doubled = secrets::doubled(directory, instances, context);
    // Anyone who asks to stop gets what is known by then.
    let _hold = Hold::new();
    let said = Labels {
        name: |member: &Member| &member.instance.name,
        words: report.words(),
    };
    let workers = usize::from(args.at_a_time.parallel);
    let ended = jobs::run_saying(members, workers, context, &said, |member, own| {
        if let Some(other) = doubled.get(member.instance.name.as_str()) {
            return Err(secrets::refuse_doubled(other));
        }
        one(member, directory, own)
    })?;
    relay(members, &ended, context);
    let rows = members.iter().map(|member| member.instance.name.as_str());
    report.print(&rows.zip(&ended).collect::<Vec<_>>(), context)?;
    Ok(worst(&ended))
}

fn one(member: &Member, directory: &Path, context: &mut Context<'_, '_>) -> Result<Code> {
    let Command::Verify(args) = &member.command else {
        return Err(Error::internal("another command than verify"));
    };
    servers::refuse_none(&member.instance)?;
    let (_, owner) = verify::wanted(args)?;
    let key = member.instance.gateway.token_key.as_deref();
    let FoundToken { token, .. } =
        secrets::of_instance(directory, &member.instance, &owner, key, context)?;
    verify::verify(args, &token, context)
}
