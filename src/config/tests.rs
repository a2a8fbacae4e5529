use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::model::{Form, MatchMode};

fn parsed(text: &str) -> Configuration {
    let source = Source::new("octopus-argo.yaml", text);
    let named = parse(&source, Choice::Named).unwrap();
    assert_eq!(parse(&source, Choice::Found).unwrap(), named);
    named
}

#[track_caller]
fn refused(text: &str, place: &str, said: &str) -> Error {
    let source = Source::new("c.yaml", text);
    let error = parse(&source, Choice::Named).unwrap_err();
    let found = parse(&source, Choice::Found).unwrap_err();
    assert_eq!(found.location(), error.location(), "{found}");
    assert_eq!(found.hints(), error.hints());
    assert!(found.to_string().contains(said), "{found}");
    assert_eq!(error.kind(), crate::error::Kind::Input);
    let shown = error.to_string();
    assert!(shown.starts_with(&format!("c.yaml:{place}: ")), "{shown}");
    assert!(shown.contains(said), "{shown}");
    error
}

#[test]
fn the_smallest_form_is_read() {
    let read = parsed(
        "instances: [{name: prod, namespace: argocd, files: [prod/argocd-cm.yaml, prod/argocd-rbac-cm.yaml]}]\n",
    );
    let [prod] = read.instances.as_slice() else {
        panic!("{read:?}")
    };
    assert_eq!(prod.name, "prod");
    assert_eq!(prod.namespace.as_deref(), Some("argocd"));
    assert_eq!(prod.files.len(), 2);
}

#[test]
fn an_empty_text_is_an_empty_configuration() {
    for text in ["", "# nothing yet\n", "\u{feff}", "---\n"] {
        assert_eq!(parsed(text), Configuration::default(), "{text:?}");
    }
}

#[test]
fn everything_that_can_be_said_is_read() {
    let read = parsed(
        "defaults: {account: octo, permissions: {sync: true}}\n\
         lint: {select: [a], ignore: [b], failOn: note, accounts: [c]}\n\
         fleet: {repoURL: https://x, targetRevision: main, path: p, project: q, namespace: n}\n\
         instances:\n\
         - name: one\n  \
           recursive: true\n  \
           destination: {name: c1}\n  \
           context: k\n  \
           form: appproject\n  \
           valuesRoot: argo-cd\n  \
           policyKey: policy.csv\n  \
           matchMode: regex\n  \
           templateDir: t\n  \
           argocdVersion: v3.0.0\n  \
           permissions: {projects: [web]}\n  \
           argocd: {server: 'a:1', grpcWeb: true, insecure: false, config: c, serverCrt: d}\n",
    );
    let one = &read.instances[0];
    assert_eq!(one.form, Some(Form::AppProject));
    assert_eq!(one.match_mode, Some(MatchMode::Regex));
    assert_eq!(one.argocd.grpc_web, Some(true));
    assert_eq!(read.fleet.repo_url.as_deref(), Some("https://x"));
    assert_eq!(read.lint.fail_on, Some(crate::model::FailOn::Note));
}

#[test]
fn an_unknown_key_is_refused_with_its_place_and_what_was_meant() {
    let error = refused("instances:\n- name: a\n  namespce: b\n", "3:3", "namespce");
    assert_eq!(error.hints(), ["did you mean `namespace`?"]);
    let error = refused(
        "instances:\n- {name: a, permissions: {synch: true}}\n",
        "2:27",
        "synch",
    );
    assert_eq!(error.hints(), ["did you mean `sync`?"]);
    let error = refused("instances:\n- name: a\n  form: hlm\n", "3:9", "hlm");
    assert_eq!(error.hints(), ["did you mean `helm`?"]);
    assert!(refused("colours: 1\n", "1:1", "colours").hints().is_empty());
    refused("defaults: {name: x}\n", "1:12", "name");
}

