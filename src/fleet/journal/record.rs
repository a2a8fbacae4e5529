//! What is in a journal: a line for each step.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::TokenOwner;
use crate::model::{Moment, Span, Subject};

/// What the first line says that it is.
const SCHEMA: &str = "octopus-argo/tokens/v1";
/// An older run is not resumed: a scheduled job that finds it must not pass over
/// what was done long ago.
const TAKEN_UP_WITHIN: Span = Span::seconds(12 * 60 * 60);

/// Which run it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Head {
    journal: String,
    command: String,
    pub(super) configuration: PathBuf,
    output_dir: PathBuf,
    /// In seconds since 1970.
    began: i64,
}

/// A line: what an instance has reached.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct JournalLine {
    instance: String,
    #[serde(flatten)]
    event: JournalEvent,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "step", rename_all = "camelCase")]
pub(super) enum JournalEvent {
    Replacing { tokens: Vec<JournalToken> },
    Making { token: JournalToken, file: PathBuf },
    Made { token: JournalToken },
    Gone { token: JournalToken },
    Delivered,
    Revoked { token: JournalToken },
    Done,
}

/// A token as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct JournalToken {
    /// What it has for a subject.
    owner: String,
    id: String,
}

impl JournalToken {
    pub(super) fn new(owner: &TokenOwner, id: &str) -> Self {
        Self {
            owner: owner.subject().to_string(),
            id: id.to_owned(),
        }
    }

    fn owner(&self) -> TokenOwner {
        Subject::parse(&self.owner).owner
    }
}

/// A token on its way to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct OnItsWay {
    pub(in super::super) owner: TokenOwner,
    pub(in super::super) id: String,
    pub(in super::super) file: PathBuf,
}

/// How far an instance is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Reached {
    /// What may have been made, and has not arrived as far as is known.
    pub(in super::super) pending: Vec<OnItsWay>,
    /// What has arrived.
    pub(in super::super) delivered: Vec<OnItsWay>,
    /// What was there before, and may still be.
    pub(in super::super) olds: Vec<(TokenOwner, String)>,
    /// Whether nothing is left to do.
    pub(in super::super) done: bool,
}

impl Reached {
    pub(super) fn take(&mut self, event: &JournalEvent) {
        match event {
            JournalEvent::Replacing { tokens } => {
                let olds = tokens.iter().map(|token| (token.owner(), token.id.clone()));
                self.olds = olds.collect();
            }
            JournalEvent::Making { token, file } => {
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
            JournalEvent::Made { .. } => {}
            JournalEvent::Gone { token } => {
                let owner = token.owner();
                let is_it = |other: &OnItsWay| other.owner == owner && other.id == token.id;
                self.pending.retain(|other| !is_it(other));
            }
            JournalEvent::Delivered => self.delivered = std::mem::take(&mut self.pending),
            JournalEvent::Revoked { token } => {
                let it = (token.owner(), token.id.clone());
                self.olds.retain(|old| *old != it);
            }
            JournalEvent::Done => self.done = true,
        }
    }
}

impl Head {
    pub(super) fn new(
        command: &str,
        configuration: PathBuf,
        output_dir: PathBuf,
        now: Moment,
    ) -> Self {
        Self {
            journal: SCHEMA.to_owned(),
            command: command.to_owned(),
            configuration,
            output_dir,
            began: now.0,
        }
    }

    /// When the run began.
    pub(super) fn began(&self) -> Moment {
        Moment(self.began)
    }

