//! `doctor` on a whole real system: each of its next commands is run until everything is done, then what was
//! done is undone, one thing at a time.

use serde_json::Value;

use crate::system::{ArgoCd, Session, cluster};

const DOCTOR: &str = "kubectl octopus-argo doctor -n doctor --gateway-namespace doctor-gateway";

/// The gateway as its chart installs it, as far as a server without controllers knows it.
const GATEWAY: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: gateway
  namespace: doctor-gateway
  labels: &labels {app.kubernetes.io/name: octopus-argocd-gateway, app.kubernetes.io/instance: gateway}
spec:
  replicas: 1
  selector: {matchLabels: *labels}
  template:
    metadata: {labels: *labels}
    spec:
      containers:
        - name: gateway
          image: gateway
          env:
            - {name: ARGOCD_PLAINTEXT, value: 'true'}
            - name: ARGOCD_AUTH_TOKEN
              valueFrom: {secretKeyRef: {name: argocd-auth-token, key: ARGOCD_AUTH_TOKEN}}
";

const APPLICATION: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: doctor}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://example.com/web.git, path: deploy, targetRevision: main}
";

/// What `doctor` says: the state of each step with its evidence, and the next command.
struct Said {
    code: i32,
    steps: Vec<(String, String)>,
    next: Option<String>,
    all: String,
}

fn doctor(user: &Session) -> Said {
    let run = user.run(DOCTOR);
    let nexts: Vec<&str> = run
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("next: "))
        .collect();
    assert!(nexts.len() <= 1, "{}", run.stderr);
    let steps = run.stdout.lines().map(|line| {
        let (state, rest) = line.split_once(' ').unwrap();
        (state.to_owned(), rest.trim_start().to_owned())
    });
    Said {
        code: run.code,
        steps: steps.collect(),
        next: nexts.first().map(|next| (*next).to_owned()),
        all: format!("{}{}", run.stdout, run.stderr),
    }
}

impl Said {
    /// Fails unless this step is in this state, for this reason.
    #[track_caller]
    fn has(&self, state: &str, step: &str, why: &str) -> &Self {
        let found = self
            .steps
            .iter()
            .find(|(_, rest)| rest.split_whitespace().next() == Some(step));
        let (is, rest) = found.unwrap_or_else(|| panic!("no step {step}\n{}", self.all));
        assert!(
            is == state && rest.contains(why),
            "{step}: {state}, {why}\n{}",
            self.all
        );
        assert_eq!(self.code, 1, "{}", self.all);
        self
    }
}

/// The kubelet's part: the gateway's pod is there and ready, and its container started now.
pub fn start_gateway(user: &Session, namespace: &str, deployment: &str) {
    // Not between braces: kubectl then takes it for JSON first, and does not always read it again as YAML.
    user.apply(&format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: gateway-1\n  namespace: {namespace}\n  labels:\n    \
         app.kubernetes.io/name: octopus-argocd-gateway\n    app.kubernetes.io/instance: {deployment}\n\
         spec: {{containers: [{{name: gateway, image: gateway}}]}}\n"
    ));
    user.run(&format!(
        r#"set -e
        now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
        kubectl patch pod -n {namespace} gateway-1 --subresource=status --type merge -p "{{\"status\": {{
          \"phase\": \"Running\", \"containerStatuses\": [{{\"name\": \"gateway\", \"image\": \"gateway\", \"imageID\": \"\",
          \"ready\": true, \"restartCount\": 0, \"state\": {{\"running\": {{\"startedAt\": \"$now\"}}}}}}]}}}}"
        kubectl patch deployment -n {namespace} {deployment} --subresource=status --type merge \
          -p '{{"status": {{"replicas": 1, "readyReplicas": 1}}}}'"#,
    ))
    .ok();
}

/// Does what `doctor` says comes next; where it needs more than the command, what somebody would add.
fn follow(user: &Session, next: &str) {
    if next.contains("gateway command") {
        // The chart is in a registry that is out of reach.
        user.apply(GATEWAY);
        start_gateway(user, "doctor-gateway", "gateway");
    } else if next.contains("rollout restart") {
        user.run(next).ok();
        start_gateway(user, "doctor-gateway", "gateway");
    } else if next.contains("apps annotate") {
        let line = next
            .replace("--app NAME", "--app web")
            .replace("--octopus-project SLUG", "--octopus-project shop")
            .replace("--environment SLUG", "--environment production");
        user.run(&format!("set -e -o pipefail\n{line} | sh")).ok();
    } else if next.contains("token prune") {
        user.run(&format!("{next} --yes")).ok();
    } else {
        user.run(&format!("set -e -o pipefail\n{next}")).ok();
    }
}

