//! Pattern text → tokens, with the reading order that decides what malformed patterns mean.

use std::collections::VecDeque;

use super::error::GlobError;

/// One token of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    End,
    Text(String),
    /// `*`
    Any,
    /// `**`
    Super,
    /// `?`
    Single,
    /// `,` inside braces
    Separator,
    TermsOpen,
    TermsClose,
    RangeOpen,
    RangeClose,
    RangeNot,
    RangeLo(char),
    RangeHi(char),
}

/// What reading past the end gives. A NUL in the pattern is the same to the lexer, only that it
/// is stepped over: one that ends a text is swallowed, one that starts a token ends the pattern.
const END: char = '\0';

/// Reads tokens one by one. After an error every further token is that error.
pub(super) struct Lexer<'p> {
    data: &'p str,
    position: usize,
    error: Option<GlobError>,
    tokens: VecDeque<Token>,
    terms: usize,
    last: (char, usize),
    has_last: bool,
}

impl<'p> Lexer<'p> {
    pub(super) fn new(data: &'p str) -> Self {
        Self {
            data,
            position: 0,
            error: None,
            tokens: VecDeque::new(),
            terms: 0,
            last: (END, 0),
            has_last: false,
        }
    }

    /// The next token. An error found while a token was read comes before tokens read earlier.
    pub(super) fn next(&mut self) -> Result<Token, GlobError> {
        loop {
            if let Some(error) = &self.error {
                return Err(error.clone());
            }
            if let Some(token) = self.tokens.pop_front() {
                return Ok(token);
            }
            self.fetch();
        }
    }

    fn peek(&mut self) -> (char, usize) {
        match self.data[self.position..].chars().next() {
            None => (END, 0),
            Some(char::REPLACEMENT_CHARACTER) => {
                self.error = Some(GlobError::UnreadableCharacter);
                (END, 0)
            }
            Some(c) => (c, c.len_utf8()),
        }
    }

    fn read(&mut self) -> char {
        if self.has_last {
            self.has_last = false;
        } else {
            self.last = self.peek();
        }
        self.position += self.last.1;
        self.last.0
    }

    fn unread(&mut self) {
        if self.has_last {
            self.error = Some(GlobError::UnreadTwice);
            return;
        }
        self.position -= self.last.1;
        self.has_last = true;
    }

    fn fetch(&mut self) {
        let in_terms = self.terms > 0;
        match self.read() {
            END => self.tokens.push_back(Token::End),
            '{' => {
                self.terms += 1;
                self.tokens.push_back(Token::TermsOpen);
            }
            ',' if in_terms => self.tokens.push_back(Token::Separator),
            '}' if in_terms => {
                self.terms -= 1;
                self.tokens.push_back(Token::TermsClose);
            }
            '[' => {
                self.tokens.push_back(Token::RangeOpen);
                self.fetch_range();
            }
            '?' => self.tokens.push_back(Token::Single),
            '*' => {
                if self.read() == '*' {
                    self.tokens.push_back(Token::Super);
                } else {
                    self.unread();
                    self.tokens.push_back(Token::Any);
                }
            }
            _ => {
                self.unread();
                self.fetch_text(if in_terms {
                    &['?', '*', '[', '{', '}', ',']
                } else {
                    &['?', '*', '[', '{']
                });
            }
        }
    }

    /// What follows `[`: an optional `!`, then either `lo-hi` or a list, then `]`. The first
    /// character decides which of the two; a range after a list's start is literal characters.
    fn fetch_range(&mut self) {
        let (mut want_hi, mut want_close, mut seen_not) = (false, false, false);
        loop {
            let c = self.read();
            if c == END {
                self.error = Some(GlobError::UnexpectedEndOfInput);
                return;
            }
            if want_close {
                if c == ']' {
                    self.tokens.push_back(Token::RangeClose);
                } else {
                    self.error = Some(GlobError::ExpectedRangeClose);
                }
                return;
            }
            if want_hi {
                self.tokens.push_back(Token::RangeHi(c));
                want_close = true;
                continue;
            }
            if !seen_not && c == '!' {
                self.tokens.push_back(Token::RangeNot);
                seen_not = true;
                continue;
            }
            let (next, width) = self.peek();
            if next == '-' {
                self.position += width;
                self.tokens.push_back(Token::RangeLo(c));
                want_hi = true;
                continue;
            }
            self.unread();
            self.fetch_text(&[']']);
            want_close = true;
        }
    }

    fn fetch_text(&mut self, breakers: &[char]) {
        let mut text = String::new();
        let mut escaped = false;
        loop {
            let c = self.read();
            if c == END {
                break;
            }
            if !escaped {
                if c == '\\' {
                    escaped = true;
                    continue;
                }
                if breakers.contains(&c) {
                    self.unread();
                    break;
                }
            }
            escaped = false;
            text.push(c);
        }
        if !text.is_empty() {
            self.tokens.push_back(Token::Text(text));
        }
    }
}
