//! `gateway` for several instances: one stream of Applications or commands, or a file of values for
//! each.

use super::jobs;
use super::outcomes::{relay, worst};
use crate::cli::{Command, GatewayCommand};
use crate::commands::context::Context;
use crate::commands::gateway;
use crate::emit::{create_directory, place};
use crate::error::{Code, Error, Result};
use crate::fleet::instances::Member;

pub(super) fn run(
    command: &GatewayCommand,
    members: &[Member],
    context: &mut Context<'_, '_>,
) -> Result<Code> {
    refuse(command)?;
    let ended = jobs::run(members, jobs::processors(), context, |member, own| {
        let Command::Gateway(command) = &member.command else {
            return Err(Error::internal("another command than gateway"));
        };
        let mut command = command.clone();
        if let GatewayCommand::Values(args) = &mut command {
            args.output_dir = None;
        }
        gateway::run(&command, own)
    })?;
    relay(members, &ended, context);
    let done = members
        .iter()
        .zip(&ended)
        .filter(|(_, ended)| !ended.failed);
    if let GatewayCommand::Values(args) = command
        && let Some(directory) = &args.output_dir
    {
        let path = context.host.path(directory);
        create_directory(&path)?;
        for (member, ended) in done {
            let name = format!("{}.values.yaml", member.instance.name);
            place(&path.join(name), ended.stdout.as_bytes())?;
        }
    } else {
        let is_yaml = matches!(command, GatewayCommand::Application(_));
        let texts = done.map(|(member, ended)| {
            let mark = if is_yaml { "---\n" } else { "" };
            format!("{mark}# {}\n{}", member.instance.name, ended.stdout)
        });
        let text: String = texts.collect();
        context.print(&text)?;
    }
    Ok(worst(&ended))
}

fn refuse(command: &GatewayCommand) -> Result<()> {
    let error = match command {
        GatewayCommand::Secret(_) => {
            Error::usage("a token belongs to one Argo CD, but several instances were given")
                .hint("`token create --all --output-dir DIR` writes the Secret of each instance")
        }
        GatewayCommand::Values(args) if args.inline_token => {
            Error::usage("a token belongs to one Argo CD, but several instances were given")
                .hint("leave --inline-token out: each instance's values name its Secret")
        }
        GatewayCommand::Values(args) if args.output_dir.is_none() => {
            Error::usage("the values of several instances do not fit into one stream")
                .hint("write a file for each: --output-dir DIR")
        }
        _ => return Ok(()),
    };
    Err(error)
}