/// Follows `doctor` until everything is done, and returns the commands that it took.
fn mend(user: &Session) -> Vec<String> {
    let mut taken = Vec::new();
    loop {
        let said = doctor(user);
        let Some(next) = said.next else {
            assert_eq!(said.code, 0, "{}", said.all);
            assert!(
                said.steps.iter().all(|(state, _)| state == "done"),
                "{}",
                said.all
            );
            return taken;
        };
        // The server takes a change of its ConfigMaps in about a second.
        if taken.last() == Some(&next) {
            std::thread::sleep(std::time::Duration::from_secs(2));
        } else {
            follow(user, &next);
        }
        taken.push(next);
        assert!(taken.len() < 30, "{taken:#?}\n{}", said.all);
    }
}

fn patch(user: &Session, data: &str) {
    user.run(&format!(
        "kubectl patch configmap -n doctor argocd-cm --type merge -p '{{\"data\": {data}}}'"
    ))
    .ok();
}

#[test]
fn its_next_commands_lead_from_nothing_to_all_done_and_back_again() {
    let Some(cluster) = cluster() else { return };
    let argocd = ArgoCd::install(cluster, "doctor");
    let user = Session::admin(cluster, &argocd);
    user.run(
        "set -e
         kubectl create namespace doctor-gateway
         kubectl patch configmap -n doctor argocd-cmd-params-cm --type merge -p '{\"data\": {\"server.insecure\": \"true\"}}'",
    )
    .ok();
    user.apply(APPLICATION);

    // From an Argo CD that knows nothing of Octopus.
    doctor(&user).has("missing", "account", "");
    let taken = mend(&user);
    for part in ["render", "token create", "gateway command", "apps annotate"] {
        assert!(
            taken.iter().any(|next| next.contains(part)),
            "{part}: {taken:#?}"
        );
    }
    let report = user.run(&format!("{DOCTOR} -o json")).ok();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        (&report["well"], &report["next"]),
        (&Value::Bool(true), &Value::Null)
    );

    // The Secret changed after the gateway started.
    std::thread::sleep(std::time::Duration::from_secs(1));
    user.run(
        "set -e -o pipefail
         kubectl octopus-argo token create --expires-in 90d -o secret |
           kubectl apply --server-side -n doctor-gateway -f -",
    )
    .ok();
    doctor(&user).has("wrong", "gateway", "runs with the previous token");
    let taken = mend(&user);
    assert!(
        taken.iter().any(|next| next.contains("rollout restart")),
        "{taken:#?}"
    );
    assert!(
        taken.iter().any(|next| next.contains("token prune")),
        "{taken:#?}"
    );

    // A disabled account, one without tokens of its own, and none at all.
    for (data, why) in [
        (r#"{"accounts.octopus.enabled": "false"}"#, "disabled"),
        (r#"{"accounts.octopus": "login"}"#, "apiKey"),
        (
            r#"{"accounts.octopus": null, "accounts.octopus.enabled": null}"#,
            "",
        ),
    ] {
        patch(&user, data);
        let state = if why.is_empty() { "missing" } else { "wrong" };
        doctor(&user).has(state, "account", why);
        mend(&user);
    }

    // Another account's token.
    patch(&user, r#"{"accounts.robot": "apiKey"}"#);
    user.run(
        "set -e -o pipefail
         until argocd account get --account robot; do sleep 0.2; done
         argocd account generate-token --account robot --id robot-1 |
           kubectl octopus-argo gateway secret --account robot --gateway-namespace doctor-gateway --token-file - |
           kubectl apply --server-side --force-conflicts -f -",
    )
    .ok();
    doctor(&user).has("wrong", "Secret", "robot");
    mend(&user);

    // The Secret itself.
    user.run("kubectl delete secret -n doctor-gateway argocd-auth-token")
        .ok();
    doctor(&user).has("missing", "Secret", "");
    mend(&user);

    // Annotations that nothing reads.
    user.run(
        "kubectl annotate application -n doctor web argo.octopus.com/project- argo.octopus.com/environment- argo.octopus.environment=production",
    )
    .ok();
    doctor(&user).has("missing", "Applications", "0 of 1 source");

    // Somebody who may read nothing of the cluster still hears of the server.
    let nobody = user.run(&format!("{DOCTOR} --context nobody"));
    assert!(
        nobody.stdout.contains("unknown   ConfigMaps"),
        "{}",
        nobody.stdout
    );
    assert!(
        nobody.stdout.contains("done      tokens"),
        "{}",
        nobody.stdout
    );
}
