//! Findings as workflow commands of GitHub Actions, which shows them on the changed lines.

use std::fmt::Write as _;

use super::ShownFinding;
use crate::model::Severity;

/// A line for each finding.
pub fn github(findings: &[ShownFinding<'_>]) -> String {
    let mut out = String::new();
    for finding in findings {
        let command = match finding.level {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let (start, end) = (finding.mark.start(), finding.mark.end());
        let mut message = finding.message.clone();
        for help in &finding.help {
            message.push('\n');
            message.push_str(help);
        }
        let _ = writeln!(
            out,
            "::{command} file={},line={},endLine={},col={},endColumn={},title={}::{}",
            property(finding.mark.source.name()),
            start.line,
            end.line,
            start.column,
            // GitHub marks up to and including this column.
            end.column.saturating_sub(1).max(start.column),
            property(finding.rule),
            data(&message),
        );
    }
    out
}

/// Text behind `::`, escaped as the runner unescapes it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property's value: a comma or a colon would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_command_early() {
        assert_eq!(data("50 %\r\n::error::x"), "50 %25%0D%0A::error::x");
        assert_eq!(property("C:\\a,b"), "C%3A\\a%2Cb");
    }
}
