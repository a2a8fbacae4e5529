//! JSON: the same nodes as from YAML, from a strict reader that takes several values in a row, as
//! kubectl does.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use super::build::too_large;
use super::document::{Document, Duplicate, duplicates};
use super::node::{Entry, Node, NodeKind, Scalar};
use super::resolve::{ScalarStyle, ScalarType};
use super::{MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_NODES};
use crate::Source;
use crate::{Error, Result};

/// Reads every value of a JSON stream.
pub(super) fn documents(source: &Source) -> Result<Vec<Document>> {
    let text = source.text();
    let mut reader = Reader {
        source,
        text,
        bytes: text.as_bytes(),
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        nodes: 0,
        duplicates: Vec::new(),
    };
    let mut documents: Vec<Document> = Vec::new();
    loop {
        reader.blanks();
        if reader.at == text.len() {
            break;
        }
        let begins = reader.at;
        reader.nodes = 0;
        let root = reader.value(0)?;
        if root.span.len() > MAX_DOCUMENT_BYTES {
            return Err(too_large(source, begins));
        }
        let start = documents.last_mut().map_or(0, |last| {
            last.span.end = begins;
            begins
        });
        documents.push(Document {
            source: source.clone(),
            root: Some(root),
            span: start..text.len(),
            duplicates: std::mem::take(&mut reader.duplicates),
            anchors: HashMap::new(),
            covered: None,
        });
    }
    Ok(documents)
}

struct Reader<'a> {
    source: &'a Source,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    nodes: usize,
    duplicates: Vec<Duplicate>,
}

impl Reader<'_> {
    fn error(&self, what: impl AsRef<str>) -> Error {
        Error::input(format!("not valid JSON: {}", what.as_ref())).at(self.source.location(self.at))
    }

    fn expected(&self, what: &str) -> Error {
        match self.text[self.at..].chars().next() {
            None => self.error(format!("the text ends where {what} was expected")),
            Some(found) => self.error(format!(
                "{what} was expected here, not `{}`",
                found.escape_debug()
            )),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node> {
        self.nodes += 1;
        if depth >= MAX_DEPTH && matches!(self.peek(), Some(b'{' | b'[')) {
            return Err(self.error(format!("nested more than {MAX_DEPTH} levels deep")));
        }
        if self.nodes > MAX_NODES {
            return Err(self.error(format!("a document of more than {MAX_NODES} values")));
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => return self.string(),
            Some(b't') => self.word("true", ScalarType::Bool)?,
            Some(b'f') => self.word("false", ScalarType::Bool)?,
            Some(b'n') => self.word("null", ScalarType::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return Err(self.expected("a value")),
        };
        let flow = !matches!(kind, NodeKind::Scalar(_));
        Ok(node(kind, start..self.at, flow))
    }

    fn object(&mut self, depth: usize) -> Result<NodeKind> {
        let mut entries = Vec::new();
        self.separated(b'}', "`,` or `}`", |reader| {
            if reader.peek() != Some(b'"') {
                return Err(reader.expected("a key in double quotes"));
            }
            let key = reader.string()?;
            reader.blanks();
            if reader.peek() != Some(b':') {
                return Err(reader.expected("`:`"));
            }
            reader.at += 1;
            reader.blanks();
            let value = reader.value(depth + 1)?;
            entries.push(Entry { key, value });
            Ok(())
        })?;
        duplicates(&entries, &mut self.duplicates);
        Ok(NodeKind::Mapping(entries))
    }

    fn array(&mut self, depth: usize) -> Result<NodeKind> {
        let mut items = Vec::new();
        self.separated(b']', "`,` or `]`", |reader| {
            items.push(reader.value(depth + 1)?);
            Ok(())
        })?;
        Ok(NodeKind::Sequence(items))
    }

    fn separated(
        &mut self,
        close: u8,
        wanted: &str,
        mut one: impl FnMut(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.at += 1;
        self.blanks();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            one(self)?;
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.expected(wanted)),
            }
            self.blanks();
        }
    }

    fn word(&mut self, word: &str, scalar_type: ScalarType) -> Result<NodeKind> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.expected("a value"));
        }
        self.at += word.len();
        Ok(scalar(word.into(), ScalarStyle::Plain, scalar_type))
    }

    fn number(&mut self) -> Result<NodeKind> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        let text = &self.text[start..self.at];
        Ok(scalar(text.into(), ScalarStyle::Plain, ScalarType::Number))
    }

    fn digits(&mut self) -> Result<()> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.expected("a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Node> {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let plain = self.at;
            while self
                .peek()
                .is_some_and(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
            {
                self.at += 1;
            }
            value.push_str(&self.text[plain..self.at]);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => value.push(self.escape()?),
                Some(_) => return Err(self.error("a line break or control character in a string")),
                None => {
                    self.at = start;
                    return Err(self.error("a string that is not closed"));
                }
            }
        }
        self.at += 1;
        let kind = scalar(value, ScalarStyle::DoubleQuoted, ScalarType::String);
        Ok(node(kind, start..self.at, false))
    }

    fn escape(&mut self) -> Result<char> {
        let plain = match self.bytes.get(self.at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.error("an escape that JSON does not know")),
        };
        self.at += 2;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char> {
        let unit = |at: usize| {
            let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
            let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            hex.then(|| u16::from_str_radix(digits, 16).ok())?
        };
        let Some(first) = unit(self.at) else {
            return Err(self.error("`\\u` without four hexadecimal digits"));
        };
        let units = [Some(first), unit(self.at + 6)];
        let length = if (0xD800..0xE000).contains(&first) {
            2
        } else {
            1
        };
        let decoded = char::decode_utf16(units.into_iter().flatten().take(length)).next();
        match decoded {
            Some(Ok(c)) => {
                self.at += 6 * length;
                Ok(c)
            }
            _ => Err(self.error("half of a surrogate pair")),
        }
    }
}

fn scalar(value: String, style: ScalarStyle, scalar_type: ScalarType) -> NodeKind {
    NodeKind::Scalar(Scalar {
        value: value.into(),
        style,
        scalar_type,
        block: None,
        runs: OnceLock::new(),
    })
}

fn node(kind: NodeKind, span: Range<usize>, flow: bool) -> Node {
    Node {
        kind,
        lead: span.start,
        span,
        properties: None,
        flow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_that_is_allowed_is_read() {
        let source = Source::new("x", "[1]");
        let read = |nodes| {
            let mut reader = Reader {
                source: &source,
                text: source.text(),
                bytes: source.text().as_bytes(),
                at: 0,
                nodes,
                duplicates: Vec::new(),
            };
            reader.value(0)
        };
        assert!(read(MAX_NODES - 2).is_ok());
        let error = read(MAX_NODES - 1).unwrap_err().to_string();
        assert!(error.contains("more than 1000000 values"), "{error}");
    }
}
