//! What the real binary does to the system, and what hostile input does to it. `docs/security.md`
//! names the test of each claim.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::{Sandbox, real};

/// A directory with everything that the offline commands read.
fn sandbox() -> Sandbox {
    let sample =
        include_str!("../../src/input/sample.yaml").replace("octopus-argo-sample", "argocd");
    let (cm, rbac) = sample.split_once("\n---\n").unwrap();
    Sandbox::new()
        .with("cm.yaml", format!("{cm}\n"))
        .with("rbac.yaml", rbac)
        .with(
            "fixed.csv",
            "p, role:a, applications, get, x/*, allow\n".repeat(2),
        )
        .with(
            "t/policy.csv.j2",
            "p, {{ account }}, applications, get, *, allow\n",
        )
        .with(
            "octopus-argo.yaml",
            "instances: [{name: a, files: [cm.yaml, rbac.yaml]}, {name: b}]\n",
        )
}

/// Every offline command, writing ones included.
const OFFLINE: &[&str] = &[
    "render -f cm.yaml,rbac.yaml",
    "render --form helm",
    "render -f cm.yaml,rbac.yaml --in-place --backup .orig",
    "render --template-dir t --output-dir out",
    "diff -f cm.yaml,rbac.yaml",
    "check -f cm.yaml,rbac.yaml",
    "can octopus get applications a/b -f rbac.yaml --explain",
    "matrix -f rbac.yaml",
    "who-can get app -f rbac.yaml",
    "lint -f cm.yaml,rbac.yaml",
    "lint -f fixed.csv --fix",
    "gateway values --name a --octopus-url https://o.example --octopus-grpc-url grpc://o.example:8443 --space Spaces-1",
    "gateway command --name a --octopus-url https://o.example --octopus-grpc-url grpc://o.example:8443 --space Spaces-1",
    "gateway application --name a --octopus-url https://o.example --octopus-grpc-url grpc://o.example:8443 --space Spaces-1",
    "render --all --output-dir fleet",
    "check --instance a",
    "version",
    "man",
    "completion bash",
    "__complete diff --instance",
];

#[cfg(target_os = "linux")]
#[test]
fn offline_commands_open_no_socket_and_start_no_program() {
    let Some(strace) = real::find("strace") else {
        return;
    };
    for line in OFFLINE {
        let sandbox = sandbox();
        let log = sandbox.path().join("log");
        let mut args = vec![
            "-f",
            "-o",
            log.to_str().unwrap(),
            "-e",
            "trace=network,process",
        ];
        args.push(real::binary().to_str().unwrap());
        args.extend(line.split(' '));
        let output = real::run(&strace, &args, "", |command| {
            command.current_dir(sandbox.path());
        });
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code().is_some_and(|code| code < 2),
            "{line}: {said}"
        );
        let calls = sandbox.read("log");
        assert_eq!(calls.matches("execve(").count(), 1, "{line}: {calls}");
        let is_bad = |call: &&str| {
            let network = ["socket(", "socketpair(", "connect(", "bind(", "sendto("];
            let process = ["fork(", "vfork(", "clone(", "clone3("];
            network.iter().any(|name| call.contains(name))
                || process.iter().any(|name| call.contains(name)) && !call.contains("CLONE_THREAD")
        };
        let bad: Vec<&str> = calls.lines().filter(is_bad).collect();
        assert!(bad.is_empty(), "{line}: {bad:?}");
    }
}