    /// Whether another run takes this one up.
    pub(super) fn is_taken_up_by(&self, now: &Self) -> bool {
        let age = now.began().since(self.began());
        self.command == now.command && self.output_dir == now.output_dir && age <= TAKEN_UP_WITHIN
    }
}

/// Only what is in between, without what has arrived: what counts for any further run.
pub(super) fn in_between(reached: BTreeMap<String, Reached>) -> BTreeMap<String, Reached> {
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

/// Only what has begun and is not done.
pub(super) fn unfinished(mut reached: BTreeMap<String, Reached>) -> BTreeMap<String, Reached> {
    let has_begun = |one: &Reached| !one.pending.is_empty() || !one.delivered.is_empty();
    reached.retain(|_, one| !one.done && has_begun(one));
    reached
}

/// A step as a line, without its end.
pub(super) fn line(instance: &str, event: &JournalEvent) -> Result<String> {
    let line = JournalLine {
        instance: instance.to_owned(),
        event: event.clone(),
    };
    serde_json::to_string(&line).map_err(unwritable)
}

/// How a journal begins. Nothing is delivered while something is pending.
pub(super) fn text(head: &Head, reached: &BTreeMap<String, Reached>) -> Result<String> {
    let mut text = serde_json::to_string(head).map_err(unwritable)? + "\n";
    for (instance, reached) in reached {
        let Reached {
            pending,
            delivered,
            olds,
            ..
        } = reached;
        let mut events = Vec::new();
        if !olds.is_empty() {
            let tokens = olds.iter().map(|(owner, id)| JournalToken::new(owner, id));
            let tokens = tokens.collect();
            events.push(JournalEvent::Replacing { tokens });
        }
        let making = delivered.iter().chain(pending);
        events.extend(
            making.map(|OnItsWay { owner, id, file }| JournalEvent::Making {
                token: JournalToken::new(owner, id),
                file: file.clone(),
            }),
        );
        if !delivered.is_empty() {
            events.push(JournalEvent::Delivered);
        }
        for event in events {
            text += &line(instance, &event)?;
            text.push('\n');
        }
    }
    Ok(text)
}

fn unwritable(cause: serde_json::Error) -> Error {
    Error::usage("the journal cannot name the paths of this run: one of them is not text")
        .caused_by(cause)
}

/// What is in a journal.
pub(super) struct JournalContent {
    pub(super) head: Head,
    pub(super) reached: BTreeMap<String, Reached>,
    /// How many bytes of it count. Half a line at the end announces a step that was never taken.
    pub(super) length: u64,
}

/// Reads a journal; nothing where there is none.
pub(super) fn read(path: &Path) -> Result<Option<JournalContent>> {
    let bytes = match fs::read(path) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|cause| {
            Error::input(format!("cannot read the journal {}", path.display())).caused_by(cause)
        })?,
    };
    let length = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let mut lines = bytes[..length].split_inclusive(|byte| *byte == b'\n');
    let head = lines.next().unwrap_or_default();
    let head: Head =
        serde_json::from_slice(head).map_err(|why| damaged(path, 1, &why.to_string()))?;
    if head.journal != SCHEMA {
        return Err(damaged(path, 1, "it is of another version"));
    }
    let mut reached: BTreeMap<String, Reached> = BTreeMap::new();
    for (index, line) in lines.enumerate() {
        let line: JournalLine = serde_json::from_slice(line)
            .map_err(|why| damaged(path, index + 2, &why.to_string()))?;
        reached.entry(line.instance).or_default().take(&line.event);
    }
    Ok(Some(JournalContent {
        head,
        reached,
        length: length as u64,
    }))
}

pub(super) fn damaged(path: &Path, line: usize, why: &str) -> Error {
    // The reader counts lines within the line that it was given.
    let why = why.split(" at line ").next().unwrap_or_default();
    Error::input(format!(
        "{}:{line}: the journal of an earlier run is damaged: {why}",
        path.display()
    ))
    .hint("nothing was made; it names tokens that may exist: compare it with `kubectl octopus-argo token list`")
    .hint("then remove the file, and run this again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str) -> JournalToken {
        JournalToken::new(&TokenOwner::Account("octopus".into()), id)
    }

    #[test]
    fn what_is_kept_reads_back_as_it_was() {
        let making = |id: &str| JournalEvent::Making {
            token: named(id),
            file: format!("/out/{id}.yaml").into(),
        };
        let tokens = vec![named("old"), named("older")];
        let stories = [
            ("pending", vec![making("a")]),
            (
                "raced",
                vec![
                    making("a"),
                    making("b"),
                    JournalEvent::Gone { token: named("c") },
                ],
            ),
            (
                "delivered",
                vec![
                    JournalEvent::Replacing { tokens },
                    making("a"),
                    JournalEvent::Made { token: named("a") },
                    JournalEvent::Delivered,
                    JournalEvent::Revoked {
                        token: named("older"),
                    },
                ],
            ),
            (
                "done",
                vec![making("a"), JournalEvent::Delivered, JournalEvent::Done],
            ),
            (
                "gone",
                vec![making("a"), JournalEvent::Gone { token: named("a") }],
            ),
        ];
        let mut all: BTreeMap<String, Reached> = BTreeMap::new();
        for (name, events) in &stories {
            let reached = all.entry((*name).to_owned()).or_default();
            for event in events {
                reached.take(event);
            }
        }
        let kept = unfinished(all.clone());
        let names: Vec<&String> = kept.keys().collect();
        assert_eq!(names, ["delivered", "pending", "raced"]);
        assert_eq!(kept["delivered"].olds.len(), 1);
        assert_eq!(in_between(all).len(), 2);
        let head = Head::new("rotate", "/c".into(), "/out".into(), Moment(1));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let log = crate::emit::Log::begin(&path, &text(&head, &kept).unwrap()).unwrap();
        drop(log);
        let found = read(&path).unwrap().unwrap();
        assert_eq!(found.head, head);
        assert_eq!(found.reached, kept);
    }
}
