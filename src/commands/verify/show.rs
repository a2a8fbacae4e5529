//! What the server said, for people and for programs.

use serde_json::{Value, json};

use crate::argocd::CanIAnswer;
use crate::commands::context::Context;
use crate::model::TokenOwner;
use crate::octopus::Judgement;
use crate::report::{self, Report};
use crate::tokens::{Identity, Round, meaning, server_version, stranger};

fn word(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// A row a question.
pub(super) fn table(round: &Round, offline: Option<&[bool]>) -> String {
    if round.identity != Identity::Expected {
        return String::new();
    }
    let mut headers = vec!["RESULT", "ACTION", "RESOURCE", "OBJECT", "WANT", "SERVER"];
    headers.extend(offline.map(|_| "OFFLINE"));
    headers.push("NOTE");
    let mut rows = Vec::new();
    for (index, (question, answer)) in round.answers.iter().enumerate() {
        let verdict = question.judge(*answer == CanIAnswer::Yes);
        let result = match verdict {
            Judgement::Right => "ok",
            Judgement::Wrong => "WRONG",
            Judgement::Needless => "more",
            Judgement::Nothing => "-",
        };
        let mut notes = Vec::new();
        if question.documented {
            notes.push("documented");
        }
        if verdict == Judgement::Nothing {
            notes.push("proves nothing");
        }
        if matches!(answer, CanIAnswer::NoSuchWord(_)) {
            notes.push("the server has no such verb or resource");
        }
        let cells = [
            result,
            question.action,
            question.resource,
            &question.object,
            word(question.wanted()),
            word(*answer == CanIAnswer::Yes),
        ];
        let mut row: Vec<String> = cells.map(str::to_owned).into();
        let offline = offline.and_then(|offline| offline.get(index));
        row.extend(offline.map(|yes| word(*yes).to_owned()));
        row.push(notes.join(", "));
        rows.push(row);
    }
    report::table(&headers, &rows)
}

/// The same as JSON.
pub(super) fn json(round: &Round, offline: Option<&[bool]>, owner: &TokenOwner) -> Report {
    let answers = round
        .answers
        .iter()
        .enumerate()
        .map(|(index, (question, answer))| {
            let mut value = json!({
                "action": question.action,
                "resource": question.resource,
                "object": question.object,
                "want": question.wanted(),
                "purpose": question.purpose.as_str(),
                "server": *answer == CanIAnswer::Yes,
                "known": !matches!(answer, CanIAnswer::NoSuchWord(_)),
                "verdict": question.judge(*answer == CanIAnswer::Yes).as_str(),
                "documented": question.documented,
            });
            if let Some(yes) = offline.and_then(|offline| offline.get(index)) {
                value["offline"] = json!(yes);
            }
            value
        });
    let who = match &round.identity {
        Identity::Expected => Value::from(owner.user_name()),
        Identity::Nobody(_) => Value::Null,
        Identity::Other(name) => Value::from(name.as_str()),
    };
    let report = json!({
        "schema": "verify/v1",
        "user": who,
        "expectedUser": owner.user_name(),
        "serverVersion": round.version,
        "good": round.is_good(),
        "answers": answers.collect::<Vec<_>>(),
    });
    Report::Json(report)
}

/// What the answers mean, on stderr.
pub(super) fn explain(
    round: &Round,
    offline: Option<&[bool]>,
    owner: &TokenOwner,
    context: &mut Context<'_, '_>,
) {
    if let Some(what) = stranger(&round.identity, owner) {
        context.conclude(false, what);
        context.next(
            "kubectl octopus-argo token inspect shows what it claims, token list what there is",
        );
        return;
    }
    for question in round.wrong() {
        context.warn(meaning(question, owner));
    }
    if let Some(offline) = offline {
        differences(round, offline, context);
    }
    if round.sees_nothing {
        context.warn(format!(
            "{owner} may get applications and sees none: is this the right Argo CD, and are there \
             any in its projects? Octopus shows an empty list then, and no error"
        ));
    }
    match round
        .version
        .as_deref()
        .map(|text| (text, server_version(text)))
    {
        None => context.warn("the server did not say its version"),
        Some((text, Some(version))) if !version.enforces_logs() => context.warn(format!(
            "Argo CD {text} shows logs to everybody who may get the application, unless \
             server.rbac.log.enforce.enable is \"true\" in argocd-cm"
        )),
        Some(_) => {}
    }
    let needless: Vec<_> = round
        .with(Judgement::Needless)
        .map(ToString::to_string)
        .collect();
    if !needless.is_empty() {
        context.warn(format!(
            "{owner} may do more than Octopus needs: {}",
            needless.join(", ")
        ));
    }
    let counted = round.answers.len() - round.with(Judgement::Nothing).count();
    let wrong = round.wrong().count();
    context.conclude(
        true,
        format!("{} of {counted} answers are as wanted", counted - wrong),
    );
    context.note(
        "verbs with a path (action/…, update/…, delete/…) cannot be asked of a server; \
         `kubectl octopus-argo check` proves them offline",
    );
}

/// Where the server and the given objects say different things.
fn differences(round: &Round, offline: &[bool], context: &mut Context<'_, '_>) {
    let (mut more, mut less) = (Vec::new(), Vec::new());
    for ((question, answer), offline) in round.answers.iter().zip(offline) {
        let name = format!(
            "{} {} {}",
            question.action, question.resource, question.object
        );
        match (*answer == CanIAnswer::Yes, offline) {
            (true, false) => more.push(name),
            (false, true) => less.push(name),
            _ => {}
        }
    }
    if !more.is_empty() {
        context.warn(format!(
            "the server allows what the given objects do not ({}): it has rules that were not \
             given (another policy key, an AppProject, an older state), or it is another Argo CD",
            more.join("; ")
        ));
    }
    if !less.is_empty() {
        context.warn(format!(
            "the given objects allow what the server does not ({}): they are not applied, or have \
             not reached it yet (--wait 60s asks again), or it is another Argo CD or version",
            less.join("; ")
        ));
    }
}
