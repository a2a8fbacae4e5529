//! `version`, `man`, `completion`, and kubectl's completion protocol.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Command;
use kubectl_octopus_argo::cli::definition;

use crate::common::{Sandbox, real};

/// The answer to a request for completion: the words without their help, and the directive.
fn answer(sandbox: &Sandbox, line: &str, typed: &str) -> (Vec<String>, String) {
    let run = sandbox
        .command(&format!("__complete {line}"))
        .arg(typed)
        .run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{line} {typed}");
    assert!(run.ran.is_empty(), "a program was run: {:?}", run.ran);
    read(&run.stdout)
}

fn read(stdout: &str) -> (Vec<String>, String) {
    let mut lines: Vec<&str> = stdout.lines().collect();
    let directive = lines.pop().unwrap_or_default().to_owned();
    let words = lines.iter().map(|line| line.split('\t').next().unwrap());
    (words.map(str::to_owned).collect(), directive)
}

fn words(sandbox: &Sandbox, line: &str, typed: &str) -> Vec<String> {
    let (words, directive) = answer(sandbox, line, typed);
    assert_eq!(directive, ":4");
    words
}

/// Every command with the words that lead to it.
fn commands() -> Vec<(String, Command)> {
    let mut root = definition();
    root.build();
    let mut found = Vec::new();
    let mut left = vec![(String::new(), root)];
    while let Some((path, command)) = left.pop() {
        for sub in command.get_subcommands() {
            if sub.get_name() != "help" {
                left.push((format!("{path} {}", sub.get_name()), sub.clone()));
            }
        }
        found.push((path, command));
    }
    found
}

#[test]
fn instances_of_the_configuration_are_offered() {
    let sandbox = Sandbox::new()
        .with(
            "octopus-argo.yaml",
            "instances: [{name: prod}, {name: preview}, {name: edge}]",
        )
        .with("other.yaml", "instances: [{name: elsewhere}]")
        .with("broken.yaml", "instances: [");
    assert_eq!(
        words(&sandbox, "diff --instance", "pr"),
        ["prod", "preview"]
    );
    assert_eq!(words(&sandbox, "diff --instance", "prod,e"), ["prod,edge"]);
    assert_eq!(
        words(&sandbox, "token list --config other.yaml --instance", ""),
        ["elsewhere"]
    );
    assert_eq!(words(&sandbox, "verify", "--instance=e"), ["edge"]);
    let none: [&str; 0] = [];
    assert_eq!(
        words(&sandbox, "check --config broken.yaml --instance", ""),
        none
    );
}

#[test]
fn version_names_version_commit_and_target() {
    let sandbox = Sandbox::new();
    let text = sandbox.command("version -o json").run().stdout_of(0);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    let commit = json["commit"].as_str().unwrap();
    assert!(
        commit == "unknown"
            || commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{commit}"
    );
    let target = json["target"].as_str().unwrap();
    assert!(target.contains(std::env::consts::ARCH), "{target}");
    let line = sandbox.command("version").run().stdout_of(0);
    assert_eq!(
        line,
        format!(
            "kubectl octopus-argo {} (commit {commit}, {target})\n",
            env!("CARGO_PKG_VERSION")
        )
    );
    sandbox
        .command("version -o xml")
        .run()
        .refused(2, "hint: possible values: text, json, yaml");
}

