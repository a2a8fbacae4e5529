//! Texts and their documents.

use std::sync::Arc;

use serde_json::Value;

use super::document::Document;
use super::node::{Entry, Node, NodeKind};
use super::{build, json, template, write};
use crate::Source;
use crate::{Error, Result};

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML, read as kubectl reads it.
    Yaml,
    /// JSON, one value or several one after another.
    Json,
}

impl Format {
    /// A value as a whole document.
    pub fn write(self, value: &Value) -> String {
        match self {
            Self::Yaml => write::document(value),
            Self::Json => format!("{value:#}\n"),
        }
    }
}

/// A text parsed into documents.
#[derive(Clone, Debug)]
pub struct Stream {
    source: Source,
    format: Format,
    /// Shared, because they are many nodes.
    documents: Arc<Vec<Document>>,
}

/// Characters that may precede the first brace.
const LEADING: [char; 5] = ['\u{feff}', ' ', '\t', '\r', '\n'];

impl Stream {
    /// Parses a text. As for kubectl, a text that begins with a brace is JSON; where it is not JSON
    /// but a YAML flow mapping (`{a: b}`), or JSON between `---`, it is read as YAML.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Input`], with place and reason: a syntax error, a control character,
    /// an alias without anchor, more nesting, bytes, values or aliased text than is read.
    /// Duplicate keys are no error: see [`Document::duplicates`].
    pub fn parse(source: Source) -> Result<Self> {
        let text = source.text();
        let trimmed = text.trim_start_matches(LEADING);
        if trimmed.starts_with(['{', '[']) {
            match json::documents(&source) {
                Ok(documents) => {
                    return Ok(Self {
                        format: Format::Json,
                        documents: Arc::new(documents),
                        source,
                    });
                }
                Err(error) if looks_like_json(text) => return Err(error),
                Err(_) => {}
            }
        }
        refuse_unicode_breaks(&source)?;
        let plain = build::documents(&source, None);
        let needs_cover = plain.as_ref().map_or(true, |documents| {
            let mut roots = documents.iter().filter_map(Document::root);
            text.contains("{{") && roots.any(|root| has_tag_as_value(root, text))
        });
        // A template may be why it is not YAML; where it is not, the first error is the better one.
        let covered = needs_cover.then(|| template::cover(text)).flatten();
        let read = covered.map(|covered| build::documents(&source, Some(&Arc::new(covered))));
        let documents = match (read, plain) {
            (Some(Ok(documents)), _) | (None | Some(Err(_)), Ok(documents)) => documents,
            (None, Err(error)) => return Err(error),
            (Some(Err(error)), Err(_)) => {
                return Err(error.hint(
                    "this text has tags of a template: render it first, or edit its values",
                ));
            }
        };
        Ok(Self {
            format: Format::Yaml,
            documents: Arc::new(documents),
            source,
        })
    }

    /// The same under another name.
    #[must_use]
    pub fn renamed(mut self, name: &str) -> Self {
        self.source = self.source.renamed(name);
        for document in Arc::make_mut(&mut self.documents) {
            document.source = self.source.clone();
        }
        self
    }

    /// The text.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What it is written in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The offset of the first tag of a template, where the text is YAML only without those tags:
    /// what they are going to add, change or leave out is unknown.
    pub fn template(&self) -> Option<usize> {
        self.documents.first()?.covered.as_ref()?.first()
    }

    /// How many lines are nothing but tags of a template.
    pub(super) fn tag_lines(&self) -> usize {
        let covered = self.documents.first().and_then(|one| one.covered.as_ref());
        covered.map_or(0, |covered| covered.lines.len())
    }

    /// Its documents, empty ones included; of a text of spaces there are none.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Refuses the first key that a mapping of any document has twice.
    ///
    /// # Errors
    /// The key, with its second place.
    pub fn refuse_duplicates(&self) -> Result<()> {
        let mut all = self.documents.iter().flat_map(Document::duplicates);
        match all.next() {
            Some(double) => Err(Error::input(format!("duplicate key `{}`", double.key))
                .at(self.source().location(double.second))),
            None => Ok(()),
        }
    }
}

/// Whether a template's tag is a value somewhere: `a: {{ .b }}` is YAML, a mapping whose key is a mapping, which no
/// reader of Kubernetes takes.
fn has_tag_as_value(node: &Node, text: &str) -> bool {
    let is_tag = |entry: &Entry| matches!(entry.key.kind(), NodeKind::Mapping(_));
    let found = match node.kind() {
        NodeKind::Mapping(entries) => {
            text[node.span().start..].starts_with("{{") && entries.iter().any(is_tag)
        }
        _ => false,
    };
    found || node.children().any(|child| has_tag_as_value(child, text))
}

/// Whether a text that is not valid JSON was meant to be: it begins as no person writes YAML.
pub(super) fn looks_like_json(text: &str) -> bool {
    let trimmed = text.trim_start_matches(LEADING);
    let inside = trimmed.strip_prefix('{').map(str::trim_start);
    inside.is_some_and(|inside| inside.is_empty() || inside.starts_with('"'))
        && !trimmed.lines().any(|line| line.trim_end() == "---")
}

/// YAML 1.1 readers (kubectl) take these for line breaks, YAML 1.2 readers do not: the same text
/// would be two different things.
fn refuse_unicode_breaks(source: &Source) -> Result<()> {
    let text = source.text();
    if text.is_ascii() {
        return Ok(());
    }
    let breaks = ["\u{85}", "\u{2028}", "\u{2029}"];
    let found = breaks
        .into_iter()
        .filter_map(|what| Some((text.find(what)?, what)));
    let Some((at, what)) = found.min() else {
        return Ok(());
    };
    let code = what.chars().next().map_or(0, u32::from);
    Err(Error::input(format!(
        "the invisible line separator U+{code:04X}: kubectl takes it for a line break, other programs do not"
    ))
    .at(source.location(at))
    .hint(format!("delete it, or write \"\\u{code:04x}\" in a double-quoted string")))
}
