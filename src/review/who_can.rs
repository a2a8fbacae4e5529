//! Everybody who may do something, and through which lines.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::rbac::glob::Glob;
use crate::rbac::survey::{self, Budget, Cited, Holder, Requests, Verb, Whom, verbs};
use crate::rbac::{ArgoCdVersion, Enforcer, Grounds, Line, LineId, Server, SourceLine};
use crate::site::ArgoCd;

/// How much someone may of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum May {
    /// All of it: the one request, or each that matches.
    Every,
    /// Some of it.
    Some,
    /// Neither could be shown.
    Undecided,
    /// Nothing, because of a deny.
    Denied,
}

impl May {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::Some => "some",
            Self::Undecided => "undecided",
            Self::Denied => "denied",
        }
    }
}

/// A request that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedRequest {
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The object.
    pub object: String,
}

/// Someone who may, or who might but for a deny.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectRow {
    /// The subject's name, or `(everybody)`.
    pub subject: String,
    /// How much it may.
    pub may: May,
    /// The roles from the subject to the one that the deciding line is about.
    pub roles: Vec<String>,
    /// The place of the line that decided.
    pub place: String,
    /// A request that is allowed; of someone who is denied, one that is not.
    pub example: Option<AskedRequest>,
    /// The `g` lines from the subject to the deciding line, with their places.
    pub through: Vec<String>,
    /// The line that decided, with its place; of someone who is denied, the deny.
    pub decided_by: String,
    /// The line that would allow it but for the deny.
    pub but_for_deny: Option<String>,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoCan {
    /// The question, patterns and all.
    pub asked: AskedRequest,
    /// Whether every matching request was asked for, not only one.
    pub every: bool,
    /// First everybody, then by name; who is denied comes last.
    pub rows: Vec<SubjectRow>,
}

impl WhoCan {
    /// Whether someone has an answer of this kind.
    fn has(&self, wanted: impl Fn(May) -> bool) -> bool {
        self.rows.iter().any(|row| wanted(row.may))
    }

    /// Whether anyone may; what is undecided counts as a yes.
    pub fn is_found(&self) -> bool {
        self.has(|may| may != May::Denied)
    }

    /// Whether something is undecided.
    pub fn is_open(&self) -> bool {
        self.has(|may| may == May::Undecided)
    }
}

/// Finds everybody who may, or might but for a deny; with `every` those who may do all that matches.
pub fn who_can(
    argocd: &ArgoCd<'_>,
    server: &Server,
    requests: Requests<'_>,
    every: bool,
) -> WhoCan {
    let is_off = argocd.disables_auth().is_some();
    let mut rows: Vec<SubjectRow> = survey::who_can(server, requests, &Budget::default())
        .iter()
        .filter(|holder| !is_off || holder.whom == Whom::Everybody)
        .map(|holder| row(holder, argocd))
        .filter(|row| !every || row.may != May::Some)
        .collect();
    rows.sort_by_key(|row| row.may == May::Denied);
    WhoCan {
        asked: AskedRequest {
            action: requests.action.to_owned(),
            resource: requests.resource.to_owned(),
            object: requests.object.to_owned(),
        },
        every,
        rows,
    }
}

