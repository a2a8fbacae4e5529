//! `doctor`: the chain from the account to the annotated Applications, played by the fakes.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::common::world::{Outcome, World};
use crate::common::{Sandbox, fake};

/// Plays `kubectl get` from files: `KIND.json`, or `KIND-NAME.json` for what is asked for by name;
/// `KIND.err` is a refusal.
const KUBECTL: &str = r#"#!/bin/sh
echo "$*" >> kubectl.log
[ "$1" = get ] || { echo "only get is played: $*" >&2; exit 9; }
case $2-$3 in
  configmap-argocd-cmd-params-cm|secret-*) name=$2-$3 ;;
  *) name=$2 ;;
esac
case " $* " in *" -n team "*|*" --namespace team "*|*" --namespace=team "*) name=$name-team ;; esac
[ -f "$name.err" ] && { cat "$name.err" >&2; exit 1; }
[ -f "$name.json" ] && cat "$name.json"
exit 0
"#;

const GATEWAY: &str = "octopus-argocd-gateway";

/// An Argo CD, a cluster and a gateway in which everything is as it should be.
struct Play {
    world: World,
    token: String,
}

fn configmap(name: &str, data: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "argocd",
        "uid": "1", "labels": {"app.kubernetes.io/part-of": "argocd"}}, "data": data})
}

fn list(items: &[Value]) -> Value {
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}

impl Play {
    fn new() -> Self {
        let world = World::new();
        let token = world.make_token("octopus-1", "90d");
        let play = Self { world, token };
        let kubectl = play.world.file("kubectl");
        fs::write(&kubectl, KUBECTL).unwrap();
        fs::set_permissions(&kubectl, fs::Permissions::from_mode(0o755)).unwrap();
        play.cm(&json!({"accounts.octopus": "apiKey", "accounts.octopus.enabled": "true"}));
        play.put(
            "configmap-argocd-cmd-params-cm",
            &configmap("argocd-cmd-params-cm", &json!({"server.insecure": "false"})),
        );
        play.put("appprojects.argoproj.io", &list(&[]));
        play.put("applications.argoproj.io", &list(&[application(true)]));
        play.put("applicationsets.argoproj.io", &list(&[]));
        play.secret("ARGOCD_AUTH_TOKEN", &play.token);
        play.gateway("2026-11-28T10:00:00Z", "argocd-auth-token", "false");
        play
    }

    fn put(&self, name: &str, object: &Value) -> &Self {
        fs::write(self.world.file(&format!("{name}.json")), object.to_string()).unwrap();
        self
    }

    fn forbid(&self, name: &str) -> &Self {
        let text = format!("Error from server (Forbidden): {name} is forbidden\n");
        fs::write(self.world.file(&format!("{name}.err")), text).unwrap();
        self
    }

    fn remove(&self, name: &str) -> &Self {
        fs::remove_file(self.world.file(&format!("{name}.json"))).unwrap();
        self
    }

    fn cm(&self, data: &Value) -> &Self {
        let rbac = json!({"policy.octopus.csv":
            "p, octopus, applications, get, *, allow\np, octopus, clusters, get, *, allow\np, octopus, logs, get, */*, allow\n"});
        let both = [
            configmap("argocd-cm", data),
            configmap("argocd-rbac-cm", &rbac),
        ];
        self.put("configmap", &list(&both))
    }

