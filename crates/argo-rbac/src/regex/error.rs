//! Why an expression does not compile, worded as Go words it.

/// An expression that does not compile. Argo CD denies every request that reaches it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {reason}: `{expression}`")]
pub struct RegexError {
    /// What is wrong.
    reason: &'static str,
    /// The part that is wrong, or the whole expression.
    expression: String,
}

pub(super) const BAD_CLASS_RANGE: &str = "invalid character class range";
pub(super) const BAD_ESCAPE: &str = "invalid escape sequence";
pub(super) const BAD_CAPTURE_NAME: &str = "invalid named capture";
pub(super) const BAD_PERL_SYNTAX: &str = "invalid or unsupported Perl syntax";
pub(super) const BAD_REPEAT: &str = "invalid nested repetition operator";
pub(super) const BAD_REPEAT_COUNT: &str = "invalid repeat count";
pub(super) const MISSING_BRACKET: &str = "missing closing ]";
pub(super) const MISSING_PAREN: &str = "missing closing )";
pub(super) const MISSING_REPEAT_ARGUMENT: &str = "missing argument to repetition operator";
pub(super) const TRAILING_BACKSLASH: &str = "trailing backslash at end of expression";
pub(super) const UNEXPECTED_PAREN: &str = "unexpected )";
pub(super) const TOO_DEEP: &str = "expression nests too deeply";
pub(super) const TOO_LARGE: &str = "expression too large";

impl RegexError {
    pub(super) fn new(reason: &'static str, expression: &str) -> Self {
        Self {
            reason,
            expression: expression.to_owned(),
        }
    }
}

pub(super) type Result<T> = std::result::Result<T, RegexError>;
