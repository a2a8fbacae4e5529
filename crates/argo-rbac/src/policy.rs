//! Policy text → lines, as Argo CD's loader reads it.
//!
//! A line is trimmed, skipped when empty or a comment, read as CSV, and then has to be a `p` line of
//! six fields, a `g` line of three, or a line of one of the model's other sections (`r`, `e`, `m`),
//! which is accepted and means nothing. One bad line stops the whole policy.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::csv::{self, CsvField, Fault};
use super::quote::quote;

/// The most fields of a line that are told apart; no valid line has more than six.
const FIELDS: usize = 7;

/// What a policy line says, without its place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Statement {
    /// `p, subject, resource, action, object, effect`.
    Policy([CsvField; 5]),
    /// `g, subject, role`.
    Grouping([CsvField; 2]),
    /// A line of another section of the model: accepted, and without meaning.
    Ignored,
}

/// Reads one trimmed line that is neither empty nor a comment.
pub(super) fn parse(line: &str) -> Result<Statement, (Reason, usize)> {
    let mut fields = [CsvField::default(); FIELDS];
    let mut count = 0;
    csv::read(line, |field| {
        if let Some(slot) = fields.get_mut(count) {
            *slot = field;
        }
        count += 1;
    })
    .map_err(|(fault, offset)| (Reason::Quotes(fault), offset))?;
    let [kind, one, two, three, four, five, surplus] = fields;
    // No type holds a quote, so a field with doubled ones is none of them either way.
    match (&line.as_bytes()[kind.start..kind.end], count) {
        (b"p", 6) => Ok(Statement::Policy([one, two, three, four, five])),
        (b"g", 3) => Ok(Statement::Grouping([one, two])),
        (b"r" | b"e" | b"m", _) => Ok(Statement::Ignored),
        (b"p", found) => {
            let at = if found > 6 { surplus.start } else { line.len() };
            Err((Reason::Fields(6, found), at))
        }
        (b"g", found) => {
            let at = if found > 3 { three.start } else { line.len() };
            Err((Reason::Fields(3, found), at))
        }
        _ => Err((Reason::Type, kind.start)),
    }
}

/// What a line of a policy text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'t> {
    /// Nothing but spaces.
    Blank,
    /// Begins with `#`.
    Comment,
    /// A rule.
    Policy(Policy<'t>),
    /// A binding of a subject to a role.
    Grouping(Grouping<'t>),
    /// Begins with `r`, `e` or `m`: Argo CD accepts such a line and ignores it.
    Ignored,
    /// A line on which the whole policy fails.
    Invalid(PolicyError),
}

/// One field and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<'t> {
    /// The value, quotes resolved.
    pub text: Cow<'t, str>,
    /// Byte offset of its first character in the key's text, behind an opening quote.
    pub offset: usize,
}

/// A `p` line: who may (or may not) do what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy<'t> {
    /// The subject, always literal.
    pub subject: Value<'t>,
    /// Pattern of resources.
    pub resource: Value<'t>,
    /// Pattern of actions.
    pub action: Value<'t>,
    /// Pattern of objects.
    pub object: Value<'t>,
    /// `allow`, `deny`, or anything else, which has no effect.
    pub effect: Value<'t>,
}

/// A `g` line: `subject` has all that `role` has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping<'t> {
    /// Who inherits.
    pub subject: Value<'t>,
    /// Where it comes from.
    pub role: Value<'t>,
}

/// A line of a policy text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered<'t> {
    /// Line number in the key's text, from 1.
    pub number: usize,
    /// Byte offset of the trimmed line in the key's text.
    pub offset: usize,
    /// The line, trimmed.
    pub text: &'t str,
    /// What it says.
    pub line: Line<'t>,
}

/// Every line of a key's text in order, the bad ones too: for linters and for editing. An enforcer
/// loads none of it when one line is [`Line::Invalid`].
pub fn lines<'t>(key: &Arc<str>, text: &'t str) -> impl Iterator<Item = Numbered<'t>> {
    let key = Arc::clone(key);
    let mut next = 0;
    text.split('\n').enumerate().map(move |(index, whole)| {
        let start = next;
        next += whole.len() + 1;
        number_line(&key, whole, index, start)
    })
}

