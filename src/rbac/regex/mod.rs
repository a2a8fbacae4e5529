//! Stand-in until the translation of Go's syntax lands.
#![allow(missing_docs, reason = "replaced by merging")]

#[derive(Debug)]
pub struct GoRegex(regex_automata::meta::Regex);

impl GoRegex {
    pub fn compile(pattern: &str) -> Result<Self, String> {
        regex_automata::meta::Regex::new(pattern)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}
