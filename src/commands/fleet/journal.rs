//! The journal of a run that makes tokens for several instances: what each has reached, on the disk
//! before the next step is taken, so that a run that was cut off can be taken up. No secrets in it.
//!
//! There is one journal a configuration, and one run at a time. It ends when all is done.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::super::token::Step;
use crate::emit::{Lock, Log, own_directory};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::model::{Moment, Span, Subject};
use crate::process::argocd::Owner;

/// What the first line says that it is.
const SCHEMA: &str = "octopus-argo/tokens/v1";
/// An older run is not taken up where it stood: a scheduled job that finds it must not pass over
/// what was done long ago.
const TAKEN_UP_WITHIN: Span = Span::seconds(12 * 60 * 60);

/// Which run it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Head {
    journal: String,
    command: String,
    configuration: PathBuf,
    output_dir: PathBuf,
    /// In seconds since 1970.
    began: i64,
}

/// A line: what an instance has reached.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Line {
    instance: String,
    #[serde(flatten)]
    event: Event,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "step", rename_all = "camelCase")]
enum Event {
    Replacing { tokens: Vec<Named> },
    Making { token: Named, file: PathBuf },
    Made { token: Named },
    Gone { token: Named },
    Delivered,
    Revoked { token: Named },
    Done,
}

/// A token as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Named {
    /// What it has for a subject.
    owner: String,
    id: String,
}

impl Named {
    fn new(owner: &Owner, id: &str) -> Self {
        Self {
            owner: owner.subject().to_string(),
            id: id.to_owned(),
        }
    }

    fn owner(&self) -> Owner {
        Owner::of(&Subject::parse(&self.owner))
    }
}

/// A token on its way to a file.
#[derive(Clone, Debug)]
pub(super) struct OnItsWay {
    pub(super) owner: Owner,
    pub(super) id: String,
    pub(super) file: PathBuf,
}

/// How far an instance is.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached {
    /// What may have been made, and has not arrived as far as is known.
    pub(super) pending: Vec<OnItsWay>,
    /// What has arrived.
    pub(super) delivered: Vec<OnItsWay>,
    /// What was there before, and may still be.
    pub(super) olds: Vec<(Owner, String)>,
    /// Whether nothing is left to do.
    pub(super) done: bool,
}

impl Reached {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Replacing { tokens } => {
                let olds = tokens
                    .iter()
                    .map(|token| (token.owner(), token.id.clone()));
                self.olds = olds.collect();
            }
            Event::Making { token, file } => {
                let owner = token.owner();
                self.done = false;
                self.delivered.clear();
                self.pending.retain(|other| other.owner != owner);
                self.pending.push(OnItsWay {
                    owner,
                    id: token.id.clone(),
                    file: file.clone(),
                });
            }
            Event::Made { .. } => {}
            Event::Gone { token } => self.pending.retain(|other| other.id != token.id),
            Event::Delivered => self.delivered = std::mem::take(&mut self.pending),
            Event::Revoked { token } => self.olds.retain(|(_, id)| *id != token.id),
            Event::Done => self.done = true,
        }
    }
}