/// The first line of a text that begins at `start`, behind `index` other lines.
pub(super) fn first_line<'t>(
    key: &Arc<str>,
    text: &'t str,
    index: usize,
    start: usize,
) -> Numbered<'t> {
    let whole = text.split_once('\n').map_or(text, |(line, _)| line);
    number_line(key, whole, index, start)
}

/// A whole line that begins at `start`, behind `index` others.
fn number_line<'t>(key: &Arc<str>, whole: &'t str, index: usize, start: usize) -> Numbered<'t> {
    let trimmed = whole.trim();
    let offset = start + whole.len() - whole.trim_start().len();
    let value = |field: CsvField| Value {
        text: field.value(trimmed),
        offset: offset + field.start,
    };
    let line = if trimmed.is_empty() {
        Line::Blank
    } else if trimmed.starts_with('#') {
        Line::Comment
    } else {
        match parse(trimmed) {
            Ok(Statement::Ignored) => Line::Ignored,
            Ok(Statement::Policy([subject, resource, action, object, effect])) => {
                Line::Policy(Policy {
                    subject: value(subject),
                    resource: value(resource),
                    action: value(action),
                    object: value(object),
                    effect: value(effect),
                })
            }
            Ok(Statement::Grouping([subject, role])) => Line::Grouping(Grouping {
                subject: value(subject),
                role: value(role),
            }),
            Err(fault) => Line::Invalid(PolicyError::new(
                Arc::clone(key),
                index + 1,
                whole,
                start,
                fault,
            )),
        }
    };
    Numbered {
        number: index + 1,
        offset,
        text: trimmed,
        line,
    }
}

/// Why a line does not load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A line of this type has the first number of fields (its type counted), and this one the
    /// second.
    Fields(usize, usize),
    /// The first field is none of the types that the model knows.
    Type,
    /// A quote in the wrong place.
    #[expect(private_interfaces, reason = "only its message is for others")]
    Quotes(Fault),
    /// The policy as a whole is longer than the engine's offsets reach (4 GiB).
    Length,
}

/// A line on which a whole policy fails to load, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// The key (or other name) of the text that holds the line.
    pub key: Arc<str>,
    /// Line in that text, from 1.
    pub line: usize,
    /// Column in characters in that line, from 1.
    pub column: usize,
    /// Byte offset in that text of the same place.
    pub offset: usize,
    /// The line, trimmed.
    pub text: String,
    /// What is wrong.
    pub reason: Reason,
}

impl PolicyError {
    /// `whole` is the line untrimmed, which begins at `start` of its text; the fault is at a byte of
    /// the trimmed line.
    pub(super) fn new(
        key: Arc<str>,
        line: usize,
        whole: &str,
        start: usize,
        (reason, at): (Reason, usize),
    ) -> Self {
        let at = whole.len() - whole.trim_start().len() + at;
        Self {
            key,
            line,
            column: whole[..at].chars().count() + 1,
            offset: start + at,
            text: whole.trim().to_owned(),
            reason,
        }
    }

    /// The innermost text of Argo CD's own error, word for word.
    pub fn argocd_message(&self) -> String {
        let Reason::Quotes(fault) = self.reason else {
            return format!("invalid RBAC policy: {}", self.text);
        };
        let line = quote(&self.text);
        // Go counts columns in bytes of the trimmed line.
        let trimmed = match csv::read(&self.text, |_| {}) {
            Err((_, at)) => at + 1,
            Ok(()) => 1,
        };
        let what = match fault {
            Fault::BareQuote => "bare \" in non-quoted-field",
            Fault::Quote => "extraneous or missing \" in quoted-field",
        };
        format!("error parsing policy line {line}: parse error on line 1, column {trimmed}: {what}")
    }

