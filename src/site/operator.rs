//! `ArgoCD` resources, from which argocd-operator makes the ConfigMaps.

use super::object::{Object, refuse_duplicates};
use super::select::TargetConfigMap;
use super::select::data;
use crate::error::{Error, Result};
use crate::model::{
    ConfigMap, DEFAULT_ROLE_KEY, Data, Location, MATCH_MODE_KEY, POLICY_KEY, Which,
};
use crate::yaml::{Node, Step};

/// The fields of `spec.rbac`, and the keys of argocd-rbac-cm that the operator writes from each
/// where it is set. It leaves all other keys alone.
const RBAC: [(&str, &str); 4] = [
    ("policy", POLICY_KEY),
    ("defaultPolicy", DEFAULT_ROLE_KEY),
    ("policyMatcherMode", MATCH_MODE_KEY),
    ("scopes", "scopes"),
];

/// One `ArgoCD` resource.
#[derive(Clone, Debug)]
pub struct OperatorResource<'a> {
    /// Where it is.
    pub object: Object<'a>,
    /// What the operator puts into argocd-cm from `spec.extraConfig`.
    pub extra_config: ConfigMap,
    /// What it puts into argocd-rbac-cm from the fields of `spec.rbac` that are set.
    pub rbac: Vec<(&'static str, &'a str)>,
}

impl<'a> OperatorResource<'a> {
    /// Reads an object.
    pub fn read(object: &Object<'a>, namespace: &str) -> Result<Self> {
        refuse_duplicates(object, object.node)?;
        let extra = object.written(&["spec", "extraConfig"]);
        let mut rbac = Vec::new();
        for (field, key) in RBAC {
            let node = object.written(&["spec", "rbac", field]);
            let Some(node) = node.filter(|node| !node.is_null()) else {
                continue;
            };
            let text = node.as_str().ok_or_else(|| {
                Error::input(format!("`spec.rbac.{field}` is not a string"))
                    .at(object.location(node.span().start))
                    .hint("the value must be written out here, as a string")
            })?;
            rbac.push((key, text));
        }
        Ok(Self {
            object: object.clone(),
            extra_config: ConfigMap {
                which: Which::Cm,
                namespace: namespace.to_owned(),
                resource_version: object.resource_version().map(str::to_owned),
                data: extra.map(|node| data(object, node)).transpose()?.flatten(),
            },
            rbac,
        })
    }

    /// The way to the field of `spec.rbac` from which the operator writes a key of
    /// argocd-rbac-cm, if that field is set.
    pub fn rbac_path(&self, key: &str) -> Option<[&'static str; 3]> {
        self.rbac.iter().find(|(set, _)| *set == key)?;
        let (field, _) = RBAC.iter().find(|(_, of)| *of == key)?;
        Some(["spec", "rbac", field])
    }

    /// Returns argocd-rbac-cm as it is once the operator has written what the resource sets.
    pub fn rbac_cm(&self, live: Option<&TargetConfigMap<'_>>, namespace: &str) -> ConfigMap {
        let set = self
            .rbac
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        let others = live
            .iter()
            .flat_map(|target| &target.configmap.data)
            .flat_map(Data::iter)
            .filter(|(key, _)| self.rbac_path(key).is_none())
            .map(|(key, text)| (key.to_owned(), text.to_owned()));
        ConfigMap {
            which: Which::RbacCm,
            namespace: namespace.to_owned(),
            resource_version: None,
            data: Some(set.chain(others).collect()),
        }
    }

    /// Where `spec.localUsers` names an account.
    pub fn local_user(&self, name: &str) -> Option<Location> {
        let users = self.object.find(&["spec", "localUsers"])?.items()?;
        let user = users
            .iter()
            .find_map(|user| user.get("name").filter(|node| node.as_str() == Some(name)))?;
        Some(self.object.location(user.span().start))
    }

    /// The way from the document's root to a place in the object.
    pub fn route(&self, keys: &[&str]) -> Vec<Step> {
        self.object.route_to(keys)
    }

    /// The node of a field.
    pub fn node(&self, keys: &[&str]) -> Option<&'a Node> {
        self.object.written(keys)
    }
}
