//! Expectations of the user's own: unit tests for a policy, and proofs of what holds for all requests.

use serde::Deserialize;

use super::{Check, CheckAnswer, Purpose};
use crate::error::{Error, Result};
use crate::model::Location;
use crate::model::spelling::meant;
use crate::rbac::{Answer, Claims, Server};
use crate::yaml::{Node, Stream};

/// The keys of an expectation.
const KEYS: [&str; 9] = [
    "subject", "action", "resource", "object", "allowed", "groups", "name", "literal", "except",
];

/// The keys of an exception.
const EXCEPT_KEYS: [&str; 5] = ["subject", "inherited", "action", "resource", "object"];

/// A file of expectations.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ExpectationsFile {
    /// What must hold.
    pub expectations: Vec<Expectation>,
}

/// One thing that someone must be able to do, or must not.
///
/// A field with `*`, `?`, `[` or `{` is a glob of Argo CD's, and the expectation is about every request
/// that matches.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// A user, group, role or project role; `*` is every subject and one that no one names.
    pub(super) subject: String,
    /// The action, paths included: `action/apps/Deployment/restart`.
    pub(super) action: String,
    /// The resource.
    pub(super) resource: String,
    /// The object as Argo CD asks: `PROJECT/APPLICATION`, a cluster's URL.
    pub(super) object: String,
    /// Whether all of it must be allowed, or all refused.
    pub(super) allowed: bool,
    /// The groups that single sign-on sends.
    #[serde(default)]
    pub(super) groups: Vec<String>,
    /// What it is called in the report.
    pub(super) name: Option<String>,
    /// Whether the fields are asked as they are written, as `argocd account can-i get logs '*'` does.
    #[serde(default)]
    pub(super) literal: bool,
    /// What it is not about.
    #[serde(default)]
    pub(super) except: Vec<Except>,
}

/// Requests and subjects that an expectation is not about: those that match every field that is given.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Except {
    /// Subjects, and who has these roles.
    pub(super) subject: Globs,
    /// Whether who has one of these roles is left out too, and not these names alone.
    pub(super) inherited: bool,
    /// Actions.
    pub(super) action: Globs,
    /// Resources.
    pub(super) resource: Globs,
    /// Objects.
    pub(super) object: Globs,
}

impl Default for Except {
    fn default() -> Self {
        Self {
            subject: Globs::default(),
            inherited: true,
            action: Globs::default(),
            resource: Globs::default(),
            object: Globs::default(),
        }
    }
}

/// One glob or several.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Globs {
    /// One.
    One(String),
    /// Any of these.
    Several(Vec<String>),
}

impl Default for Globs {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Globs {
    pub(super) fn all(&self) -> &[String] {
        match self {
            Self::One(glob) => std::slice::from_ref(glob),
            Self::Several(globs) => globs,
        }
    }

    fn all_mut(&mut self) -> &mut [String] {
        match self {
            Self::One(glob) => std::slice::from_mut(glob),
            Self::Several(globs) => globs,
        }
    }
}

impl Except {
    fn fields(&mut self) -> [&mut Globs; 4] {
        [
            &mut self.subject,
            &mut self.action,
            &mut self.resource,
            &mut self.object,
        ]
    }
}

/// Whether a field is a pattern.
pub(super) fn is_glob(field: &str) -> bool {
    field.contains(['*', '?', '[', '{'])
}

/// Returns a glob that matches this text alone.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "*?[]{},\\".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Returns the text that a glob without wildcards matches.
fn unescaped(glob: &str) -> String {
    let mut chars = glob.chars();
    let literal = || match chars.next()? {
        '\\' => chars.next(),
        c => Some(c),
    };
    std::iter::from_fn(literal).collect()
}

impl Expectation {
    /// The check that it is, with what was found.
    pub(super) fn check(&self, got: CheckAnswer, decided_by: String) -> Check {
        let want = CheckAnswer::from(self.allowed);
        let shown = self.shown();
        Check {
            subject: shown.subject,
            action: shown.action,
            resource: shown.resource,
            object: shown.object,
            want,
            got,
            decided_by,
            purpose: Purpose::Expected,
            ok: got == want,
            name: shown.name,
        }
    }