#[test]
fn every_report_in_json_is_the_same_document_in_yaml() {
    let sandbox = Sandbox::new().with("cm.csv", "p, role:dev, applications, get, web/*, allow\n");
    let claims = "e30.eyJzdWIiOiJvY3RvcHVzOmFwaUtleSJ9.e30";
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: argocd}\n\
        spec: {project: web, source: {repoURL: https://git.example.com/shop, path: .}}\n";
    let sandbox = sandbox.with("token", claims).with("app.yaml", application);
    for line in [
        "version",
        "diff --sample",
        "check --sample",
        "matrix --sample",
        "who-can get applications --sample",
        "compare cm.csv cm.csv",
        "lint --sample",
        "apps -f app.yaml",
        "doctor --offline -f cm.csv",
        "token inspect --token-file token",
    ] {
        let of = |format: &str| sandbox.command(&format!("{line} -o {format}")).run();
        let (json, yaml) = (of("json"), of("yaml"));
        assert_eq!(
            (json.code, &json.stderr),
            (yaml.code, &yaml.stderr),
            "{line}"
        );
        let from_json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        let stream = kubectl_octopus_argo::yaml::Stream::parse(
            kubectl_octopus_argo::model::Source::new("report", yaml.stdout),
        );
        let stream = stream.unwrap();
        let document = &stream.documents()[0];
        let from_yaml = document.to_json(document.root().unwrap()).unwrap();
        assert_eq!(from_json, from_yaml, "{line}");
    }
}

#[test]
fn every_flag_and_value_of_every_command_is_offered() {
    let sandbox = Sandbox::new();
    for (path, command) in commands() {
        let defined: BTreeSet<String> = command
            .get_arguments()
            .filter(|arg| !arg.is_hide_set())
            .filter_map(|arg| Some(format!("--{}", arg.get_long()?)))
            .collect();
        let offered: BTreeSet<String> = words(&sandbox, &path, "--").into_iter().collect();
        assert_eq!(offered, defined, "flags of `{path}`");
        for arg in command.get_arguments() {
            let values: Vec<String> = arg
                .get_possible_values()
                .iter()
                .filter(|value| !value.is_hide_set())
                .map(|value| value.get_name().to_owned())
                .collect();
            if let (Some(long), false) = (arg.get_long(), values.is_empty()) {
                let flag = format!("--{long}=");
                assert_eq!(words(&sandbox, &path, &flag), values, "{path} {flag}");
                if !arg.is_require_equals_set() {
                    let line = format!("{path} --{long}");
                    assert_eq!(words(&sandbox, &line, ""), values, "{line}");
                }
            }
        }
        let subcommands: Vec<_> = command
            .get_subcommands()
            .filter(|sub| !sub.is_hide_set())
            .map(|sub| sub.get_name().to_owned())
            .collect();
        if !subcommands.is_empty() {
            assert_eq!(
                words(&sandbox, &path, ""),
                subcommands,
                "commands of `{path}`"
            );
        }
    }
}

#[test]
fn what_was_given_is_not_offered_again_and_what_conflicts_neither() {
    let sandbox = Sandbox::new();
    let offered = words(&sandbox, "render --live --only argocd-cm -f a", "--");
    for absent in ["--live", "--only", "--sample", "--fresh"] {
        assert!(!offered.contains(&absent.to_owned()), "{absent}");
    }
    // What may be repeated is offered again.
    assert!(
        words(&sandbox, "render --template-set a=b", "--t").contains(&"--template-set".to_owned())
    );
}

#[test]
fn a_value_is_a_value_even_where_it_is_the_name_of_a_command() {
    let sandbox = Sandbox::new();
    assert_eq!(words(&sandbox, "render --account diff --outp", ""), [""; 0]);
    assert!(words(&sandbox, "render --account diff", "--output-").contains(&"--output-dir".into()));
    assert_eq!(words(&sandbox, "--color never ren", ""), [""; 0]);
    assert_eq!(words(&sandbox, "--color never", "ren"), ["render"]);
    assert_eq!(words(&sandbox, "--color=never", "ren"), ["render"]);
    assert_eq!(words(&sandbox, "render -qo", "ya"), ["yaml"]);
    assert_eq!(words(&sandbox, "render", "-oya"), ["-oyaml"]);
    assert_eq!(words(&sandbox, "render", "-o=ya"), ["yaml"]);
    assert_eq!(words(&sandbox, "render --", "--"), [""; 0]);
}

#[test]
fn files_are_offered_and_the_space_waits_behind_a_directory() {
    let sandbox = Sandbox::new()
        .with("live.yaml", "")
        .with("list.json", "")
        .with(".hidden.yaml", "")
        .with("deploy/cm.yaml", "")
        .with("tab\there.yaml", "");
    assert_eq!(words(&sandbox, "diff -f", "li"), ["list.json", "live.yaml"]);
    assert_eq!(words(&sandbox, "diff --filename", "."), [".hidden.yaml"]);
    assert_eq!(words(&sandbox, "diff", "--filename=liv"), ["live.yaml"]);
    assert_eq!(
        words(&sandbox, "diff -f", "live.yaml,lis"),
        ["live.yaml,list.json"]
    );
    assert_eq!(
        answer(&sandbox, "diff -f", "dep"),
        (vec!["deploy/".to_owned()], ":6".to_owned())
    );
    assert_eq!(words(&sandbox, "diff -f", "deploy/"), ["deploy/cm.yaml"]);
    assert_eq!(answer(&sandbox, "render --output-dir", "").0, ["deploy/"]);
    assert_eq!(words(&sandbox, "diff -f", "missing/"), [""; 0]);
    // A name that would be taken for a word and its help.
    assert_eq!(words(&sandbox, "diff -f", "tab"), [""; 0]);
}

#[test]
fn accounts_come_from_the_input_named_so_far() {
    let cm = "kind: ConfigMap\nmetadata: {name: argocd-cm}\ndata:\n  accounts.ci: apiKey\n  \
              accounts.octo: apiKey\n  accounts.octo.enabled: \"true\"\n  accounts.a.b: x\n";
    let values = "configs:\n  cm:\n    accounts.helm: apiKey\n";
    let sandbox = Sandbox::new()
        .with("cm.yaml", cm)
        .with("values.yaml", values)
        .with("broken.yaml", "a: [");
    assert_eq!(words(&sandbox, "render --account", ""), ["octopus"]);
    assert_eq!(
        words(&sandbox, "render -f cm.yaml --account", ""),
        ["ci", "octo"]
    );
    assert_eq!(
        words(&sandbox, "render -f cm.yaml", "--account=o"),
        ["octo"]
    );
    assert_eq!(
        words(&sandbox, "render -f cm.yaml,values.yaml --account", ""),
        ["ci", "helm", "octo"]
    );
    assert_eq!(words(&sandbox, "can -f cm.yaml", "c"), ["ci"]);
    for quiet in ["broken.yaml", "missing.yaml", "-"] {
        let line = format!("render -f {quiet} --account");
        assert_eq!(words(&sandbox, &line, ""), ["octopus"], "{line}");
    }
    assert_eq!(words(&sandbox, "can ci", "sy"), ["sync"]);
    assert_eq!(
        words(&sandbox, "can ci sync", "app"),
        ["applications", "applicationsets"]
    );
}

#[test]
fn projects_rules_and_the_commands_of_man_are_offered() {
    let project = "kind: AppProject\nmetadata: {name: web}\n";
    let sandbox = Sandbox::new().with("p.yaml", project);
    assert_eq!(words(&sandbox, "render --project", ""), [""; 0]);
    assert_eq!(words(&sandbox, "render -f p.yaml --project", ""), ["web"]);
    let rules = words(&sandbox, "lint --select", "unbound");
    assert_eq!(rules, ["unbound-group"]);
    let rules = words(&sandbox, "lint", "--ignore=unbound-group,unbound");
    assert_eq!(rules, ["unbound-group,unbound-group"]);
    assert_eq!(words(&sandbox, "man", "rend"), ["render"]);
    assert_eq!(words(&sandbox, "man token", "rot"), ["rotate"]);
    assert_eq!(words(&sandbox, "account get --account", ""), ["octopus"]);
}

#[test]
fn contexts_and_namespaces_are_offered_without_asking_a_cluster() {
    let sandbox = Sandbox::new()
        .with(
            "octopus-argo.yaml",
            "instances: [{name: a, namespace: argo-a}]",
        )
        .with(
            "cm.yaml",
            "kind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argo-b}\n",
        );
    let ask = |line: &str, answer: &str| {
        let run = sandbox.command(&format!("__complete {line}")).arg("");
        let run = run.answers(0, answer, "").run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        let asked = run.ran.iter().map(|words| words.join(" "));
        (read(&run.stdout).0, asked.collect::<Vec<_>>().join("; "))
    };
    let contexts = ["kind-dev".to_owned(), "kind-prod".to_owned()];
    for option in ["check --live --context", "verify --kube-context"] {
        let (words, asked) = ask(option, "kind-dev\nkind-prod\n");
        assert_eq!(words, contexts, "{option}");
        assert_eq!(asked, "kubectl config get-contexts -o name");
    }
    let (words, asked) = ask("diff --live --kubeconfig k --cluster", "NAME\nwest\n");
    assert_eq!(words, ["west"]);
    assert_eq!(asked, "kubectl config get-clusters --kubeconfig k");
    let (words, asked) = ask("diff -f cm.yaml -n", "octopus argocd");
    assert_eq!(words, ["argo-a", "argo-b", "argocd", "octopus"]);
    assert_eq!(
        asked,
        "kubectl config view -o=jsonpath={.contexts[*].context.namespace}"
    );
    let broken = sandbox.command("__complete diff --live --context").arg("");
    let run = broken.answers(1, "", "error: no configuration").run();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (":4\n", ""));
}

