//! What each rule of lint does with its page's example in every form of input: a table in `tests/data/lint/forms.txt`.
//!
//! `SNAPSHOTS=overwrite cargo test --test it lint_forms` writes it. A cell has the findings, and how many are left after
//! `--fix` (safe) and `--fix=unsafe` where that edits something. `-`: the example has no such form.

use std::fmt::Write as _;
use std::fs;

use crate::common::Sandbox;
use crate::lint_rules::{Block, blocks, pages};

const TABLE: &str = "tests/data/lint/forms.txt";
const FORMS: [&str; 7] = [
    "manifest",
    "JSON",
    "values",
    "ArgoCD",
    "patch",
    "kustomize",
    "AppProject",
];
/// Each version with rules of its own; the last one is the newest.
const VERSIONS: [&str; 7] = ["2.4", "2.7", "2.8", "2.14", "3.0", "3.1", "3.6"];

/// A file's name and text.
type File = (&'static str, String);

/// The `data` of an example's ConfigMaps, as it is written.
struct Settings(Vec<(String, String)>);

impl Settings {
    fn of(example: &Block) -> Option<Self> {
        if example.info.starts_with("csv") {
            let data = format!("  policy.csv: |\n{}", indented(&example.text, 4));
            return Some(Self(vec![("argocd-rbac-cm".to_owned(), data)]));
        }
        let documents = example.text.split("---\n").map(|document| {
            let (head, data) = document.split_once("\ndata:\n")?;
            let (kind, rest) = head.split_once("\nmetadata:\n  name: ")?;
            let name = rest.lines().next()?;
            kind.ends_with("kind: ConfigMap")
                .then(|| (name.to_owned(), data.to_owned()))
        });
        documents.collect::<Option<_>>().map(Self)
    }

    fn write(&self, one: impl Fn(&str, &str) -> String, between: &str) -> String {
        let all: Vec<_> = self.0.iter().map(|(name, data)| one(name, data)).collect();
        all.join(between)
    }

    fn manifest(name: &str, data: &str) -> String {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  labels:\n    \
             app.kubernetes.io/part-of: argocd\ndata:\n{data}"
        )
    }

    /// The keys of argocd-rbac-cm have other names in an ArgoCD; a policy key of one's own has none.
    fn argocd(&self) -> Option<String> {
        let mut text =
            "apiVersion: argoproj.io/v1beta1\nkind: ArgoCD\nmetadata:\n  name: argocd\nspec:\n"
                .to_owned();
        for (name, data) in &self.0 {
            if name == "argocd-cm" {
                write!(text, "  extraConfig:\n{}", indented(data, 2)).unwrap();
                continue;
            }
            text += "  rbac:\n";
            for line in data.split_inclusive('\n') {
                let key = line
                    .strip_prefix("  ")
                    .filter(|line| line.starts_with(char::is_alphabetic));
                let Some((key, value)) = key.and_then(|line| line.split_once(':')) else {
                    text += &indented(line, 2);
                    continue;
                };
                let renamed = match key {
                    "policy.csv" => "policy",
                    "policy.default" => "defaultPolicy",
                    "policy.matchMode" => "policyMatcherMode",
                    "scopes" => "scopes",
                    _ => return None,
                };
                write!(text, "    {renamed}:{value}").unwrap();
            }
        }
        Some(text)
    }

    /// The rules as those of a project's role, about objects of the project.
    fn project(&self) -> Option<String> {
        let mut policies = String::new();
        let rules = self.0.iter().filter(|(name, _)| name == "argocd-rbac-cm");
        for line in rules
            .flat_map(|(_, data)| data.lines())
            .map(str::trim_start)
        {
            let mut fields: Vec<_> = line.split(',').map(str::to_owned).collect();
            if fields[0] != "p" || fields.len() < 2 {
                continue;
            }
            fields[1] = " proj:shop:dev".into();
            if let Some((_, object)) = fields.get(4).and_then(|object| object.split_once('/')) {
                fields[4] = format!(" shop/{object}");
            }
            let line = fields.join(",").replace('\'', "''");
            writeln!(policies, "        - '{line}'").unwrap();
        }
        (!policies.is_empty()).then(|| {
            format!(
                "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata:\n  name: shop\nspec:\n  \
                 roles:\n    - name: dev\n      policies:\n{policies}"
            )
        })
    }
}

fn indented(text: &str, by: usize) -> String {
    let lines = text.split_inclusive('\n').map(|line| match line.trim() {
        "" => line.to_owned(),
        _ => " ".repeat(by) + line,
    });
    lines.collect()
}

/// An example as a List in JSON; none where a key is there twice.
fn json(text: &str) -> Option<String> {
    let documents = text
        .split("---\n")
        .map(serde_yaml::from_str::<serde_json::Value>);
    let items = documents.collect::<Result<Vec<_>, _>>().ok()?;
    let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
    items_are_objects(&list).then(|| format!("{list:#}\n"))
}

fn items_are_objects(list: &serde_json::Value) -> bool {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .all(|item| item["kind"].is_string())
}