/// The journal of this run.
pub(super) struct Journal {
    open: Mutex<Open>,
    /// What an earlier run has reached.
    earlier: BTreeMap<String, Reached>,
    /// When the run began that this one takes up.
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
    /// Opens the journal of a configuration for this command, and takes up what an earlier run has
    /// left. Of another command, or into another directory, only what is in between counts: it must
    /// be put in order all the same.
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
        let head = Head {
            journal: SCHEMA.to_owned(),
            command: command.to_owned(),
            configuration,
            output_dir: host.path(output_dir).components().collect(),
            began: now.0,
        };
        Ok(match read(&path)? {
            None => {
                let log = Log::begin(&path, &line(&head)?)?;
                Self::with(log, head, path, BTreeMap::new(), None, lock)
            }
            Some(found) if found.head.configuration != head.configuration => {
                return Err(damaged(&path, 1, "it is of another configuration"));
            }
            Some(found) if found.head.is_taken_up_by(&head) => {
                let log = Log::resume(&path, found.length)?;
                let began = Some(Moment(found.head.began));
                Self::with(log, found.head, path, found.reached, began, lock)
            }
            Some(found) => {
                let reached = in_between(found.reached);
                let log = Log::begin(&path, &text(&head, &reached)?)?;
                Self::with(log, head, path, reached, None, lock)
            }
        })
    }

    fn with(
        log: Log,
        head: Head,
        path: PathBuf,
        reached: BTreeMap<String, Reached>,
        taken_up: Option<Moment>,
        lock: Lock,
    ) -> Self {
        let earlier = reached.clone();
        let open = Open {
            log,
            head,
            path,
            reached,
        };
        Self {
            open: Mutex::new(open),
            earlier,
            taken_up,
            _lock: lock,
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Open> {
        // What is on the disk counts; a line is there or not.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the run began that this one takes up, if it does.
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

    /// Writes down a step of an instance, whose token goes to `file`.
    pub(super) fn write(&self, instance: &str, file: &Path, step: Step<'_>) -> Result<()> {
        let event = match step {
            Step::Replacing(tokens) => Event::Replacing {
                tokens: tokens
                    .iter()
                    .map(|(owner, id)| Named::new(owner, id))
                    .collect(),
            },
            Step::Making(owner, id) => Event::Making {
                token: Named::new(owner, id),
                file: file.to_owned(),
            },
            Step::Made(owner, id) => Event::Made {
                token: Named::new(owner, id),
            },
            Step::Gone(owner, id) => Event::Gone {
                token: Named::new(owner, id),
            },
            Step::Delivered => Event::Delivered,
            Step::Revoked(owner, id) => Event::Revoked {
                token: Named::new(owner, id),
            },
        };
        self.add(instance, event)
    }

    /// Writes down that nothing is left to do for an instance.
    pub(super) fn done(&self, instance: &str) -> Result<()> {
        self.add(instance, Event::Done)
    }

    fn add(&self, instance: &str, event: Event) -> Result<()> {
        let mut state = self.state();
        let line = Line {
            instance: instance.to_owned(),
            event,
        };
        let added = serde_json::to_string(&line).map_err(unwritable);
        added.and_then(|text| state.log.add(&text)).map_err(|error| {
            error.hint("the journal must be written before a token is made, so that none gets lost")
        })?;
        let reached = state.reached.entry(line.instance).or_default();
        reached.take(&line.event);
        Ok(())
    }

    /// Ends it if `all_done` and nothing is in between, or if there is nothing in it. Of a run that
    /// is done only what others have left in between is kept.
    pub(super) fn end(self, all_done: bool) -> Result<()> {
        let state = self.open.into_inner();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let between = in_between(state.reached.clone());
        if state.reached.values().all(|reached| !reached.done) && between.is_empty() {
            return state.log.end();
        }
        if !all_done {
            return Ok(());
        }
        if between.is_empty() {
            return state.log.end();
        }
        Log::begin(&state.path, &text(&state.head, &between)?).map(drop)
    }
}

impl Head {
    fn is_taken_up_by(&self, now: &Self) -> bool {
        let age = Moment(now.began).since(Moment(self.began));
        self.command == now.command && self.output_dir == now.output_dir && age <= TAKEN_UP_WITHIN
    }
}

/// `XDG_STATE_HOME`, which counts only if it is absolute, or `~/.local/state`.
fn directory(host: &Host<'_>) -> Result<PathBuf> {
    let named = |name| host.env.get(name).map(PathBuf::from);
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let state = named("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let base = state.or_else(|| Some(host.path(named(home)?).join(".local/state")));
    let base = base.ok_or_else(|| {
        Error::usage(format!("there is no place for the journal: {home} is not set"))
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

/// Only what is in between, without what has arrived.
fn in_between(reached: BTreeMap<String, Reached>) -> BTreeMap<String, Reached> {
    let all = reached.into_iter();
    let pending = all.filter(|(_, reached)| !reached.pending.is_empty());
    let bare = |reached: Reached| Reached {
        pending: reached.pending,
        ..Reached::default()
    };
    pending
        .map(|(name, reached)| (name, bare(reached)))
        .collect()
}

fn line(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(value).map_err(unwritable)?;
    Ok(text + "\n")
}

fn text(head: &Head, reached: &BTreeMap<String, Reached>) -> Result<String> {
    let mut text = line(head)?;
    for (instance, reached) in reached {
        for OnItsWay { owner, id, file } in &reached.pending {
            text += &line(&Line {
                instance: instance.clone(),
                event: Event::Making {
                    token: Named::new(owner, id),
                    file: file.clone(),
                },
            })?;
        }
    }
    Ok(text)
}

fn unwritable(cause: serde_json::Error) -> Error {
    Error::internal("a line of the journal cannot be written").caused_by(cause)
}

/// What stands in a journal.
struct Found {
    head: Head,
    reached: BTreeMap<String, Reached>,
    /// How many bytes of it count. Half a line at the end announces a step that was never taken.
    length: u64,
}

fn read(path: &Path) -> Result<Option<Found>> {
    let bytes = match fs::read(path) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|cause| {
            Error::input(format!("cannot read the journal {}", path.display())).caused_by(cause)
        })?,
    };
    let length = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let text = std::str::from_utf8(&bytes[..length]).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        damaged(path, line, "it is not text")
    })?;
    let mut lines = text.lines();
    let head = lines.next().ok_or_else(|| damaged(path, 1, "it is empty"))?;
    let head: Head =
        serde_json::from_str(head).map_err(|why| damaged(path, 1, &why.to_string()))?;
    if head.journal != SCHEMA {
        return Err(damaged(path, 1, "it is of another version"));
    }
    let mut reached: BTreeMap<String, Reached> = BTreeMap::new();
    for (index, line) in lines.enumerate() {
        let line: Line =
            serde_json::from_str(line).map_err(|why| damaged(path, index + 2, &why.to_string()))?;
        reached
            .entry(line.instance)
            .or_default()
            .take(&line.event);
    }
    Ok(Some(Found {
        head,
        reached,
        length: length as u64,
    }))
}

fn damaged(path: &Path, line: usize, why: &str) -> Error {
    // The reader counts lines within the line that it was given.
    let why = why.split(" at line ").next().unwrap_or_default();
    Error::input(format!(
        "{}:{line}: the journal of an earlier run is damaged: {why}",
        path.display()
    ))
    .hint("nothing was made; its lines name tokens that may exist and are nowhere else: compare them with `kubectl octopus-argo token list`")
    .hint("then remove the file, and run this again")
}
