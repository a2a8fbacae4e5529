//! From what was read to the facts of each step.

use serde_json::{Map, Value};

use super::cluster::ClusterReading;
use super::{
    AccountFact, AppsFact, DeploymentFact, Fact, Gap, RightsProof, SecretFact, SettingsFact,
    ValuesFact,
};
use crate::error::Result;
use crate::input::{LiveSecret, read_secret};
use crate::lint;
use crate::model::{Form, Moment, Owner, Severity, TokenClaims};
use crate::octopus::apps::{Application, mappings};
use crate::octopus::{Needs, ValuesOverlay, checks_of, judge};
use crate::site::{ArgoCd, GatherOptions, Object, Site};

/// The label value of the gateway's objects.
const GATEWAY: &str = "octopus-argocd-gateway";
const NAME_LABEL: &str = "app.kubernetes.io/name";

/// What was read of the ConfigMaps, in whichever form it came.
pub(super) fn settings(
    argocd: Option<&ArgoCd<'_>>,
    objects: &[Object<'_>],
    reading: &ClusterReading,
) -> Fact<SettingsFact> {
    reading.settings.clone()?;
    let Some(argocd) = argocd else {
        return Ok(SettingsFact::default());
    };
    let not_read = argocd.not_read();
    let both = ["argocd-cm", "argocd-rbac-cm"];
    let (missing, read): (Vec<_>, Vec<_>) =
        both.into_iter().partition(|name| not_read.contains(name));
    let owner = crate::change::form_of_owner(objects);
    let kept_by = owner.as_ref().and_then(|(form, _)| match form {
        Form::Helm => Some("--form helm -f values.yaml --in-place"),
        Form::Operator => Some("-f argocd.yaml --in-place"),
        Form::Kustomize => Some("-f argocd-cm.yaml -f argocd-rbac-cm.yaml --in-place"),
        Form::Manifest | Form::Patch | Form::JsonPatch | Form::AppProject | Form::Auto => None,
    });
    Ok(SettingsFact {
        read: read.into_iter().map(str::to_owned).collect(),
        missing,
        owner: owner
            .filter(|(_, owner)| *owner != Owner::Unknown)
            .map(|(_, owner)| owner.to_string()),
        kept_by,
    })
}

/// The account in argocd-cm.
pub(super) fn account(
    argocd: Option<&ArgoCd<'_>>,
    name: &str,
    reading: &ClusterReading,
) -> Fact<Option<AccountFact>> {
    reading.settings.clone()?;
    let account = argocd.and_then(|argocd| argocd.account(name));
    Ok(account.map(|account| {
        let list = account.list();
        let place = account.setting().map(|setting| setting.spot.location(0));
        AccountFact {
            is_enabled: account.is_enabled(),
            has_api_key: list.has(crate::model::API_KEY),
            may_log_in: list.has(crate::model::LOGIN),
            place: place.map(|place| place.to_string()).unwrap_or_default(),
        }
    }))
}

/// The proof of its rights.
pub(super) fn rules(
    argocd: Option<&ArgoCd<'_>>,
    account: &str,
    needs: &Needs,
    reading: &ClusterReading,
) -> Fact<RightsProof> {
    reading.settings.clone()?;
    let Some(argocd) = argocd else {
        return Err(Gap::lasting("there is no policy to judge"));
    };
    if argocd.disables_auth().is_some() {
        return Err(Gap {
            may_pass: true,
            ..Gap::lasting("authorisation is off, so no rule counts")
        });
    }
    Ok(match checks_of(argocd, account, needs) {
        Ok(checks) => RightsProof {
            checks,
            broken: None,
        },
        Err(error) => RightsProof {
            checks: Vec::new(),
            broken: Some(error.to_string()),
        },
    })
}

/// Whether authorisation is off, and where.
pub(super) fn authorisation(
    argocd: Option<&ArgoCd<'_>>,
    reading: &ClusterReading,
) -> Fact<Option<String>> {
    reading.params.clone()?;
    Ok(argocd.and_then(|argocd| Some(argocd.disables_auth()?.to_string())))
}

/// The Secret of the cluster, or of the files.
pub(super) fn secret(
    reading: &ClusterReading,
    objects: &[Object<'_>],
    name: &str,
    key: &str,
    is_offline: bool,
) -> Fact<Option<SecretFact>> {
    let fact = |secret: &LiveSecret| SecretFact {
        keys: secret.keys.clone(),
        claims: secret
            .value
            .as_ref()
            .map(|value| TokenClaims::decode(value.expose())),
        changed: secret.changed,
        is_copied: secret.is_copied,
    };
    if !is_offline {
        return Ok(reading
            .secret
            .as_ref()
            .map_err(Clone::clone)?
            .as_ref()
            .map(fact));
    }
    let found = objects
        .iter()
        .find(|object| object.kind() == "Secret" && object.name() == name);
    let Some(value) = found.and_then(json) else {
        return Err(Gap::lasting("not in the input"));
    };
    Ok(Some(fact(&read_secret(value, key))))
}

fn json(object: &Object<'_>) -> Option<Value> {
    object.in_document().to_json(object.node).ok()
}

/// The gateway's Deployments, with when their pods started.
pub(super) fn deployments(
    reading: &ClusterReading,
    objects: &[Object<'_>],
    is_offline: bool,
) -> Fact<Vec<DeploymentFact>> {
    reading.gateway.clone()?;
    let gap = reading.pods.as_ref().err();
    let of_kind = |kind: &str| {
        let all = objects.iter().filter(|object| object.kind() == kind);
        let ours = all.filter(|object| object.label(NAME_LABEL) == Some(GATEWAY));
        ours.filter_map(json).collect::<Vec<_>>()
    };
    let (deployments, pods) = (of_kind("Deployment"), of_kind("Pod"));
    if deployments.is_empty() && is_offline {
        return Err(Gap::lasting("not in the input"));
    }
    let facts = deployments.iter().map(|one| DeploymentFact {
        pods_gap: gap.cloned(),
        ..deployment(one, &pods)
    });
    Ok(facts.collect())
}

fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str()
}

fn items<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    let items = value.pointer(pointer).and_then(Value::as_array);
    items.into_iter().flatten()
}

fn deployment(one: &Value, pods: &[Value]) -> DeploymentFact {
    let mut fact = DeploymentFact {
        name: text(one, "/metadata/name").unwrap_or_default().to_owned(),
        release: text(one, "/metadata/labels/app.kubernetes.io~1instance").map(str::to_owned),
        ..DeploymentFact::default()
    };
    let number = |pointer: &str| one.pointer(pointer).and_then(Value::as_u64);
    fact.replicas = (
        number("/spec/replicas").unwrap_or(1),
        number("/status/readyReplicas").unwrap_or(0),
    );
    for container in items(one, "/spec/template/spec/containers") {
        for variable in items(container, "/env") {
            if let Some(secret) = text(variable, "/valueFrom/secretKeyRef/name") {
                let key = text(variable, "/valueFrom/secretKeyRef/key").map(str::to_owned);
                fact.secrets.push((secret.to_owned(), key));
            } else if let (Some(name), Some(value)) =
                (text(variable, "/name"), text(variable, "/value"))
            {
                fact.env.push((name.to_owned(), value.to_owned()));
            }
        }
        for source in items(container, "/envFrom") {
            if let Some(secret) = text(source, "/secretRef/name") {
                fact.secrets.push((secret.to_owned(), None));
            }
        }
    }
    // A container reads its environment when it starts, also when it starts again in the same pod.
    let labels = one
        .pointer("/spec/selector/matchLabels")
        .and_then(Value::as_object);
    let is_own = |pod: &&Value| {
        labels.into_iter().flatten().all(|(label, value)| {
            let of_pod = pod
                .pointer("/metadata/labels")
                .and_then(|labels| labels.get(label));
            of_pod == Some(value)
        })
    };
    // A pod that is being deleted makes room for one that has started later.
    let stays = |pod: &&Value| pod.pointer("/metadata/deletionTimestamp").is_none();
    let statuses = pods
        .iter()
        .filter(is_own)
        .filter(stays)
        .flat_map(|pod| items(pod, "/status/containerStatuses"));
    let started = statuses.filter_map(|status| text(status, "/state/running/startedAt"));
    fact.started = started.filter_map(Moment::parse).min();
    fact
}

/// The gateway's values: of the files, else as far as its environment tells.
pub(super) fn values(
    objects: &[Object<'_>],
    deployments: &Fact<Vec<DeploymentFact>>,
    argocd: Option<&ArgoCd<'_>>,
) -> Fact<ValuesFact> {
    let server_insecure = argocd.and_then(|argocd| {
        let (text, place) = argocd.server_setting("server.insecure")?;
        text.eq_ignore_ascii_case("true")
            .then(|| format!("server.insecure in {place}"))
    });
    let is_values = |object: &&Object<'_>| {
        object.kind().is_empty()
            && (object.find(&["gateway"]).is_some() || object.find(&["registration"]).is_some())
    };
    let files: Vec<&Object<'_>> = objects.iter().filter(is_values).collect();
    if files.is_empty() {
        return of_environment(deployments, server_insecure);
    }
    let overlay = ValuesOverlay {
        files: files.iter().filter_map(|object| json(object)).collect(),
        set: Vec::new(),
    };
    let merged = overlay
        .over(&Value::Object(Map::new()))
        .map_err(|error| Gap::lasting(error.to_string()))?;
    let argocd = "/gateway/argocd";
    let of = |key: &str| text(&merged, &format!("{argocd}/{key}"));
    let secret = of("authenticationTokenSecretName").zip(of("authenticationTokenSecretKey"));
    let plaintext = merged.pointer(&format!("{argocd}/plaintext"));
    let sources = files.iter().map(|object| object.source().name());
    Ok(ValuesFact {
        source: sources.collect::<Vec<_>>().join(" -f "),
        faults: judge(&merged),
        secret: secret.map(|(name, key)| (name.to_owned(), key.to_owned())),
        plaintext: Some(plaintext.is_some_and(|on| on == &Value::Bool(true))),
        server_insecure,
    })
}

fn of_environment(
    deployments: &Fact<Vec<DeploymentFact>>,
    server_insecure: Option<String>,
) -> Fact<ValuesFact> {
    let silent =
        || Gap::lasting("the Deployment's environment does not tell: name the values file with -f");
    let all = deployments.as_ref().map_err(Clone::clone)?;
    let Some(first) = all.first() else {
        return Err(Gap {
            may_pass: true,
            ..Gap::lasting("there is no Deployment, and no values file was named with -f")
        });
    };
    let is_about = |name: &str| {
        let name = name.to_uppercase();
        name.contains("ARGOCD") && name.contains("PLAINTEXT")
    };
    let plaintext = first.env.iter().find(|(name, _)| is_about(name));
    let (_, value) = plaintext.ok_or_else(silent)?;
    Ok(ValuesFact {
        source: format!("the environment of {}", first.name),
        plaintext: Some(value.eq_ignore_ascii_case("true")),
        server_insecure,
        ..ValuesFact::default()
    })
}

/// How many sources a deployment updates.
pub(super) fn applications(
    reading: &ClusterReading,
    objects: &[Object<'_>],
    account: &str,
    is_offline: bool,
) -> Fact<AppsFact> {
    reading.applications.clone()?;
    let all: Vec<Application<'_>> = objects
        .iter()
        .filter_map(|object| Application::read(object.in_document(), object.node))
        .collect();
    if all.is_empty() && is_offline {
        return Err(Gap::lasting("not in the input"));
    }
    let found = all.iter().flat_map(mappings);
    let updated = found.filter(|mapping| mapping.verdict.is_updated()).count();
    let options = GatherOptions {
        integrations: vec![account.to_owned()],
        ..GatherOptions::default()
    };
    let site = Site::new(&reading.files, options);
    let outcome = lint::run(&site, &lint::RuleSelection::of_applications());
    let serious = outcome
        .findings
        .iter()
        .filter(|finding| finding.severity >= Severity::Warning);
    Ok(AppsFact {
        applications: all.len(),
        sources: all.iter().map(|one| one.sources.len()).sum(),
        updated,
        findings: serious.count(),
    })
}

/// The result of a question that was not asked.
pub(super) fn not_asked<T>() -> Fact<T> {
    Err(Gap::lasting("not asked: --offline"))
}

/// A fact that had to be asked for: an error is the user's wish to stop.
pub(super) type AskedFact<T> = Result<Fact<T>>;