#[test]
fn nonsense_is_answered_with_nothing() {
    let sandbox = Sandbox::new();
    for line in [
        "nonsense",
        "--nonsense",
        "render --nonsense=",
        "-",
        "-Z",
        "--",
        "can a b c d e",
        "-ö",
    ] {
        for typed in ["", "-", "--", "=", "--=", "-=", "-ö", "--ö=", "ö"] {
            let _ = answer(&sandbox, line, typed);
        }
    }
}

/// A directory for PATH that holds the plugin, and what makes kubectl complete it.
#[cfg(unix)]
fn plugin_directory(completer: impl FnOnce(&Path)) -> Sandbox {
    let sandbox = Sandbox::new().with("cm.yaml", "data:\n  accounts.ci: apiKey\n");
    let link = sandbox.path().join("kubectl-octopus_argo");
    std::os::unix::fs::symlink(real::binary(), link).unwrap();
    completer(&sandbox.path().join("kubectl_complete-octopus_argo"));
    sandbox
}

#[cfg(unix)]
fn kubectl(sandbox: &Sandbox, args: &[&str]) -> Option<String> {
    let kubectl = real::find("kubectl")?;
    let mut path = sandbox.path().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let output = real::run(&kubectl, args, "", |command| {
        command.current_dir(sandbox.path()).env("PATH", &path);
    });
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[cfg(unix)]
#[test]
fn kubectl_completes_the_plugin_by_a_link_or_by_the_script() {
    use std::os::unix::fs::PermissionsExt;
    let link = plugin_directory(|path| {
        std::os::unix::fs::symlink(real::binary(), path).unwrap();
    });
    let script = plugin_directory(|path| {
        let script = Sandbox::new().command("completion kubectl").run();
        std::fs::write(path, script.stdout_of(0)).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    });
    for sandbox in [link, script] {
        let ask = |words: &[&str]| {
            let args = [&["__complete", "octopus-argo"], words].concat();
            kubectl(&sandbox, &args).map(|stdout| read(&stdout))
        };
        let Some((commands, directive)) = ask(&[""]) else {
            return;
        };
        assert!(commands.contains(&"render".to_owned()), "{commands:?}");
        assert_eq!(directive, ":4");
        let (flags, _) = ask(&["render", "--acc"]).unwrap();
        assert_eq!(flags, ["--account"]);
        let (values, _) = ask(&["render", "-f", "cm.yaml", "--account", ""]).unwrap();
        assert_eq!(values, ["ci"]);
        let (files, _) = ask(&["diff", "-f", "c"]).unwrap();
        assert_eq!(files, ["cm.yaml"]);
        let (values, _) = ask(&["render", "--form=man"]).unwrap();
        assert_eq!(values, ["manifest"]);
    }
}

#[test]
fn a_script_for_every_shell() {
    let sandbox = Sandbox::new();
    for shell in ["kubectl", "bash", "zsh", "fish", "powershell", "elvish"] {
        let script = sandbox
            .command(&format!("completion {shell}"))
            .run()
            .stdout_of(0);
        assert!(
            script.contains("kubectl-octopus_argo __complete "),
            "{shell}"
        );
    }
    sandbox
        .command("completion tcsh")
        .run()
        .refused(2, "possible values");
}

/// Runs a shell that has read its script and then completes.
#[cfg(unix)]
fn in_shell(shell: &Path, name: &str, args: &[&str], ask: &str) -> String {
    let sandbox = plugin_directory(|_| {}).with("my file.yaml", "");
    let script = sandbox.command(&format!("completion {name}")).run();
    let path = sandbox.path().join("script");
    std::fs::write(&path, script.stdout_of(0)).unwrap();
    let mut search = sandbox.path().as_os_str().to_owned();
    search.push(":");
    search.push(std::env::var_os("PATH").unwrap_or_default());
    let output = real::run(shell, args, ask, |command| {
        command.current_dir(sandbox.path()).env("PATH", &search);
    });
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn bash_completes_with_its_script() {
    let Some(bash) = real::find("bash") else {
        return;
    };
    let ask = |words: &str| {
        let line = format!(
            ". ./script\nCOMP_WORDS=(kubectl-octopus_argo {words})\n\
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n_kubectl_octopus_argo\n\
             printf '%s|' \"${{COMPREPLY[@]}}\"\n"
        );
        in_shell(&bash, "bash", &["--norc", "-s"], &line)
    };
    assert_eq!(ask("ren"), "render|");
    assert_eq!(ask("render --allow"), "--allow-sync|");
    assert_eq!(ask("render --form = pa"), "patch|");
    assert_eq!(ask("render -f cm.yaml --account ''"), "ci|");
    assert_eq!(ask("render -f my"), "my\\ file.yaml|");
    assert_eq!(ask("render --output"), "--output|--output-dir|");
}

#[cfg(unix)]
#[test]
fn fish_completes_with_its_script() {
    // CI has no fish; whoever has it gets the test.
    let fish = Path::new("/usr/bin/fish");
    if !fish.is_file() {
        crate::common::skip::note(&format!("{} is not there", fish.display()));
        return;
    }
    let ask = |line: &str| {
        let ask = format!("source script; complete -C '{line}'");
        in_shell(fish, "fish", &["--no-config", "-c", &ask], "")
    };
    assert!(ask("kubectl-octopus_argo ren").starts_with("render\tPrint "));
    assert!(ask("kubectl-octopus_argo render --form=pa").starts_with("--form=patch\t"));
    assert_eq!(
        ask("kubectl-octopus_argo render -f cm.yaml --account "),
        "ci\taccount\n"
    );
}

#[test]
fn man_prints_a_page_and_writes_them_all() {
    let sandbox = Sandbox::new();
    let page = sandbox.command("man").run().stdout_of(0);
    assert!(page.contains(".TH KUBECTL-OCTOPUS_ARGO 1"), "{page}");
    let page = sandbox.command("man render").run().stdout_of(0);
    assert!(page.contains("kubectl octopus\\-argo render"), "{page}");
    let run = sandbox.command("man --output-dir pages").run();
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(sandbox.read("pages/kubectl-octopus_argo-render.1"), page);
    let can = sandbox.read("pages/kubectl-octopus_argo-can.1");
    assert!(
        can.is_ascii() && can.contains("logs, \\[u2026] or"),
        "{can}"
    );
    let written = std::fs::read_dir(sandbox.path().join("pages"))
        .unwrap()
        .count();
    assert_eq!(written, commands().len());
    sandbox
        .command("man rendr")
        .run()
        .refused(2, "there is no command `rendr`");
}
