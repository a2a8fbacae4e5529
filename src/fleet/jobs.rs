//! Several instances at a time: each runs on its own, with streams of its own, and what it said
//! comes out in the configuration's order whatever is done first.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use crate::commands::context::{Context, InstanceOutcome};
use crate::error::{Code, Error, Result};
use crate::host::{Host, Outlet, Terminal};
use crate::report::Progress;
use crate::report::printable;

/// As much as the main thread usually has: what is read may be nested deeply.
const STACK: usize = 8 * 1024 * 1024;

/// Runs `job` on each item, so many at a time, and returns what became of each in order.
pub(super) fn run<T: Sync>(
    items: &[T],
    workers: usize,
    context: &mut Context<'_, '_>,
    job: impl Fn(&T, &mut Context<'_, '_>) -> Result<Code> + Sync,
) -> Result<Vec<InstanceOutcome>> {
    all(items, workers, context, None, job)
}

/// What is said of an item as it ends: its name, and what the codes 0 and 1 mean.
pub(super) struct Labels<T> {
    pub(super) name: fn(&T) -> &str,
    pub(super) words: [&'static str; 2],
}

/// The same for what takes its time: where no terminal shows how far it is, a line is said of each
/// item as it ends.
pub(super) fn run_saying<T: Sync>(
    items: &[T],
    workers: usize,
    context: &mut Context<'_, '_>,
    said: &Labels<T>,
    job: impl Fn(&T, &mut Context<'_, '_>) -> Result<Code> + Sync,
) -> Result<Vec<InstanceOutcome>> {
    all(items, workers, context, Some(said), job)
}

fn all<T: Sync>(
    items: &[T],
    workers: usize,
    context: &mut Context<'_, '_>,
    said: Option<&Labels<T>>,
    job: impl Fn(&T, &mut Context<'_, '_>) -> Result<Code> + Sync,
) -> Result<Vec<InstanceOutcome>> {
    let talk = context.talk();
    let shown = context.host.terminal.stderr && !context.is_quiet();
    let said = said.filter(|_| !context.host.terminal.stderr && !context.is_quiet());
    let mut progress = Progress::new(context.host.clock, shown, "instances");
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let terminal = Terminal {
        stdin: false,
        ..context.host.terminal
    };
    let (env, directory) = (&context.host.env, &context.host.directory);
    let (clock, runner) = (context.host.clock, context.host.runner);
    let stderr = &mut context.host.stderr;
    let work = |sender: mpsc::Sender<(usize, InstanceOutcome)>| {
        while !runner.interrupted() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return;
            };
            // Each item acts by itself on the wish to stop.
            let own = runner.task();
            let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
            let mut host = Host {
                stdin: &mut io::empty(),
                stdout: &mut stdout,
                stderr: &mut stderr,
                env: env.clone(),
                terminal,
                directory: directory.clone(),
                clock,
                runner: own.as_deref().unwrap_or(runner),
                outlet: Outlet::default(),
            };
            let mut own = Context::of_fleet(talk, &mut host);
            let outcome = job(item, &mut own);
            let ended = own.end(outcome);
            let ended = InstanceOutcome {
                stdout: String::from_utf8_lossy(&stdout).into_owned(),
                stderr: String::from_utf8_lossy(&stderr).into_owned(),
                ..ended
            };
            if sender.send((index, ended)).is_err() {
                return;
            }
        }
    };
    let mut ended: Vec<Option<InstanceOutcome>> = items.iter().map(|_| None).collect();
    let started: io::Result<()> = thread::scope(|scope| {
        let work = &work;
        for _ in 0..workers.clamp(1, items.len().max(1)) {
            let sender = sender.clone();
            thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, move || work(sender))?;
        }
        drop(sender);
        for (done, (index, one)) in receiver.iter().enumerate() {
            if let Some(Labels { name, words }) = said {
                let (whose, result) = (name(&items[index]), one.word(*words));
                let summary = one.summary.lines().next().unwrap_or_default();
                // No one is left to be told when stderr is closed.
                let _ = writeln!(stderr, "{whose}: {result}: {}", printable(summary));
            }
            ended[index] = Some(one);
            progress.tell(done + 1, items.len(), *stderr);
        }
        Ok(())
    });
    progress.clear(*stderr);
    started.map_err(|cause| Error::external("cannot start a thread").caused_by(cause))?;
    let interrupted = runner.interrupted();
    let all = ended
        .into_iter()
        .map(|ended| ended.or_else(|| interrupted.then(InstanceOutcome::not_begun)));
    let all: Option<Vec<InstanceOutcome>> = all.collect();
    all.ok_or_else(|| Error::internal("an instance was left out"))
}

/// How many instances are worth treating at a time where nothing but this machine is asked.
pub(super) fn processors() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
