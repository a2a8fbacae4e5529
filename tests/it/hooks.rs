//! What runs the plugin on everybody's changes: pre-commit's hooks and the GitHub Action.

use std::fs;
use std::path::{Path, PathBuf};

use snapbox::{assert_data_eq, str};

use crate::common::{Sandbox, real};
use crate::config::{CM, RBAC};

/// A policy with a mistake: `applications` is misspelt.
const BROKEN: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: argocd
data:
  policy.csv: |
    p, role:dev, aplications, get, */*, allow
    g, acme:dev, role:dev
";
const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
";
const TEMPLATE: &str = "\
{{- if .Values.enabled }}
kind: Deployment
{{ end }}
";

#[test]
fn unrelated_files_are_passed_over_silently() {
    let sandbox = Sandbox::new()
        .with("deployment.yaml", DEPLOYMENT)
        .with("template.yaml", TEMPLATE)
        .with("package.json", "{\"name\": \"web\"}\n")
        .with("values.yaml", "image: nginx\n")
        .with("empty.yaml", "");
    let all = "deployment.yaml template.yaml package.json values.yaml empty.yaml";
    let run = sandbox
        .command(&format!("lint --skip-unrelated {all}"))
        .run();
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (0, "", ""));
    let run = sandbox.command("lint --skip-unrelated -R .").run();
    assert_eq!((run.code, &*run.stdout), (0, ""), "{run:?}");
    // Without the option it is bad input, as ever.
    let run = sandbox.command("lint deployment.yaml").run();
    assert_eq!(run.code, 3, "{run:?}");
    let run = sandbox.command("lint template.yaml").run();
    assert_eq!(run.code, 3, "{run:?}");
}

#[test]
fn related_files_among_unrelated_ones_are_linted() {
    let sandbox = Sandbox::new()
        .with("deployment.yaml", DEPLOYMENT)
        .with("template.yaml", TEMPLATE)
        .with("argocd-cm.yaml", CM)
        .with("broken.yaml", BROKEN);
    let run = sandbox
        .command("lint --skip-unrelated deployment.yaml template.yaml broken.yaml")
        .run();
    assert_eq!(run.code, 1, "{run:?}");
    assert_data_eq!(
        run.stdout.as_str(),
        str![[r#"
warning[unknown-resource]: Argo CD has no resource `aplications`
 --> broken.yaml:8:18
  |
8 |     p, role:dev, aplications, get, */*, allow
  |                  ^^^^^^^^^^^ matches none
  |
  = fix: `--fix=unsafe` will write `applications` (it changes permissions)


"#]]
    );
    let named = sandbox.command("lint broken.yaml argocd-cm.yaml").run();
    let flagged = sandbox
        .command("lint -f broken.yaml -f argocd-cm.yaml")
        .run();
    assert_eq!(
        (named.code, &named.stdout, &named.stderr),
        (flagged.code, &flagged.stdout, &flagged.stderr)
    );
}

#[test]
fn a_file_of_ours_that_cannot_be_parsed_is_not_unrelated() {
    let sandbox = Sandbox::new()
        .with("argocd-cm.yaml", format!("{CM}  broken: [\n"))
        .with("template.yaml", TEMPLATE);
    let run = sandbox
        .command("lint --skip-unrelated template.yaml argocd-cm.yaml")
        .run();
    assert_eq!((run.code, &*run.stdout), (3, ""), "{run:?}");
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: no findings in 1 file
error: argocd-cm.yaml:8:11: not valid YAML: unclosed bracket '['

"#]]
    );
    let run = sandbox.command("lint --skip-unrelated missing.yaml").run();
    assert_eq!(run.code, 3, "{run:?}");
}

/// A ConfigMap with the label that Argo CD's own manifests give it.
fn labelled(config_map: &str) -> String {
    let label = "metadata:\n  labels: {app.kubernetes.io/part-of: argocd}\n";
    config_map.replace("metadata:\n", label)
}

/// A directory with our binary alone, by the name under which it is installed.
#[cfg(unix)]
fn path(sandbox: &Sandbox) -> std::ffi::OsString {
    let bin = sandbox.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    let link = bin.join("kubectl-octopus_argo");
    if !link.exists() {
        std::os::unix::fs::symlink(real::binary(), link).unwrap();
    }
    let mut path = bin.into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

#[cfg(unix)]
struct Repository<'s> {
    sandbox: &'s Sandbox,
    git: PathBuf,
}

