//! A report in the format that was asked for, as a value: one is written as it is, several are joined.

use std::fmt;

use serde_json::Value;

/// A report in a format for programs.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// A versioned JSON document.
    Json(Value),
    /// The same document, to be written as YAML.
    Yaml(Value),
    /// A SARIF log.
    Sarif(Value),
    /// `JUnit` XML.
    Junit(Junit),
    /// Comma-separated values.
    Csv(Csv),
    /// A format whose reports are joined as texts.
    Text(String),
}

/// Suites of test cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Junit {
    /// Attributes of the root, each after a space.
    pub attributes: String,
    /// The suites.
    pub suites: Vec<JunitSuite>,
}

/// One suite, escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JunitSuite {
    /// Its name.
    pub name: String,
    /// Its other attributes, each after a space.
    pub attributes: String,
    /// Its cases, a line an element.
    pub cases: String,
}

/// Lines of values, each with its line break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv {
    /// The names of the columns.
    pub head: String,
    /// The rows.
    pub rows: Vec<String>,
}

impl Report {
    /// Returns a JSON document as one to be written as YAML, and everything else as it is.
    #[must_use]
    pub fn in_yaml(self) -> Self {
        match self {
            Self::Json(value) => Self::Yaml(value),
            other => other,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // JSON is YAML too; the room that writes the report lays YAML out.
            Self::Json(value) | Self::Yaml(value) | Self::Sarif(value) => writeln!(f, "{value:#}"),
            Self::Junit(junit) => junit.fmt(f),
            Self::Csv(csv) => {
                f.write_str(&csv.head)?;
                csv.rows.iter().try_for_each(|row| f.write_str(row))
            }
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Junit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(f, "<testsuites{}>", self.attributes)?;
        for suite in &self.suites {
            let JunitSuite {
                name,
                attributes,
                cases,
            } = suite;
            writeln!(f, "  <testsuite name=\"{name}\"{attributes}>")?;
            writeln!(f, "{cases}  </testsuite>")?;
        }
        writeln!(f, "</testsuites>")
    }
}
