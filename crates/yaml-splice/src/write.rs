//! Writing YAML that every reader takes for the same: quoted where YAML 1.1 or 1.2 would see
//! anything but a string, in block style as kubectl prints it.

use std::fmt::Write as _;

use serde_json::Value;

use super::resolve;
use super::resolve::ScalarType;

/// Longer keys than this need a `?` in front of them (YAML allows 1,024 characters for others).
const LONGEST_KEY: usize = 1000;

/// A text as a scalar on one line, good as a value and between brackets.
pub fn value(text: &str) -> String {
    scalar(text, Place::Flow)
}

/// A text as a key on one line, good in block style and between brackets.
pub fn key(text: &str) -> String {
    scalar(text, Place::Flow)
}

/// A value as a document in block style: two spaces of indentation, a sequence's `- ` at its
/// parent's indentation, texts of several lines as literal blocks where that is safe.
pub fn document(value: &Value) -> String {
    let rendered = block(value, 0, Layout::default());
    match (rendered.inline.as_str(), rendered.body.as_str()) {
        (inline, "") => format!("{inline}\n"),
        ("", body) => body.to_owned(),
        (inline, body) => format!("{inline}\n{body}"),
    }
}

/// Where a scalar will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a block mapping or sequence.
    Block,
    /// Between brackets, where `,[]{}` end a plain scalar.
    Flow,
}

/// A text as a scalar on one line: plain, else in the quotes that need no escapes.
pub(super) fn scalar(text: &str, place: Place) -> String {
    if text.is_empty() {
        return single_quoted(text);
    }
    if text.chars().any(needs_escape) {
        return double_quoted(text);
    }
    if is_ambiguous(text) {
        return format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    }
    if is_plain(text, place) {
        return text.to_owned();
    }
    single_quoted(text)
}

/// In single quotes; the text must not need escapes.
pub(super) fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// In double quotes, with escapes that JSON knows too where it has them.
pub(super) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    escape_into(&mut out, text, needs_escape);
    out.push('"');
    out
}

/// As a JSON string.
pub(super) fn json_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    escape_into(&mut out, text, |c| needs_escape(c) && c <= '\u{ffff}');
    out.push('"');
    out
}

/// What is between the quotes of [`double_quoted`] and [`json_string`].
pub(super) fn escape_into(out: &mut String, text: &str, escaped: impl Fn(char) -> bool) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // Writing to a String cannot fail.
            c if escaped(c) && c <= '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c if escaped(c) => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

/// Characters that some reader refuses, folds, or that no one can see.
pub(super) fn needs_escape(c: char) -> bool {
    match c {
        ' '..='~' => false,
        '\u{a1}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' => matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        ),
        _ => !('\u{10000}'..='\u{1ffff}').contains(&c),
    }
}

/// Whether an unquoted text could be anything but a string to some reader: YAML 1.1's and 1.2's
/// booleans, nulls, numbers (also to base 60), timestamps, `=` and `<<`.
fn is_ambiguous(text: &str) -> bool {
    if text.is_empty() || resolve::plain(text) != ScalarType::String {
        return true;
    }
    if text.len() <= 5 {
        let lower = text.to_ascii_lowercase();
        let words = [
            "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "=", "<<",
        ];
        if words.contains(&lower.as_str()) {
            return true;
        }
    }
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
        && text.chars().all(|c| {
            c.is_ascii_hexdigit()
                || matches!(
                    c,
                    '+' | '-'
                        | '.'
                        | '_'
                        | ':'
                        | ' '
                        | 'x'
                        | 'X'
                        | 'o'
                        | 'O'
                        | 't'
                        | 'T'
                        | 'z'
                        | 'Z'
                        | 'i'
                        | 'n'
                        | 'N'
                        | 'I'
                )
        })
}

fn is_plain(text: &str, place: Place) -> bool {
    let first = text.starts_with(|c: char| {
        c.is_alphanumeric() || matches!(c, '_' | '/' | '.' | '$' | '(' | '+')
    });
    let last = !text.ends_with([' ', ':']);
    let inside = text.chars().all(|c| match c {
        ',' | '[' | ']' | '{' | '}' => place == Place::Block,
        ' '..='~' => true,
        c => c.is_alphanumeric(),
    });
    first
        && last
        && inside
        && !text.starts_with("...")
        && !text.contains(": ")
        && !text.contains(" #")
}

/// What is written after a `:` or `-`: something on its line, and lines below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rendered {
    /// On the line itself, without a space in front.
    pub(super) inline: String,
    /// Whole lines, each with its line feed.
    pub(super) body: String,
}

/// How block style is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Columns by which what is inside a mapping is deeper than its key.
    pub(super) step: usize,
    /// The same for the `-` of a sequence; kubectl prints it below its key.
    pub(super) dash: usize,
    /// Which texts become literal blocks.
    pub(super) literals: Literals,
}

