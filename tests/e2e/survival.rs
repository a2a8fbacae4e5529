//! What survives: every combination of how Argo CD was installed, how its user changed it, how our change
//! was made, and which upgrades followed, on a real API server. After each step the plugin says what
//! the next upgrade would delete, and that is held against what the next upgrade deletes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::decisions::number;
use crate::system::{Cluster, Session, cluster};

/// How manifests are applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Apply {
    Client,
    Server,
}

impl Apply {
    const ALL: [Self; 2] = [Self::Client, Self::Server];

    fn command(self) -> &'static str {
        match self {
            Self::Client => "kubectl apply --validate=false",
            Self::Server => "kubectl apply --server-side --force-conflicts --validate=false",
        }
    }
}

/// How the user's own keys came in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Own {
    /// `kubectl patch`.
    Patched,
    /// In a manifest that was applied as Argo CD's own were.
    Applied,
}

/// How our change is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Change {
    Patch,
    Replace,
    Apply,
    /// `kubectl apply`, and then what `render` recommends against its consequences.
    Mended,
    ServerSide,
    /// The documented snippet, by `kubectl apply`.
    Snippet,
}

#[derive(Clone, Debug)]
struct Chain {
    install: Apply,
    own: Own,
    change: Change,
    upgrades: Vec<Apply>,
}

/// The keys of both ConfigMaps, as `argocd-cm/KEY`.
type Keys = BTreeSet<String>;

/// What the upgrades of each kind would delete, as the plugin says it.
type Prediction = BTreeMap<&'static str, Keys>;

const OURS: [&str; 3] = [
    "argocd-cm/accounts.octopus",
    "argocd-cm/accounts.octopus.enabled",
    "argocd-rbac-cm/policy.octopus.csv",
];
const USERS: [&str; 2] = ["argocd-cm/url", "argocd-rbac-cm/policy.csv"];

/// The user's keys as a merge patch for each ConfigMap.
const USERS_CM: &str = r#"{"data":{"url":"https://argocd.example.com"}}"#;
const USERS_RBAC: &str = r#"{"data":{"policy.csv":"p, alice, clusters, get, *, allow\n"}}"#;

const SNIPPET: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, labels: {app.kubernetes.io/name: argocd-cm, app.kubernetes.io/part-of: argocd}}
data: {accounts.octopus: apiKey, accounts.octopus.enabled: 'true'}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm, labels: {app.kubernetes.io/name: argocd-rbac-cm, app.kubernetes.io/part-of: argocd}}
data: {policy.octopus.csv: 'p, octopus, clusters, get, *, allow'}
";

/// The chains: every combination of one or two upgrades; the snippet is compared after one only.
fn chains() -> Vec<Chain> {
    let mut chains = Vec::new();
    let mut upgrades: Vec<Vec<Apply>> = Apply::ALL.iter().map(|one| vec![*one]).collect();
    for first in Apply::ALL {
        upgrades.extend(Apply::ALL.iter().map(|second| vec![first, *second]));
    }
    for install in Apply::ALL {
        for own in [Own::Patched, Own::Applied] {
            for change in [
                Change::Patch,
                Change::Replace,
                Change::Apply,
                Change::Mended,
                Change::ServerSide,
                Change::Snippet,
            ] {
                for upgrades in &upgrades {
                    if change != Change::Snippet || upgrades.len() == 1 {
                        chains.push(Chain {
                            install,
                            own,
                            change,
                            upgrades: upgrades.clone(),
                        });
                    }
                }
            }
        }
    }
    chains
}

/// A namespace in which one chain runs.
struct Run<'c> {
    user: Session,
    namespace: String,
    chain: &'c Chain,
    /// What was wrong.
    wrong: Vec<String>,
    /// A row of the table: what was lost at each step.
    row: String,
}

