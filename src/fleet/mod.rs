//! Several Argo CDs in one command.

mod gateway;
mod instances;
mod jobs;
mod journal;
mod outcomes;
mod render;
mod report;
mod tokens;
mod verify;

pub(crate) use self::instances::{ChosenInstances, choose};
use self::instances::{Member, Several};
use self::outcomes::{relay, worst};
use crate::cli::Command;
use crate::commands::{self, Context};
use crate::error::{Code, Error, Result};

/// How many `kubectl get` run at a time.
const LIVE: usize = 8;

/// Runs a command for several instances; the highest code of all is the command's.
pub(super) fn run(several: &Several, context: &mut Context<'_, '_>) -> Result<Code> {
    let Some(first) = several.members.first() else {
        return Err(Error::internal("no instance was chosen"));
    };
    match &first.command {
        Command::Render(args) => render::run(args, several, context),
        Command::Diff(_)
        | Command::Check(_)
        | Command::Can(_)
        | Command::WhoCan(_)
        | Command::Matrix(_)
        | Command::Lint(_) => report(&first.command, &several.members, context),
        Command::Apps(args) if args.command.is_none() => {
            report(&first.command, &several.members, context)
        }
        Command::Verify(args) => verify::run(args, &first.command, several, context),
        Command::Token(_) => tokens::run(several, context),
        Command::Gateway(command) => gateway::run(command, &several.members, context),
        _ => Err(
            Error::usage("this command is for one Argo CD, but several instances were given")
                .hint("choose one: --instance NAME"),
        ),
    }
}

/// Judges each instance and says what came of it in one report.
fn report(command: &Command, members: &[Member], context: &mut Context<'_, '_>) -> Result<Code> {
    let report = report::FleetReport::of(command)?;
    let live = members.iter().any(|member| reads_live(&member.command));
    let workers = match command {
        // Instances may share files.
        Command::Lint(args) if args.fix.is_some() => 1,
        _ if live => LIVE,
        _ => jobs::processors(),
    };
    let ended = jobs::run(members, workers, context, |member, own| {
        if !reads_live(&member.command) && member.instance.files.is_empty() {
            return Err(Error::input("the instance has no files").hint(
                "read its objects from the cluster with --live, or name files in the configuration",
            ));
        }
        commands::run(&member.command, own)
    })?;
    relay(members, &ended, context);
    let rows = members.iter().map(|member| member.instance.name.as_str());
    report.print(&rows.zip(&ended).collect::<Vec<_>>(), context)?;
    Ok(worst(&ended))
}

fn reads_live(command: &Command) -> bool {
    match command {
        Command::Render(args) => args.input.live,
        Command::Diff(args) => args.input.live,
        Command::Check(args) => args.input.live,
        Command::Can(args) => args.input.live,
        Command::WhoCan(args) => args.input.live,
        Command::Matrix(args) => args.input.live,
        Command::Apps(args) => args.list.input.live,
        Command::Lint(args) => args.input.live,
        _ => false,
    }
}