    /// Whether it is about every request that matches, and not about one.
    pub(super) fn is_quantified(&self) -> bool {
        let fields = [&self.subject, &self.action, &self.resource, &self.object];
        let is_glob = |field: &&String| is_glob(field);
        !self.literal && (fields.iter().any(is_glob) || !self.except.is_empty())
    }

    /// Returns the expectation with a glob in every field if it is about every request that matches. What has no wildcard
    /// in a file is a text: the name of a Windows domain's account has a backslash in it.
    pub(super) fn with_globs(self) -> Self {
        if self.is_quantified() {
            return self.without_wildcards_as(escaped);
        }
        self
    }

    /// Returns the expectation as people write it.
    pub(super) fn shown(&self) -> Self {
        let shown = self.clone();
        if self.is_quantified() {
            return shown.with_texts();
        }
        shown
    }

    /// Returns the expectation without escapes in fields that have no wildcard.
    pub(super) fn with_texts(self) -> Self {
        self.without_wildcards_as(unescaped)
    }

    /// Rewrites the fields, of exceptions too, that have no wildcard.
    fn without_wildcards_as(mut self, rewritten: fn(&str) -> String) -> Self {
        let rewrite = |field: &mut String| {
            if !is_glob(field) {
                *field = rewritten(field);
            }
        };
        self.fields().into_iter().for_each(rewrite);
        let excepted = self.except.iter_mut().flat_map(Except::fields);
        excepted.flat_map(Globs::all_mut).for_each(rewrite);
        self
    }

    /// Returns the expectation about the one request that its globs match: each wildcard in them is escaped.
    pub(super) fn literally(mut self) -> Self {
        for field in self.fields() {
            *field = unescaped(field);
        }
        self.literal = true;
        self
    }

    fn fields(&mut self) -> [&mut String; 4] {
        [
            &mut self.subject,
            &mut self.action,
            &mut self.resource,
            &mut self.object,
        ]
    }

    /// What a server answers to the one request that it is about.
    pub(super) fn answer<'s>(&self, server: &'s Server, scopes: Option<&[String]>) -> Answer<'s> {
        let claims = Claims::in_scopes(&self.subject, &self.groups, scopes);
        server.decide(&claims, &self.resource, &self.action, &self.object)
    }
}

/// Reads the expectations of a file: `expectations: [{subject, action, resource, object, allowed, …}]`.
pub fn parse(stream: &Stream) -> Result<Vec<Expectation>> {
    let place = |node: &Node| -> Location { stream.source().location(node.span().start) };
    let mut read = Vec::new();
    stream.refuse_duplicates()?;
    for document in stream.documents() {
        let Some(root) = document.root() else {
            continue;
        };
        let shape = "a mapping with `expectations:`, a list";
        let items = root
            .get("expectations")
            .and_then(Node::items)
            .ok_or_else(|| Error::input(format!("this is not {shape}")).at(place(root)))?;
        if let Some(other) = root
            .entries()
            .into_iter()
            .flatten()
            .find(|entry| entry.key.key_text().is_none_or(|key| key != "expectations"))
        {
            return Err(Error::input("only `expectations` is read here").at(place(&other.key)));
        }
        for item in items {
            refuse_unknown(item, &KEYS, &place)?;
            let except = item.get("except").and_then(Node::items);
            for except in except.into_iter().flatten() {
                refuse_unknown(except, &EXCEPT_KEYS, &place)?;
            }
            let expectation: Expectation = serde_json::from_value(document.to_json(item)?)
                .map_err(|why| {
                    Error::input(format!("not an expectation: {why}")).at(place(item))
                })?;
            read.push(expectation.with_globs());
        }
    }
    Ok(read)
}

/// Refuses a key that is not known, at its place.
fn refuse_unknown(node: &Node, known: &[&str], place: &dyn Fn(&Node) -> Location) -> Result<()> {
    for entry in node.entries().unwrap_or_default() {
        let key = entry.key.key_text().unwrap_or_default();
        if !known.contains(&&*key) {
            let error = Error::input(format!("unknown key `{key}`")).at(place(&entry.key));
            return Err(match meant(&key, known.iter().copied()) {
                Some(meant) => error.hint(format!("did you mean `{meant}`?")),
                None => error.hint(format!("known keys: {}", known.join(", "))),
            });
        }
    }
    Ok(())
}
