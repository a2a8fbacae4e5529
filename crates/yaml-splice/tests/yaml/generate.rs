//! Documents in every style that YAML has, made from a list of choices (so that proptest can make
//! a failing one smaller).

/// A list of choices; when it is used up, every choice is the first.
pub(crate) struct Choices<'a> {
    bytes: &'a [u8],
}

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                usize::from(*first) % count
            }
            None => 0,
        }
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// A text of documents.
pub(crate) struct Generator<'a> {
    pub(crate) choices: Choices<'a>,
    step: usize,
    dash: usize,
    out: String,
    key: usize,
}

const LINES: [&str; 12] = [
    "p, role:a, applications, get, */*, allow",
    "# comment",
    "g, \"x, y\", role:a",
    "it's 100% \\n ${X}",
    "key: value # no comment",
    "ü 😀",
    "  deeper",
    "\tTAB first",
    "trailing ",
    "in\tside",
    "---",
    "- item",
];

impl<'a> Generator<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut choices = Choices::new(bytes);
        Self {
            step: choices.of(&[2, 4, 1, 3]),
            dash: choices.of(&[0, 2, 1]),
            choices,
            out: String::new(),
            key: 0,
        }
    }

    /// A whole text; the first document has a mapping `data` somewhere.
    pub(crate) fn stream(mut self) -> String {
        if self.choices.one_in(4) {
            self.out.push_str("# head\n%YAML 1.2\n---\n");
        } else if self.choices.one_in(3) {
            self.out.push_str("---  # first\n");
        }
        self.document();
        if self.choices.one_in(3) {
            let marker = self
                .choices
                .of(&["---\n", "...\n---\n", "--- # c\n# only\n---\n"]);
            self.end_line();
            self.out.push_str(marker);
            self.document();
        }
        let mut text = self.out;
        match self.choices.below(6) {
            1 => text.truncate(text.trim_end_matches('\n').len()),
            2 => text.push_str("\n\n"),
            3 => text.push_str("# last\n"),
            4 => text.push_str("  # last, no line break"),
            _ => {}
        }
        if self.choices.one_in(4) {
            text = text.replace('\n', "\r\n");
        }
        if self.choices.one_in(6) {
            text.insert(0, '\u{feff}');
        }
        text
    }

    /// A document that the real kubectl takes too: an object of some kind.
    pub(crate) fn object(mut self) -> String {
        self.out
            .push_str("apiVersion: v1\nkind: Test\nmetadata: {name: x}\n");
        self.document();
        self.end_line();
        self.out
    }

    fn document(&mut self) {
        if self.choices.one_in(8) {
            self.out.push_str("data: ");
            self.flow(0);
            self.out.push('\n');
            return;
        }
        self.mapping(0, 0, true);
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn comments(&mut self, column: usize) {
        match self.choices.below(10) {
            6 => self.out.push('\n'),
            7 => {
                let column = self.choices.of(&[column, 0, column + 3]);
                let at = self.out.len();
                self.indent(column);
                self.out.push_str("# a comment: {x}\n");
                if self.after_block(at) {
                    // It would be content.
                    self.out.truncate(at);
                }
            }
            8 => self.out.push_str("\n\n"),
            _ => {}
        }
    }

    /// Whether what comes before could swallow a comment: only told for deeper ones.
    fn after_block(&self, at: usize) -> bool {
        let line = &self.out[at..];
        line.starts_with(' ') && self.out[..at].lines().any(|line| line.contains(['|', '>']))
    }

    fn indent(&mut self, column: usize) {
        self.out.extend(std::iter::repeat_n(' ', column));
    }

    fn name(&mut self) -> String {
        self.key += 1;
        let name = self
            .choices
            .of(&["key", "accounts.a", "policy.csv", "x y", "ü"]);
        format!("{name}{}", self.key)
    }

    fn mapping(&mut self, column: usize, depth: usize, first_inline: bool) {
        let count = 1 + self.choices.below(3);
        for index in 0..count {
            if index > 0 || !first_inline {
                if index > 0 {
                    self.comments(column);
                }
                self.indent(column);
            }
            let name = if depth == 0 && index == 0 {
                "data".to_owned()
            } else {
                self.name()
            };
            match self.choices.below(6) {
                1 => self.push(&format!("'{name}':")),
                2 => self.push(&format!("\"{name}\" :")),
                3 if !name.contains(' ') => {
                    self.push(&format!("? {name}\n"));
                    self.indent(column);
                    self.out.push(':');
                }
                _ => self.push(&format!("{name}:")),
            }
            self.value(column, depth, true);
        }
    }

    fn value(&mut self, column: usize, depth: usize, in_mapping: bool) {
        let nested = depth < 3;
        match self.choices.below(if nested { 16 } else { 12 }) {
            0 | 1 | 11 => self.scalar_line(),
            2 => self.comment_or_break(),
            3 => {
                self.out.push_str(" {}");
                self.comment_or_break();
            }
            4 => {
                self.out.push(' ');
                self.flow(column);
                self.comment_or_break();
            }
            5..=7 => self.literal(column),
            8 => self.folded(column),
            9 => self.double(column),
            10 => self.single(column),
            12 | 13 if in_mapping => {
                self.comment_or_break();
                let column = column + self.step;
                self.indent(column);
                self.mapping(column, depth + 1, true);
            }
            12 | 13 => {
                self.out.push(' ');
                self.mapping(column + 2, depth + 1, true);
            }
            _ => {
                let column = if in_mapping {
                    self.comment_or_break();
                    column + self.dash
                } else {
                    self.comment_or_break();
                    column + 2
                };
                for _ in 0..=self.choices.below(2) {
                    self.indent(column);
                    self.out.push('-');
                    self.value(column, depth + 1, false);
                }
            }
        }
    }

    fn comment_or_break(&mut self) {
        let end = self.choices.of(&["\n", "\n", "\n", "  # right: here\n"]);
        self.out.push_str(end);
    }

    fn scalar_line(&mut self) {
        let scalar = self.choices.of(&[
            " plain",
            " apiKey, login",
            " 'it''s'",
            " \"a \\u00e9\\t\\\\\"",
            " 12",
            " true",
            " ~",
            " ${X}",
            " ''",
            " a:b#c",
            " !!str 7",
            " \"\"",
        ]);
        self.out.push_str(scalar);
        self.comment_or_break();
    }

    fn lines(&mut self, allowed: usize) -> Vec<&'static str> {
        let count = 1 + self.choices.below(4);
        (0..count)
            .map(|_| self.choices.of(&LINES[..allowed]))
            .collect()
    }

    fn literal(&mut self, column: usize) {
        let mut lines = self.lines(LINES.len());
        if self.choices.one_in(3) {
            lines.insert(self.choices.below(2), "");
        }
        let chomping = self.choices.of(&["", "-", "+"]);
        let first = lines
            .iter()
            .find(|line| !line.is_empty())
            .copied()
            .unwrap_or("x");
        let hidden = first.starts_with([' ', '\t']);
        let explicit = hidden || self.choices.one_in(4);
        let indent = column + self.step.max(1);
        let digit = if explicit {
            self.step.max(1).to_string()
        } else {
            String::new()
        };
        let header = match self.choices.below(3) {
            0 => format!(" |{digit}{chomping}"),
            1 => format!(" |{chomping}{digit}"),
            _ => format!(" |{digit}{chomping}  # header | >"),
        };
        self.out.push_str(&header);
        self.out.push('\n');
        for line in lines {
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
        for _ in 0..self.choices.of(&[0, 0, 1, 3]) {
            self.out.push('\n');
        }
    }

    fn folded(&mut self, column: usize) {
        let lines = self.lines(6);
        let chomping = self.choices.of(&["", "-", "+"]);
        self.push(&format!(" >{chomping}\n"));
        for (index, line) in lines.into_iter().enumerate() {
            if index > 0 && self.choices.one_in(2) {
                self.out.push('\n');
            }
            self.indent(column + self.step);
            if index > 0 && self.choices.one_in(4) {
                self.out.push_str("  ");
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn double(&mut self, column: usize) {
        self.out.push_str(" \"");
        for index in 0..=self.choices.below(4) {
            if index > 0 {
                match self.choices.below(5) {
                    0 => self.out.push_str("\\n"),
                    1 => self.fold(column, ""),
                    2 => self.fold(column, "\\"),
                    3 => self.out.push_str("\\n\\\n     \\ "),
                    _ => {
                        self.out.push('\n');
                        self.fold(column, "");
                    }
                }
            }
            let words = self.choices.of(&[
                "p, role:a",
                "x \\\"y\\\"",
                "\\xFC \\u2028",
                "get, */*, allow \\n",
                "'",
            ]);
            self.out.push_str(words);
        }
        self.out.push('"');
        self.comment_or_break();
    }

    fn fold(&mut self, column: usize, before: &str) {
        self.out.push_str(before);
        self.out.push('\n');
        let deeper = 1 + self.choices.below(4);
        self.indent(column + deeper);
    }

    fn single(&mut self, column: usize) {
        self.out.push_str(" '");
        for index in 0..=self.choices.below(3) {
            if index > 0 {
                if self.choices.one_in(2) {
                    self.out.push('\n');
                }
                self.fold(column, "");
            }
            let words = self.choices.of(&["p, role:a", "it''s", "x # y"]);
            self.out.push_str(words);
        }
        self.out.push('\'');
        self.comment_or_break();
    }

    fn flow(&mut self, column: usize) {
        let own_lines = self.choices.one_in(3);
        let quoted = self.choices.one_in(3);
        let count = 1 + self.choices.below(3);
        self.out.push('{');
        for index in 0..count {
            if own_lines {
                self.out.push('\n');
                if self.choices.one_in(4) {
                    self.indent(column + 4);
                    self.out.push_str("# inside {\n");
                }
                self.indent(column + 4);
            } else if index > 0 {
                self.out.push(' ');
            }
            let name = self.name().replace(' ', "");
            let value =
                self.choices
                    .of(&["x", "'y, z'", "[a, \"b\"]", "{n: 1}", "$X", "{}", "null"]);
            if quoted {
                self.push(&format!("\"{name}\": {value}"));
            } else {
                self.push(&format!("{name}: {value}"));
            }
            if index + 1 < count {
                self.out.push(',');
            }
        }
        if self.choices.one_in(3) {
            self.out.push(',');
        }
        if own_lines {
            if self.choices.one_in(3) {
                self.out.push_str(" # right");
            }
            self.out.push('\n');
            self.indent(column + 1);
        }
        self.out.push('}');
    }
}
