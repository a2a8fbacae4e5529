//! Reading: files, directories, stdin, and everything that can be wrong with them.

use crate::common::Sandbox;

const CM: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\n";

#[test]
fn what_cannot_be_read_is_named() {
    let sandbox = Sandbox::new()
        .with("utf16.yaml", b"\xff\xfea\0")
        .with("latin.yaml", b"a: 1\nb: \xe9\n")
        .with("bad.yaml", "a: [1\n")
        .with("bad.json", "{\"a\": }")
        .with("empty/x.txt", "");
    for (line, said) in [
        ("render -f missing.yaml", "cannot read missing.yaml"),
        ("render -f utf16.yaml", "utf16.yaml is UTF-16"),
        (
            "render -f latin.yaml",
            "latin.yaml:2:4: the byte 0xe9 is not UTF-8",
        ),
        ("render -f bad.yaml", "bad.yaml:"),
        ("diff -f bad.json", "bad.json:1:"),
        (
            "render -f empty",
            "there is no *.yaml, *.yml or *.json in empty",
        ),
    ] {
        sandbox.command(line).run().refused(3, said);
    }
    sandbox
        .command("render -f -")
        .stdin("")
        .run()
        .refused(3, "<stdin> is empty");
    sandbox
        .command("render -f - -f -")
        .stdin(CM)
        .run()
        .refused(2, "only once");
    sandbox
        .command("render -f https://x/y.yaml")
        .run()
        .refused(2, "curl -fsSL https://x/y.yaml |");
}

#[test]
fn a_billion_laughs_is_refused_at_once() {
    let mut text = format!("{CM}  labels:\n    a0: &a0 lol\n");
    for n in 1..30 {
        let previous = n - 1;
        let laughs = format!("*a{previous}, *a{previous}, *a{previous}");
        text = format!("{text}    a{n}: &a{n} [{laughs}]\n");
    }
    let run = Sandbox::new()
        .command("render -f - -o json")
        .stdin(text)
        .run();
    run.refused(3, "<stdin>:");
}

#[test]
fn only_what_is_shared_with_another_place_is_refused() {
    let run = |text: &str| {
        let sandbox = Sandbox::new();
        sandbox
            .command("render -f -")
            .stdin(format!("{CM}{text}"))
            .run()
    };
    for data in ["  a: &x b\n  c: *x\n", "  a: &x b\n", "  a: b\n"] {
        let out = run(&format!("data:\n{data}")).stdout_of(0);
        assert!(
            out.contains(&format!("{data}  accounts.octopus: apiKey\n")),
            "{out}"
        );
    }
    run("x: &x {a: b}\ndata: *x\n").refused(3, "this alias repeats what the anchor `&x` names");
    run("data: &x {a: b}\nx: *x\n").refused(3, "its anchor `&x` is used again in line");
}

#[test]
fn a_document_over_eight_mebibytes_is_refused() {
    let text = format!("{CM}data:\n  a: {}\n", "x".repeat(8 << 20));
    Sandbox::new()
        .command("render -f -")
        .stdin(text)
        .run()
        .refused(3, "8 MiB");
}

#[test]
fn a_skipped_file_that_names_an_argo_cd_configmap_is_a_warning() {
    let sandbox = Sandbox::new()
        .with("d/cm.yaml", CM)
        .with("d/t.yaml", "name: argocd-cm\n{{ x }}: [\n");
    let run = sandbox.command("render -f d").run();
    assert!(
        run.stderr
            .contains("warning: left out d/t.yaml, though it names"),
        "{}",
        run.stderr
    );
    let _ = run.stdout_of(0);
}

#[test]
fn directories_are_descended_only_when_asked() {
    let sandbox = Sandbox::new().with("d/e/cm.yml", CM);
    sandbox
        .command("render -f d")
        .run()
        .refused(3, "descend with -R");
    assert!(
        sandbox
            .command("render -q -R -f d")
            .run()
            .stdout_of(0)
            .contains("accounts.octopus")
    );
}

#[test]
fn wrong_usage_is_exit_code_two() {
    for line in [
        "",
        "render --account admin",
        "render --account a.b",
        "render --project team-*",
        "render --policy-key rules.csv",
        "render -o nothing",
        "render --template-set x",
        "diff",
        "diff --nothing",
    ] {
        let run = Sandbox::new().command(line).run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{line}: {}",
            run.stderr
        );
        assert!(!run.stderr.is_empty());
    }
}
