//! Findings for people: the lines of the text with the characters marked.

use std::borrow::Cow;
use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level as Title, Origin, Renderer, Snippet};

use super::{Mark, ShownFinding};
use crate::model::Severity;
use crate::report::{Style, printable};
use crate::text::counted;

/// How much of a line of text is shown where no terminal is narrower.
const WIDTH: usize = 120;
/// The longest text that is shown. Laying out a longer line for each finding costs too much: only the
/// place is shown.
const LONGEST: usize = 16 * 1024;
/// Lines shown above and below the marked one.
const CONTEXT: usize = 1;

/// All findings as frames, one below the other.
pub fn text(findings: &[ShownFinding<'_>], style: Style) -> String {
    let mut out = String::new();
    for finding in findings {
        out.push_str(&frame(finding, style));
        out.push_str("\n\n");
    }
    out
}

fn frame(finding: &ShownFinding<'_>, style: Style) -> String {
    let title = match finding.level {
        Severity::Error => Title::ERROR,
        Severity::Warning => Title::WARNING,
        Severity::Note => Title::NOTE,
    };
    let mut marks = vec![(AnnotationKind::Primary, &finding.mark)];
    let related = finding.related.iter();
    marks.extend(related.map(|mark| (AnnotationKind::Context, mark)));
    let mut group = title
        .primary_title(printable(&finding.message).into_owned())
        .id(finding.rule)
        .elements(windows(&marks));
    for help in &finding.help {
        group = group.element(Title::HELP.message(printable(help).into_owned()));
    }
    if let Some(fix) = &finding.fix {
        let title = printable(&fix.title);
        let message = match fix.effect {
            None => format!("`--fix` will {title}"),
            Some(effect) => format!("`--fix=unsafe` will {title} (it changes {effect})"),
        };
        group = group.element(Title::HELP.with_name("fix").message(message));
    }
    let renderer = if style.is_colored() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer
        .term_width(style.width().unwrap_or(WIDTH))
        .decor_style(DecorStyle::Ascii)
        .render(&[group])
}

/// The lines around the marks, so that a long text costs no more than a short one. Marks of the
/// same text that are near each other share a snippet.
fn windows<'m>(marks: &[(AnnotationKind, &'m Mark<'m>)]) -> Vec<Element<'m>> {
    let mut snippets: Vec<Element<'m>> = Vec::new();
    let mut rest = marks;
    while let Some(((kind, mark), after)) = rest.split_first() {
        let text = mark.source.text();
        let mut group = vec![(*kind, *mark)];
        let (mut from, mut to) = around(text, mark);
        rest = after;
        while let Some(((kind, other), after)) = rest.split_first() {
            let (start, end) = around(text, other);
            let joined = start.min(from)..end.max(to);
            if other.source != mark.source || text[joined.clone()].lines().nth(30).is_some() {
                break;
            }
            (from, to) = (joined.start, joined.end);
            group.push((*kind, *other));
            rest = after;
        }
        let window = &text[from..to];
        if window.len() > LONGEST {
            let place = mark.source.location(mark.span.start);
            let path = Origin::path(one_line(mark.source.name()));
            let origin = path.line(place.line).char_column(place.column);
            snippets.push(origin.into());
            continue;
        }
        let place = mark.source.location(from);
        // The text of a patch between quotes begins in the middle of a line.
        let indent = place.column - 1;
        let shown = match harmless(window) {
            text if indent == 0 => text,
            text => format!("{:indent$}{text}", "").into(),
        };
        let annotations = group.into_iter().map(|(kind, mark)| {
            let at = |offset: usize| offset.min(to) - from + indent;
            let span = at(mark.span.start)..at(mark.span.end);
            let label = (!mark.label.is_empty()).then(|| printable(&mark.label));
            kind.span(span).label(label)
        });
        snippets.push(
            Snippet::source(shown)
                .path(one_line(mark.source.name()))
                .line_start(place.line)
                .annotations(annotations.collect::<Vec<_>>())
                .into(),
        );
    }
    snippets
}

/// A file's name, which may hold line breaks, on one line.
fn one_line(name: &str) -> String {
    printable(name).replace('\n', "\\n").replace('\t', "\\t")
}

/// The text without characters that a terminal would obey or that reorder what is read, each byte
/// in its place. (The renderer itself takes care of those of ASCII.)
fn harmless(text: &str) -> Cow<'_, str> {
    let Cow::Owned(_) = printable(text) else {
        return Cow::Borrowed(text);
    };
    let mut buffer = [0; 4];
    let harmless = text
        .chars()
        .map(|c| match printable(c.encode_utf8(&mut buffer)) {
            Cow::Owned(_) if c.len_utf8() == 2 => '·',
            Cow::Owned(_) if c.len_utf8() == 3 => char::REPLACEMENT_CHARACTER,
            _ => c,
        });
    Cow::Owned(harmless.collect())
}

/// The bytes of a mark's line and of those around it.
fn around(text: &str, mark: &Mark<'_>) -> (usize, usize) {
    let start = mark.span.start.min(text.len());
    let mut from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    for _ in 0..CONTEXT {
        from = text[..from.saturating_sub(1)]
            .rfind('\n')
            .map_or(0, |at| at + 1);
    }
    let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end);
    let mut to = line_end(start);
    for _ in 0..CONTEXT {
        to = line_end((to + 1).min(text.len()));
    }
    // A byte order mark is not a part of the line.
    if from == 0 && text.starts_with('\u{feff}') && start >= 3 {
        from = 3;
    }
    (from, to)
}

/// How many findings of each level there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Those that comments in the texts ignore.
    pub ignored: usize,
    /// Those that `--fix` fixes.
    pub safe: usize,
    /// Those that only `--fix=unsafe` fixes.
    pub risky: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of(findings: &[ShownFinding<'_>], ignored: usize) -> Self {
        let mut counts = Self {
            ignored,
            ..Self::default()
        };
        for finding in findings {
            match finding.level {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Note => counts.notes += 1,
            }
            match &finding.fix {
                Some(fix) if fix.effect.is_none() => counts.safe += 1,
                Some(_) => counts.risky += 1,
                None => {}
            }
        }
        counts
    }
}

/// The findings of so many files in a line.
pub fn summary(counts: Counts, files: usize) -> String {
    let mut parts = Vec::new();
    for (count, name) in [
        (counts.errors, "error"),
        (counts.warnings, "warning"),
        (counts.notes, "note"),
    ] {
        if count > 0 {
            parts.push(counted(count, name));
        }
    }
    let mut line = if parts.is_empty() {
        "no findings".to_owned()
    } else {
        parts.join(", ")
    };
    let _ = write!(line, " in {}", counted(files, "file"));
    if counts.ignored > 0 {
        let _ = write!(line, ", {} ignored by comments", counts.ignored);
    }
    match (counts.safe, counts.risky) {
        (0, 0) => {}
        (safe, 0) => {
            let _ = write!(line, "; {safe} fixable with --fix");
        }
        (0, risky) => {
            let _ = write!(line, "; {risky} fixable with --fix=unsafe");
        }
        (safe, risky) => {
            let all = safe + risky;
            let _ = write!(line, "; {safe} fixable with --fix, {all} with --fix=unsafe");
        }
    }
    line
}
