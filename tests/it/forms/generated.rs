//! Generated files through `render` and back: only lines are added, other readers see exactly the
//! keys that were intended, twice is once, and `--absent` gives the bytes back.
//!
//! `GENERATED` says how many files; `GENERATED_DIR` keeps them, with what each must read as, for
//! `scripts/readers.py`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize as _;
use serde_json::{Value, json};

use super::RULES;
use super::shapes::{Shape, shape};
use crate::common::{Run, Sandbox};

/// What every document says to a reader that is not ours.
fn models(text: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(text.trim_start_matches('\u{feff}'))
        .map(|document| {
            let mut value = serde_yaml::Value::deserialize(document).unwrap();
            value.apply_merge().unwrap();
            serde_json::to_value(value).unwrap()
        })
        .collect()
}

/// The value at the end of a way, with the mappings on the way to it.
fn at<'m>(model: &'m mut Value, way: &[&str]) -> &'m mut Value {
    way.iter().fold(model, |value, key| {
        if value.is_null() {
            *value = json!({});
        }
        match (value, key.parse::<usize>()) {
            (Value::Array(items), Ok(index)) => &mut items[index],
            (Value::Object(map), _) => map.entry(*key).or_insert(Value::Null),
            (other, _) => panic!("{key} in {other}"),
        }
    })
}

/// What the file must say afterwards.
fn wanted(shape: &Shape) -> Vec<Value> {
    let mut models = models(&shape.text);
    let two = models.len() > 1;
    for (way, value) in &shape.wanted {
        let second = two && way.get(1).is_some_and(|key| key.starts_with("policy."));
        let place = at(&mut models[usize::from(second)], way);
        if way.ends_with(&["policy"]) {
            let old = place.as_str().unwrap();
            let said = old.trim_end_matches('\n');
            let rules = RULES.trim_end();
            *place = match &old[said.len()..] {
                _ if old.is_empty() => json!(rules),
                rest => json!(format!("{said}\n{rules}{rest}")),
            };
        } else if way.ends_with(&["roles"]) {
            let roles = match place.take() {
                Value::Array(roles) => roles,
                _ => Vec::new(),
            };
            let rule = |what: &str| format!("p, proj:p:octopus, {what}, get, p/*, allow");
            let wanted = ["applications", "clusters", "logs"].map(rule);
            let ours = json!({
                "name": "octopus",
                "description": "Octopus Deploy reads the applications of p",
                "policies": wanted,
            });
            *place = roles.into_iter().chain([ours]).collect();
        } else if let Value::Array(more) = value {
            let items = match place.take() {
                Value::Array(items) => items,
                _ => Vec::new(),
            };
            *place = items.into_iter().chain(more.iter().cloned()).collect();
        } else {
            place.clone_from(value);
        }
    }
    models
}

/// Without what a null that was filled is afterwards, or was before.
fn without_nothing(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| (key.clone(), without_nothing(value)));
            let nothing =
                |value: &Value| value.is_null() || *value == json!({}) || *value == json!([]);
            entries.filter(|(_, value)| !nothing(value)).collect()
        }
        Value::Array(items) => items.iter().map(without_nothing).collect(),
        other => other.clone(),
    }
}

/// How often each comment of the generator is in a text.
fn comments(text: &str) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.split_once('#')) {
        *found.entry(line.1).or_default() += 1;
    }
    found
}

/// Whether a line may be another one afterwards: it holds brackets or a null that were filled, or a
/// text that got lines.
fn may_change(line: &str) -> bool {
    ["{", "[", "~", "null", "c: d", "policy:", "role:admin"]
        .iter()
        .any(|part| line.contains(part))
}

fn only_adds_lines(before: &str, after: &str) -> Result<(), String> {
    let mut left = after.lines();
    for line in before.lines() {
        if !may_change(line) && !left.any(|other| other == line) {
            return Err(format!("a line is gone or changed: {line:?}"));
        }
    }
    Ok(())
}

