//! What is known of an Argo CD beside its texts.

use super::object::Object;
use super::settings::chart_root;
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

impl GatherOptions {
    /// Whether the user says that an object is values, whatever it looks like.
    pub(super) fn is_values(&self, object: &Object<'_>) -> bool {
        self.form == Some(Form::Helm) && object.kind().is_empty()
    }

    /// The keys that lead to the argo-cd chart's values in a document; `None` where it is not a
    /// values file.
    pub(crate) fn chart_root<'s, 'a: 's>(&'s self, object: &Object<'a>) -> Option<Vec<&'s str>> {
        let is_mapping = || object.node.entries().is_some();
        chart_root(object, self.values_root.as_deref())
            .or_else(|| (self.is_values(object) && is_mapping()).then(Vec::new))
    }
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