/// Texts that are made to cost much: name, text, and whether they may be refused.
fn hostile() -> Vec<(&'static str, String)> {
    let head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\ndata:\n";
    let mut keys = head.to_owned();
    for number in 0..100_000 {
        writeln!(
            keys,
            "  policy.k{number}.csv: p, a, applications, get, x/{number}, allow"
        )
        .unwrap();
    }
    let mut aliases = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let many = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(aliases, "a{level}: &a{level} [{many}]").unwrap();
    }
    let mut circle = format!("{head}  policy.csv: |\n");
    for number in 0..50_000 {
        writeln!(circle, "    g, r{number}, r{}", (number + 1) % 50_000).unwrap();
    }
    let stars = format!("p, a, applications, get, {}b, allow\n", "a*".repeat(200));
    let braces = format!(
        "p, a, applications, get, \"{}\", allow\n",
        "{a,{b,".repeat(400)
    );
    let regex = format!("p, a, applications, get, {}, allow\n", "(a|a*)*".repeat(60));
    let mode = "  policy.matchMode: regex\n  policy.csv: |\n    ";
    vec![
        (
            "a scalar of seven megabytes",
            format!("{head}  policy.csv: \"{}\"\n", "x".repeat(7 << 20)),
        ),
        (
            "lines without end",
            format!(
                "{head}  policy.csv: |\n{}",
                "    p, a, b, c, d, allow\n".repeat(40_000)
            ),
        ),
        ("brackets", "[".repeat(1_000_000)),
        ("braces", "{a: ".repeat(300_000)),
        ("dashes", "- ".repeat(1_000_000)),
        ("a hundred thousand keys", keys),
        ("aliases of aliases", aliases),
        (
            "stars",
            format!(
                "{head}  policy.csv: |\n    {}",
                stars.repeat(50).replace('\n', "\n    ")
            ),
        ),
        (
            "nested alternatives",
            format!("{head}  policy.csv: |\n    {braces}"),
        ),
        ("nested repetition", format!("{head}{mode}{regex}")),
        (
            "quotes",
            format!("{head}  policy.csv: |\n    {}\n", "\"".repeat(1_000_000)),
        ),
        ("a cycle of roles", circle),
    ]
}

/// Limits that the system enforces, not a clock: 30 seconds of the processor, 1.5 GB of addresses.
#[cfg(unix)]
#[test]
fn hostile_input_costs_bounded_time_and_memory() {
    let Some(shell) = real::find("sh") else {
        return;
    };
    let commands = [
        "render -f FILE",
        "diff -f FILE",
        "check -f FILE",
        "can a get applications aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa -f FILE",
        "lint -q -f FILE",
    ];
    std::thread::scope(|scope| {
        for (name, text) in hostile() {
            let shell = &shell;
            scope.spawn(move || {
                let sandbox = Sandbox::new().with("FILE", text);
                for command in commands {
                    let script = format!(
                        "ulimit -t 30 && ulimit -v 1500000 && exec {} {command}",
                        real::binary().display()
                    );
                    let output = real::run(shell, &["-c", &script], "", |command| {
                        command.current_dir(sandbox.path());
                    });
                    let said = String::from_utf8_lossy(&output.stderr).into_owned();
                    let said: String = said.chars().take(300).collect();
                    let code = output.status.code();
                    assert!(
                        matches!(code, Some(0..=3)),
                        "{name}: {command}: {code:?}: {said}"
                    );
                }
            });
        }
    });
}

