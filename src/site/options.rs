//! What is known of an Argo CD beside its texts.

use crate::model::Form;
use crate::rbac::ArgoCdVersion;

/// What is known beside the texts.
#[derive(Clone, Debug)]
pub struct GatherOptions {
    /// The Argo CD that it is meant for.
    pub version: ArgoCdVersion,
    /// Accounts that serve a program, and so need no login.
    pub integrations: Vec<String>,
    /// Only objects of this namespace, and those that name none.
    pub namespace: Option<String>,
    /// The form that the user names, where the input does not tell by itself.
    pub form: Option<Form>,
    /// Where the chart's values are, if the user says it.
    pub values_root: Option<String>,
}

impl Default for GatherOptions {
    fn default() -> Self {
        Self {
            version: ArgoCdVersion::default(),
            integrations: vec!["octopus".to_owned()],
            namespace: None,
            form: None,
            values_root: None,
        }
    }
}
