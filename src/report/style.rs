//! Colours, or none.

use anstyle::{AnsiColor, Effects, Style as Ansi};

/// How to mark texts; plain where nothing may be coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    colored: bool,
}

impl Style {
    /// Marks texts with ANSI sequences if `colored`.
    pub fn new(colored: bool) -> Self {
        Self { colored }
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