#[cfg(unix)]
impl Repository<'_> {
    /// Runs a program in a directory of the sandbox; stdout and stderr as one text.
    fn run(&self, program: &Path, directory: &str, args: &[&str]) -> (Option<i32>, String) {
        let output = real::run(program, args, "", |command| {
            command
                .current_dir(self.sandbox.path().join(directory))
                .env("PATH", path(self.sandbox))
                .env("HOME", self.sandbox.path())
                .env("PRE_COMMIT_HOME", self.sandbox.path().join("cache"))
                .env("GIT_CONFIG_GLOBAL", "/dev/null");
            for role in ["AUTHOR", "COMMITTER"] {
                command
                    .env(format!("GIT_{role}_NAME"), "Test")
                    .env(format!("GIT_{role}_EMAIL"), "test@example.com");
            }
        });
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        (output.status.code(), text)
    }

    fn git(&self, directory: &str, args: &[&str]) -> String {
        let (code, text) = self.run(&self.git, directory, args);
        assert_eq!(code, Some(0), "git {args:?}: {text}");
        text.trim().to_owned()
    }
}

#[cfg(unix)]
#[test]
fn the_real_pre_commit_runs_the_hooks() {
    let (Some(pre_commit), Some(git)) = (real::find("pre-commit"), real::find("git")) else {
        return;
    };
    let hooks = fs::read_to_string(".pre-commit-hooks.yaml").unwrap();
    let sandbox = Sandbox::new()
        .with("hooks/.pre-commit-hooks.yaml", hooks)
        .with("work/deployment.yaml", DEPLOYMENT)
        .with("work/chart/templates/web.yaml", TEMPLATE)
        .with("work/argocd/argocd-cm.yaml", labelled(CM))
        .with("work/argocd/argocd-rbac-cm.yaml", labelled(RBAC));
    let repository = Repository {
        sandbox: &sandbox,
        git,
    };
    let render = sandbox.command("render -f work/argocd --in-place").run();
    assert_eq!(render.code, 0, "{render:?}");
    for directory in ["hooks", "work"] {
        repository.git(directory, &["init", "--quiet"]);
    }
    repository.git("hooks", &["add", "."]);
    repository.git("hooks", &["commit", "--quiet", "-m", "hooks"]);
    let revision = repository.git("hooks", &["rev-parse", "HEAD"]);
    // `language: system` takes the binary of PATH, where `rust` would build it.
    let config = format!(
        "repos:\n- repo: ../hooks\n  rev: {revision}\n  hooks:\n  - {{id: octopus-argo-lint, language: system}}\n  \
         - id: octopus-argo-check\n    language: system\n    args: [-f, argocd]\n"
    );
    let write = |name: &str, text: &str| fs::write(sandbox.path().join(name), text).unwrap();
    write("work/.pre-commit-config.yaml", &config);
    repository.git("work", &["add", "."]);
    let run = || repository.run(&pre_commit, "work", &["run", "--color=never"]);

    let (code, text) = run();
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text.matches("Passed").count(), 2, "{text}");
    repository.git("work", &["commit", "--quiet", "-m", "first"]);

    // Files that have nothing to do with an Argo CD, alone.
    write("work/deployment.yaml", &DEPLOYMENT.replace("web", "shop"));
    write(
        "work/chart/templates/web.yaml",
        &TEMPLATE.replace("Deployment", "Pod"),
    );
    repository.git("work", &["add", "."]);
    let (code, text) = run();
    assert_eq!(code, Some(0), "{text}");
    repository.git("work", &["commit", "--quiet", "-m", "second"]);

    write("work/argocd/argocd-rbac-cm.yaml", BROKEN);
    repository.git("work", &["add", "."]);
    let (code, text) = run();
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("unknown-resource"), "{text}");
    assert!(text.contains("argocd/argocd-rbac-cm.yaml:8:"), "{text}");
}

/// The shell of a step of the action, by the step's name.
#[cfg(unix)]
fn step(name: &str) -> String {
    let action: serde_json::Value =
        serde_yaml::from_str(&fs::read_to_string("action.yml").unwrap()).unwrap();
    let steps = action["runs"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["name"] == name).unwrap();
    step["run"].as_str().unwrap().to_owned()
}

/// Runs a step as the runner does; the exit code, what it printed, and the outputs that it set.
#[cfg(unix)]
fn run_step(sandbox: &Sandbox, name: &str, env: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let bash = real::find("bash").unwrap();
    let outputs = sandbox.path().join("outputs");
    fs::write(&outputs, "").unwrap();
    let (script, path) = (step(name), path(sandbox));
    let args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", &script];
    let output = real::run(&bash, &args, "", |command| {
        command
            .current_dir(sandbox.path().join("work"))
            .env("PATH", &path)
            .env("RUNNER_TEMP", sandbox.path())
            .env("GITHUB_OUTPUT", &outputs)
            .env("GITHUB_STEP_SUMMARY", sandbox.path().join("summary.md"))
            .envs(env.iter().copied());
    });
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    let outputs = fs::read_to_string(outputs).unwrap();
    (output.status.code(), text, outputs)
}