    fn secret(&self, key: &str, token: &str) -> &Self {
        let object = json!({"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "argocd-auth-token", "namespace": "octopus-gateway",
                "creationTimestamp": "2026-11-01T10:00:00Z",
                "managedFields": [
                    {"manager": "kubectl", "time": "2026-11-20T10:00:00Z", "fieldsV1": {"f:data": {}}},
                    {"manager": "labeller", "time": "2026-11-29T10:00:00Z", "fieldsV1": {"f:metadata": {}}},
                ]},
            "data": {key: STANDARD.encode(token)}});
        self.put("secret-argocd-auth-token", &object)
    }

    fn gateway(&self, started: &str, secret: &str, plaintext: &str) -> &Self {
        let labels = json!({"app.kubernetes.io/name": GATEWAY, "app.kubernetes.io/instance": "gw"});
        let env = json!([
            {"name": "OCTOPUS_ARGOCD_AUTH_TOKEN", "valueFrom": {"secretKeyRef": {"name": secret, "key": "ARGOCD_AUTH_TOKEN"}}},
            {"name": "OCTOPUS_ARGOCD_PLAINTEXT", "value": plaintext},
        ]);
        let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "gw", "namespace": "octopus-gateway", "labels": labels},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels},
                "template": {"spec": {"containers": [{"name": "gateway", "env": env}]}}},
            "status": {"readyReplicas": 1}});
        let pod = json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "gw-1", "namespace": "octopus-gateway", "labels": labels},
            "status": {"containerStatuses": [{"name": "gateway", "state": {"running": {"startedAt": started}}}]}});
        self.put("deployments.apps", &list(&[deployment]))
            .put("pods", &list(&[pod]))
    }

    fn run(&self, args: &[&str]) -> Outcome {
        let mut command = self.world.command(&[&["doctor"], args].concat());
        command.env("KUBECTL_PATH", self.world.file("kubectl"));
        let outcome = self.world.run_command(command);
        for part in self.token.split('.').skip(1) {
            assert!(!outcome.stdout.contains(part), "{}", outcome.stdout);
            assert!(!outcome.stderr.contains(part), "{}", outcome.stderr);
        }
        outcome
    }

    /// The one next command.
    fn next(&self, args: &[&str]) -> String {
        let outcome = self.run(args);
        let nexts: Vec<&str> = outcome
            .stderr
            .lines()
            .filter_map(|line| line.strip_prefix("next: "))
            .collect();
        assert!(nexts.len() <= 1, "{}", outcome.stderr);
        nexts.first().copied().unwrap_or_default().to_owned()
    }
}

fn application(is_annotated: bool) -> Value {
    let annotations = if is_annotated {
        json!({"argo.octopus.com/project": "shop", "argo.octopus.com/environment": "production"})
    } else {
        json!({})
    };
    json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
        "metadata": {"name": "guestbook", "namespace": "argocd", "annotations": annotations},
        "spec": {"project": "default", "destination": {"server": "https://kubernetes.default.svc", "namespace": "web"},
            "source": {"repoURL": "https://git.example.com/shop.git", "path": "web", "targetRevision": "main"}}})
}

