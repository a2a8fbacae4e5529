//! One truth: what commands say of random Argo CDs, in every form of input, is held against the
//! answers of a server with the same settings.
//!
//! `SERVER_PAIRS` says how many, `SERVER_SEED` where they begin.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use argo_rbac::{ArgoCdVersion, Claims, MatchMode, PolicySet, PolicyText, Server};
use serde_json::Value;

use crate::common::{Run, Sandbox};
use crate::sites::{Dice, Site, each_seed_of, requests};

/// How many random servers a run looks at, unless `SERVER_PAIRS` says otherwise.
const SITES: u64 = 15;

/// Who is asked for, with groups.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("alice", &[]),
    ("bob", &[]),
    ("role:a", &[]),
    ("proj:web:ci", &[]),
    ("nobody", &[]),
    ("nobody", &["alice"]),
    ("bob", &["role:a", "x"]),
];

type Asked = (&'static str, &'static str, &'static str);

/// The objects that settings are written in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    ConfigMaps,
    Helm,
    Operator,
}

/// A line that a finding can point at, so that the site without it can be asked.
#[derive(Clone, Copy, Debug)]
enum Line {
    Policy(usize),
    Rule(usize, usize, usize),
    Member(usize, usize, usize),
}

/// A site as files.
struct Written {
    form: Form,
    files: Vec<(String, String)>,
    lines: BTreeMap<(String, u64), Line>,
}

fn form(dice: &mut Dice) -> Form {
    [Form::ConfigMaps, Form::Helm, Form::Operator][dice.roll(3)]
}

/// The server that the files describe.
fn server(site: &Site, form: Form) -> Server {
    let set = PolicySet {
        texts: vec![PolicyText::new("policy.csv", site.lines.join("\n"))],
        default_role: site.default_role.to_owned(),
        match_mode: MatchMode::Glob,
        builtin: true,
        version: site.version,
    };
    let mut settings = site.settings.clone();
    if form == Form::Operator {
        // argocd-operator writes "false" where nothing is said.
        settings.inheritance_disabled.get_or_insert(false);
    }
    Server::load(set, site.projects.clone(), settings).unwrap()
}

fn settings(site: &Site) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("accounts.alice", "apiKey".to_owned()),
        ("accounts.bob", "apiKey, login".to_owned()),
        (
            "server.rbac.log.enforce.enable",
            site.settings.logs_enforced.to_string(),
        ),
        (
            "server.rbac.rollback.enforce.enable",
            site.settings.rollback_enforced.to_string(),
        ),
    ];
    if let Some(disabled) = site.settings.inheritance_disabled {
        let key = "server.rbac.disableApplicationFineGrainedRBACInheritance";
        all.push((key, disabled.to_string()));
    }
    all
}

fn entries(all: &[(&str, String)], indent: usize) -> String {
    all.iter()
        .map(|(key, value)| format!("{:indent$}{key}: {value:?}\n", ""))
        .collect()
}