/// Which texts become literal blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literals {
    /// None.
    Never,
    /// Those whose value does not depend on the lines below: not those that end in blank lines.
    Closed,
    /// All that can.
    All,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            step: 2,
            dash: 0,
            literals: Literals::All,
        }
    }
}

/// A value in block style, its lines at column `column`.
pub(super) fn block(value: &Value, column: usize, layout: Layout) -> Rendered {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let mut body = String::new();
            for (key, value) in map {
                entry(&mut body, key, value, column, layout);
            }
            Rendered {
                inline: String::new(),
                body,
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let mut body = String::new();
            for value in items {
                item(&mut body, value, column, layout);
            }
            Rendered {
                inline: String::new(),
                body,
            }
        }
        Value::String(text) => text_block(text, column.max(1), layout.literals),
        other => Rendered {
            inline: flow(other),
            body: String::new(),
        },
    }
}

/// A `key: value` entry as lines.
pub(super) fn entry(out: &mut String, key: &str, value: &Value, column: usize, layout: Layout) {
    entry_with_key(out, &scalar(key, Place::Block), value, column, layout);
}

/// The same with the key as it is to be written.
pub(super) fn entry_with_key(
    out: &mut String,
    key: &str,
    value: &Value,
    column: usize,
    layout: Layout,
) {
    let deeper = if value.is_array() {
        layout.dash
    } else {
        layout.step
    };
    let rendered = block(value, column + deeper, layout);
    indent(out, column);
    if key.len() > LONGEST_KEY {
        out.push_str("? ");
        out.push_str(key);
        out.push('\n');
        indent(out, column);
    } else {
        out.push_str(key);
    }
    out.push(':');
    finish(out, &rendered);
}

/// A `- value` item as lines.
pub(super) fn item(out: &mut String, value: &Value, column: usize, layout: Layout) {
    indent(out, column);
    out.push('-');
    let rendered = block(value, column + 2, layout);
    if rendered.inline.is_empty() {
        // A collection begins on the line of the dash.
        out.push(' ');
        out.push_str(rendered.body.trim_start_matches(' '));
    } else {
        finish(out, &rendered);
    }
}

fn finish(out: &mut String, rendered: &Rendered) {
    if !rendered.inline.is_empty() {
        out.push(' ');
        out.push_str(&rendered.inline);
    }
    out.push('\n');
    out.push_str(&rendered.body);
}

fn indent(out: &mut String, column: usize) {
    out.extend(std::iter::repeat_n(' ', column));
}

fn text_block(text: &str, column: usize, literals: Literals) -> Rendered {
    let allowed = match literals {
        Literals::Never => false,
        Literals::Closed => !text.ends_with("\n\n"),
        Literals::All => true,
    };
    if !(allowed && is_literal(text)) {
        return Rendered {
            inline: scalar(text, Place::Block),
            body: String::new(),
        };
    }
    let content = text.trim_end_matches('\n');
    let inline = match text.len() - content.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    };
    let mut body = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        if line != "\n" {
            indent(&mut body, column);
        }
        body.push_str(line);
    }
    if !body.ends_with('\n') {
        body.push('\n');
    }
    Rendered {
        inline: inline.to_owned(),
        body,
    }
}

/// Whether a text reads well and safely as a literal block: several lines, nothing that needs an
/// escape, no line of spaces only, no first line that would hide the indentation (a TAB there is
/// unparsable).
pub(super) fn is_literal(text: &str) -> bool {
    let Some((first, _)) = text.split_once('\n') else {
        return false;
    };
    !first.is_empty()
        && !first.starts_with([' ', '\t'])
        && text
            .lines()
            .all(|line| line.is_empty() || line.contains(|c| !matches!(c, ' ' | '\t')))
        && text
            .chars()
            .all(|c| matches!(c, '\n' | '\t') || !needs_escape(c))
}

/// A value on one line between brackets, in YAML.
pub(super) fn flow(value: &Value) -> String {
    brackets(value, &|text| scalar(text, Place::Flow), ": ", ", ")
}

/// A value on one line between brackets.
pub(super) fn brackets(
    value: &Value,
    text: &dyn Fn(&str) -> String,
    colon: &str,
    comma: &str,
) -> String {
    let of = |value: &Value| brackets(value, text, colon, comma);
    match value {
        Value::String(value) => text(value),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(of).collect::<Vec<_>>().join(comma))
        }
        Value::Object(map) => {
            let entries: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("{}{colon}{}", text(key), of(value)))
                .collect();
            format!("{{{}}}", entries.join(comma))
        }
        other => other.to_string(),
    }
}
