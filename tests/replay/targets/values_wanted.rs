//! What is asked for, and what must come of it in so many words.

use std::fmt::Write as _;

use kubectl_octopus_argo::error::Result;
use kubectl_octopus_argo::model::{
    AccountName, MatchMode, ProjectName, Which, is_data_key, is_policy_key,
};
use kubectl_octopus_argo::rbac::{Enforcer, PolicySet, PolicyText, Request};
use kubectl_octopus_argo::render::{Engine, Rendered, Variables, Wanted};
use serde_json::{Map, Value, json};

/// What is asked for.
pub struct Input<'a> {
    pub options: u8,
    pub account: &'a str,
    pub projects: Vec<&'a str>,
    pub namespace: &'a str,
    pub own: &'a str,
}

impl Input<'_> {
    pub fn mode(&self) -> MatchMode {
        if self.options & 1 == 0 {
            MatchMode::Glob
        } else {
            MatchMode::Regex
        }
    }

    pub fn allow_sync(&self) -> bool {
        self.options & 2 != 0
    }

    fn which(&self) -> Which {
        Which::ALL[usize::from(self.options & 4 != 0)]
    }

    /// `None` where a name is none.
    pub fn variables(&self) -> Option<Variables> {
        let account = AccountName::new(self.account).ok()?;
        let projects = self.projects.iter().map(|name| ProjectName::new(name).ok());
        let own_key = is_policy_key(self.own) && is_data_key(self.own);
        Some(Variables {
            policy_key: if own_key {
                self.own.to_owned()
            } else {
                account.policy_key()
            },
            account,
            namespace: self.namespace.to_owned(),
            wanted: Wanted {
                allow_sync: self.allow_sync(),
                projects: projects.collect::<Option<_>>()?,
                match_mode: self.mode(),
            },
            extra: Map::from_iter([("own".to_owned(), Value::from(self.own))]),
        })
    }
}

/// What the rules are, in so many words.
pub fn rules(input: &Input<'_>) -> String {
    let regex = input.mode() == MatchMode::Regex;
    let objects = |all: &str| match (regex, input.projects.is_empty()) {
        (_, true) => vec![all.to_owned()],
        (false, _) => input
            .projects
            .iter()
            .map(|name| format!("{name}/*"))
            .collect(),
        (true, _) => {
            let escaped = |name: &&str| format!("^{}/.*", name.replace('.', "\\."));
            input.projects.iter().map(escaped).collect()
        }
    };
    let any = if regex { ".*" } else { "*" };
    let logs = objects(if regex { ".*/.*" } else { "*/*" });
    let mut rules = vec![
        ("applications", "get", objects(any)),
        ("clusters", "get", vec![any.to_owned()]),
        ("logs", "get", logs),
    ];
    if input.allow_sync() {
        rules.push(("applications", "sync", objects(any)));
    }
    let word = |word: &str| {
        if regex {
            format!("^{word}$")
        } else {
            word.to_owned()
        }
    };
    let mut text = String::new();
    for (resource, action, objects) in rules {
        for object in objects {
            let (resource, action) = (word(resource), word(action));
            let account = input.account;
            let _ = writeln!(text, "p, {account}, {resource}, {action}, {object}, allow");
        }
    }
    decides(input, &text);
    text
}

/// Argo CD lets the account do what was asked for, and nothing beside it.
fn decides(input: &Input<'_>, policy: &str) {
    let enforcer = Enforcer::load(&PolicySet {
        texts: vec![PolicyText::new("policy.csv", policy)],
        match_mode: input.mode(),
        ..PolicySet::default()
    });
    let enforcer = enforcer.expect("rules load");
    let may = |resource: &str, action: &str, object: &str| {
        enforcer
            .decide(&Request::new(input.account, resource, action, object))
            .allowed()
    };
    for project in input.projects.iter().copied().chain(["not-a-project"]) {
        let object = format!("{project}/app");
        let mine = input.projects.is_empty() || input.projects.contains(&project);
        assert_eq!(may("applications", "get", &object), mine);
        assert_eq!(may("logs", "get", &object), mine);
        assert_eq!(
            may("applications", "sync", &object),
            mine && input.allow_sync()
        );
        assert!(!may("applications", "delete", &object));
        assert!(!may("applicationsets", "get", &object));
        assert!(!may("exec", "create", &object));
    }
    assert!(may("clusters", "get", "https://kubernetes.default.svc"));
}

/// What is rendered of the account, and what it must be.
pub fn account_in(
    kind: u8,
    engine: &Engine,
    input: &Input<'_>,
    variables: &Variables,
) -> Option<(Result<Rendered>, Value)> {
    let (account, which, namespace) = (input.account, input.which(), input.namespace);
    let name = which.name();
    let cm = json!({
        format!("accounts.{account}"): "apiKey",
        format!("accounts.{account}.enabled"): "true",
    });
    let rbac = json!({ &*variables.policy_key: rules(input) });
    let data = || match which {
        Which::Cm => cm.clone(),
        Which::RbacCm => rbac.clone(),
    };
    let head = |kind: &str| json!({ "apiVersion": "v1", "kind": kind });
    let object = |metadata: Value| {
        let mut object = head("ConfigMap");
        object["metadata"] = metadata;
        object["data"] = data();
        object
    };
    Some(match kind % 12 {
        0 => (engine.data(which, variables), data()),
        1 => {
            let wanted = json!({ "metadata": { "name": name }, "data": data() });
            (engine.patch(which, variables), wanted)
        }
        2 => {
            let labels = json!({
                "app.kubernetes.io/name": name,
                "app.kubernetes.io/part-of": "argocd",
            });
            let metadata = json!({ "name": name, "namespace": namespace, "labels": labels });
            (engine.manifest(which, variables), object(metadata))
        }
        3 => {
            let keeps = json!({ "argocd.argoproj.io/sync-options": "Prune=false,Delete=false" });
            let metadata = json!({ "name": name, "namespace": namespace, "annotations": keeps });
            (engine.fleet_configmap(which, variables), object(metadata))
        }
        4 => {
            let wanted = object(json!({ "name": name }));
            (engine.kustomize_patch(which, variables), wanted)
        }
        5 => {
            let wanted = json!({ "configs": { "cm": cm, "rbac": rbac } });
            (engine.values(&Which::ALL, variables), wanted)
        }
        6 => {
            let wanted = json!({ "spec": { "extraConfig": cm } });
            (engine.argocd_patch(variables), wanted)
        }
        7 => {
            let project = input.projects.first()?;
            let objects = match input.mode() {
                MatchMode::Glob => format!("{project}/*"),
                MatchMode::Regex => format!("{project}/.*"),
            };
            let rule =
                |what: &str| format!("p, proj:{project}:{account}, {what}, {objects}, allow");
            let mut policies = vec!["applications, get", "clusters, get", "logs, get"];
            policies.extend(input.allow_sync().then_some("applications, sync"));
            let wanted = json!({
                "name": account,
                "description": format!("Octopus Deploy reads the applications of {project}"),
                "policies": policies.into_iter().map(rule).collect::<Vec<_>>(),
            });
            (engine.role(project, variables), wanted)
        }
        8 => {
            let patch = |which: Which| {
                json!({ "target": { "kind": "ConfigMap", "name": which.name() },
                    "path": format!("{which}.patch.yaml") })
            };
            let wanted = json!({
                "apiVersion": "kustomize.config.k8s.io/v1alpha1",
                "kind": "Component",
                "patches": Which::ALL.map(patch),
            });
            (engine.kustomization(&Which::ALL, true, variables), wanted)
        }
        _ => return None,
    })
}
