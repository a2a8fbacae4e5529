//! The namespaces of objects, and whose are meant.

use std::collections::BTreeSet;

use super::object::Object;
use crate::error::{Error, Result};
use crate::model::DEFAULT_NAMESPACE;

/// Whose objects are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamespaceScope {
    /// Those of the one Argo CD in the input.
    Only,
    /// Those of this namespace.
    Namespace(String),
    /// Those of every namespace.
    All,
}

impl NamespaceScope {
    /// Returns the namespace of objects that name none, beside objects that name these.
    ///
    /// # Errors
    /// Several namespaces where one Argo CD is meant.
    pub(super) fn fallback(&self, named: &BTreeSet<&str>) -> Result<String> {
        match self {
            Self::Namespace(namespace) => Ok(namespace.clone()),
            Self::Only if named.len() > 1 => {
                let namespaces: Vec<&str> = named.iter().copied().collect();
                Err(Error::input(format!(
                    "the input has several Argo CDs, in the namespaces {}",
                    namespaces.join(", ")
                ))
                .hint("choose one with -n NAMESPACE, or take them all with -A"))
            }
            Self::Only | Self::All => Ok(only_namespace(named)),
        }
    }
}

/// The namespaces that objects name.
pub(super) fn namespaces<'o>(objects: impl Iterator<Item = &'o Object<'o>>) -> BTreeSet<&'o str> {
    objects.filter_map(Object::namespace).collect()
}

/// The namespace of objects that name none: that of the others where it is one, else `argocd`.
pub(super) fn only_namespace(named: &BTreeSet<&str>) -> String {
    let only = named.first().filter(|_| named.len() == 1);
    (*only.unwrap_or(&DEFAULT_NAMESPACE)).to_owned()
}