#[cfg(unix)]
#[test]
fn the_actions_lint_step_annotates_and_writes_sarif() {
    let sandbox = Sandbox::new()
        .with("work/deployment.yaml", DEPLOYMENT)
        .with("work/argocd/argocd-rbac-cm.yaml", BROKEN);
    let (code, text, _) = run_step(&sandbox, "Install", &[("GITHUB_ACTION_PATH", "/missing")]);
    assert_eq!(code, Some(0), "{text}");

    let run = |target, fail_on| {
        run_step(
            &sandbox,
            "Lint",
            &[("TARGET", target), ("FAIL_ON", fail_on)],
        )
    };
    let (code, text, outputs) = run(".", "warning");
    assert_eq!(code, Some(1), "{text}");
    let place = "::warning file=argocd/argocd-rbac-cm.yaml,line=8,";
    assert!(text.contains(place), "{text}");
    let sarif = outputs.trim().strip_prefix("sarif=").unwrap();
    let sarif: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(sarif).unwrap()).unwrap();
    assert!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty());
    let (code, text, _) = run(".", "never");
    assert_eq!(code, Some(0), "{text}");

    // Nothing of an Argo CD: no output, so nothing is uploaded.
    let (code, text, outputs) = run("deployment.yaml", "warning");
    assert_eq!((code, &*text, &*outputs), (Some(0), "", ""));

    // A value is a value, whatever is in it.
    let hostile = "$(touch hit); touch hit #\n`touch hit`";
    let (code, text, _) = run(hostile, "warning");
    assert_eq!(code, Some(3), "{text}");
    let (code, text, _) = run("--fix", "warning");
    assert_eq!(code, Some(3), "{text}");
    assert!(!sandbox.path().join("work/hit").exists());
}

#[cfg(unix)]
#[test]
fn the_actions_compare_step_reports_what_a_change_means() {
    let before = "p, bob, logs, get, web/*, allow\n";
    let after = "p, bob, logs, get, web/*, allow\ng, bob, role:admin\n";
    let sandbox = Sandbox::new().with("work/argocd/policy.csv", before);
    let git = real::find("git").unwrap();
    let run = |args: &[&str]| {
        let output = real::run(&git, args, "", |command| {
            command
                .current_dir(sandbox.path().join("work"))
                .env("HOME", sandbox.path())
                .env("GIT_CONFIG_NOSYSTEM", "1");
        });
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    run(&["init", "--quiet"]);
    run(&["config", "user.name", "x"]);
    run(&["config", "user.email", "x@example.com"]);
    run(&["add", "."]);
    run(&["commit", "--quiet", "-m", "first"]);
    let base = run(&["rev-parse", "HEAD"]);
    fs::write(sandbox.path().join("work/argocd/policy.csv"), after).unwrap();
    let compare = |target, fail_on, base| {
        let env = [("TARGET", target), ("FAIL_ON", fail_on), ("BASE", base)];
        run_step(&sandbox, "Compare", &env)
    };
    let target = "argocd/policy.csv";
    for (fail_on, code) in [("never", 0), ("gain", 1), ("any", 1), ("loss", 0)] {
        let (ended, text, outputs) = compare(target, fail_on, &base);
        assert_eq!(ended, Some(code), "{fail_on}: {text}");
        assert!(
            text.contains("::error file=argocd/policy.csv,line=1,"),
            "{text}"
        );
        assert!(outputs.starts_with("report="), "{outputs}");
    }
    let summary = fs::read_to_string(sandbox.path().join("summary.md")).unwrap();
    assert!(summary.contains("permissions of role:admin"), "{summary}");

    let (ended, text, outputs) = compare("argocd", "any", &base);
    // A directory's CSV files are not read.
    assert_eq!((ended, &*outputs), (Some(1), ""), "{text}");
    fs::write(sandbox.path().join("work/new.csv"), after).unwrap();
    let (ended, text, _) = compare("new.csv", "any", &base);
    assert_eq!(ended, Some(0), "{text}");
    assert!(text.contains("is new"), "{text}");
    // A value is a value, whatever is in it.
    for hostile in ["--upload-pack=touch hit", "$(touch hit)", "-h"] {
        let (ended, text, _) = compare(target, "any", hostile);
        assert_ne!(ended, Some(0), "{text}");
    }
    assert!(!sandbox.path().join("work/hit").exists());
}

#[test]
fn the_action_puts_no_value_into_a_script() {
    let text = fs::read_to_string("action.yml").unwrap();
    let action: serde_json::Value = serde_yaml::from_str(&text).unwrap();
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap_or_default();
        assert!(!script.contains("${{"), "{script}");
        if let Some(uses) = step["uses"].as_str() {
            let (_, commit) = uses.split_once('@').unwrap();
            assert!(commit.len() == 40, "{uses}");
        }
    }
    assert!(text.contains(" # v"), "a pinned action names its version");
}
