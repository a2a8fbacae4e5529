//! Any values for the templates: account, project and a value of one's own, a line each. What is
//! rendered has exactly the keys and the rules that it must have, or is refused.

use kubectl_octopus_argo::model::Source;
use kubectl_octopus_argo::rbac::{Line, lines};
use kubectl_octopus_argo::yaml::Stream;
use serde_json::Value;

use super::world::{Answer, run as command};

const NOBODY: Answer<'_> = Answer {
    code: 1,
    stdout: "",
    stderr: "",
};

pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else {
        return;
    };
    let mut parts = input.splitn(3, '\n');
    let account = parts.next().unwrap_or_default();
    let project = parts.next().unwrap_or_default();
    let own = format!("own={}", parts.next().unwrap_or_default());
    let account_option = format!("--account={account}");
    let project_option = format!("--project={project}");
    let base = ["render", "--only=argocd-rbac-cm", "-q", "--set", &own];
    for options in [
        vec![account_option.as_str()],
        vec![
            account_option.as_str(),
            project_option.as_str(),
            "--match-mode=regex",
        ],
        vec![project_option.as_str(), "--allow-sync"],
    ] {
        let ran = command(&[&base[..], &options[..]].concat(), "", &NOBODY);
        if ran.code != 0 {
            assert!(ran.stdout.is_empty() && !ran.stderr.is_empty());
            continue;
        }
        let source = Source::new("rendered", ran.stdout.as_str());
        let stream = Stream::parse(source).expect("what is rendered is YAML");
        let [document] = stream.documents() else {
            panic!("more than one document: {}", ran.stdout)
        };
        let model = document.root().map(|root| document.to_json(root));
        let model = model.expect("a document").expect("plain values");
        let data = model.get("data").and_then(Value::as_object).expect("data");
        let subject = if options.contains(&account_option.as_str()) {
            account
        } else {
            "octopus"
        };
        let (key, policy) = data.iter().next().expect("one key");
        assert_eq!(
            (data.len(), key.as_str()),
            (1, format!("policy.{subject}.csv").as_str())
        );
        let policy = policy.as_str().expect("a text");
        for line in lines(&"policy".into(), policy) {
            let rule = match line.line {
                Line::Policy(rule) => rule,
                Line::Grouping(_) | Line::Invalid(_) => panic!("no rule: {policy}"),
                _ => continue,
            };
            assert_eq!(rule.subject.text, subject);
            assert_eq!(rule.effect.text, "allow");
        }
    }
}
