//! Realistic files, edited in place: only the lines that belong to the change differ, the
//! result is the intended object to kubectl's YAML 1.1 reader too, and `--absent` takes it back.

use std::path::Path;

use serde_json::{Value, json};

use super::RULES;
use crate::common::{Sandbox, real};

/// A folder of the samples, and the options with which its files are edited.
const FOLDERS: [(&str, &str); 6] = [
    ("configmap", ""),
    ("list", ""),
    ("helm-values", ""),
    ("operator", ""),
    ("appproject", "--form appproject"),
    ("kustomize", ""),
];

/// Files that need an option more.
const OPTIONS: [(&str, &str); 1] = [("umbrella.yaml", "--values-root argo-cd")];

/// Files that are refused, each with what is said.
const REFUSED: [(&str, &str); 3] = [
    ("duplicate-key.yaml", "duplicate key `policy.csv`"),
    (
        "no-configmap.yaml",
        "there is no argocd-cm and no argocd-rbac-cm in the input",
    ),
    (
        "old-chart.yaml",
        "`server.config` is where charts before 5.7 had these values",
    ),
];

/// Lines that an edit may replace, because the change is inside of them: a flow mapping, an empty
/// one, a quoted policy, a line of JSON that gets a comma.
const REPLACED: [&str; 8] = [
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-cm",
    "data: {}",
    "  configs: {cm: {create: true,",
    "spec: {}",
    "spec:",
    "    policy: \"g, company:ops, role:admin\"",
    "                \"url\": \"https://argocd.example.com\"",
    "                \"scopes\": \"[groups]\"",
];

struct Case {
    folder: &'static str,
    file: String,
    text: String,
    options: String,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (folder, options) in FOLDERS {
        let path = Path::new("tests/data/samples").join(folder);
        for entry in std::fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            let more = OPTIONS.iter().find(|(name, _)| *name == file);
            let more = more.map_or("", |(_, options)| options);
            cases.push(Case {
                folder,
                options: format!("{options} {more}"),
                text: std::fs::read_to_string(&path).unwrap(),
                file,
            });
        }
    }
    cases.sort_by(|one, other| one.file.cmp(&other.file));
    cases
}

fn refusal(file: &str) -> Option<&'static str> {
    let found = REFUSED.iter().find(|(name, _)| *name == file)?;
    Some(found.1)
}

#[test]
fn what_cannot_be_edited_is_refused_and_stays_as_it_was() {
    for case in cases() {
        let Some(said) = refusal(&case.file) else {
            continue;
        };
        let sandbox = Sandbox::new().with(&case.file, &case.text);
        let line = format!("render -f {} --in-place {}", case.file, case.options);
        sandbox.command(&line).run().refused(3, said);
        assert_eq!(sandbox.read(&case.file), case.text, "{}", case.file);
    }
}

#[test]
fn only_the_lines_of_the_change_differ_and_absent_takes_it_back() {
    let mut count = 0;
    for case in cases() {
        if refusal(&case.file).is_some() {
            continue;
        }
        count += 1;
        let sandbox = Sandbox::new().with(&case.file, &case.text);
        let run = |more: &str| {
            let line = format!("render -f {} --in-place {} {more}", case.file, case.options);
            let run = sandbox.command(&line).run();
            assert_eq!(
                (run.code, &*run.stdout),
                (0, ""),
                "{}: {}",
                case.file,
                run.stderr
            );
            sandbox.read(&case.file)
        };
        let edited = run("");
        assert_ne!(edited, case.text, "{}", case.file);
        assert_only_added(&case.file, &case.text, &edited);
        assert_eq!(
            run(""),
            edited,
            "{}: the second time changes something",
            case.file
        );
        let back = run("--absent");
        let filled = ["data: {}", "data:\n---", "spec:"];
        if filled
            .iter()
            .any(|empty| case.text.contains(empty) && !back.contains(empty))
            || case.file == "null-spec.yaml"
        {
            // An empty mapping had to be filled: the same object comes back, not the same bytes.
            let read = |text: &str| without_empty(read_all(text));
            assert_eq!(read(&back), read(&case.text), "{}", case.file);
        } else {
            assert!(
                back == case.text,
                "{}:\n{}",
                case.file,
                diff(&case.text, &back)
            );
        }
    }
    assert!(count > 18, "only {count} samples");
}

#[test]
fn kubectl_reads_the_intended_objects() {
    let Some(kubectl) = real::find("kubectl") else {
        return;
    };
    for case in cases() {
        if refusal(&case.file).is_some() {
            continue;
        }
        let sandbox = Sandbox::new().with(&case.file, &case.text);
        let line = format!("render -q -f {} --in-place {}", case.file, case.options);
        sandbox.command(&line).run().stdout_of(0);
        let read = |text: &str| objects_of_kubectl(&kubectl, &case, text);
        let mut intended = read(&case.text);
        for object in &mut intended {
            intend(object, &case.options);
        }
        assert_eq!(read(&sandbox.read(&case.file)), intended, "{}", case.file);
    }
}