    /// What to do about it, in a sentence.
    pub fn hint(&self) -> &'static str {
        match self.reason {
            Reason::Fields(6, _) => {
                "a rule is `p, subject, resource, action, object, effect`; a field that contains a comma is in double quotes"
            }
            Reason::Fields(..) => "a binding is `g, subject, role`",
            Reason::Type => {
                "a line begins with `p,` or `g,` without quotes or spaces around the letter, or with `#`"
            }
            Reason::Quotes(_) => {
                "a quoted field begins with its quote, ends with its quote right before the comma, and doubles the quotes inside"
            }
            Reason::Length => "a ConfigMap holds at most 1 MiB",
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::Fields(6, found) => {
                write!(
                    f,
                    "a `p` line has 6 fields, this one has {found}: {}",
                    self.text
                )
            }
            Reason::Fields(_, found) => {
                write!(
                    f,
                    "a `g` line has 3 fields, this one has {found}: {}",
                    self.text
                )
            }
            Reason::Type => write!(f, "not a policy line: {}", self.text),
            Reason::Quotes(Fault::BareQuote) => {
                write!(
                    f,
                    "a quote inside a field that does not begin with one: {}",
                    self.text
                )
            }
            Reason::Quotes(Fault::Quote) => {
                write!(
                    f,
                    "a quoted field does not end where it should: {}",
                    self.text
                )
            }
            Reason::Length => f.write_str("the policy is too long"),
        }
    }
}

impl std::error::Error for PolicyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_knows_its_offset() {
        let text = "# c\n  p, alice,applications, get, \"{a,b}/*\" \n";
        let text = text.replace("\" \n", "\", allow\r\n");
        let line = lines(&"policy.csv".into(), &text).nth(1).unwrap();
        assert_eq!((line.number, line.offset), (2, 6));
        let Line::Policy(policy) = line.line else {
            panic!("{line:?}")
        };
        for value in [
            &policy.subject,
            &policy.resource,
            &policy.action,
            &policy.object,
            &policy.effect,
        ] {
            assert!(text[value.offset..].starts_with(&*value.text), "{value:?}");
        }
        assert_eq!(policy.object.text, "{a,b}/*");
        assert_eq!(policy.effect.text, "allow");
    }

    #[test]
    fn an_error_points_at_what_is_wrong() {
        let at = |text: &str| {
            let bad = lines(&"k".into(), text).find_map(|line| match line.line {
                Line::Invalid(error) => Some(error),
                _ => None,
            });
            let error = bad.unwrap();
            (error.line, error.column, error.offset)
        };
        assert_eq!(at("g, a, b\n  p, ä, b, c"), (2, 13, 8 + 13));
        assert_eq!(at("g, a, b, c"), (1, 10, 9));
        assert_eq!(at("p, a, b, c, d, allow, x"), (1, 23, 22));
        assert_eq!(at("\u{a0}p, ü\", b"), (1, 6, 2 + 5));
        assert_eq!(at(" x, y"), (1, 2, 1));
    }

    #[test]
    fn an_error_says_what_is_wrong_and_what_to_do() {
        for (text, what, hint) in [
            (
                "p, a",
                "a `p` line has 6 fields, this one has 2: p, a",
                "a rule is `p, subject",
            ),
            (
                "g, a",
                "a `g` line has 3 fields, this one has 2: g, a",
                "`g, subject, role`",
            ),
            (
                "x, a",
                "not a policy line: x, a",
                "begins with `p,` or `g,`",
            ),
            (
                "p, a\"",
                "a quote inside a field that does not begin with one: p, a\"",
                "doubles",
            ),
            (
                "p, \"a",
                "a quoted field does not end where it should: p, \"a",
                "right before the comma",
            ),
        ] {
            let Line::Invalid(error) = lines(&"k".into(), text).next().unwrap().line else {
                panic!("{text}")
            };
            assert_eq!(error.to_string(), what);
            assert!(error.hint().contains(hint), "{}", error.hint());
        }
    }

    #[test]
    fn blank_only_lines_do_not_confuse_offsets() {
        let all: Vec<_> = lines(&"k".into(), "   \n\ng, a, b")
            .map(|line| line.offset)
            .collect();
        assert_eq!(all, [3, 4, 5]);
    }
}
