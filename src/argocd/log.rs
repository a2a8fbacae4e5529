//! What argocd says on stderr: JSON or text log lines, or plain text.

use serde::Deserialize;

#[derive(Deserialize)]
struct LogLine {
    level: String,
    msg: String,
}

/// The reason for which argocd gave up: the last fatal line, or else everything it said. `stdout`
/// counts only where it starts with `Error:`, as wrong usage is reported; it can hold secrets
/// otherwise.
pub(super) fn reason(stderr: &str, stdout: &str) -> String {
    let said = |level| stderr.lines().rev().find_map(|line| message(line, level));
    let fatal = said("fatal")
        .or_else(|| said("panic"))
        .or_else(|| said("error"));
    if let Some(fatal) = fatal {
        return harmless(&fatal);
    }
    let usage = [stderr, stdout]
        .into_iter()
        .find_map(|text| text.lines().next()?.strip_prefix("Error: "));
    harmless(usage.unwrap_or(stderr).trim())
}

/// The message of a log line of this level, in any of the forms that argocd has used.
fn message(line: &str, level: &str) -> Option<String> {
    let line = line.trim();
    if line.starts_with('{') {
        let line: LogLine = serde_json::from_str(line).ok()?;
        return (line.level == level).then_some(line.msg);
    }
    if let Some((before, rest)) = line.split_once("msg=") {
        let has_level = before
            .split_whitespace()
            .any(|word| word.strip_prefix("level=") == Some(level));
        return has_level.then(|| match rest.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => rest.split_whitespace().next().unwrap_or("").to_owned(),
        });
    }
    // `FATA[0000] text`: what the text format looks like at a terminal.
    let short = match level {
        "fatal" => "FATA[",
        "panic" => "PANI[",
        _ => "ERRO[",
    };
    let (_, text) = line.strip_prefix(short)?.split_once(']')?;
    Some(text.trim().to_owned())
}

/// A text in Go's quotes, from behind the first one.
fn unquoted(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('t') => plain.push('\t'),
                Some(c) => plain.push(c),
                None => {}
            },
            c => plain.push(c),
        }
    }
    plain
}

/// Without control characters, which would reach the user's terminal.
fn harmless(text: &str) -> String {
    let shown = |c: char| !c.is_control() || c == '\n' || c == '\t';
    text.chars()
        .map(|c| if shown(c) { c } else { '\u{fffd}' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "rpc error: code = NotFound desc = account 'nobody' does not exist";

    #[test]
    fn the_reason_is_found_in_every_format() {
        for said in [
            format!(r#"{{"level":"fatal","msg":"{TEXT}","time":"2026-11-22T04:09:51Z"}}"#),
            format!(r#"time="2026-11-22T04:10:54Z" level=fatal msg="{TEXT}""#),
            format!("FATA[0000] {TEXT}"),
            format!("noise\n{{\"level\":\"warning\",\"msg\":\"w\"}}\nFATA[0001] {TEXT}\ngoodbye\n"),
            format!("{TEXT}\n"),
        ] {
            assert_eq!(reason(&said, "Usage: eyJ"), TEXT, "{said}");
        }
    }

    #[test]
    fn quotes_and_newlines_inside_a_text_line_are_kept() {
        let said = r#"time="x" level=fatal msg="parsing \"yes\": a\nb" other=1"#;
        assert_eq!(reason(said, ""), "parsing \"yes\": a\nb");
        assert_eq!(reason("level=fatal msg=EOF time=x", ""), "EOF");
    }

    #[test]
    fn wrong_usage_is_found_on_stdout() {
        let stdout = "Error: unknown flag: --nonsense\nUsage: eyJ";
        assert_eq!(reason("", stdout), "unknown flag: --nonsense");
        assert_eq!(reason("", "a token"), "");
    }

    #[test]
    fn nothing_reaches_the_terminal_but_text() {
        assert_eq!(reason("\u{1b}[31mred\u{7}", ""), "\u{fffd}[31mred\u{fffd}");
    }
}