/// Every line of the text before is there after, in order, but those that the change is inside of.
fn assert_only_added(file: &str, before: &str, after: &str) {
    let diff = similar::TextDiff::from_lines(before, after);
    for change in diff.iter_all_changes() {
        if change.tag() != similar::ChangeTag::Delete {
            continue;
        }
        let line = change.value();
        let ends_the_file = !line.ends_with('\n') && after.contains(&format!("{line}\n"));
        assert!(
            ends_the_file || REPLACED.iter().any(|known| line.starts_with(known)),
            "{file}: lost {line:?}:\n{}",
            diff.unified_diff()
        );
    }
    for line in before
        .lines()
        .filter_map(|line| line.split_once(" #").map(|(_, c)| c))
    {
        assert!(after.contains(line), "{file}: lost the comment {line}");
    }
}

fn diff(before: &str, after: &str) -> String {
    let diff = similar::TextDiff::from_lines(before, after);
    diff.unified_diff().to_string()
}

fn read_all(text: &str) -> Vec<Value> {
    use kubectl_octopus_argo::{model::Source, yaml::Stream};
    let stream = Stream::parse(Source::new("sample", text)).unwrap();
    let documents = stream.documents().iter();
    documents
        .filter_map(|document| Some(document.to_json(document.root()?).unwrap()))
        .collect()
}

/// Without members that are null or empty.
fn without_empty(values: Vec<Value>) -> Vec<Value> {
    let clean = |mut value: Value| {
        let map = value.as_object_mut().unwrap();
        map.retain(|_, member| !member.is_null() && *member != json!({}));
        value
    };
    values.into_iter().map(clean).collect()
}

/// The objects as kubectl reads them; values, which are none, get a kind and a name.
fn objects_of_kubectl(kubectl: &Path, case: &Case, text: &str) -> Vec<Value> {
    let file = &case.file;
    let text = if case.folder == "helm-values" {
        format!("apiVersion: test/v1\nkind: Values\nmetadata: {{name: v}}\n{text}")
    } else {
        text.to_owned()
    };
    let args = [
        "patch", "--local", "-f", "-", "--type", "merge", "-p", "{}", "-o", "json",
    ];
    let output = real::run(kubectl, &args, &text, |_| {});
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{file}: {said}\n{text}");
    let values = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    values.map(Result::unwrap).collect()
}

/// Makes the change in an object, by another way than ours.
fn intend(object: &mut Value, options: &str) {
    let kind = object["kind"].as_str().unwrap().to_owned();
    let name = object["metadata"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let account = [
        ("accounts.octopus", "apiKey"),
        ("accounts.octopus.enabled", "true"),
    ];
    let rules = [("policy.octopus.csv", RULES)];
    match (&*kind, &*name) {
        ("ConfigMap", "argocd-cm") => put(&mut object["data"], &account),
        ("ConfigMap", "argocd-rbac-cm") => put(&mut object["data"], &rules),
        ("ArgoCD", _) => {
            let spec = &mut object["spec"];
            put(&mut spec["extraConfig"], &account);
            if let Some(policy) = spec.pointer("/rbac/policy").and_then(Value::as_str) {
                let joined = if policy.ends_with('\n') {
                    format!("{policy}{RULES}")
                } else {
                    format!("{policy}\n{}", RULES.trim_end())
                };
                spec["rbac"]["policy"] = joined.into();
            }
        }
        ("AppProject", project) => {
            let line = |resource: &str| {
                format!("p, proj:{project}:octopus, {resource}, get, {project}/*, allow")
            };
            let role = json!({
                "name": "octopus",
                "description": format!("Octopus Deploy reads the applications of {project}"),
                "policies": [line("applications"), line("clusters"), line("logs")],
            });
            let list = &mut object["spec"]["roles"];
            match list.as_array_mut() {
                Some(list) => list.push(role),
                None => *list = json!([role]),
            }
        }
        ("Values", _) => {
            let root = options
                .split_once("--values-root ")
                .map(|(_, root)| root.trim());
            let values = match root {
                Some(root) => &mut object[root],
                None => object,
            };
            put(&mut values["configs"]["cm"], &account);
            put(&mut values["configs"]["rbac"], &rules);
        }
        _ => {}
    }
}

fn put(map: &mut Value, entries: &[(&str, &str)]) {
    for (key, text) in entries {
        map[*key] = (*text).into();
    }
}
