//! The journal of a run that makes tokens for several instances: what each has reached, on the disk
//! before the next step is taken, so that an interrupted run can be resumed. No secrets in it.
//!
//! There is one journal a configuration, and one run at a time. It ends when all is done.

mod record;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use self::record::{Head, JournalEvent, JournalToken};
pub(super) use self::record::{OnItsWay, Reached};
use crate::emit::{Lock, Log, own_directory};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::model::Moment;
use crate::tokens::TokenStep;

/// The journal of this run.
pub(super) struct Journal {
    open: Mutex<Open>,
    /// What an earlier run has reached.
    earlier: BTreeMap<String, Reached>,
    /// When the run began that this one resumes.
    taken_up: Option<Moment>,
    _lock: Lock,
}

struct Open {
    log: Log,
    head: Head,
    path: PathBuf,
    reached: BTreeMap<String, Reached>,
}

impl Journal {
    /// Opens the journal of a configuration for this command, and resumes what an earlier run has
    /// left. Of another command, or into another directory, only what is in between counts: it must
    /// be put in order anyway.
    ///
    /// # Errors
    /// If another run has it, or if it is damaged.
    pub(super) fn open(
        command: &str,
        configuration: &Path,
        output_dir: &Path,
        host: &Host<'_>,
    ) -> Result<Self> {
        let now = Moment::from((host.clock)());
        let configuration = host.path(configuration);
        let configuration = configuration.canonicalize().unwrap_or(configuration);
        let directory = directory(host)?;
        own_directory(&directory)?;
        let name = format!("tokens-{:016x}", hash(&configuration));
        let holder = format!(
            "process {}, token {command}, since {now}",
            std::process::id()
        );
        let lock = Lock::take(&directory.join(format!("{name}.lock")), &holder)?;
        let lock = lock.map_err(|holder| {
            Error::external(format!(
                "tokens are being made for {} already ({holder})",
                configuration.display()
            ))
            .hint("nothing was made here; wait for the other run to end, and then run this again")
        })?;
        let path = directory.join(format!("{name}.jsonl"));
        let output_dir = host.path(output_dir).components().collect();
        let head = Head::new(command, configuration, output_dir, now);
        let found = record::read(&path)?;
        if let Some(found) = &found
            && found.head.configuration != head.configuration
        {
            return Err(record::damaged(&path, 1, "it is of another configuration"));
        }
        let (log, head, reached, taken_up) = match found {
            Some(found) if found.head.is_taken_up_by(&head) => {
                let log = Log::resume(&path, found.length)?;
                let began = found.head.began();
                (log, found.head, found.reached, Some(began))
            }
            found => {
                let reached = found.map(|found| record::in_between(found.reached));
                let reached = reached.unwrap_or_default();
                let log = Log::begin(&path, &record::text(&head, &reached)?)?;
                (log, head, reached, None)
            }
        };
        let earlier = reached.clone();
        let open = Open {
            log,
            head,
            path,
            reached,
        };
        Ok(Self {
            open: Mutex::new(open),
            earlier,
            taken_up,
            _lock: lock,
        })
    }

    fn state(&self) -> MutexGuard<'_, Open> {
        // What is on the disk counts; a line is there or not.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the run began that this one resumes, if it does.
    pub(super) fn taken_up(&self) -> Option<Moment> {
        self.taken_up
    }

    /// What an earlier run has reached.
    pub(super) fn earlier(&self, instance: &str) -> Option<&Reached> {
        self.earlier.get(instance)
    }

    /// What an instance has reached by now.
    pub(super) fn reached(&self, instance: &str) -> Option<Reached> {
        self.state().reached.get(instance).cloned()
    }

    /// Those in between that are not among `instances`, each with its tokens.
    pub(super) fn others(&self, instances: &[&str]) -> Vec<(String, Reached)> {
        let state = self.state();
        let others = state.reached.iter().filter(|(name, reached)| {
            !reached.pending.is_empty() && !instances.contains(&name.as_str())
        });
        others
            .map(|(name, reached)| (name.clone(), reached.clone()))
            .collect()
    }

    /// Keeps an instance no longer than this run.
    pub(super) fn forget(&self, instance: &str) {
        self.state().reached.remove(instance);
    }

    /// Writes down a step of an instance, whose token goes to `file`.
    pub(super) fn write(&self, instance: &str, file: &Path, step: TokenStep<'_>) -> Result<()> {
        let event = match step {
            TokenStep::Replacing(tokens) => JournalEvent::Replacing {
                tokens: tokens
                    .iter()
                    .map(|(owner, id)| JournalToken::new(owner, id))
                    .collect(),
            },
            TokenStep::Making(owner, id) => JournalEvent::Making {
                token: JournalToken::new(owner, id),
                file: file.to_owned(),
            },
            TokenStep::Made(owner, id) => JournalEvent::Made {
                token: JournalToken::new(owner, id),
            },
            TokenStep::Gone(owner, id) => JournalEvent::Gone {
                token: JournalToken::new(owner, id),
            },
            TokenStep::Delivered => JournalEvent::Delivered,
            TokenStep::Revoked(owner, id) => JournalEvent::Revoked {
                token: JournalToken::new(owner, id),
            },
        };
        self.add(instance, &event)
    }

    /// Writes down that nothing is left to do for an instance.
    pub(super) fn done(&self, instance: &str) -> Result<()> {
        self.add(instance, &JournalEvent::Done)
    }

    fn add(&self, instance: &str, event: &JournalEvent) -> Result<()> {
        let mut state = self.state();
        let added = record::line(instance, event);
        added
            .and_then(|line| state.log.add(&line))
            .map_err(|error| {
                error.hint(
                    "the journal must be written before a token is made, so that none gets lost",
                )
            })?;
        let reached = state.reached.entry(instance.to_owned()).or_default();
        reached.take(event);
        Ok(())
    }

    /// Ends it if there is nothing left to take up: if `all_done`, or where nothing has come about.
    /// Of a run that is done only what others have left unfinished is kept.
    pub(super) fn end(self, all_done: bool) -> Result<()> {
        let state = self.open.into_inner();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let nothing_done = state.reached.values().all(|reached| !reached.done);
        let unfinished = record::unfinished(state.reached);
        if unfinished.is_empty() && (all_done || nothing_done) {
            return state.log.end();
        }
        if all_done {
            let text = record::text(&state.head, &unfinished)?;
            return Log::begin(&state.path, &text).map(drop);
        }
        Ok(())
    }
}

/// `XDG_STATE_HOME`, which counts only if it is absolute, or `~/.local/state`.
fn directory(host: &Host<'_>) -> Result<PathBuf> {
    let named = |name| host.env.get(name).map(PathBuf::from);
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let state = named("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let base = state.or_else(|| Some(host.path(named(home)?).join(".local/state")));
    let base = base.ok_or_else(|| {
        Error::usage(format!(
            "there is no place for the journal: {home} is not set"
        ))
        .hint("name a directory that stays: XDG_STATE_HOME=/var/lib/octopus-argo")
    })?;
    Ok(base.join("octopus-argo"))
}

/// FNV-1a: the same for ever, for a file's name.
fn hash(path: &Path) -> u64 {
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