#[test]
fn places_count_characters_and_lines_as_we_do() {
    refused(
        "# \u{e4}\u{1F600}\ninstances:\n- {name: a, \u{e9}: 1}\n",
        "3:13",
        "\u{e9}",
    );
    refused("\u{feff}defaults: {\u{e9}: 1}\n", "1:12", "\u{e9}");
    refused("a: 1\r\nb: 1\r\n", "1:1", "`a`");
}

#[test]
fn what_has_the_wrong_type_is_refused_with_its_place() {
    refused("instances: {}\n", "1:12", "instances");
    refused("instances:\n- name: [a]\n", "2:9", "name");
    refused("defaults: {permissions: {sync: maybe}}\n", "1:32", "sync");
    refused("- a\n", "1:1", "");
    refused(
        "instances:\n- namespace: a\n",
        "2:3",
        "missing field `name`",
    );
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    refused(
        "instances:\n- name: a\n  name: b\n",
        "3:3",
        "duplicate key `name`",
    );
    refused("fleet: {}\nfleet: {}\n", "2:1", "duplicate key `fleet`");
    refused("a: [\n", "1:4", "unclosed");
}

#[test]
fn a_way_to_values_with_a_gap_in_it_is_refused() {
    let of = |root: &str| format!("instances:\n- name: a\n  valuesRoot: {root}\n");
    for root in ["a..b", "''", ".a", "a."] {
        refused(&of(root), "3:15", "does not lead to values");
    }
    assert!(parse(&Source::new("c.yaml", of("a.b")), Choice::Named).is_ok());
}

#[test]
fn names_that_cannot_be_are_refused_where_they_stand() {
    for name in ["''", "A", "a.b", "a/b", "-a", "a-", "'a b'", "../a", "ä"] {
        let text = format!("instances:\n- name: fine\n- name: {name}\n");
        refused(&text, "3:9", "cannot be the name of an instance");
    }
    let long = "a".repeat(64);
    refused(
        &format!("instances: [{{name: {long}}}]"),
        "1:20",
        "cannot be",
    );
    refused(
        "instances:\n- name: a\n- name: a\n",
        "3:9",
        "two instances `a`",
    );
    refused("instances: [{name: a, account: a/b}]", "1:32", "");
    refused("defaults: {account: 'a b'}", "1:21", "");
    refused(
        "defaults:\n  permissions:\n    projects: ['team-*']\n",
        "3:5",
        "team-*",
    );
    refused(
        "instances: [{name: a, policyKey: x.csv}]",
        "1:34",
        "does not read a policy",
    );
    refused("instances: [{name: a, files: ['-']}]", "1:30", "stdin");
    refused(
        "instances: [{name: a, files: ['https://x/y']}]",
        "1:30",
        "downloaded",
    );
    for wrong in ["{}", "{name: a, server: b}"] {
        let text = format!("instances: [{{name: a, destination: {wrong}}}]");
        refused(&text, "1:36", "a cluster's name or its server's URL");
    }
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut text = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (one, other) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        use std::fmt::Write as _;
        let many = format!("*{one}, ").repeat(9);
        writeln!(text, "{other}: &{other} [{many}*{one}]").unwrap();
    }
    assert!(parse(&Source::new("c.yaml", text), Choice::Named).is_err());
}