#[test]
fn all_is_well() {
    let play = Play::new();
    assert_data_eq!(
        play.run(&[]).snapshot(),
        str![[r#"
---- stdout
done      ConfigMaps      argocd-cm, argocd-rbac-cm read; owner unknown
done      account         octopus is enabled and may have tokens
done      permissions     38 checks passed
done      authorisation   on
done      tokens          1 valid token; octopus-1 expires 2026-11-22T00:00:00Z
done      Secret          argocd-auth-token, key ARGOCD_AUTH_TOKEN: token octopus-1, expires 2026-11-22T00:00:00Z
done      server          40 answers as expected; Argo CD v3.5.1+109ca7c
done      gateway         gw started 2026-11-22T00:00:00Z, after the Secret changed
done      values          the environment of gw: consistent
done      visible         1 Application, 1 cluster as octopus
done      Applications    1 of 1 source of 1 Application updated
---- stderr
note: 11 steps: 11 done
---- exit code 0

"#]]
    );
    let asked = fs::read_to_string(play.world.file("kubectl.log")).unwrap();
    assert!(
        asked.lines().all(|line| line.starts_with("get ")),
        "{asked}"
    );
    let report: Value = serde_json::from_str(&play.run(&["-o", "json"]).stdout).unwrap();
    assert_eq!(
        (&report["schema"], &report["well"], &report["next"]),
        (&json!("doctor/v1"), &json!(true), &json!(null))
    );
}

#[test]
fn a_secret_that_is_not_there_is_made() {
    let play = Play::new();
    play.remove("secret-argocd-auth-token");
    assert_data_eq!(
        play.run(&[]).snapshot(),
        str![[r#"
---- stdout
done      ConfigMaps      argocd-cm, argocd-rbac-cm read; owner unknown
done      account         octopus is enabled and may have tokens
done      permissions     38 checks passed
done      authorisation   on
done      tokens          1 valid token; octopus-1 expires 2026-11-22T00:00:00Z
missing   Secret          namespace octopus-gateway has no Secret argocd-auth-token
unknown   server          the Secret holds no token to ask with
done      gateway         gw started 2026-11-22T00:00:00Z
done      values          the environment of gw: consistent
unknown   visible         the Secret holds no token to ask with
done      Applications    1 of 1 source of 1 Application updated
---- stderr
warning: 11 steps: 8 done, 1 missing, 2 unknown
next: kubectl octopus-argo token create --expires-in 90d -o secret | kubectl apply --server-side -n octopus-gateway -f -
---- exit code 1

"#]]
    );
}

#[test]
fn a_token_under_another_key_is_moved() {
    let play = Play::new();
    play.secret("token", &play.token);
    assert_data_eq!(
        play.run(&[]).snapshot(),
        str![[r#"
---- stdout
done      ConfigMaps      argocd-cm, argocd-rbac-cm read; owner unknown
done      account         octopus is enabled and may have tokens
done      permissions     38 checks passed
done      authorisation   on
done      tokens          1 valid token; octopus-1 expires 2026-11-22T00:00:00Z
wrong     Secret          argocd-auth-token has no key ARGOCD_AUTH_TOKEN, only: token
unknown   server          the Secret holds no token to ask with
done      gateway         gw started 2026-11-22T00:00:00Z, after the Secret changed
done      values          the environment of gw: consistent
unknown   visible         the Secret holds no token to ask with
done      Applications    1 of 1 source of 1 Application updated
---- stderr
warning: 11 steps: 8 done, 1 wrong, 2 unknown
next: kubectl get secret -n octopus-gateway argocd-auth-token -o jsonpath='{.data.token}' | base64 -d | kubectl octopus-argo gateway secret --gateway-namespace octopus-gateway --token-file - | kubectl apply --server-side -f -
---- exit code 1

"#]]
    );
}

#[test]
fn a_token_that_nobody_uses_is_named() {
    let play = Play::new();
    let _ = play.world.make_token("octopus-lost", "30d");
    assert_data_eq!(
        play.run(&[]).snapshot(),
        str![[r#"
---- stdout
done      ConfigMaps      argocd-cm, argocd-rbac-cm read; owner unknown
done      account         octopus is enabled and may have tokens
done      permissions     38 checks passed
done      authorisation   on
wrong     tokens          2 valid tokens; octopus-lost expires 2026-11-22T00:00:00Z; octopus-1 expires 2026-11-22T00:00:00Z; not in the gateway's Secret: octopus-lost
done      Secret          argocd-auth-token, key ARGOCD_AUTH_TOKEN: token octopus-1, expires 2026-11-22T00:00:00Z
done      server          40 answers as expected; Argo CD v3.5.1+109ca7c
done      gateway         gw started 2026-11-22T00:00:00Z, after the Secret changed
done      values          the environment of gw: consistent
done      visible         1 Application, 1 cluster as octopus
done      Applications    1 of 1 source of 1 Application updated
---- stderr
warning: 11 steps: 10 done, 1 wrong
next: kubectl octopus-argo token prune --except octopus-1
---- exit code 1

"#]]
    );
}

#[test]
fn a_gateway_that_started_before_the_secret_changed_is_restarted() {
    let play = Play::new();
    play.gateway("2026-11-19T10:00:00Z", "argocd-auth-token", "false");
    assert_data_eq!(
        play.run(&[]).snapshot(),
        str![[r#"
---- stdout
done      ConfigMaps      argocd-cm, argocd-rbac-cm read; owner unknown
done      account         octopus is enabled and may have tokens
done      permissions     38 checks passed
done      authorisation   on
done      tokens          1 valid token; octopus-1 expires 2026-11-22T00:00:00Z
done      Secret          argocd-auth-token, key ARGOCD_AUTH_TOKEN: token octopus-1, expires 2026-11-22T00:00:00Z
done      server          40 answers as expected; Argo CD v3.5.1+109ca7c
wrong     gateway         gw runs with the previous token: started 2026-11-22T00:00:00Z, the Secret changed 2026-11-22T00:00:00Z
done      values          the environment of gw: consistent
done      visible         1 Application, 1 cluster as octopus
done      Applications    1 of 1 source of 1 Application updated
---- stderr
warning: 11 steps: 10 done, 1 wrong
next: kubectl rollout restart deployment -n octopus-gateway -l app.kubernetes.io/name=octopus-argocd-gateway
---- exit code 1

"#]]
    );
    // As `token create -o secret | kubectl apply --server-side` leaves it.
    let path = play.world.file("secret-argocd-auth-token.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("f:data", "f:stringData")).unwrap();
    play.run(&[]).ended(1, "rollout restart");
    // Its labels changed later than the pod started; its values did not.
    play.gateway("2026-11-21T10:00:00Z", "argocd-auth-token", "false");
    play.run(&[]).ended(0, "");
}

#[test]
fn without_argocd_and_rights_the_rest_is_known() {
    let play = Play::new();
    play.forbid("secret-argocd-auth-token").forbid("pods");
    let outcome = play.run(&["--argocd-path", "/nowhere/argocd"]);
    assert_data_eq!(
        outcome.snapshot(),
        str![[r#"
---- stdout
done      ConfigMaps      argocd-cm, argocd-rbac-cm read; owner unknown
done      account         octopus is enabled and may have tokens
done      permissions     38 checks passed
done      authorisation   on
unknown   tokens          /nowhere/argocd was not found
unknown   Secret          kubectl could not read the Secret argocd-auth-token: Error from server (Forbidden): secret-argocd-auth-token is forbidden
unknown   server          kubectl could not read the Secret argocd-auth-token: Error from server (Forbidden): secret-argocd-auth-token is forbidden
unknown   gateway         kubectl could not read the gateway's pods: Error from server (Forbidden): pods is forbidden
done      values          the environment of gw: consistent
unknown   visible         kubectl could not read the Secret argocd-auth-token: Error from server (Forbidden): secret-argocd-auth-token is forbidden
done      Applications    1 of 1 source of 1 Application updated
---- stderr
note: 11 steps: 6 done, 5 unknown
next: install argocd v2.14 or later (https://argo-cd.readthedocs.io/en/stable/cli_installation/), or name it with --argocd-path or the variable ARGOCD
---- exit code 0

"#]]
    );
}

#[test]
fn authorisation_that_is_off_is_wrong() {
    let play = Play::new();
    let params = configmap(
        "argocd-cmd-params-cm",
        &json!({"server.disable.auth": "true"}),
    );
    play.put("configmap-argocd-cmd-params-cm", &params);
    let outcome = play.run(&[]);
    assert_data_eq!(
        outcome.snapshot(),
        str![[r#"
---- stdout
done      ConfigMaps      argocd-cm, argocd-rbac-cm read; owner unknown
done      account         octopus is enabled and may have tokens
unknown   permissions     authorisation is off, so no rule counts
wrong     authorisation   off, so everyone may do everything: server.disable.auth in <live>:1:192
done      tokens          1 valid token; octopus-1 expires 2026-11-22T00:00:00Z
done      Secret          argocd-auth-token, key ARGOCD_AUTH_TOKEN: token octopus-1, expires 2026-11-22T00:00:00Z
done      server          40 answers as expected; Argo CD v3.5.1+109ca7c
done      gateway         gw started 2026-11-22T00:00:00Z, after the Secret changed
done      values          the environment of gw: consistent
done      visible         1 Application, 1 cluster as octopus
done      Applications    1 of 1 source of 1 Application updated
---- stderr
warning: 11 steps: 9 done, 1 wrong, 1 unknown
next: kubectl patch configmap argocd-cmd-params-cm -n argocd --type merge -p '{"data":{"server.disable.auth":"false"}}' && kubectl rollout restart deployment -n argocd -l app.kubernetes.io/name=argocd-server
---- exit code 1

"#]]
    );
}

#[test]
fn a_disabled_account_is_enabled() {
    let play = Play::new();
    play.cm(&json!({"accounts.octopus": "apiKey", "accounts.octopus.enabled": "false"}));
    play.world.set("/accounts/octopus/enabled", json!(false));
    assert_data_eq!(
        play.run(&[]).snapshot(),
        str![[r#"
---- stdout
done      ConfigMaps      argocd-cm, argocd-rbac-cm read; owner unknown
wrong     account         octopus is disabled: <live>:1:220
done      permissions     38 checks passed
done      authorisation   on
done      tokens          1 valid token; octopus-1 expires 2026-11-22T00:00:00Z
done      Secret          argocd-auth-token, key ARGOCD_AUTH_TOKEN: token octopus-1, expires 2026-11-22T00:00:00Z
wrong     server          the token is not valid: its account is disabled; `kubectl octopus-argo render --enable` makes the change; account octopus was expected
done      gateway         gw started 2026-11-22T00:00:00Z, after the Secret changed
done      values          the environment of gw: consistent
unknown   visible         the server does not take the token for the account
done      Applications    1 of 1 source of 1 Application updated
---- stderr
warning: 11 steps: 8 done, 2 wrong, 1 unknown
next: kubectl octopus-argo render --live -n argocd --enable | kubectl replace -n argocd -f -
---- exit code 1

"#]]
    );
}

#[test]
fn each_step_has_its_next_command() {
    let play = Play::new();
    play.cm(&json!({}));
    let render = "kubectl octopus-argo render --live -n argocd | kubectl replace -n argocd -f -";
    assert_eq!(play.next(&[]), render);
    play.cm(&json!({"accounts.octopus": "login"}));
    assert_eq!(play.next(&[]), render);
    // Too few rules, and one too many.
    let play = Play::new();
    let rbac = json!({"policy.csv": "p, octopus, applications, get, *, allow\np, octopus, applications, delete, *, allow\n"});
    let cm = json!({"accounts.octopus": "apiKey"});
    let both = [
        configmap("argocd-cm", &cm),
        configmap("argocd-rbac-cm", &rbac),
    ];
    play.put("configmap", &list(&both));
    assert_eq!(play.next(&[]), render);
    let outcome = play.run(&[]);
    assert_data_eq!(
        outcome.stdout.as_str(),
        str![[r#"
done      ConfigMaps      argocd-cm, argocd-rbac-cm read; owner unknown
done      account         octopus is enabled and may have tokens
missing   permissions     octopus may not get logs, get clusters; octopus may delete applications, which Octopus does not need: <live>:1:447: p, octopus, applications, delete, *, allow
done      authorisation   on
done      tokens          1 valid token; octopus-1 expires [..]
done      Secret          argocd-auth-token, key ARGOCD_AUTH_TOKEN: token octopus-1, expires [..]
done      server          40 answers as expected; Argo CD v3.5.1+109ca7c
done      gateway         gw started 2026-11-28T10:00:00Z, after the Secret changed
done      values          the environment of gw: consistent
done      visible         1 Application, 1 cluster as octopus
done      Applications    1 of 1 source of 1 Application updated

"#]]
    );
    let broken = json!({"policy.csv": "p, octopus, applications\n"});
    let both = [
        configmap("argocd-cm", &cm),
        configmap("argocd-rbac-cm", &broken),
    ];
    play.put("configmap", &list(&both));
    assert_eq!(play.next(&[]), "kubectl octopus-argo lint --live -n argocd");
    // Another token than the account's.
    let play = Play::new();
    let foreign = play.world.fake(&[
        "account",
        "generate-token",
        "--account",
        "robot",
        "--id",
        "r",
    ]);
    play.secret("ARGOCD_AUTH_TOKEN", foreign.stdout.trim());
    let outcome = play.run(&[]);
    assert!(
        outcome
            .stdout
            .contains("its token is of robot:apiKey, not of octopus"),
        "{}",
        outcome.stdout
    );
    // A token that was revoked.
    let play = Play::new();
    let _ = play.world.make_token("octopus-2", "30d");
    let revoked = play.world.fake(&[
        "account",
        "delete-token",
        "--account",
        "octopus",
        "octopus-1",
    ]);
    assert_eq!(revoked.code, Some(0));
    assert!(play.next(&[]).starts_with("kubectl octopus-argo token create --expires-in 90d -o secret | kubectl apply --server-side -n octopus-gateway -f -"));
    // No gateway, another Secret, plain text.
    let play = Play::new();
    play.put("deployments.apps", &list(&[]));
    assert!(
        play.next(&[])
            .starts_with("kubectl octopus-argo gateway command --live -n argocd")
    );
    play.gateway("2026-11-28T10:00:00Z", "other", "false");
    assert!(play.next(&[]).contains("helm upgrade gw oci://"));
    play.gateway("2026-11-28T10:00:00Z", "argocd-auth-token", "false");
    let params = configmap("argocd-cmd-params-cm", &json!({"server.insecure": "true"}));
    play.put("configmap-argocd-cmd-params-cm", &params);
    assert!(
        play.next(&[])
            .ends_with("--set gateway.argocd.plaintext=true")
    );
    // Nothing is annotated.
    let play = Play::new();
    play.put("applications.argoproj.io", &list(&[application(false)]));
    assert_eq!(
        play.next(&[]),
        "kubectl octopus-argo apps annotate --live -n argocd --app NAME --octopus-project SLUG --environment SLUG"
    );
    // The server shows nothing.
    let play = Play::new();
    play.world.set("/applications", json!([]));
    assert!(
        play.next(&[])
            .starts_with("kubectl octopus-argo check --live")
    );
}

#[test]
fn nobody_logged_in_is_no_obstacle_where_the_token_may_see_its_account() {
    let play = Play::new();
    play.world.set("/login", json!(null));
    play.run(&[]).ended(0, "11 steps: 11 done");
}

#[test]
fn applications_of_other_namespaces_count() {
    let play = Play::new();
    let params = json!({"application.namespaces": "team"});
    play.put(
        "configmap-argocd-cmd-params-cm",
        &configmap("argocd-cmd-params-cm", &params),
    );
    let mut elsewhere = application(true);
    elsewhere["metadata"]["namespace"] = "team".into();
    play.put("applications.argoproj.io", &list(&[]))
        .put("applications.argoproj.io-team", &list(&[elsewhere]));
    let step = |play: &Play| {
        let outcome = play.run(&[]);
        let line = outcome
            .stdout
            .lines()
            .find(|line| line.contains("Applications   "));
        line.unwrap_or_default().to_owned()
    };
    assert_eq!(
        step(&play),
        "done      Applications    1 of 1 source of 1 Application updated"
    );
    // Who may not read them there does not know.
    play.forbid("applications.argoproj.io-team");
    assert!(
        step(&play).starts_with("unknown   Applications"),
        "{}",
        step(&play)
    );
    // The namespaces are asked for where the setting is a pattern.
    fs::remove_file(play.world.file("applications.argoproj.io-team.err")).unwrap();
    let params = json!({"application.namespaces": "te*"});
    let namespaces = ["team", "other"]
        .map(|name| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}));
    play.put(
        "configmap-argocd-cmd-params-cm",
        &configmap("argocd-cmd-params-cm", &params),
    )
    .put("namespaces", &list(&namespaces));
    assert_eq!(
        step(&play),
        "done      Applications    1 of 1 source of 1 Application updated"
    );
}

#[test]
fn a_values_file_is_judged_beside_the_cluster() {
    let play = Play::new();
    fs::write(play.world.file("values.yaml"), "gateway: {octopus: {serverGrpcUrl: 'grpc://a:8443'}, argocd: {authenticationTokenSecretName: other, authenticationTokenSecretKey: k}}\nregistration: {register: false}\n").unwrap();
    let outcome = play.run(&["-f", "values.yaml"]);
    assert!(
        outcome
            .stdout
            .contains("they name the key k of Secret other"),
        "{}",
        outcome.stdout
    );
    assert_eq!(outcome.code, Some(1));
}

#[test]
fn watching_goes_on_until_all_is_done() {
    let play = Play::new();
    play.remove("secret-argocd-auth-token");
    let outcome = play.run(&["--watch", "--timeout", "1s"]);
    outcome.ended(1, "note: waiting for Secret (missing)");
    let play = Play::new();
    play.run(&["--watch"]).ended(0, "11 done");
    Sandbox::new()
        .command("doctor --watch -f -")
        .run()
        .refused(2, "stdin can be read only once");
}

#[test]
fn offline_files_are_judged_and_nobody_is_asked() {
    let _ = fake::program();
    let play = Play::new();
    let mut text = String::new();
    for name in [
        "configmap",
        "configmap-argocd-cmd-params-cm",
        "applications.argoproj.io",
        "deployments.apps",
        "pods",
    ] {
        text += &play.world_text(name);
        text += "\n---\n";
    }
    text += &play.world_text("secret-argocd-auth-token");
    let sandbox = Sandbox::new().with("all.yaml", text);
    let run = sandbox.command("doctor --offline -f all.yaml").run();
    assert!(run.ran.is_empty());
    let shown = run.snapshot();
    assert!(!shown.contains(play.token.split('.').nth(1).unwrap()));
    assert!(
        shown.contains("Secret          argocd-auth-token, key ARGOCD_AUTH_TOKEN: token octopus-1"),
        "{shown}"
    );
    assert_eq!(run.code, 0, "{shown}");
    sandbox
        .command("doctor --offline")
        .run()
        .refused(2, "--filename");
}

impl Play {
    fn world_text(&self, name: &str) -> String {
        fs::read_to_string(self.world.file(&format!("{name}.json"))).unwrap()
    }
}
