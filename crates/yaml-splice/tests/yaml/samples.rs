//! Realistic files: a key set, a line appended to every policy, and both taken back.

use std::path::PathBuf;

use serde_json::Value;
use yaml_splice::ErrorKind;
use yaml_splice::{Edit, Node, ScalarType, Step, Stream, edit};

use crate::common::{json, kubectl, parse};

fn samples(folder: &str) -> Vec<(String, String)> {
    let path = PathBuf::from("../../tests/data/samples").join(folder);
    let entries = std::fs::read_dir(&path).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.display().to_string(), text)
        })
        .collect()
}

/// The mappings that hold the keys of a `ConfigMap`: `data` of objects, of items of lists, and the
/// chart's `configs.cm` and `configs.rbac`.
fn targets(stream: &Stream) -> Vec<(usize, Vec<Step>)> {
    let mut found = Vec::new();
    for (document, root) in stream.documents().iter().enumerate() {
        let Some(root) = root.root() else { continue };
        let mut objects = vec![(Vec::new(), root)];
        for (index, item) in root
            .get("items")
            .and_then(Node::items)
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            objects.push((vec![Step::key("items"), Step::Index(index)], item));
        }
        for (route, object) in objects {
            let is_config_map = object.get("kind").and_then(Node::as_str) == Some("ConfigMap");
            if is_config_map {
                found.push((document, [route, vec![Step::key("data")]].concat()));
            }
        }
        for prefix in [vec![], vec![Step::key("argo-cd")]] {
            let configs = [prefix, vec![Step::key("configs")]].concat();
            let at = &stream.documents()[document];
            if at.get(&configs).and_then(Node::entries).is_some() {
                for key in ["cm", "rbac"] {
                    found.push((document, [configs.clone(), vec![Step::key(key)]].concat()));
                }
            }
        }
    }
    found
}

fn with(route: &[Step], key: &str) -> Vec<Step> {
    [route.to_vec(), vec![Step::key(key)]].concat()
}

const REFUSED: [&str; 1] = ["duplicate-key.yaml"];

#[test]
fn keys_come_and_go_without_a_trace() {
    for folder in ["configmap", "list", "helm-values"] {
        for (name, text) in samples(folder) {
            let stream = parse(&text);
            let targets = targets(&stream);
            assert_eq!(
                targets.is_empty(),
                name.ends_with("old-chart.yaml"),
                "{name}"
            );
            let mut set = Vec::new();
            let mut remove = Vec::new();
            for (document, route) in targets {
                let there = stream.documents()[document].get(&route);
                for (key, value) in [
                    ("accounts.octopus", "apiKey"),
                    ("accounts.octopus.enabled", "true"),
                    (
                        "policy.octopus.csv",
                        "p, octopus, applications, get, *, allow\n# ü\np, octopus, logs, get, */*, allow\n",
                    ),
                ] {
                    set.push(Edit::Set {
                        document,
                        route: with(&route, key),
                        value: value.into(),
                    });
                    // What was null or missing goes as a whole.
                    let has_keys = there
                        .and_then(Node::entries)
                        .is_some_and(|entries| !entries.is_empty());
                    remove.push(Edit::Remove {
                        document,
                        route: if has_keys {
                            with(&route, key)
                        } else {
                            route.clone()
                        },
                    });
                }
            }
            let edited = match edit(&stream, &set) {
                Err(error) if REFUSED.iter().any(|refused| name.ends_with(refused)) => {
                    assert_eq!(error.kind(), ErrorKind::Input, "{name}: {error}");
                    continue;
                }
                other => other.unwrap_or_else(|error| {
                    panic!(
                        "{name}: {error} {:?}",
                        std::error::Error::source(&error).map(ToString::to_string)
                    )
                }),
            };
            assert_only_added(&name, &text, &edited);
            if folder != "helm-values" {
                assert_kubectl_agrees(&name, &edited);
            }
            let back = edit(&parse(&edited), &remove)
                .unwrap_or_else(|error| panic!("{name}: {error}\n{edited}"));
            if !text.contains("data: {}") && !text.contains("data:\n---") {
                similar_asserts(&name, &text, &back);
            }
            assert_eq!(
                edit(&parse(&edited), &set).unwrap(),
                edited,
                "{name}: not idempotent"
            );
        }
    }
}

fn similar_asserts(name: &str, wanted: &str, got: &str) {
    assert!(
        wanted == got,
        "{name}:\n{}",
        similar::TextDiff::from_lines(wanted, got).unified_diff()
    );
}

/// kubectl reads the same objects; it takes lists apart.
fn assert_kubectl_agrees(name: &str, text: &str) {
    let stream = parse(text);
    let mut ours = Vec::new();
    for document in stream.documents() {
        let object = document.to_json(document.root().unwrap()).unwrap();
        match object.get("items").and_then(Value::as_array) {
            Some(items) => ours.extend(items.clone()),
            None => ours.push(object),
        }
    }
    let Some(theirs) = kubectl(text) else { return };
    assert_eq!(
        theirs.unwrap_or_else(|error| panic!("{name}: {error}")),
        ours,
        "{name}"
    );
}

