//! `--in-place`: the files themselves, all of them or none.

use snapbox::{assert_data_eq, str};

use crate::common::{Sandbox, real};

const CM: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
data:
  url: ${URL} # envsubst
  other: \"{{ .Values.other }}\"
";
const RBAC: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\n";

#[test]
fn several_files_are_edited_and_backed_up() {
    let sandbox = Sandbox::new()
        .with("base/cm.yaml", CM)
        .with("base/other.yaml", "kind: Secret\n")
        .with("rbac.yaml", RBAC);
    let run = sandbox
        .command("render -f base,rbac.yaml --in-place --backup .orig")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stderr
note: the account may read but not sync; Octopus steps that trigger a sync need --allow-sync
note: edited base/cm.yaml, rbac.yaml
next: review the change (git diff) and commit it
---- exit code 0

"#]]
    );
    assert_eq!(
        sandbox.read("base/cm.yaml"),
        format!("{CM}  accounts.octopus: apiKey\n  accounts.octopus.enabled: \"true\"\n")
    );
    assert_eq!(sandbox.read("base/cm.yaml.orig"), CM);
    assert_eq!(sandbox.read("rbac.yaml.orig"), RBAC);
    assert!(!sandbox.path().join("base/other.yaml.orig").exists());
    let again = sandbox
        .command("render -f base,rbac.yaml --in-place --backup .orig")
        .run();
    assert!(
        again.stderr.contains("nothing to change"),
        "{}",
        again.stderr
    );
    sandbox
        .command("render -q -f base,rbac.yaml --in-place --absent")
        .run()
        .stdout_of(0);
    assert_eq!(sandbox.read("base/cm.yaml"), CM);
    assert_eq!(sandbox.read("rbac.yaml"), RBAC);
}

