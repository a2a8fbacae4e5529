//! Syntax errors in plain words, with what to do about them.

use granit_parser::{ErrorKind, ScanError};

use super::trivia::{line_start, next_line};
use crate::Error;
use crate::Source;

/// What the parser found wrong, for a person.
pub(super) fn error(source: &Source, error: &ScanError) -> Error {
    let offset = error
        .marker()
        .byte_offset()
        .unwrap_or(0)
        .min(source.text().len());
    let told = Error::input(format!("not valid YAML: {}", reason(error.kind())))
        .at(source.location(offset));
    match hint(source.text(), offset, error.kind()) {
        Some(hint) => told.hint(hint),
        None => told,
    }
}

fn reason(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::MappingValueNotAllowed => {
            "a `:` with a value is not allowed here (is the line indented wrongly, or is a string that contains `: ` not quoted?)"
                .into()
        }
        ErrorKind::ExpectedBlockMappingKey => {
            "a key was expected here: this line's indentation fits none of the lines above".into()
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "a `- ` was expected here: this line's indentation fits none of the lines above".into()
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            "a key was expected here, but no `:` follows".into()
        }
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::UnclosedQuotedScalar => {
            "a quoted string is not closed, or a line of it is indented too little".into()
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => format!(
            "the control character U+{:04X} is not allowed",
            u32::from(*character)
        ),
        ErrorKind::UnexpectedCharacter { character } => {
            format!("an unquoted string cannot begin with `{character}`")
        }
        ErrorKind::UnknownAnchor => "an alias (`*name`) without an anchor (`&name`) above it".into(),
        ErrorKind::TabInPlainScalar
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabNotAllowed => "a TAB where YAML needs spaces".into(),
        ErrorKind::TabAtBlockScalarStart => "a block string cannot begin with a TAB".into(),
        ErrorKind::RecursionLimitExceeded => {
            format!("nested more than {} levels deep", super::MAX_DEPTH)
        }
        other => other.to_string(),
    }
}

fn hint(text: &str, offset: usize, kind: &ErrorKind) -> Option<String> {
    let line = &text[line_start(text, offset)..next_line(text, offset)];
    if line.contains("{{") {
        return Some(
            "this looks like a template: render it first (`helm template`), or quote the placeholder"
                .into(),
        );
    }
    if matches!(kind, ErrorKind::UnexpectedCharacter { character } if !character.is_control()) {
        return Some("put the string in quotes".into());
    }
    if line.contains('\t') {
        return Some("indent with spaces only".into());
    }
    None
}