/// An example in each of [`FORMS`].
fn forms(example: &Block) -> [Option<File>; 7] {
    let Some(settings) = Settings::of(example) else {
        let json = json(&example.text).map(|text| ("a.json", text));
        return [
            Some(("a.yaml", example.text.clone())),
            json,
            None,
            None,
            None,
            None,
            None,
        ];
    };
    let manifest = settings.write(Settings::manifest, "---\n");
    let values = |name: &str, data: &str| {
        let key = if name == "argocd-cm" { "cm" } else { "rbac" };
        format!("  {key}:\n{}", indented(data, 2))
    };
    // A text with two documents is no patch, and a key twice is one map's.
    let is_single = settings.0.len() == 1;
    let patch = |name: &str, data: &str| format!("metadata:\n  name: {name}\ndata:\n{data}");
    let inline =
        |name: &str, data: &str| format!("  - |\n{}", indented(&Settings::manifest(name, data), 4));
    let kustomization = settings.write(inline, "");
    [
        Some(("a.yaml", manifest.clone())),
        json(&manifest).map(|text| ("a.json", text)),
        Some((
            "values.yaml",
            format!("configs:\n{}", settings.write(values, "")),
        )),
        settings.argocd().map(|text| ("argocd.yaml", text)),
        is_single.then(|| ("patch.yaml", settings.write(patch, ""))),
        Some((
            "kustomization.yaml",
            format!("patchesStrategicMerge:\n{kustomization}"),
        )),
        settings.project().map(|text| ("project.yaml", text)),
    ]
}

struct Tried {
    findings: Vec<serde_json::Value>,
    files: Sandbox,
}

fn lint(files: Sandbox, name: &str, options: &str) -> Tried {
    let run = files
        .command(&format!("lint -q -f {name} -o json {options}"))
        .run();
    assert!(run.code < 2, "{name} {options}: {}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().clone();
    Tried { findings, files }
}

/// What a rule says of a form, and of what is left after its fixes.
fn cell(id: &str, own: &str, (name, text): &File) -> String {
    let options = format!("--select {id} {own}");
    let tried = lint(Sandbox::new().with(name, text), name, &options);
    let mut cell = tried.findings.len().to_string();
    let safeties: Vec<_> = tried
        .findings
        .iter()
        .map(|finding| finding["fix"]["safety"].clone())
        .collect();
    for safety in ["safe", "unsafe"]
        .into_iter()
        .filter(|safety| safeties.contains(&(*safety).into()))
    {
        let fix = format!("{options} --fix={safety}");
        let files = lint(Sandbox::new().with(name, text), name, &fix).files;
        let fixed = files.read(name);
        let left = lint(files, name, &options).findings.len();
        write!(cell, ", {safety} {left}").unwrap();
        if safety == "safe" {
            keeps_every_permission(id, name, text, &fixed);
        }
    }
    cell
}

fn keeps_every_permission(id: &str, name: &str, before: &str, after: &str) {
    let [old, new] = [format!("old/{name}"), format!("new/{name}")];
    let files = Sandbox::new().with(&old, before).with(&new, after);
    let run = files.command(&format!("compare {old} {new}")).run();
    // 3: a file without a policy decides nothing.
    assert!(
        [0, 3].contains(&run.code),
        "{id} in {name}:\n{after}\n{}",
        run.stdout
    );
}

/// How many findings a comment above each leaves.
fn ignored(id: &str, own: &str, (name, text): &File) -> String {
    let options = format!("--select {id} {own}");
    let tried = lint(Sandbox::new().with(name, text), name, &options);
    let lines: Vec<_> = tried
        .findings
        .iter()
        .map(|finding| finding["line"].as_u64().unwrap())
        .collect();
    let mut commented = String::new();
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        if lines.contains(&number) {
            let indent = line.len() - line.trim_start().len();
            writeln!(commented, "{}# octopus-argo: ignore[{id}]", &line[..indent]).unwrap();
        }
        commented += line;
    }
    lint(Sandbox::new().with(name, commented), name, &options)
        .findings
        .len()
        .to_string()
}

/// The versions for which a rule says something else than for the newest, each with its findings.
fn versions(id: &str, (name, text): &File) -> String {
    let count = |version: &str| {
        let options = format!("--select {id} --argocd-version={version}");
        lint(Sandbox::new().with(name, text), name, &options)
            .findings
            .len()
    };
    let counts = VERSIONS.map(count);
    let others = VERSIONS
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count != counts[VERSIONS.len() - 1]);
    let others: Vec<_> = others
        .map(|(version, count)| format!("{version}: {count}"))
        .collect();
    others.join(", ")
}

fn table() -> String {
    let mut rows = vec![
        ["rule"]
            .into_iter()
            .chain(FORMS)
            .chain(["ignored", "other versions"])
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    ];
    for (id, _, page) in pages() {
        let example = blocks(&page)
            .into_iter()
            .find(|block| block.heading == "Example")
            .unwrap();
        let own = example
            .info
            .split_once(' ')
            .map_or("", |(_, own)| own)
            .to_owned();
        let forms = forms(&example);
        let mut row = vec![id.clone()];
        let cells = forms.iter().map(|file| {
            file.as_ref()
                .map_or("-".to_owned(), |file| cell(&id, &own, file))
        });
        row.extend(cells);
        let manifest = forms[0].as_ref().unwrap();
        row.push(ignored(&id, &own, manifest));
        row.push(versions(&id, manifest));
        rows.push(row);
    }
    let widths: Vec<_> = (0..rows[0].len())
        .map(|at| rows.iter().map(|row| row[at].len()).max().unwrap())
        .collect();
    let mut table = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        writeln!(table, "{}", cells.collect::<Vec<_>>().join("  ").trim_end()).unwrap();
    }
    table
}

#[test]
#[expect(clippy::disallowed_methods, reason = "writes the table when asked to")]
fn every_rule_in_every_form() {
    let table = table();
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        fs::write(TABLE, &table).unwrap();
    }
    snapbox::assert_data_eq!(&table, fs::read_to_string(TABLE).unwrap_or_default());
}