fn write(site: &Site, form: Form) -> Written {
    let mut lines = BTreeMap::new();
    let mut block = |file: &str, head: &str, indent: usize| {
        let first = head.lines().count() as u64 + 1;
        let mut text = head.to_owned();
        for (at, line) in site.lines.iter().enumerate() {
            lines.insert((file.to_owned(), first + at as u64), Line::Policy(at));
            let _ = writeln!(text, "{:indent$}{line}", "");
        }
        text
    };
    let role = site.default_role;
    let cm = settings(site);
    let meta = |kind: &str, name: &str| {
        format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: argocd}}\n")
    };
    let auth = site.settings.auth_disabled;
    let mut files = Vec::new();
    match form {
        Form::ConfigMaps => {
            let head = meta("ConfigMap", "argocd-cm");
            files.push(("cm.yaml", format!("{head}data:\n{}", entries(&cm, 2))));
            let head = meta("ConfigMap", "argocd-rbac-cm");
            let head = format!("{head}data:\n  policy.default: {role:?}\n  policy.csv: |\n");
            files.push(("rbac.yaml", block("rbac.yaml", &head, 4)));
        }
        Form::Helm => {
            let (cm, params) = (
                entries(&cm, 4),
                format!("    server.disable.auth: {auth}\n"),
            );
            let head = format!(
                "configs:\n  cm:\n{cm}  params:\n{params}  rbac:\n    policy.default: {role:?}\n    policy.csv: |\n"
            );
            files.push(("values.yaml", block("values.yaml", &head, 6)));
        }
        Form::Operator => {
            let head = meta("ArgoCD", "argocd").replace("v1\n", "argoproj.io/v1beta1\n");
            let cm = entries(&cm, 4);
            let head = format!(
                "{head}spec:\n  extraConfig:\n{cm}  rbac:\n    defaultPolicy: {role:?}\n    policy: |\n"
            );
            files.push(("argocd.yaml", block("argocd.yaml", &head, 6)));
        }
    }
    if auth && form != Form::Helm {
        let head = meta("ConfigMap", "argocd-cmd-params-cm");
        files.push((
            "params.yaml",
            format!("{head}data:\n  server.disable.auth: \"true\"\n"),
        ));
    }
    let mut files: Vec<(String, String)> = files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text))
        .collect();
    for (which, project) in site.projects.iter().enumerate() {
        let file = format!("{}.yaml", project.name);
        let mut text = meta("AppProject", &project.name).replace("v1\n", "argoproj.io/v1alpha1\n");
        text.push_str("spec:\n  roles:\n");
        for (at, role) in project.roles.iter().enumerate() {
            let _ = writeln!(text, "  - name: {}\n    policies:", role.name);
            let mut list = |text: &mut String, all: &[String], line: &dyn Fn(usize) -> Line| {
                for (index, item) in all.iter().enumerate() {
                    let _ = writeln!(text, "    - '{item}'");
                    lines.insert((file.clone(), text.lines().count() as u64), line(index));
                }
            };
            list(&mut text, &role.policies, &|index| {
                Line::Rule(which, at, index)
            });
            text.push_str("    groups:\n");
            list(&mut text, &role.groups, &|index| {
                Line::Member(which, at, index)
            });
        }
        files.push((file, text));
    }
    Written { form, files, lines }
}

impl Written {
    fn sandbox(&self) -> Sandbox {
        let mut sandbox = Sandbox::new();
        for (name, text) in &self.files {
            sandbox = sandbox.with(name, text);
        }
        sandbox
    }

    /// Runs a command on the files.
    fn run(&self, sandbox: &Sandbox, site: &Site, line: &str) -> Run {
        let mut command = sandbox.command(line);
        for (name, _) in &self.files {
            command = command.arg("-f").arg(name);
        }
        command
            .args(&format!("--argocd-version {}", site.version))
            .run()
    }
}

