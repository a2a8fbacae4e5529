//! The README's five minutes, word by word: every block of the section is run as it is printed there.

use crate::system::{ArgoCd, Session, cluster};

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
  source:
    repoURL: https://example.com/web.git
    path: deploy
    targetRevision: main
";

#[test]
fn the_five_minutes_run_as_they_are_printed() {
    let Some(cluster) = cluster() else { return };
    // The page names no other namespace than Argo CD's usual one.
    let argocd = ArgoCd::install(cluster, "argocd");
    let user = Session::new(cluster);
    user.run(&format!(
        "echo secret > access-token; cat > apps.yaml <<'END'\n{APPLICATION}END"
    ))
    .ok();

    let steps = steps();
    assert!(steps.len() >= 7, "{} blocks", steps.len());
    let mut logged_in = false;
    for step in &steps {
        let mut text = step.text.clone();
        // There is no single sign-on here, and no such host: the one line that is not run as it is.
        for line in step
            .text
            .lines()
            .filter(|line| line.starts_with("argocd login "))
        {
            text = text.replace(line, "");
            user.log_in(&argocd);
            logged_in = true;
        }
        // The chart is in a registry that is out of reach.
        if let Some(at) = text.find("helm upgrade ") {
            text.truncate(at);
        }
        // Without the chart the chain ends at the gateway.
        let is_doctor = text.contains("octopus-argo doctor");
        let exit = if is_doctor { 1 } else { step.exit };
        // `set -e`: each line of a block must have succeeded before somebody types the next.
        let said = user.run(&format!("set -e\n{text}")).exit(exit);
        for line in [
            "done      account",
            "done      Secret",
            "done      server",
            "missing   gateway",
        ] {
            assert!(!is_doctor || said.contains(line), "{line}: {said}");
        }
    }
    assert!(logged_in, "the page logs in with `argocd login`");

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