/// Small texts that once cost seconds or hundreds of megabytes.
#[expect(clippy::too_many_lines, reason = "a table of texts")]
fn costly() -> Vec<(&'static str, String)> {
    let rbac = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\ndata:\n  policy.csv: |\n";
    let policy = |object: &str, count: usize| {
        let line = |number: usize| {
            let before = "x".repeat(number);
            format!("    p, octopus, applications, sync, \"{before}{object}\", allow\n")
        };
        rbac.to_owned() + &(0..count).map(line).collect::<String>()
    };
    let stars = "*a".repeat(200) + &"{a,b}".repeat(20);
    let cm = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\ndata:\n";
    let lines =
        |count: usize, line: &dyn Fn(usize) -> String| -> String { (0..count).map(line).collect() };
    let aliases = |key: &str, value: &str| {
        let mut text = format!("{cm}  {key}: &a {value}\n");
        for number in 0..200_000 {
            writeln!(text, "  {key}{number}: *a").unwrap();
        }
        text
    };
    vec![
        ("stars and braces", policy(&stars, 1)),
        ("a hundred lines of stars and braces", policy(&stars, 100)),
        (
            "nested braces",
            policy(&"{*x,{*a,b*{c,d}}*}".repeat(20), 30),
        ),
        (
            "stars beyond ASCII",
            policy(&format!("*\u{e4}*{stars}"), 30),
        ),
        ("aliases", aliases("k", "x")),
        (
            "accounts with rules",
            format!(
                "{cm}{}---\n{rbac}{}",
                lines(8_000, &|n| format!("  accounts.user{n}: apiKey\n")),
                lines(8_000, &|n| format!(
                    "    p, user{n}, logs, get, a/b{n}, allow\n"
                )),
            ),
        ),
        (
            "one key many times",
            cm.to_owned() + &lines(30_000, &|_| "  accounts.a: apiKey\n".to_owned()),
        ),
        (
            "operations on many keys",
            lines(25_000, &|n| {
                format!("- {{op: add, path: /data/accounts.a{n}, value: apiKey}}\n")
            }),
        ),
        (
            "a generator with many literals",
            "kind: Kustomization\nconfigMapGenerator:\n- name: argocd-cm\n  literals:\n".to_owned()
                + &lines(25_000, &|n| format!("  - accounts.a{n}=apiKey\n")),
        ),
        (
            "a kustomization with many patches inside",
            "kind: Kustomization\npatches:\n".to_owned()
                + &lines(3_000, &|n| {
                    let why = "x".repeat(200);
                    format!(
                        "- patch: |\n    # {why}\n    kind: ConfigMap\n    apiVersion: v1\n    metadata: {{name: argocd-cm}}\n    data: {{accounts.a{n}: apiKey}}\n"
                    )
                }),
        ),
        (
            "a folded policy",
            rbac.replace('|', ">-") + &"    p, octopus\n\n".repeat(20_000),
        ),
        (
            "a policy on one line",
            format!(
                "{}\"{}\"\n",
                rbac.replace(" |\n", " "),
                "p, octopus, logs, get, *, allow\\n".repeat(10_000)
            ),
        ),
        (
            "many Applications",
            lines(2_000, &|n| {
                format!(
                    "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: a{n}\n  annotations:\n    \
                     argo.octopus.com/project: shop\n    argo.octopus.com/environment: e{n}\nspec:\n  source: {{repoURL: https://e.com/r.git, path: p}}\n"
                )
            }),
        ),
        (
            "many annotations",
            format!(
                "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: a\n  annotations:\n{}spec:\n  sources:\n{}",
                lines(6_000, &|n| format!(
                    "    argo.octopus.com/project.s{n}: p\n"
                )),
                lines(1_000, &|n| format!(
                    "  - {{name: s{n}, repoURL: https://e.com/r.git, path: p}}\n"
                )),
            ),
        ),
        (
            "a large role of many",
            rbac.to_owned()
                + &lines(1_500, &|n| {
                    format!(
                        "    p, role:all, applications, get, shop/a{n}, allow\n    \
                         p, u{n}, applications, sync, shop/a{n}, allow\n    g, u{n}, role:all\n"
                    )
                }),
        ),
    ]
}

#[cfg(unix)]
#[test]
fn costly_texts_end_within_seconds_and_256_megabytes() {
    let Some(shell) = real::find("sh") else {
        return;
    };
    let can = format!(
        "can octopus sync applications a/{} -f FILE",
        "a".repeat(600)
    );
    for (name, text) in costly() {
        let sandbox = Sandbox::new().with("FILE", text);
        for command in [
            "lint -q -f FILE",
            "check -f FILE",
            "matrix -f FILE",
            "render -q -f FILE",
            "who-can '*' applications '*/*' -f FILE",
            &can,
        ] {
            // Seconds of a processor: a debug build takes some ten times as long.
            let script = format!(
                "ulimit -t 20 && ulimit -v 262144 && exec {} {command}",
                real::binary().display()
            );
            let output = real::run(&shell, &["-c", &script], "", |command| {
                command.current_dir(sandbox.path());
            });
            let said: String = String::from_utf8_lossy(&output.stderr)
                .chars()
                .take(300)
                .collect();
            let code = output.status.code();
            assert!(
                matches!(code, Some(0..=3)),
                "{name}: {command}: {code:?}: {said}"
            );
        }
    }
}

