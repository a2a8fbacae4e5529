//! How values are written into a template, and the filters of ours.

use std::borrow::Cow;
use std::fmt::Write as _;

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, Value};

use crate::model::shell::quoted;

/// Writes a text as a YAML scalar on one line that every reader takes for that very text.
pub type Quote = fn(&str) -> String;

/// Interpolations are YAML scalars.
const YAML: AutoEscape = AutoEscape::Custom(Cow::Borrowed("yaml"));
/// Interpolations are CSV fields.
const CSV: AutoEscape = AutoEscape::Custom(Cow::Borrowed("csv"));

/// Interpolations are words of a POSIX shell.
const SHELL: AutoEscape = AutoEscape::Custom(Cow::Borrowed("shell"));

/// How the interpolations of a template are written: its name decides.
pub(super) fn mode(template: &str) -> AutoEscape {
    if template.ends_with(".csv.j2") {
        CSV
    } else if template.ends_with(".sh.j2") {
        SHELL
    } else {
        YAML
    }
}

/// Filters that mark a text as needing no quotes; without them nothing can switch quoting off.
const UNSAFE: [&str; 3] = ["safe", "escape", "e"];

pub(super) fn install(environment: &mut Environment<'static>, quote: Quote) {
    for name in UNSAFE {
        environment.remove_filter(name);
    }
    environment.set_formatter(move |out, state, value| write(out, state, value, quote));
    environment.add_filter("indent", indent);
    environment.add_filter("field", |value: &Value| {
        plain(value)
            .and_then(|text| field(&text))
            .map(Value::from_safe_string)
    });
    environment.add_filter("exact", exact);
    environment.add_filter("within", within);
}

fn write(out: &mut Output, state: &mut State, value: &Value, quote: Quote) -> Result<(), Error> {
    let text = if value.is_safe() {
        value.to_string()
    } else if *state.auto_escape() == CSV {
        field(&plain(value)?)?
    } else if *state.auto_escape() == SHELL {
        word(&plain(value)?)?
    } else {
        match value.kind() {
            ValueKind::String => quote(&plain(value)?),
            ValueKind::Bool | ValueKind::Number => value.to_string(),
            ValueKind::None => "null".to_owned(),
            _ => plain(value)?,
        }
    };
    out.write_str(&text).map_err(Error::from)
}

/// The text of a single value.
fn plain(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::String | ValueKind::Bool | ValueKind::Number => Ok(value.to_string()),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        kind => Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("a {kind} cannot be written as one value; go through its items"),
        )),
    }
}

/// A text as one field of a policy line, in quotes where CSV needs them.
fn field(text: &str) -> Result<String, Error> {
    if let Some(odd) = text.chars().find(|c| c.is_control()) {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            format!(
                "`{}` has the character `{}`, which cannot be part of a policy line",
                text.escape_debug(),
                odd.escape_debug()
            ),
        ));
    }
    let quotes = text.is_empty()
        || text.contains([',', '"', '#'])
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace);
    Ok(if quotes {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    })
}

/// A text as one word of a shell.
fn word(text: &str) -> Result<String, Error> {
    if let Some(odd) = text.chars().find(|c| c.is_control()) {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            format!(
                "`{}` has the character `{}`, which cannot be part of a command",
                text.escape_debug(),
                odd.escape_debug()
            ),
        ));
    }
    Ok(quoted(text).into_owned())
}

/// Indents every line that is not space, and keeps quoted what was quoted: unlike the engine's own
/// filter, which would have the whole block quoted once more.
fn indent(value: &Value, width: usize) -> Value {
    let text = value.to_string();
    let mut indented = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if !line.trim_end().is_empty() {
            indented.extend(std::iter::repeat_n(' ', width.min(100)));
        }
        indented.push_str(line);
    }
    if value.is_safe() {
        Value::from_safe_string(indented)
    } else {
        Value::from(indented)
    }
}

/// A resource or action so that the policy's match mode takes it for that very word: in regex
/// mode an unanchored `applications` would grant `applicationsets` too.
fn exact(state: &State, word: &str) -> String {
    if is_regex(state) {
        format!("^{}$", escape_regex(word))
    } else {
        word.to_owned()
    }
}

/// The objects of one project, in the policy's match mode.
fn within(state: &State, project: &str) -> String {
    if is_regex(state) {
        format!("^{}/.*", escape_regex(project))
    } else {
        format!("{project}/*")
    }
}

fn is_regex(state: &State) -> bool {
    state
        .lookup("match_mode")
        .is_some_and(|mode| mode.as_str() == Some("regex"))
}

/// Escapes what has a meaning in Go's regular expressions (`regexp.QuoteMeta`).
pub(super) fn escape_regex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            escaped.push('\\');
        }
        let _ = escaped.write_char(c);
    }
    escaped
}
