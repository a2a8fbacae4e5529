//! A configuration for argocd that has no login.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;

use crate::emit::{Access, Existing, private_directory, write};
use crate::error::Result;

/// A directory with a configuration for argocd that has no login, made when it is first needed.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnConfig(Arc<OnceLock<TempDir>>);

impl OwnConfig {
    /// The directory; with a file in it unless `content` is nothing.
    pub(super) fn directory(&self, content: Option<&serde_json::Value>) -> Result<&Path> {
        if self.0.get().is_none() {
            let directory = private_directory("octopus-argo-").map_err(|cause| {
                crate::error::Error::external("cannot make a temporary directory").caused_by(cause)
            })?;
            if let Some(content) = content {
                let path = directory.path().join("config");
                let text = content.to_string();
                write(&path, text.as_bytes(), Access::Private, Existing::Replace)?;
            }
            // Someone else may have been first; then this one goes again.
            let _ = self.0.set(directory);
        }
        let directory = self.0.get().map(TempDir::path);
        directory.ok_or_else(|| crate::error::Error::internal("a directory went missing"))
    }
}