#[test]
fn what_is_not_decided_is_said_and_fails() {
    // Alternatives of different lengths in a row are searched as the original searches them.
    let object = "{a*,bb}{a*,bb*}".repeat(60);
    let policy = format!("p, octopus, applications, sync, \"{object}\", allow\n");
    let text = "ab\u{e4}".repeat(300);
    let run = Sandbox::new()
        .with("p.csv", policy)
        .command("can octopus sync applications -f p.csv")
        .arg(format!("web/{text}"))
        .run();
    assert_eq!((run.code, &*run.stdout), (1, "no\n"), "{}", run.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_fifo_is_read_where_somebody_writes() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let sandbox = Sandbox::new();
    let fifo = sandbox.path().join("fifo");
    let mode = Mode::RUSR | Mode::WUSR;
    mknodat(CWD, &fifo, FileType::Fifo, mode, 0).unwrap();
    sandbox
        .command("can a get logs a/b -f fifo")
        .run()
        .refused(3, "it is a FIFO that nothing writes to");
    let writer = std::thread::spawn(move || fs::write(fifo, "p, a, logs, get, */*, allow\n"));
    let run = sandbox.command("can a get logs a/b -f fifo").run();
    assert_eq!((run.code, &*run.stdout), (0, "yes\n"), "{}", run.stderr);
    writer.join().unwrap().unwrap();
}

#[cfg(unix)]
#[test]
fn hostile_names_of_files_are_shown_escaped() {
    let names = [
        "\u{1b}[2Jclear.yaml",
        "a\nerror: nothing is wrong.yaml",
        "\u{202e}lmay.yaml",
        "-f.yaml",
    ];
    let sandbox = names.iter().fold(Sandbox::new(), |sandbox, name| {
        sandbox.with(
            name,
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\ndata: {a: 1}\n",
        )
    });
    let broken = sandbox.with("\u{1b}]0;title\u{7}.yaml", "argocd-cm: [\n");
    for command in [
        "lint -f .",
        "lint -v -f .",
        "diff -f .",
        "render -f . --in-place",
    ] {
        let run = broken.command(command).terminal().run();
        for text in [&run.stdout, &run.stderr] {
            assert!(
                !text.contains("\u{1b}[2J") && !text.contains("\u{1b}]0;"),
                "{command}: {text:?}"
            );
            assert!(
                !text.contains('\u{202e}') && !text.contains('\u{7}'),
                "{command}: {text:?}"
            );
            assert!(
                !text
                    .lines()
                    .any(|line| line.starts_with("error: nothing is wrong")),
                "{command}: {text}"
            );
        }
    }
}

#[test]
fn what_is_read_cannot_fool_a_terminal() {
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{7}";
    let policy = format!(
        "p, me{evil}, applications, get, x{evil}/*, allow\np, me, nothing{evil}, get, *, allow\ng, me{evil}, role:a{evil}\n"
    );
    let cm = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\n  namespace: argocd\ndata:\n  accounts.octopus: \"{}\"\n",
        "x\\e[2J\\u202E, login"
    );
    let sandbox = Sandbox::new().with("p.csv", &policy).with("cm.yaml", cm);
    for command in [
        "lint -f p.csv,cm.yaml",
        "matrix -f p.csv",
        "who-can get app -f p.csv",
        "can me get applications x/y -f p.csv --explain",
        "diff -f cm.yaml",
        "check -f p.csv",
    ] {
        let run = sandbox.command(command).terminal().run();
        for text in [&run.stdout, &run.stderr] {
            let bare = anstream::adapter::strip_str(text).to_string();
            let wrong = |c: char| {
                c.is_control() && c != '\n' && c != '\t' || "\u{202e}\u{2066}\u{9b}".contains(c)
            };
            assert!(
                !bare.contains(wrong) && !text.contains("\u{1b}[2J"),
                "{command}: {text:?}"
            );
        }
    }
}

/// Data on a terminal, in every format that is printed there; the first of the instances is read
/// from a file, and reported.
#[test]
fn formats_for_programs_cannot_fool_a_terminal_either() {
    let evil = "x\u{9b}31m\u{202e}\u{61c}\u{7f}";
    let policy = format!(
        "p, me{evil}, applications, get, x{evil}/*, allow\np, me, logs, nothing{evil}, *, allow\n"
    );
    let cm = format!(
        r#"{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "argocd-cm"}},
  "data": {{"accounts.octopus": "login, {evil}", "note": "{evil}"}}}}