impl Run<'_> {
    fn line(&self, line: &str) {
        self.user
            .run(&format!(
                "set -e -o pipefail\nns={}\n{line}",
                self.namespace
            ))
            .ok();
    }

    /// Reads both ConfigMaps: their keys, and what the plugin predicts of them.
    fn read(&self) -> (Keys, Prediction) {
        let get = "kubectl get configmap argocd-cm argocd-rbac-cm -o json --show-managed-fields";
        let text = self.user.run(&format!("{get} -n {}", self.namespace)).ok();
        self.user.write("live.json", &text);
        let list: Value = serde_json::from_str(&text).unwrap();
        let mut keys = Keys::new();
        for object in list["items"].as_array().unwrap() {
            let name = object["metadata"]["name"].as_str().unwrap();
            let data = object["data"].as_object();
            keys.extend(
                data.into_iter()
                    .flatten()
                    .map(|(key, _)| format!("{name}/{key}")),
            );
        }
        let render = self.user.run("kubectl octopus-argo render -f live.json");
        let prediction = predictions(&render.stderr);
        let _ = render.ok();
        (keys, prediction)
    }

    fn run(&mut self) {
        let Chain {
            install,
            own,
            change,
            upgrades,
        } = self.chain;
        self.line(&format!(
            "kubectl create namespace $ns; {} -n $ns -f ../base.yaml",
            install.command()
        ));
        match own {
            Own::Patched => self.line(&format!(
                "kubectl patch configmap -n $ns argocd-cm --type merge -p '{USERS_CM}'
                 kubectl patch configmap -n $ns argocd-rbac-cm --type merge -p '{USERS_RBAC}'"
            )),
            Own::Applied => self.line(&format!("{} -n $ns -f ../own.yaml", install.command())),
        }
        let (before, _) = self.read();
        assert!(USERS.iter().all(|key| before.contains(*key)), "{before:?}");
        let render = "kubectl octopus-argo render -f live.json --strip-resource-version";
        match change {
            Change::Patch => self.line(
                "for name in argocd-cm argocd-rbac-cm; do
                   kubectl octopus-argo render -n $ns -f live.json --form patch --only $name > patch.yaml
                   kubectl patch configmap -n $ns $name --type merge --patch-file patch.yaml
                 done",
            ),
            Change::Replace => self.line(&format!("{render} | kubectl replace --validate=false -f -")),
            Change::Apply => self.line(&format!("{render} | kubectl apply --validate=false -f -")),
            // The mend that `render` recommends after a client-side apply.
            Change::Mended => self.line(&format!(
                "{render} | kubectl apply --validate=false -f -
                 kubectl get configmap argocd-cm argocd-rbac-cm -n $ns -o json --show-managed-fields > live.json
                 kubectl octopus-argo render -f live.json 2> said > /dev/null
                 repair=$(sed -n 's/^warning: repair it.*: \\(kubectl octopus-argo .*\\)/\\1/p' said | head -n 1)
                 test -n \"$repair\"; bash -e -o pipefail -c \"$repair\""
            )),
            Change::ServerSide => self.line(&format!(
                "{render} | kubectl apply --validate=false --server-side --force-conflicts --field-manager octopus-argo -f -"
            )),
            Change::Snippet => self.line("kubectl apply --validate=false -n $ns -f ../snippet.yaml"),
        }
        let (mut keys, mut prediction) = self.read();
        let lost: Vec<_> = before.difference(&keys).collect();
        let _ = write!(self.row, " change {}", fate(&keys));
        if *change != Change::Snippet && !lost.is_empty() {
            self.wrong.push(format!("the change itself lost {lost:?}"));
        }
        for upgrade in upgrades {
            self.line(&format!("{} -n $ns -f ../next.yaml", upgrade.command()));
            let (after, next) = self.read();
            let lost: Keys = keys.difference(&after).cloned().collect();
            let predicted = match upgrade {
                Apply::Client => &prediction["client"],
                Apply::Server => &prediction["server"],
            };
            // What the new manifest itself leaves out goes by design, and is not announced.
            let announced =
                |key: &&String| OURS.contains(&key.as_str()) || USERS.contains(&key.as_str());
            let lost: BTreeSet<_> = lost.iter().filter(announced).collect();
            let predicted: BTreeSet<_> = predicted
                .iter()
                .filter(announced)
                .filter(|key| keys.contains(*key))
                .collect();
            if lost != predicted {
                self.wrong.push(format!(
                    "{upgrade:?} upgrade deleted {lost:?}, announced was {predicted:?}"
                ));
            }
            let _ = write!(self.row, " → {upgrade:?} {}", fate(&after));
            (keys, prediction) = (after, next);
        }
        self.line("kubectl delete namespace $ns --wait=false");
        // What `render` recommends loses nothing of ours at any upgrade.
        if matches!(change, Change::Replace | Change::Mended) {
            let gone: Vec<_> = OURS.iter().filter(|key| !keys.contains(**key)).collect();
            if !gone.is_empty() {
                self.wrong
                    .push(format!("after the upgrades these are gone: {gone:?}"));
            }
        }
    }
}

/// Which of our keys and of the user's are there, in short.
fn fate(keys: &Keys) -> String {
    let all = OURS.iter().chain(&USERS);
    all.map(|key| if keys.contains(*key) { '+' } else { '-' })
        .collect()
}