/// Every line of the text before is still there, in order.
fn assert_only_added(name: &str, before: &str, after: &str) {
    let mut lines = after.split_inclusive('\n');
    for line in before.split_inclusive('\n') {
        let wanted = line.trim_end();
        assert!(
            lines.any(
                |line| line.trim_end().trim_end_matches(',') == wanted.trim_end_matches(',')
                    || ["data: {}", "{apiVersion", "  configs: {", "}"]
                        .iter()
                        .any(|known| wanted.starts_with(known))
            ),
            "{name}: lost {line:?} in\n{after}"
        );
    }
}

#[test]
fn a_line_appended_to_a_policy_is_the_only_change() {
    let mut count = 0;
    for folder in ["configmap", "list", "helm-values"] {
        for (name, text) in samples(folder) {
            if REFUSED.iter().any(|refused| name.ends_with(refused)) {
                continue;
            }
            let stream = parse(&text);
            for (document, route) in targets(&stream) {
                let at = &stream.documents()[document];
                let Some(entries) = at.get(&route).and_then(Node::entries) else {
                    continue;
                };
                for entry in entries {
                    let key = entry.key.key_text().unwrap();
                    let Some(scalar) = entry.value.as_scalar() else {
                        continue;
                    };
                    if scalar.scalar_type() != ScalarType::String {
                        continue;
                    }
                    count += 1;
                    let old = scalar.value();
                    let line = "p, octopus, applications, get, *, allow";
                    let new = match old {
                        "" => format!("{line}\n"),
                        old if old.ends_with('\n') => format!("{old}{line}\n"),
                        old => format!("{old}\n{line}"),
                    };
                    let set = |text: &str| {
                        vec![Edit::SetText {
                            document,
                            route: with(&route, &key),
                            text: text.to_owned(),
                        }]
                    };
                    let edited = match edit(&stream, &set(&new)) {
                        Err(error) if name.ends_with("anchors.yaml") => {
                            assert!(error.to_string().contains("is shared"), "{error}");
                            continue;
                        }
                        other => other.unwrap_or_else(|error| panic!("{name} {key}: {error}")),
                    };
                    let read = parse(&edited);
                    let node = read.documents()[document].get(&with(&route, &key)).unwrap();
                    assert_eq!(Value::from(node.as_str()), Value::from(new), "{name} {key}");
                    // The bytes around the value.
                    let span = entry.value.span();
                    assert!(
                        edited.starts_with(&text[..span.start]),
                        "{name} {key}\n{edited}"
                    );
                    // A text that was on one line leaves a comment behind it on its header's line.
                    let rest = &text[span.end..];
                    let rest = if old.contains('\n') {
                        rest
                    } else {
                        rest.split_once('\n').map_or("", |(_, rest)| rest)
                    };
                    assert!(edited.ends_with(rest), "{name} {key}\n{edited}");
                    if old.contains('\n') {
                        let back = edit(&read, &set(old)).unwrap();
                        similar_asserts(&format!("{name} {key}"), &text, &back);
                    }
                }
            }
        }
    }
    assert!(count > 15, "{count}");
}

/// What only the server writes, taken out of a live list while a key is set.
#[test]
fn server_fields_go_while_a_key_comes() {
    for (name, text) in samples("list") {
        let stream = parse(&text);
        let document = &stream.documents()[0];
        let mut expected = document.to_json(document.root().unwrap()).unwrap();
        let mut edits = Vec::new();
        for index in 0..expected["items"].as_array().unwrap().len() {
            let item = vec![Step::key("items"), Step::Index(index)];
            let fields = [
                "managedFields",
                "uid",
                "creationTimestamp",
                "generation",
                "selfLink",
            ];
            for field in fields {
                let route = with(&with(&item, "metadata"), field);
                edits.push(Edit::Remove { document: 0, route });
                expected["items"][index]["metadata"]
                    .as_object_mut()
                    .unwrap()
                    .shift_remove(field);
            }
            let last = "kubectl.kubernetes.io/last-applied-configuration";
            let annotations = with(&with(&item, "metadata"), "annotations");
            edits.push(Edit::Remove {
                document: 0,
                route: with(&annotations, last),
            });
            if let Some(annotations) =
                expected["items"][index]["metadata"]["annotations"].as_object_mut()
            {
                annotations.shift_remove(last);
            } else {
                expected["items"][index]["metadata"]
                    .as_object_mut()
                    .unwrap()
                    .shift_remove("annotations");
            }
            let route = with(&with(&item, "data"), "accounts.octopus");
            edits.push(Edit::Set {
                document: 0,
                route,
                value: "apiKey".into(),
            });
            expected["items"][index]["data"]["accounts.octopus"] = "apiKey".into();
        }
        let edited = edit(&stream, &edits).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(json(&edited), expected, "{name}");
        assert_kubectl_agrees(&name, &edited);
        assert!(
            edited
                .lines()
                .all(|line| text.contains(line.trim_end_matches(','))
                    || line.contains("octopus")
                    || line.contains("annotations: {}")),
            "{name}:\n{edited}"
        );
    }
}