/// Refuses what no server of this version asks, and patterns that do not compile.
///
/// # Errors
/// Such a request.
pub fn refuse_unknown(requests: Requests<'_>, version: ArgoCdVersion) -> Result<()> {
    let glob = |pattern: &str| {
        Glob::compile(pattern).map_err(|why| {
            Error::usage(format!("`{pattern}` is not a pattern: {why}"))
                .hint("patterns are Argo CD's globs: * ? [a-z] {a,b}")
        })
    };
    let matches = |glob: &Glob, text: &str| glob.matches(text) == Ok(true);
    let (resources, actions) = (glob(requests.resource)?, glob(requests.action)?);
    glob(requests.object)?;
    let of_resource: Vec<(&str, Verb)> = verbs(version)
        .filter(|(resource, _)| matches(&resources, resource))
        .collect();
    if of_resource.is_empty() {
        let mut known: Vec<&str> = verbs(version).map(|(resource, _)| resource).collect();
        known.dedup();
        return Err(Error::usage(format!(
            "`{}` is not a resource of Argo CD",
            requests.resource
        ))
        .hint(format!("resources: {}", known.join(", "))));
    }
    let is_known = of_resource.iter().any(|(_, verb)| match verb {
        Verb::Action(action) => matches(&actions, action),
        Verb::Below(action) => may_begin(requests.action, action),
    });
    if is_known {
        return Ok(());
    }
    let mut known: Vec<String> = Vec::new();
    for (_, verb) in of_resource {
        let shown = match verb {
            Verb::Action(action) => action.to_owned(),
            Verb::Below(action) => format!("{action}/*"),
        };
        if !known.contains(&shown) {
            known.push(shown);
        }
    }
    Err(Error::usage(format!(
        "`{}` is not an action of {}",
        requests.action, requests.resource
    ))
    .hint(format!("actions: {}", known.join(", "))))
}

/// Whether a pattern may match a path below an action.
fn may_begin(pattern: &str, action: &str) -> bool {
    let literal = pattern.find(['*', '?', '[', '{', '\\']);
    let (begin, below) = (
        &pattern[..literal.unwrap_or(pattern.len())],
        format!("{action}/"),
    );
    if literal.is_none() {
        return begin.len() > below.len() && begin.starts_with(&below);
    }
    begin.starts_with(&below) || below.starts_with(begin)
}

fn row(holder: &Holder<'_>, argocd: &ArgoCd<'_>) -> SubjectRow {
    let describe = |cited: Cited<'_>| argocd.describe(cited.enforcer, cited.line);
    let range = &holder.range;
    let may = if holder.but_for_deny.is_some() {
        May::Denied
    } else if range.is_allowed() {
        May::Every
    } else if range.allowed.is_some() {
        May::Some
    } else {
        May::Undecided
    };
    let shown = if may == May::Denied {
        &range.refused
    } else {
        &range.allowed
    };
    let answer = shown.as_ref().map(|example| &example.answer);
    let line = answer.and_then(|answer| Some((answer.enforcer, answer.grounds.line()?)));
    let (mut through, mut roles) = (Vec::new(), Vec::new());
    if let Some(answer) = answer {
        let is_default = matches!(answer.grounds, Grounds::DefaultRole(_));
        if is_default {
            let role = answer.enforcer.default_role();
            through.push(format!("the default role {role}"));
            roles.push(role.to_owned());
        }
        // Of someone who is named, the chain leads from its own name.
        if !is_default || holder.whom == Whom::Everybody {
            for line in &holder.chain {
                through.push(argocd.describe(answer.enforcer, *line));
                roles.extend(role_of(answer.enforcer.line(*line)));
            }
        }
    }
    let place = |enforcer: &Enforcer, line: LineId| {
        let line = enforcer.line(line);
        line.map_or_else(
            || "a policy without rules".to_owned(),
            |line| argocd.place(&line),
        )
    };
    let (place, decided_by) = match (line, argocd.disables_auth()) {
        (_, Some(setting)) => (
            setting.to_string(),
            format!("{setting}: server.disable.auth"),
        ),
        (Some((enforcer, line)), None) => {
            (place(enforcer, line), describe(Cited { enforcer, line }))
        }
        (None, None) => (String::new(), String::new()),
    };
    SubjectRow {
        subject: holder.whom.to_string(),
        may,
        roles,
        place,
        example: shown.as_ref().map(|example| AskedRequest {
            action: example.action.clone(),
            resource: example.resource.to_owned(),
            object: example.object.clone(),
        }),
        through,
        decided_by,
        but_for_deny: holder.but_for_deny.map(describe),
    }
}

/// The role of a `g` line.
fn role_of(line: Option<SourceLine<'_>>) -> Option<String> {
    match line?.line.line {
        Line::Grouping(grouping) => Some(grouping.role.text.into_owned()),
        _ => None,
    }
}
