//! The report of `verify`: what the server said, for people and for programs.

use serde_json::{Value, json};

use super::{Report, Style};
use crate::argocd::CanIAnswer;
use crate::model::TokenOwner;
use crate::octopus::Judgement;
use crate::tokens::{Identity, Round};

fn word(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// A row a question.
pub fn text(round: &Round, offline: Option<&[bool]>, style: Style) -> String {
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
    super::table(&headers, &rows, style)
}

/// The same as JSON.
pub fn json(round: &Round, offline: Option<&[bool]>, owner: &TokenOwner) -> Report {
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
