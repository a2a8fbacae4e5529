//! What a rule is.

use super::about::About;
use super::finding::Findings;
use crate::site::Site;

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
                    severity: $crate::model::Severity::$severity,
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
