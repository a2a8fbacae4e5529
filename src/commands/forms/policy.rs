//! The policy that each form's objects hold: its texts, default role, match mode, and the place of
//! every byte of it.

use crate::cli::{Form, Input};
use crate::commands::change::selector;
use crate::error::Result;
use crate::input::{
    ArgoCd, Below, Both, Instance, Object, Places, Role, Values, select, select_roles,
};
use crate::model::{ConfigMap, Location, Which};

/// The settings and the policy of one Argo CD, and where they stand.
pub(in crate::commands) struct Holder<'a> {
    /// Its namespace.
    pub(in crate::commands) namespace: String,
    /// argocd-cm, as far as the input says it.
    pub(in crate::commands) cm: Option<ConfigMap>,
    /// argocd-rbac-cm, as far as the input says it.
    pub(in crate::commands) rbac_cm: Option<ConfigMap>,
    at: At<'a>,
}

enum At<'a> {
    Nowhere,
    ConfigMap(Object<'a>),
    Values(Values<'a>),
    ArgoCd(ArgoCd<'a>, Option<Object<'a>>),
}

/// What was found, and how many objects there were of other kinds.
pub(in crate::commands) struct Holders<'a> {
    pub(in crate::commands) holders: Vec<Holder<'a>>,
    pub(in crate::commands) foreign: usize,
}

/// Finds the policies of every Argo CD, in the objects that a form edits or, without one, in those
/// that the input looks like.
pub(in crate::commands) fn holders<'a>(
    form: Option<Form>,
    objects: &[Object<'a>],
    input: &Input,
) -> Result<Holders<'a>> {
    let form = form.filter(|form| *form != Form::Auto);
    match form.unwrap_or_else(|| selector(input).detect(objects)) {
        Form::Helm => of_values(objects, input),
        Form::Operator => of_argocds(objects, input),
        _ => {
            let selection = select(objects, &selector(input).scope)?;
            Ok(Holders {
                holders: selection.instances.into_iter().map(Holder::from).collect(),
                foreign: selection.foreign,
            })
        }
    }
}

fn of_values<'a>(objects: &[Object<'a>], input: &Input) -> Result<Holders<'a>> {
    let root = input.values_root.as_deref();
    let namespace = input.namespace.as_deref().unwrap_or("argocd");
    let found = objects.iter().filter(|object| Values::is(object, root));
    let holders: Vec<Holder<'a>> = found
        .map(|object| {
            let values = Values::read(object, root, namespace)?;
            let policy = object.find(&values.path(Which::RbacCm)).is_some();
            Ok(Holder {
                namespace: namespace.to_owned(),
                cm: Some(values.cm.clone()),
                rbac_cm: policy.then(|| values.rbac_cm.clone()),
                at: At::Values(values),
            })
        })
        .collect::<Result<_>>()?;
    Ok(Holders {
        foreign: objects.len() - holders.len(),
        holders,
    })
}

fn of_argocds<'a>(objects: &[Object<'a>], input: &Input) -> Result<Holders<'a>> {
    let wanted = |role| matches!(role, Role::ArgoCd | Role::ConfigMap(Which::RbacCm));
    let selection = select_roles(objects, &selector(input).scope, wanted)?;
    let mut holders = Vec::new();
    for instance in selection.instances {
        let Some(object) = &instance.argocd else {
            holders.push(Holder::from(instance));
            continue;
        };
        let argocd = ArgoCd::read(object, &instance.namespace)?;
        let rbac_cm = argocd.rbac_cm(instance.rbac_cm.as_ref(), &instance.namespace);
        let policy = instance.rbac_cm.is_some() || !argocd.rbac.is_empty();
        holders.push(Holder {
            cm: Some(argocd.extra_config.clone()),
            rbac_cm: policy.then_some(rbac_cm),
            at: At::ArgoCd(argocd, instance.rbac_cm.map(|target| target.object)),
            namespace: instance.namespace,
        });
    }
    Ok(Holders {
        holders,
        foreign: selection.foreign,
    })
}

impl<'a> From<Instance<'a>> for Holder<'a> {
    fn from(instance: Instance<'a>) -> Self {
        let (at, rbac_cm) = match instance.rbac_cm {
            Some(target) => (At::ConfigMap(target.object), Some(target.configmap)),
            None => (At::Nowhere, None),
        };
        Self {
            namespace: instance.namespace,
            cm: instance.cm.map(|target| target.configmap),
            rbac_cm,
            at,
        }
    }
}

impl Holder<'_> {
    /// Nothing that holds a policy.
    pub(in crate::commands) fn none() -> Self {
        Self::from(Instance::default())
    }

    /// A key of argocd-rbac-cm.
    pub(in crate::commands) fn setting(&self, key: &str) -> Option<&str> {
        self.rbac_cm.as_ref()?.get(key)
    }

    /// The place of a byte of a key of argocd-rbac-cm.
    pub(in crate::commands) fn locate(&self, key: &str, offset: usize) -> Option<Location> {
        self.setting(key)?;
        match &self.at {
            At::Nowhere => None,
            At::ConfigMap(object) => Some(object.locate(key, offset)),
            At::Values(values) => {
                let object = &values.object;
                let path = values.path(Which::RbacCm);
                Some(Below { object, path }.locate(key, offset))
            }
            At::ArgoCd(argocd, rbac_cm) => {
                let rbac_cm = rbac_cm.as_ref();
                Some(Both { argocd, rbac_cm }.locate(key, offset))
            }
        }
    }
}
