//! What a rule is.

use std::fmt;
use std::str::FromStr;

use super::finding::Findings;
use crate::site::Site;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Probably not what was meant, or more than is needed.
    Warning,
    /// Does not work, or opens a door.
    Error,
}

impl Severity {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        [Self::Note, Self::Warning, Self::Error]
            .into_iter()
            .find(|severity| severity.as_str() == name)
            .ok_or(())
    }
}

/// What is known of a rule before it runs.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// In kebab-case: also the name of its module, its type and its page.
    pub id: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    /// Its page, `docs/rules/ID.md`.
    pub page: &'static str,
}

impl About {
    /// What it is about, in one line: the first paragraph of its page.
    pub fn summary(&self) -> String {
        let paragraphs = self.page.split("\n\n").skip(1);
        let first = paragraphs.into_iter().find(|text| !text.starts_with("**"));
        first.unwrap_or_default().replace('\n', " ")
    }
}

/// Something to look for.
pub trait Rule: Sync {
    /// What is known of it.
    fn about(&self) -> &'static About;
    /// Looks, and reports what it finds.
    fn check(&self, site: &Site<'_>, findings: &mut Findings<'_>);
}

/// Makes the type of a rule; the function `check` beside it does the work.
macro_rules! rule {
    ($name:ident, $id:literal, $severity:ident) => {
        #[doc = concat!("See `docs/rules/", $id, ".md`.")]
        pub(super) struct $name;

        impl $crate::lint::Rule for $name {
            fn about(&self) -> &'static $crate::lint::About {
                const ABOUT: $crate::lint::About = $crate::lint::About {
                    id: $id,
                    severity: $crate::lint::Severity::$severity,
                    page: include_str!(concat!("../../../docs/rules/", $id, ".md")),
                };
                &ABOUT
            }

            fn check(
                &self,
                site: &$crate::site::Site<'_>,
                findings: &mut $crate::lint::finding::Findings<'_>,
            ) {
                check(site, findings);
            }
        }
    };
}
pub(super) use rule;