fn json(run: &Run) -> Value {
    assert!(run.code < 2, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// What the server answers to each question, in their order.
fn answers(server: &Server, asked: &[Asked]) -> Vec<bool> {
    let mut all = Vec::new();
    for (subject, groups) in SUBJECTS {
        let claims = Claims::of(subject, groups.iter().copied());
        for (resource, action, object) in asked {
            all.push(server.decide(&claims, resource, action, object).allowed());
        }
    }
    all
}

/// The same questions as a file of expectations.
fn expectations(asked: &[Asked]) -> String {
    let mut text = String::from("expectations:\n");
    for (subject, groups) in SUBJECTS {
        for (resource, action, object) in asked {
            let _ = writeln!(
                text,
                "- {{subject: {subject:?}, groups: {groups:?}, action: {action:?}, \
                 resource: {resource}, object: {object:?}, allowed: true, literal: true}}"
            );
        }
    }
    text
}

/// What `check` answers to a file of expectations.
fn checked(written: &Written, sandbox: &Sandbox, site: &Site) -> Vec<bool> {
    let run = written.run(sandbox, site, "check -o json --expect expect.yaml");
    let report = json(&run);
    let checks = report["checks"].as_array().unwrap();
    checks.iter().map(|check| check["got"] == "yes").collect()
}

/// Holds a check of one request, or of all that no other check is about, against the server.
fn refused_or_granted(
    check: &Value,
    checks: &[Value],
    server: &Server,
    asked: &[Asked],
    shown: &dyn Fn() -> String,
) {
    let text = |key: &str| check[key].as_str().unwrap();
    let claims = Claims::of(text("subject"), [""; 0]);
    let (resource, action, object) = (text("resource"), text("action"), text("object"));
    let decide = |resource: &str, action: &str, object: &str| {
        server.decide(&claims, resource, action, object).allowed()
    };
    if object != "(any)" {
        let answer = ["no", "yes"][usize::from(decide(resource, action, object))];
        assert_eq!(text("got"), answer, "{check:#}\n{}", shown());
        return;
    }
    if text("got") != "no" {
        return;
    }
    let is_named = |asked: &str| {
        checks
            .iter()
            .any(|other| other["resource"] == resource && other["action"] == asked)
    };
    let is_about = |asked: &str| match action {
        "everything else" => !is_named(asked),
        action => action == asked,
    };
    for (of, verb, object) in asked.iter().filter(|(of, ..)| *of == resource) {
        let allowed = is_about(verb) && decide(of, verb, object);
        assert!(!allowed, "{verb} {object}: {check:#}\n{}", shown());
    }
}

#[test]
fn can_check_and_who_can_answer_as_the_server() {
    each_seed_of(SITES, |dice, seed| {
        let site = Site::random(dice);
        let written = write(&site, form(dice));
        let server = server(&site, written.form);
        let asked = requests(&server);
        let sandbox = written.sandbox().with("expect.yaml", expectations(&asked));
        let shown = || format!("seed {seed} {:?}\n{}", written.form, site.shown());
        let expected = answers(&server, &asked);
        let got = checked(&written, &sandbox, &site);
        for (at, (got, expected)) in got.iter().zip(&expected).enumerate() {
            let (who, what) = (SUBJECTS[at / asked.len()], asked[at % asked.len()]);
            assert_eq!(got, expected, "{who:?} {what:?}\n{}", shown());
        }
        assert_eq!(got.len(), expected.len(), "{}", shown());
        let report = json(&written.run(&sandbox, &site, "check --account alice -v -o json"));
        let checks = report["checks"].as_array().unwrap();
        for check in checks {
            refused_or_granted(check, checks, &server, &asked, &shown);
        }
        for _ in 0..5 {
            let at = dice.roll(expected.len());
            let (who, groups) = SUBJECTS[at / asked.len()];
            let (resource, action, object) = asked[at % asked.len()];
            let groups: String = groups
                .iter()
                .map(|group| format!(" --groups {group}"))
                .collect();
            let line = format!("can {who} {action} {resource} {object}{groups} --strict=false");
            let run = written.run(&sandbox, &site, &line);
            let said = ["no\n", "yes\n"][usize::from(expected[at])];
            assert_eq!(run.stdout, said, "{line}\n{}\n{}", run.stderr, shown());
            let line = format!("who-can {action} {resource} {object} -o json");
            let run = written.run(&sandbox, &site, &line);
            if run.code == 2 && run.stderr.contains("is not a valid action") {
                continue;
            }
            let report = json(&run);
            let holders = report["holders"].as_array().unwrap();
            let may = |name: &str| {
                holders
                    .iter()
                    .any(|holder| holder["butForDeny"].is_null() && holder["subject"] == name)
            };
            for (name, _) in SUBJECTS.iter().filter(|(_, groups)| groups.is_empty()) {
                let claims = Claims::of(name, [""; 0]);
                let allowed = server.decide(&claims, resource, action, object).allowed();
                let listed = may(name) || may("(everybody)");
                assert_eq!(listed, allowed, "{line} {name}\n{report:#}\n{}", shown());
            }
        }
    });
}

/// The site without a line.
fn without(site: &Site, line: Line) -> Site {
    let mut other = site.clone();
    match line {
        Line::Policy(at) => other.lines[at].clear(),
        Line::Rule(project, role, at) => {
            other.projects[project].roles[role].policies.remove(at);
        }
        Line::Member(project, role, at) => {
            other.projects[project].roles[role].groups.remove(at);
        }
    }
    other
}

/// Findings which say that a line changes no decision.
const DEAD: &[&str] = &[
    "action-of-other-resource",
    "deny-on-default-role",
    "duplicate-line",
    "object-without-project",
    "repeated-builtin",
    "slash-in-object",
    "subsumed-line",
    "unknown-effect",
];

#[test]
fn what_lint_says_of_a_line_is_so_on_the_server() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    each_seed_of(SITES, |dice, seed| {
        let mut site = Site::random(dice);
        let more = [
            "g, role:admin, role:readonly",
            "p, role:readonly, applications, get, */*, allow",
            "p, alice, *, *, web/*, allow",
            "p, alice, applications, get, web/*, allow",
            "p, role:c, applications, get, web/*, deny",
        ];
        let more = more.into_iter().filter(|_| dice.roll(3) == 0);
        site.lines.extend(more.map(str::to_owned));
        if dice.roll(2) == 0 {
            site.default_role = "role:c";
        }
        let written = write(&site, form(dice));
        let before = server(&site, written.form);
        let asked = requests(&before);
        let expected = answers(&before, &asked);
        let sandbox = written.sandbox().with("expect.yaml", expectations(&asked));
        let report = json(&written.run(&sandbox, &site, "lint -o json"));
        let shown = || format!("seed {seed} {:?}\n{}", written.form, site.shown());
        for finding in report["findings"].as_array().unwrap() {
            let rule = finding["rule"].as_str().unwrap();
            *seen.entry(rule.to_owned()).or_default() += 1;
            let place = (
                finding["file"].as_str().unwrap().to_owned(),
                finding["line"].as_u64().unwrap(),
            );
            let line = written.lines.get(&place).copied();
            if DEAD.contains(&rule) {
                let after = server(&without(&site, line.unwrap()), written.form);
                assert_eq!(
                    answers(&after, &asked),
                    expected,
                    "{finding:#}\n{}",
                    shown()
                );
            }
            if rule == "account-without-permission" {
                let name = finding["message"].as_str().unwrap();
                let name = name.rsplit(' ').next().unwrap();
                let claims = Claims::of(name, [""; 0]);
                for (resource, action, object) in &asked {
                    let answer = before.decide(&claims, resource, action, object);
                    assert!(
                        !answer.allowed(),
                        "{action} {resource} {object}: {finding:#}\n{}",
                        shown()
                    );
                }
            }
        }
        // A safe fix changes no decision.
        let fixed = written.run(&sandbox, &site, "lint --fix");
        assert!(fixed.code < 2, "{}", fixed.stderr);
        let got = checked(&written, &sandbox, &site);
        assert_eq!(got, expected, "{}\n{}", fixed.stdout, shown());
    });
    println!("findings: {seen:?}");
    for rule in DEAD {
        assert!(seen.contains_key(*rule), "never seen: {rule} in {seen:?}");
    }
}

/// Writes a site into a directory of a sandbox.
fn in_directory(mut sandbox: Sandbox, directory: &str, site: &Site, form: Form) -> Sandbox {
    for (name, text) in write(site, form).files {
        sandbox = sandbox.with(&format!("{directory}/{name}"), text);
    }
    sandbox
}

#[test]
fn compare_says_what_changes_on_the_server_whatever_the_form() {
    let mut different = 0;
    each_seed_of(SITES, |dice, seed| {
        let site = Site::random(dice);
        let mut other = site.mutated(dice);
        other.version = site.version;
        let forms = [form(dice), form(dice)];
        let sides = [server(&site, forms[0]), server(&other, forms[1])];
        let mut sandbox = in_directory(Sandbox::new(), "old", &site, forms[0]);
        sandbox = in_directory(sandbox, "new", &other, forms[1]);
        sandbox = in_directory(sandbox, "same", &site, Form::Helm);
        let version = format!("--argocd-version {}", site.version);
        let shown = || {
            format!(
                "seed {seed} {forms:?}\n{}\n----\n{}",
                site.shown(),
                other.shown()
            )
        };
        let run = |old: &str, new: &str| {
            sandbox
                .command(&format!("compare {old} {new} -o json {version}"))
                .run()
        };
        if forms[0] != Form::Operator {
            let same = run("old", "same");
            assert_eq!(same.code, 0, "{}{}\n{}", same.stdout, same.stderr, shown());
        }
        let report = json(&run("old", "new"));
        let changes = report["changes"].as_array().unwrap();
        for change in changes {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let subject = match text(&change["subject"]) {
                name if name.starts_with('(') => "nobody".to_owned(),
                name => name,
            };
            let (kind, example) = (text(&change["change"]), &change["example"]);
            if kind == "undecided" {
                continue;
            }
            for permission in change["permissions"].as_array().unwrap() {
                let resource = text(&permission["resource"]);
                if text(&permission["action"]) != text(&example["action"]) {
                    continue;
                }
                let claims = Claims::of(&subject, [""; 0]);
                let (action, object) = (text(&example["action"]), text(&example["object"]));
                let answers = sides.each_ref().map(|server| {
                    server
                        .decide(&claims, &resource, &action, &object)
                        .allowed()
                });
                let gained = kind == "gained";
                assert_eq!(answers, [!gained, gained], "{change:#}\n{}", shown());
            }
        }
        let asked = requests(&sides[0]);
        let answers = sides.each_ref().map(|server| answers(server, &asked));
        if answers[0] != answers[1] {
            different += 1;
            // A role without members is a note.
            let is_noted = report["notes"]
                .as_array()
                .is_some_and(|notes| !notes.is_empty());
            assert!(is_noted || !changes.is_empty(), "{}", shown());
        }
    });
    assert!(different > 0);
}

#[test]
fn diff_announces_what_render_changes() {
    let (mut gained, mut lost) = (0, 0);
    each_seed_of(SITES, |dice, seed| {
        let mut site = Site::random(dice);
        // The newest version that is known, for which `diff` compares.
        site.version = ArgoCdVersion::NEWEST;
        let written = write(&site, form(dice));
        let asked = requests(&server(&site, written.form));
        let sandbox = written.sandbox().with("expect.yaml", expectations(&asked));
        let shown = || format!("seed {seed} {:?}\n{}", written.form, site.shown());
        let before = checked(&written, &sandbox, &site);
        let form = match written.form {
            Form::ConfigMaps => "manifest",
            Form::Helm => "helm",
            Form::Operator => "operator",
        };
        let run = |line: &str| {
            let mut command = sandbox.command(&format!("{line} --form {form} --account alice"));
            for (name, _) in &written.files {
                command = command.arg("-f").arg(name);
            }
            command.run()
        };
        let report = json(&run("diff -o json"));
        let changed = run("render --in-place");
        assert_eq!(changed.code, 0, "{}\n{}", changed.stderr, shown());
        let after = checked(&written, &sandbox, &site);
        let permissions = report["permissions"].as_array().unwrap();
        for (at, (before, after)) in before.iter().zip(&after).enumerate() {
            if before == after {
                continue;
            }
            let ((who, groups), what) = (SUBJECTS[at / asked.len()], asked[at % asked.len()]);
            let change = if *after { "gained" } else { "lost" };
            let is_announced = permissions.iter().any(|permission| {
                let subject = permission["subject"].as_str().unwrap();
                let is_about = subject == who || groups.contains(&subject);
                is_about && permission["change"] == change && permission["resource"] == what.0
            });
            assert!(is_announced, "{who} {what:?}: {report:#}\n{}", shown());
            *if *after { &mut gained } else { &mut lost } += 1;
        }
        let twice = run("diff -o json");
        assert_eq!(
            twice.code,
            0,
            "{}{}\n{}",
            twice.stdout,
            twice.stderr,
            shown()
        );
        let checked = run("check --strict -o json");
        let required = json(&checked);
        let required = required["checks"].as_array().unwrap().iter();
        let mut required = required.filter(|check| check["purpose"] == "required");
        // A deny of someone else's stays.
        let is_denied = site.lines.iter().any(|line| line.ends_with("deny"))
            || site.projects.iter().any(|project| {
                project
                    .roles
                    .iter()
                    .any(|role| role.policies.iter().any(|line| line.ends_with("deny")))
            });
        assert!(
            is_denied || required.all(|check| check["ok"] == true),
            "{}\n{}",
            checked.stdout,
            shown()
        );
    });
    println!("{gained} gained, {lost} lost");
    assert!(gained > 0);
}
