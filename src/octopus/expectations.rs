//! Expectations of the user's own: unit tests for a policy.

use serde::Deserialize;

use super::checker::reason;
use super::{Check, Describe, Purpose};
use crate::error::{Error, Result};
use crate::model::Location;
use crate::rbac::{Claims, Server, vocabulary};
use crate::yaml::{Node, Stream};

/// One thing that somebody shall be able to do, or not. Objects are taken as they are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    subject: String,
    action: String,
    resource: String,
    object: String,
    allowed: bool,
    #[serde(default)]
    groups: Vec<String>,
    name: Option<String>,
}

/// Reads the expectations of a file: `expectations: [{subject, action, resource, object, allowed, …}]`.
pub fn parse(stream: &Stream) -> Result<Vec<Expectation>> {
    let place = |node: &Node| -> Location { stream.source().location(node.span().start) };
    let mut read = Vec::new();
    for document in stream.documents() {
        let Some(root) = document.root() else {
            continue;
        };
        let shape = "a mapping with `expectations:`, a list";
        if let Some(double) = document.duplicates().first() {
            return Err(
                Error::input(format!("the key `{}` stands here twice", double.key))
                    .at(stream.source().location(double.second)),
            );
        }
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
            let expectation = serde_json::from_value(document.to_json(item)?)
                .map_err(|why| Error::input(format!("no expectation: {why}")).at(place(item)))?;
            read.push(expectation);
        }
    }
    Ok(read)
}

/// Asks them as the server is asked: with groups, and with the AppProjects of the input. `scopes`
/// are the claims that count as groups.
pub fn ask(
    expectations: &[Expectation],
    server: &Server,
    scopes: Option<&[String]>,
    describe: &Describe<'_>,
) -> Vec<Check> {
    let checks = expectations.iter().map(|wanted| {
        let claims = Claims::in_scopes(&wanted.subject, &wanted.groups, scopes);
        let answer = server.decide(&claims, &wanted.resource, &wanted.action, &wanted.object);
        let allowed = answer.allowed();
        let decided_by = reason(&answer, (&wanted.resource, &wanted.action), describe);
        let unknown = if vocabulary::RESOURCES.contains(&&*wanted.resource) {
            ""
        } else {
            " (Argo CD knows no such resource)"
        };
        Check {
            subject: wanted.subject.clone(),
            action: wanted.action.clone(),
            resource: wanted.resource.clone(),
            object: wanted.object.clone(),
            want: if wanted.allowed { "yes" } else { "no" },
            got: if allowed { "yes" } else { "no" },
            decided_by: format!("{decided_by}{unknown}"),
            purpose: Purpose::Expected,
            ok: wanted.allowed == allowed,
            name: wanted.name.clone(),
        }
    });
    checks.collect()
}