#[test]
fn one_file_that_cannot_be_edited_stops_all() {
    let broken = RBAC.replace(
        "metadata:",
        "data:\n  policy.csv: |\n    p, a, b\nmetadata:",
    );
    let sandbox = Sandbox::new()
        .with("cm.yaml", CM)
        .with("rbac.yaml", &broken);
    sandbox
        .command("render -f cm.yaml,rbac.yaml --in-place")
        .run()
        .refused(3, "rbac.yaml:5:12: the policy does not load");
    assert_eq!(sandbox.read("cm.yaml"), CM);
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written_stops_all() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new()
        .with("a/cm.yaml", CM)
        .with("b/rbac.yaml", RBAC);
    let closed = std::fs::Permissions::from_mode(0o555);
    std::fs::set_permissions(sandbox.path().join("b"), closed).unwrap();
    let run = sandbox.command("render -f a,b --in-place").run();
    std::fs::set_permissions(
        sandbox.path().join("b"),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    // Root may write everywhere.
    if run.code == 0 {
        assert!(sandbox.read("b/rbac.yaml").contains("policy.octopus.csv"));
    } else {
        run.refused(4, "cannot edit b/rbac.yaml");
        assert_eq!(sandbox.read("a/cm.yaml"), CM);
    }
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_its_file_keeps_its_mode() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = Sandbox::new().with("real/cm.yaml", CM);
    let file = sandbox.path().join("real/cm.yaml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o604)).unwrap();
    symlink("real/cm.yaml", sandbox.path().join("link.yaml")).unwrap();
    sandbox
        .command("render -q -f link.yaml --in-place")
        .run()
        .stdout_of(0);
    let link = std::fs::symlink_metadata(sandbox.path().join("link.yaml")).unwrap();
    assert!(link.is_symlink());
    assert!(
        sandbox
            .read("real/cm.yaml")
            .contains("accounts.octopus: apiKey")
    );
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o604);
}

/// Each run edits what the other one left.
#[test]
fn two_runs_at_once_both_land() {
    for _ in 0..300 {
        let sandbox = Sandbox::new().with("cm.yaml", CM);
        std::thread::scope(|scope| {
            for account in ["one", "two"] {
                let line = format!("render -q -f cm.yaml --in-place --account {account}");
                let command = sandbox.command(&line);
                scope.spawn(move || command.run().stdout_of(0));
            }
        });
        let text = sandbox.read("cm.yaml");
        for account in ["one", "two"] {
            assert!(
                text.contains(&format!("accounts.{account}: apiKey\n")),
                "{text}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_with_other_names_is_refused() {
    let sandbox = Sandbox::new().with("cm.yaml", CM);
    std::fs::hard_link(
        sandbox.path().join("cm.yaml"),
        sandbox.path().join("b.yaml"),
    )
    .unwrap();
    sandbox
        .command("render -f cm.yaml --in-place")
        .run()
        .refused(3, "cm.yaml has other names (hard links)");
    assert_eq!(sandbox.read("cm.yaml"), CM);
}

#[test]
fn nothing_is_taken_off_an_object_of_a_server() {
    let live = format!("{CM}  # end\n").replace("metadata:\n", "metadata:\n  uid: \"1\"\n");
    let sandbox = Sandbox::new().with("cm.yaml", &live);
    sandbox
        .command("render -q -f cm.yaml --in-place")
        .run()
        .stdout_of(0);
    assert!(sandbox.read("cm.yaml").contains("  uid: \"1\"\n"));
}

#[test]
fn what_is_no_file_is_refused() {
    let sandbox = Sandbox::new().with("cm.yaml", CM).with("x.yaml", "a: [\n");
    let refused = |line: &str, code, said: &str| {
        sandbox.command(line).stdin(CM).run().refused(code, said);
    };
    refused("render --in-place -f -", 2, "--in-place cannot edit stdin");
    refused(
        "render --in-place",
        2,
        "--in-place edits files, but none is given",
    );
    refused("render --in-place --live", 2, "cannot be used with");
    refused("render --in-place --sample", 2, "cannot be used with");
    refused(
        "render --in-place -f cm.yaml --form kustomize",
        2,
        "prints something else",
    );
    refused(
        "render --in-place -f cm.yaml -o json",
        2,
        "cannot be used with",
    );
    refused("render --backup .orig -f cm.yaml", 2, "--in-place");
    refused(
        "render --in-place --backup a/b -f cm.yaml",
        2,
        "cannot be the suffix of a file name",
    );
    let run = sandbox
        .command("render --in-place -f cm.yaml --backup")
        .arg(".a\nb")
        .run();
    run.refused(2, "cannot be the suffix of a file name");
    refused("render --in-place -f x.yaml,cm.yaml", 3, "x.yaml:");
    assert_eq!(sandbox.read("cm.yaml"), CM);
}

/// Ctrl-C between two files, or before the first: what was begun is finished, and nothing lies
/// beside the files.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_leaves_no_half_edited_set_and_no_copies() {
    let Some(strace) = real::find("strace") else {
        return;
    };
    for inject in [
        "fsync:signal=INT:when=1",
        "rename,renameat,renameat2:signal=TERM:when=1",
        "rename,renameat,renameat2:signal=HUP:when=2",
    ] {
        let sandbox = Sandbox::new().with("cm.yaml", CM).with("rbac.yaml", RBAC);
        let plugin = real::binary().to_str().unwrap();
        let inject = format!("inject={inject}");
        let mut args = vec!["-f", "-o", "/dev/null", "-e", &inject, plugin];
        args.extend("render -f cm.yaml,rbac.yaml --in-place".split(' '));
        let output = real::run(&strace, &args, "", |command| {
            command.current_dir(sandbox.path());
        });
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{inject}: {said}");
        for name in ["cm.yaml", "rbac.yaml"] {
            assert!(sandbox.read(name).contains("octopus"), "{inject}: {name}");
        }
        let names = std::fs::read_dir(sandbox.path()).unwrap().count();
        assert_eq!(names, 2, "{inject}");
    }
}
