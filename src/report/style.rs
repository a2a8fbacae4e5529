//! Colours, or none, and the width of a line.

use anstyle::{AnsiColor, Effects, Style as Ansi};

/// The narrowest column that a folded line is put into.
const LEAST_FOLDED: usize = 30;

/// How to mark texts; plain where nothing may be coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    colored: bool,
    width: Option<usize>,
}

impl Style {
    /// Marks texts with ANSI sequences if `colored`.
    pub fn new(colored: bool) -> Self {
        Self {
            colored,
            width: None,
        }
    }

    /// Breaks lines that are longer than the terminal is wide.
    #[must_use]
    pub fn with_width(self, width: Option<usize>) -> Self {
        Self { width, ..self }
    }

    /// The same with lines of at most 119 characters where there is no terminal.
    #[must_use]
    pub fn or_page_width(self) -> Self {
        self.with_width(self.width.or(Some(119)))
    }

    /// The columns of the terminal; `None` where lines stay as long as they are.
    pub fn width(self) -> Option<usize> {
        self.width
    }

    /// A line on as many lines as it takes, each after the first indented by so many spaces more
    /// than the line itself.
    pub(crate) fn folded(self, line: &str, more: usize) -> String {
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        match self.width {
            Some(width) if line.chars().count() > width => {
                " ".repeat(indent) + &self.folded_behind(indent + more, text)
            }
            _ => line.to_owned(),
        }
    }

    /// A text that begins in some column, all of its lines from there on.
    pub(super) fn folded_behind(self, column: usize, text: &str) -> String {
        match self.width {
            Some(width) if column + LEAST_FOLDED <= width => {
                wrapped(text, width - column).join(&format!("\n{:column$}", ""))
            }
            _ => text.to_owned(),
        }
    }

    /// Whether texts are marked at all.
    pub fn is_colored(self) -> bool {
        self.colored
    }

    /// A heading, a name.
    pub fn strong(self, text: &str) -> String {
        self.paint(Ansi::new().bold(), text)
    }

    /// What is added, given, right.
    pub fn good(self, text: &str) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    /// What is removed, taken, wrong.
    pub fn bad(self, text: &str) -> String {
        self.paint(AnsiColor::Red.on_default(), text)
    }

    /// What wants attention.
    pub fn warn(self, text: &str) -> String {
        self.paint(AnsiColor::Yellow.on_default(), text)
    }

    /// Where something is.
    pub fn place(self, text: &str) -> String {
        self.paint(AnsiColor::Cyan.on_default(), text)
    }

    /// The words in a line of a diff that differ.
    pub(super) fn differing(self, text: &str, added: bool) -> String {
        let color = if added {
            AnsiColor::Green
        } else {
            AnsiColor::Red
        };
        self.paint(color.on_default() | Effects::INVERT, text)
    }

    fn paint(self, style: Ansi, text: &str) -> String {
        if self.colored {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// A text on lines of at most so many characters, broken behind spaces and punctuation where there
/// are any.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut rest: Vec<char> = text.chars().collect();
    let mut lines = Vec::new();
    while rest.len() > width {
        let breaks = |at: &usize| rest[*at] == ' ' || " /,:-.".contains(rest[*at - 1]);
        let at = (width / 3..=width).rev().filter(|at| *at > 0).find(breaks);
        let tail = rest.split_off(at.unwrap_or(width.max(1)));
        lines.push(rest.iter().collect::<String>().trim_end().to_owned());
        rest = tail.into_iter().skip_while(|c| *c == ' ').collect();
    }
    lines.push(rest.into_iter().collect());
    lines
}