#[test]
fn paths_start_at_the_configuration_and_defaults_fill_what_is_not_said() {
    let directory = tempfile::tempdir().unwrap();
    let text = "defaults: {templateDir: t, account: octo, argocd: {config: a, grpcWeb: true, server: 'all:1'}}\n\
                instances:\n\
                - {name: a, files: [x.yaml, /y.yaml]}\n\
                - {name: b, account: own, templateDir: u, argocd: {server: 'b:2'}}\n";
    let path = directory.path().join(FILE_NAME);
    put(&path, text);
    let below = directory.path().join("d");
    let read = read(Path::new("../octopus-argo.yaml"), &below, Choice::Found);
    assert!(read.is_err(), "the directory is not there yet");
    make(&below);
    let read = super::read(Path::new("../octopus-argo.yaml"), &below, Choice::Found).unwrap();
    let [a, b] = read.instances.as_slice() else {
        panic!("{read:?}")
    };
    assert_eq!(a.files, [Path::new("../x.yaml"), Path::new("/y.yaml")]);
    assert_eq!(a.template_dir.as_deref(), Some(Path::new("../t")));
    assert_eq!(a.account.as_deref(), Some("octo"));
    assert_eq!(a.argocd.config.as_deref(), Some(Path::new("../a")));
    assert_eq!(a.argocd.server.as_deref(), Some("all:1"));
    assert_eq!(b.account.as_deref(), Some("own"));
    assert_eq!(b.template_dir.as_deref(), Some(Path::new("../u")));
    assert_eq!(b.argocd.server.as_deref(), Some("b:2"));
    // Half of one connection and half of another may not be mixed.
    assert_eq!(b.argocd.grpc_web, None);
}

#[test]
fn it_is_looked_up_to_the_root_of_the_repository_and_not_beyond() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let deep = root.join("repo/a/b");
    make(&deep);
    put(&root.join(FILE_NAME), "");
    assert_eq!(find(&deep), None, "outside of a repository only here");
    assert_eq!(find(root), Some(PathBuf::from(FILE_NAME)));
    make(&root.join("repo/.git"));
    assert_eq!(find(&deep), None, "not above the repository");
    put(&root.join("repo").join(FILE_NAME), "");
    assert_eq!(find(&deep), Some(PathBuf::from("../../octopus-argo.yaml")));
    put(&root.join("repo/a").join(FILE_NAME), "");
    assert_eq!(find(&deep), Some(PathBuf::from("../octopus-argo.yaml")));
    // A worktree's .git is a file.
    fs::remove_dir(root.join("repo/.git")).unwrap();
    put(&root.join("repo/a/.git"), "gitdir: elsewhere\n");
    assert_eq!(find(&deep), Some(PathBuf::from("../octopus-argo.yaml")));
}

#[test]
fn a_krew_manifest_of_the_same_name_is_passed_over() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    make(&root.join(".git"));
    make(&root.join("release"));
    let release = root.join("release").join(FILE_NAME);
    for manifest in [
        fs::read_to_string("plugin.yaml").unwrap(),
        "kind: Plugin\n".to_owned(),
        "{\"kind\": \"Plugin\"}\n".to_owned(),
    ] {
        put(&release, &manifest);
        assert_eq!(find(&root.join("release")), None, "{manifest}");
    }
    put(&root.join(FILE_NAME), "");
    let above = Some(PathBuf::from("../octopus-argo.yaml"));
    assert_eq!(find(&root.join("release")), above);
    // What only mentions the kind, or cannot be read at all, is a configuration with a mistake.
    for text in [
        "# kind: Plugin\n",
        "kind: [Plugin]\n",
        "kind: Plugin\n  x\n- [",
    ] {
        put(&release, text);
        let here = Some(PathBuf::from(FILE_NAME));
        assert_eq!(find(&root.join("release")), here, "{text}");
    }
}

#[test]
fn a_dot_file_is_found_unless_a_plain_one_is_beside_it() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    put(&root.join(".octopus-argo.yaml"), "");
    assert_eq!(find(root), Some(PathBuf::from(".octopus-argo.yaml")));
    put(&root.join(FILE_NAME), "");
    assert_eq!(find(root), Some(PathBuf::from(FILE_NAME)));
    put(&root.join(FILE_NAME), "kind: Plugin\n");
    assert_eq!(find(root), Some(PathBuf::from(".octopus-argo.yaml")));
}

#[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
fn put(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test makes its own directories"
)]
fn make(path: &Path) {
    fs::create_dir_all(path).unwrap();
}
