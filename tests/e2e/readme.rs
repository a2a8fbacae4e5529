//! The README's five minutes, word by word: every block of the section is run as it is printed there.

use crate::doctor::start_gateway;
use crate::system::{ArgoCd, Session, cluster, find, skip};

/// A block of the section, with the exit code that the page promises.
struct Step {
    text: String,
    exit: i32,
}

fn steps() -> Vec<Step> {
    let readme = include_str!("../../README.md");
    let (_, section) = readme.split_once("\n## Five minutes").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let (mut steps, mut exit) = (Vec::new(), 0);
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        if let Some(code) = line.strip_prefix("<!-- exit: ") {
            exit = code.strip_suffix(" -->").unwrap().parse().unwrap();
        } else if line == "```sh" {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            steps.push(Step {
                text: block.join("\n"),
                exit,
            });
            exit = 0;
        }
    }
    steps
}

/// The Application that the page annotates.
const APPLICATION: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source:
    repoURL: https://example.com/web.git
    path: deploy
    targetRevision: main
";

/// A chart that makes of the values what the gateway's own chart does, as far as a server without controllers knows
/// it; it takes no values but the published ones.
const CHART: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: &labels {app.kubernetes.io/name: octopus-argocd-gateway, app.kubernetes.io/instance: {{ .Release.Name }}}
spec:
  selector: {matchLabels: *labels}
  template:
    metadata: {labels: *labels}
    spec:
      containers:
        - name: gateway
          image: gateway
          env:
            - {name: ARGOCD_PLAINTEXT, value: {{ .Values.gateway.argocd.plaintext | default false | quote }}}
            - name: ARGOCD_AUTH_TOKEN
              valueFrom:
                secretKeyRef:
                  name: {{ required \"a Secret\" .Values.gateway.argocd.authenticationTokenSecretName }}
                  key: {{ required \"its key\" .Values.gateway.argocd.authenticationTokenSecretKey }}
            - name: OCTOPUS_SERVER_ACCESS_TOKEN
              valueFrom:
                secretKeyRef:
                  name: {{ required \"a Secret\" .Values.registration.octopus.serverAccessTokenSecretName }}
                  key: {{ required \"its key\" .Values.registration.octopus.serverAccessTokenSecretKey }}
";

/// The chart's address, which is out of reach.
const REGISTRY: &str = "oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart";

/// Runs every block of the section, and returns how many steps of `doctor` are done in the end.
fn walk(user: &Session, argocd: &ArgoCd, helm: bool) -> usize {
    let steps = steps();
    assert!(steps.len() >= 7, "{} blocks", steps.len());
    let (mut logged_in, mut done) = (false, 0);
    for step in &steps {
        let mut text = step.text.clone();
        // There is no single sign-on here, and no such host: the one line that is not run as it is.
        for line in step
            .text
            .lines()
            .filter(|line| line.starts_with("argocd login "))
        {
            text = text.replace(line, "");
            user.log_in(argocd);
            logged_in = true;
        }
        let installs = text.find("helm upgrade ");
        if let Some(at) = installs {
            assert!(text.contains(REGISTRY), "{text}");
            text = text.replace(REGISTRY, "./chart");
            if !helm {
                text.truncate(at);
            }
        }
        // Without helm the chain ends at the gateway.
        let is_doctor = text.contains("octopus-argo doctor");
        let exit = if is_doctor && !helm { 1 } else { step.exit };
        // `set -e`: each line of a block must have succeeded before somebody types the next.
        let said = user.run(&format!("set -e\n{text}")).exit(exit);
        if installs.is_some() && helm {
            start_gateway(user, "octopus-gateway", "octopus-gateway");
        }
        if is_doctor {
            done = said
                .lines()
                .filter(|line| line.starts_with("done "))
                .count();
        }
    }
    assert!(logged_in, "the page logs in with `argocd login`");
    done
}

#[test]
fn the_five_minutes_run_as_they_are_printed() {
    let Some(cluster) = cluster() else { return };
    // The page names no other namespace than Argo CD's usual one.
    let argocd = ArgoCd::install(cluster, "argocd");
    let user = Session::new(cluster);
    let helm = find("helm").is_some();
    if !helm {
        skip::skip("helm is not on PATH");
    }
    user.run("echo secret > access-token; mkdir -p chart/templates")
        .ok();
    user.write("apps.yaml", APPLICATION);
    user.write(
        "chart/Chart.yaml",
        "{apiVersion: v2, name: gateway, version: 1.0.0}",
    );
    user.write(
        "chart/values.schema.json",
        include_str!("../data/gateway/values.schema.json"),
    );
    user.write("chart/templates/deployment.yaml", CHART);

    let done = walk(&user, &argocd, helm);
    assert!(!helm || done == 11, "{done} steps are done");

    let accounts = user.run("argocd account list -o json").ok();
    let accounts: serde_json::Value = serde_json::from_str(&accounts).unwrap();
    let octopus = accounts
        .as_array()
        .unwrap()
        .iter()
        .find(|account| account["name"] == "octopus");
    let octopus = octopus.unwrap_or_else(|| panic!("no account: {accounts}"));
    assert_eq!(octopus["capabilities"], serde_json::json!(["apiKey"]));
    assert_eq!(octopus["tokens"].as_array().unwrap().len(), 1, "{octopus}");
    assert!(octopus["tokens"][0]["expiresAt"].as_i64().unwrap() > 0);

    // kubectl's server-side apply leaves no copy of the token in an annotation.
    let secret = user
        .run("kubectl get secret -n octopus-gateway argocd-auth-token -o json")
        .ok();
    let secret: serde_json::Value = serde_json::from_str(&secret).unwrap();
    assert_eq!(secret["metadata"]["annotations"], serde_json::Value::Null);
    assert!(!user.read("gateway.yaml").is_empty());

    // And back out, as the page says: the tokens first.
    user.run("set -o pipefail; kubectl octopus-argo token list -o name | xargs -n 1 kubectl octopus-argo token delete --yes")
        .ok();
    user.run(
        "set -o pipefail
         kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o yaml --show-managed-fields > live.yaml
         kubectl octopus-argo render -f live.yaml --absent | kubectl replace -f -",
    )
    .ok();
    let live = user
        .run("kubectl get configmap -n argocd argocd-cm argocd-rbac-cm -o json")
        .ok();
    assert!(!live.contains("octopus"), "{live}");
    user.run("kubectl octopus-argo token list").exit(4);
}