/// What the plugin says of the next upgrades, by kind.
fn predictions(stderr: &str) -> Prediction {
    let mut found = Prediction::from([("client", Keys::new()), ("server", Keys::new())]);
    let mut lines = stderr.lines();
    while let Some(line) = lines.next() {
        let Some((_, what)) = line.split_once("an earlier `kubectl apply` claims ") else {
            continue;
        };
        let (keys, configmap) = what.rsplit_once(" of ").unwrap();
        let (_, how) = lines.next().unwrap().split_once(": the next ").unwrap();
        let (how, _) = how.split_once(" deletes them").unwrap();
        // Where the two kinds differ, `A (server-side only B)`.
        let (client, server) = match keys.split_once(" (server-side only ") {
            Some((client, server)) => (client, server.trim_end_matches(')')),
            None if how.contains("client-side or server-side") => (keys, keys),
            None if how.starts_with("`kubectl apply --server-side") => ("", keys),
            None => (keys, ""),
        };
        for (kind, keys) in [("client", client), ("server", server)] {
            let keys = keys.split(", ").filter(|key| !key.is_empty());
            let keys = keys.map(|key| format!("{configmap}/{key}"));
            found.get_mut(kind).unwrap().extend(keys);
        }
    }
    found
}

/// Writes the manifests that all chains apply: Argo CD's own, with the user's keys, and the next version,
/// in which one key is gone and one is different.
fn manifests(cluster: &Cluster) {
    let directory = crate::system::directory();
    let session = Session::new(cluster);
    let base: Vec<Value> = ["argocd-cm", "argocd-rbac-cm"]
        .iter()
        .map(|name| {
            let file = cluster
                .sources
                .join(format!("manifests/base/config/{name}.yaml"));
            let line = format!(
                "kubectl create --dry-run=client -o json -f {}",
                file.display()
            );
            let mut object: Value = serde_json::from_str(&session.run(&line).ok()).unwrap();
            object["metadata"]
                .as_object_mut()
                .unwrap()
                .remove("namespace");
            object
        })
        .collect();
    let mut own = base.clone();
    own[0]["data"]["url"] = "https://argocd.example.com".into();
    own[1]["data"] = serde_json::json!({"policy.csv": "p, alice, clusters, get, *, allow\n"});
    let mut next = base.clone();
    let data = next[0]["data"].as_object_mut().unwrap();
    data.remove("resource.customizations.ignoreResourceUpdates.Endpoints")
        .unwrap();
    data["resource.exclusions"] = "- apiGroups: [example.com]\n".into();
    for (name, items) in [("base", base), ("own", own), ("next", next)] {
        let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
        // JSON is YAML.
        std::fs::write(directory.join(format!("{name}.yaml")), list.to_string()).unwrap();
    }
    std::fs::write(directory.join("snippet.yaml"), SNIPPET).unwrap();
}

#[test]
fn what_an_upgrade_deletes_is_what_was_announced() {
    let Some(cluster) = cluster() else { return };
    manifests(cluster);
    // Every fifth in turn, unless all of them are asked for; the kinds of upgrades are six.
    let every = number("E2E_CHAINS_EVERY", 5);
    let chains: Vec<_> = chains()
        .into_iter()
        .skip(number("E2E_SEED", 1) % every)
        .step_by(every)
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(chain) = chains.get(number) else {
                return done;
            };
            let mut run = Run {
                user: Session::new(cluster),
                namespace: format!("chain-{number}"),
                chain,
                wrong: Vec::new(),
                row: format!(
                    "{:?} install, own keys {:?}, {:?}:",
                    chain.install, chain.own, chain.change
                ),
            };
            run.run();
            done.push((number, run.row, run.wrong));
        }
    };
    let mut done: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    done.sort();
    let rows: Vec<&str> = done.iter().map(|(_, row, _)| row.as_str()).collect();
    let table = rows.join("\n");
    eprintln!("accounts.octopus, .enabled, policy.octopus.csv, url, policy.csv:\n{table}");
    assert!(done.len() * every > 100, "{} chains", done.len());
    let wrong: Vec<_> = done
        .iter()
        .filter(|(.., wrong)| !wrong.is_empty())
        .collect();
    let text: Vec<String> = wrong
        .iter()
        .map(|(_, row, wrong)| format!("{row}\n    {}", wrong.join("\n    ")))
        .collect();
    let text = text.join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {} chains:\n{text}",
        wrong.len(),
        done.len()
    );
}
