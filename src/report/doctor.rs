//! The steps of `doctor`, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Style, printable};
use crate::doctor::{Chain, StepState};

/// How wide the state of a step is.
const STATE: usize = 7;

/// A line a step.
pub fn text(chain: &Chain, style: Style) -> String {
    let width = chain.steps.iter().map(|step| step.title.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for step in &chain.steps {
        let word = format!("{:<STATE$}", step.state.as_str());
        let word = match step.state {
            StepState::Done => style.good(&word),
            StepState::Missing | StepState::Unknown => style.warn(&word),
            StepState::Wrong => style.bad(&word),
        };
        let evidence = printable(&step.evidence.join("; ")).replace('\n', " ");
        let start = format!("{:<width$}   ", step.title);
        let evidence = style.folded_behind(STATE + 3 + start.len(), &evidence);
        let _ = writeln!(text, "{word}   {start}{evidence}");
    }
    text
}

/// The same as JSON.
pub fn json(chain: &Chain) -> Value {
    let steps = chain.steps.iter().map(|step| {
        json!({
            "id": step.id,
            "state": step.state.as_str(),
            "evidence": step.evidence,
            "next": step.next,
        })
    });
    json!({
        "schema": "doctor/v1",
        "well": chain.is_well(),
        "steps": steps.collect::<Vec<_>>(),
        "next": chain.next(),
    })
}
