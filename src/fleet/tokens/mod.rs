//! `token create` and `token rotate` for several instances: a Secret in a file for each, argocd run
//! for some at a time, and a journal, so that an interrupted run can be resumed.

mod apply;
mod order;
mod resume;
pub(super) mod secrets;
pub(super) mod servers;
mod shared;

use std::collections::BTreeMap;
use std::path::PathBuf;

use self::order::{Job, TokenOrder};
use self::servers::{Configurations, refuse_one_token_for_all};
use self::shared::{InstanceLog, Shared};
use super::jobs::{self, Labels};
use super::journal::Journal;
use super::outcomes::{relay, worst};
use crate::cli::TokenOutput;
use crate::commands::context::{Context, InstanceOutcome};
use crate::emit::{create_private_directory, is_open_to_others};
use crate::error::{Code, Error, Result};
use crate::fleet::instances::Several;
use crate::process::Hold;
use crate::report::fleet::{self, InstanceRow};
use crate::tokens::RESTART;

/// What the codes 0 and 1 mean; the latter does not come here.
const WORDS: [&str; 2] = ["ok", "no"];

pub(super) fn run(several: &Several, context: &mut Context<'_, '_>) -> Result<Code> {
    let orders: Result<Vec<TokenOrder<'_>>> = several.members.iter().map(TokenOrder::of).collect();
    let orders = orders?;
    let Some(first) = orders.first() else {
        return Err(Error::internal("no instance was chosen"));
    };
    refuse_one_token_for_all(first.argocd(), context)?;
    let directory = output_directory(first)?;
    let (command, token_dir) = (first.command(), first.token_dir());
    let workers = first.at_a_time();
    let mut configurations = Configurations::default();
    let members = several.members.iter().zip(orders);
    let jobs: Result<Vec<Job<'_>>> = members
        .map(|(member, order)| {
            let instance = &member.instance;
            Job::new(instance, order, &directory, &mut configurations, context)
        })
        .collect();
    let jobs = jobs?;
    let reached = jobs
        .iter()
        .map(|job| (job.instance, &job.argocd, job.owners.as_slice()));
    configurations.refuse_same(reached, context)?;
    let journal = Journal::open(command, &several.path, &directory, context.host)?;
    let real = context.host.path(&directory);
    if let Err(error) = create_private_directory(&real) {
        // There is nothing to take up.
        journal.end(false)?;
        return Err(error);
    }
    if is_open_to_others(&real) {
        let directory = directory.display();
        context.warn(format!(
            "others on this machine can enter {directory}; the files in it are yours alone: chmod 700 {directory}"
        ));
    }
    tell_of_earlier(&journal, &jobs, several, context);
    let shared = Shared {
        doubled: token_dir.map_or_else(BTreeMap::new, |directory| {
            secrets::doubled(directory, jobs.iter().map(|job| job.instance), context)
        }),
        journal,
        token_dir,
    };
    // From here on anyone who asks to stop is heard by each instance, which puts itself in order.
    let _hold = Hold::new();
    let ended = jobs::run_saying(
        &jobs,
        workers,
        context,
        &Labels {
            name: |job: &Job<'_>| &job.instance.name,
            words: WORDS,
        },
        |job, own| one(job, &shared, own),
    )?;
    relay(&several.members, &ended, context);
    context.print(&text(&jobs, &ended))?;
    let worst = worst(&ended);
    shared.journal.end(worst == Code::OK)?;
    close(&jobs, &ended, context);
    Ok(worst)
}

/// Where the Secrets go.
fn output_directory(order: &TokenOrder<'_>) -> Result<PathBuf> {
    let delivery = order.delivery();
    if delivery.output == Some(TokenOutput::Token) {
        return Err(
            Error::usage("the tokens of several instances go out as Secrets, not as text")
                .hint("omit -o, or use -o secret"),
        );
    }
    delivery.output_dir.clone().ok_or_else(|| {
        Error::usage("the tokens of several instances do not fit into one stream")
            .hint("hand each over in a file of its own: --output-dir DIR")
    })
}

fn tell_of_earlier(
    journal: &Journal,
    jobs: &[Job<'_>],
    several: &Several,
    context: &mut Context<'_, '_>,
) {
    if let Some(began) = journal.taken_up() {
        context.always(format!(
            "resuming the run that began at {began} and did not finish"
        ));
    }
    let names: Vec<&str> = jobs.iter().map(|job| job.instance.name.as_str()).collect();
    for (name, reached) in journal.others(&names) {
        let mut known = several.configuration.instances.iter();
        let next = if known.any(|instance| instance.name == name) {
            format!("run the same with --instance {name}")
        } else {
            journal.forget(&name);
            "the configuration no longer has this instance; check its server".to_owned()
        };
        for token in &reached.pending {
            context.warn(format!(
                "an earlier run was interrupted while it made token {} of {} for {name}; {next}",
                token.id, token.owner
            ));
        }
    }
}

/// One instance.
fn one(job: &Job<'_>, shared: &Shared<'_>, context: &mut Context<'_, '_>) -> Result<Code> {
    servers::refuse_none(job.instance)?;
    job.refuse_foreign_login()?;
    let name = job.instance.name.as_str();
    if let Some(done) = resume::before_all(job, shared, context)? {
        context.conclude(true, done);
        context.print(&apply::line(job))?;
        return Ok(Code::OK);
    }
    let log = InstanceLog { job, shared };
    let delivered = || {
        let reached = shared.journal.reached(name).unwrap_or_default();
        let ids = reached.delivered.into_iter().map(|token| token.id);
        ids.collect::<Vec<_>>()
    };
    let before = delivered();
    let outcome = job.carry_out(shared.present(job, context)?, &log, context);
    if delivered() != before {
        // It is in its file, even where its old one could not be revoked.
        context.print(&apply::line(job))?;
        if outcome.is_ok() {
            shared.journal.done(name)?;
        }
    }
    outcome
}

/// A script for a shell: the table as comments, and a command for each instance whose token is
/// there.
fn text(jobs: &[Job<'_>], ended: &[InstanceOutcome]) -> String {
    let rows = jobs.iter().zip(ended).map(|(job, ended)| InstanceRow {
        name: &job.instance.name,
        code: ended.code.number(),
        result: ended.word(WORDS),
        summary: &ended.summary,
        failed: ended.failed,
        report: &ended.stdout,
        document: None,
    });
    fleet::script(&rows.collect::<Vec<_>>())
}

/// Says what is left to do.
fn close(jobs: &[Job<'_>], ended: &[InstanceOutcome], context: &mut Context<'_, '_>) {
    if ended.iter().any(|ended| ended.code == Code::INTERRUPTED) {
        context.always("interrupted; run the same command again: finished steps are not repeated");
    }
    if ended.iter().all(|ended| ended.stdout.is_empty()) {
        return;
    }
    if jobs.iter().any(|job| job.order.revokes()) {
        context.warn("gateways that still run with an old token stop working until they are restarted with the new one");
    }
    context.next(format!(
        "run the commands on stdout (it is a script for sh), then restart the gateways: {RESTART}"
    ));
    if jobs.iter().any(|job| apply::is_incomplete(job)) {
        context.warn("the commands of instances without a kubeconfig context are comments, to be completed by hand");
    }
}
