//! Expectations of the user's own: unit tests for a policy.

use std::path::PathBuf;

use serde::Deserialize;

use super::check::{is_known, reason};
use super::context::Context;
use super::policy_input::PolicyInput;
use crate::error::{Error, Result};
use crate::input::read_text;
use crate::model::{Location, Source};
use crate::rbac::{Claims, Server, ServerSettings};
use crate::report::check::{Check, Purpose};
use crate::yaml::{Node, Stream};

/// One thing that somebody shall be able to do, or not. Objects are taken as they are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    subject: String,
    action: String,
    resource: String,
    object: String,
    allowed: bool,
    #[serde(default)]
    groups: Vec<String>,
    name: Option<String>,
}

/// Reads expectations: `expectations: [{subject, action, resource, object, allowed, …}]`.
pub(super) fn read(paths: &[PathBuf], context: &mut Context<'_, '_>) -> Result<Vec<Expectation>> {
    let mut read = Vec::new();
    for path in paths {
        let text = read_text(&context.host.path(path), path)?;
        read.extend(parse(&Stream::parse(Source::new(
            &*path.to_string_lossy(),
            text,
        ))?)?);
    }
    if read.is_empty() && !paths.is_empty() {
        return Err(Error::input("there are no expectations in the files of --expect")
            .hint("write expectations: [{subject: alice, action: get, resource: applications, object: web/shop, allowed: true}]"));
    }
    Ok(read)
}

fn parse(stream: &Stream) -> Result<Vec<Expectation>> {
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

/// Asks them as the server is asked: with groups, and with AppProjects of the input.
pub(super) fn check(expectations: &[Expectation], input: &PolicyInput<'_>) -> Result<Vec<Check>> {
    let settings = ServerSettings {
        scopes: input.scopes.clone(),
        ..ServerSettings::default()
    };
    let server = Server::load(input.set.clone(), input.projects.clone(), settings)
        .map_err(|error| input.refuse(&error))?;
    let scope = input.scopes.as_deref().and_then(<[String]>::first);
    let scope = scope.map_or("groups", String::as_str);
    let checks = expectations.iter().map(|wanted| {
        let claims = serde_json::json!({"sub": wanted.subject, scope: wanted.groups});
        let claims = Claims::new(claims.as_object().cloned().unwrap_or_default());
        let answer = server.decide(&claims, &wanted.resource, &wanted.action, &wanted.object);
        let decided_by = reason(answer.enforcer, answer.decision, input);
        let unknown = if is_known(&wanted.resource) {
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
            got: if answer.allowed() { "yes" } else { "no" },
            decided_by: format!("{decided_by}{unknown}"),
            purpose: Purpose::Expected,
            ok: wanted.allowed == answer.allowed(),
            name: wanted.name.clone(),
        }
    });
    Ok(checks.collect())
}