"#
    );
    let sandbox = Sandbox::new()
        .with("p.csv", &policy)
        .with("cm.json", cm)
        .with(
            "octopus-argo.yaml",
            "instances: [{name: one, files: [p.csv]}, {name: two, files: [p.csv]}]\n",
        );
    let json = [
        "lint -f p.csv -o json",
        "matrix -f p.csv -o json",
        "lint --all -o json",
    ];
    for command in [
        "render -f cm.json",
        "render -f cm.json --absent",
        "diff -f cm.json --color never",
        "diff -f cm.json --color always",
        "diff -f cm.json -o json",
        "lint -f p.csv -o github",
        "lint -f p.csv -o junit",
        "lint -f p.csv -o sarif",
        "lint --all -o github",
        "lint --all",
        "who-can get app -f p.csv -o csv",
        "matrix -f p.csv -o csv",
        "matrix -f p.csv -o markdown",
        "matrix --all",
        "can me get applications x/y --all --explain",
        "lint --fix -f -",
    ]
    .into_iter()
    .chain(json)
    {
        let run = sandbox.command(command).stdin(&policy).terminal().run();
        assert!(!run.stdout.is_empty(), "{command}: {}", run.stderr);
        for text in [&run.stdout, &run.stderr] {
            let wrong = |c: char| "\u{9b}\u{202e}\u{61c}\u{7f}".contains(c);
            assert!(!text.contains(wrong), "{command}: {text:?}");
        }
    }
    // Nobody but a terminal gets anything else than the data.
    let run = sandbox.command("render -f cm.json").run();
    assert!(run.stdout.contains(evil), "{}", run.stdout);
    for command in json {
        let run = sandbox.command(command).run();
        serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap();
    }
}

/// What is typed may be the name of a file that a shell put there.
#[test]
fn a_wrong_command_line_cannot_fool_a_terminal() {
    for (command, code) in [("render", 2), ("lint", 3)] {
        let run = Sandbox::new()
            .command(command)
            .arg("\u{202e}lmay.\u{7}\u{9b}2J")
            .terminal()
            .run();
        assert_eq!(run.code, code);
        let wrong = |c: char| "\u{202e}\u{7}\u{9b}".contains(c);
        assert!(!run.stderr.contains(wrong), "{:?}", run.stderr);
    }
}

/// Our own colours are no part of the data.
#[test]
fn colours_of_reports_reach_a_terminal() {
    for command in [
        "check --sample",
        "diff --sample",
        "lint -f p.csv",
        "check --all",
    ] {
        let run = Sandbox::new()
            .with(
                "p.csv",
                "p, role:a, applications, get, x/*, allow\n".repeat(2),
            )
            .with(
                "octopus-argo.yaml",
                "instances: [{name: one, files: [p.csv]}, {name: two, files: [p.csv]}]\n",
            )
            .command(command)
            .terminal()
            .run();
        assert!(run.stdout.contains("\u{1b}["), "{command}: {}", run.stdout);
        assert!(!run.stdout.contains("\\u{1b}"), "{command}: {}", run.stdout);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_is_refused() {
    let sandbox = Sandbox::new()
        .with("t/note", "")
        .with("p.csv", "p, a, logs, get, */*, allow\n");
    std::os::unix::fs::symlink("/dev/zero", sandbox.path().join("zero")).unwrap();
    for command in [
        "render --fresh --template-values zero",
        "check -f p.csv --expect zero",
        "lint -f zero",
    ] {
        sandbox
            .command(command)
            .run()
            .refused(3, "zero is larger than 64 MiB");
    }
}

/// The tests that `docs/security.md` names as `file::test`.
#[test]
fn each_claim_names_a_test_that_exists() {
    let page = fs::read_to_string("docs/security.md").unwrap();
    let mut named = BTreeSet::new();
    for word in page.split('`').skip(1).step_by(2) {
        if let Some((file, test)) = word.split_once("::")
            && Path::new(file)
                .extension()
                .is_some_and(|extension| extension == "rs")
        {
            let text = fs::read_to_string(file).unwrap_or_else(|why| panic!("{file}: {why}"));
            assert!(
                text.contains(&format!("fn {test}(")),
                "{file} has no test {test}"
            );
            named.insert(word);
        }
    }
    assert!(named.len() >= 20, "only {} tests are named", named.len());
}