/// What became of one file: whether it was edited, or why that is wrong.
fn outcome(sandbox: &Sandbox, shape: &Shape) -> Result<Option<(String, Vec<Value>)>, String> {
    let run = |text: &str, more: &str| -> Run {
        let line = format!("render -q -f - {} {more}", shape.options);
        sandbox.command(&line).stdin(text).run()
    };
    let rendered = run(&shape.text, "");
    if rendered.code != 0 {
        let is_right = rendered.code == 3
            && rendered.stdout.is_empty()
            && (shape.is_shared && rendered.stderr.contains("is shared")
                || shape.is_template && rendered.stderr.contains("template")
                || rendered.stderr.contains("does not end with a line break"));
        return if is_right {
            Ok(None)
        } else {
            Err(rendered.stderr)
        };
    }
    let edited = rendered.stdout;
    let with = |why: String| format!("{why}\n=>\n{edited}");
    only_adds_lines(&shape.text, &edited).map_err(with)?;
    let mut wanted_models = Vec::new();
    if !shape.is_template {
        wanted_models = wanted(shape);
        let now = models(&edited);
        if now != wanted_models {
            return Err(with(format!("{now:?}\nand not\n{wanted_models:?}")));
        }
    }
    let twice = run(&edited, "");
    if twice.stdout != edited {
        return Err(with(format!(
            "twice is not once:\n{}{}",
            twice.stdout, twice.stderr
        )));
    }
    let back = run(&edited, "--absent");
    if back.stdout == shape.text {
        return Ok(Some((edited, wanted_models)));
    }
    let same = || {
        // A key that held a null may have been all there was.
        let all = |text: &str| -> Vec<_> {
            let models = models(text).into_iter();
            models
                .map(|model| without_nothing(&model))
                .filter(|model| !model.is_null() && *model != json!({}))
                .collect()
        };
        !shape.is_template
            && all(&back.stdout) == all(&shape.text)
            && comments(&back.stdout) == comments(&shape.text)
    };
    if shape.is_ambiguous && (shape.is_template || same()) {
        return Ok(Some((edited, wanted_models)));
    }
    Err(with(format!(
        "not given back:\n{}{}",
        back.stdout, back.stderr
    )))
}

/// Numbers that look random and are the same each time.
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u8::try_from(state >> 32 & 0xff).unwrap()
    };
    std::iter::repeat_with(next).take(96).collect()
}

#[test]
fn whatever_a_file_looks_like_it_is_edited_and_given_back() {
    let count = std::env::var("GENERATED")
        .ok()
        .and_then(|count| count.parse().ok());
    let count: u64 = count.unwrap_or(300);
    let keep = std::env::var_os("GENERATED_DIR").map(PathBuf::from);
    let sandbox = Sandbox::new();
    let (mut edited, mut refused, mut filled, mut failed) = (0, 0, 0, Vec::new());
    for seed in 0..count {
        let shape = shape(&bytes(seed));
        match outcome(&sandbox, &shape) {
            Ok(Some((after, wanted))) => {
                edited += 1;
                filled += u64::from(shape.is_ambiguous);
                if let Some(directory) = keep.as_ref().filter(|_| !shape.is_template) {
                    std::fs::write(directory.join(format!("{seed}.yaml")), after).unwrap();
                    let wanted = json!(wanted).to_string();
                    std::fs::write(directory.join(format!("{seed}.json")), wanted).unwrap();
                }
            }
            Ok(None) => refused += 1,
            Err(why) => failed.push(format!("{seed}: {why}\n----\n{}", shape.text)),
        }
    }
    let shown = failed
        .iter()
        .take(12)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n========\n");
    println!("{count} files: {edited} edited, {filled} of them with a null, {refused} refused");
    assert!(
        failed.is_empty(),
        "{} of {count} failed\n{shown}",
        failed.len()
    );
    assert!(refused * 10 < count, "{refused} of {count} refused");
}
