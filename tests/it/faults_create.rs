//! `token create` when something goes wrong: at every step, a token is delivered, or revoked, or
//! named with the command that revokes it.

use serde_json::{Value, json};

use crate::common::world::World;

const CREATE: &[&str] = &["token", "create", "--expires-in", "90d", "--timeout", "2s"];
const GENERATE: &str = "account generate-token";
const DELETE: &str = "account delete-token";

fn log(code: &str, text: &str) -> Value {
    let msg = format!("rpc error: code = {code} desc = {text}");
    json!({"say": json!({"level": "fatal", "msg": msg}).to_string() + "\n"})
}

/// Everything that can become of a call before or after it has its effect.
fn misfortunes() -> Vec<(&'static str, Value)> {
    vec![
        ("hangs", json!(["hang"])),
        ("is killed", json!(["die"])),
        ("says nothing and fails", json!([{"exit": 1}])),
        ("fails", json!([log("Unknown", "oh no"), {"exit": 20}])),
        (
            "is cut off",
            json!([log("Unavailable", "closing"), {"exit": 20}]),
        ),
        ("prints nothing", json!([{"exit": 0}])),
        (
            "prints garbage",
            json!([{"print": "\u{7f}ELF\u{0}garbage"}, {"exit": 0}]),
        ),
        (
            "prints a help text",
            json!([{"print": "Usage:\n  argocd account\n"}, {"exit": 1}]),
        ),
        (
            "prints a token and fails",
            json!([{"print": "{out}\n"}, {"exit": 20}]),
        ),
        (
            "prints two lines",
            json!([{"print": "{out}\n{out}\n"}, {"exit": 0}]),
        ),
        (
            "prints a word and a token",
            json!([{"print": "Token: {out}\n"}, {"exit": 0}]),
        ),
        (
            "prints half a token",
            json!([{"print": "eyJhbGciOiJIUzI1NiJ9.eyJ"}, {"exit": 0}]),
        ),
        ("floods", json!([{"flood": 1024}, {"exit": 0}])),
        ("is interrupted", json!(["interrupt"])),
        ("is interrupted and hangs", json!(["interrupt", "hang"])),
    ]
}

/// Goes through cases that wait more than they work, a few at the same time.
fn at_once<T: Sync>(cases: &[T], work: impl Fn(&T) + Sync) {
    for some in cases.chunks(8) {
        std::thread::scope(|scope| {
            for case in some {
                let work = &work;
                scope.spawn(move || work(case));
            }
        });
    }
}

#[test]
fn whatever_happens_while_a_token_is_made_none_is_lost_and_none_orphaned() {
    at_once(&misfortunes(), |(name, steps)| {
        for when in ["before", "after"] {
            // argocd explains itself before it does anything.
            if *name == "prints a help text" && when == "after" {
                continue;
            }
            let world = World::new();
            world.make_token("older", "24h");
            let before = world.all_tokens();
            world.calm().fault(GENERATE, None, when, steps.clone());
            let outcome = world.run(CREATE);
            let named = format!("{name} {when}: {}", outcome.stderr);
            let code = if name.contains("interrupted") { 130 } else { 4 };
            assert_eq!(outcome.code, Some(code), "{named}");
            assert_eq!(outcome.stdout, "", "{named}");
            world.accounted_for(&before, "", &outcome);
            // It can be revoked here, so it is.
            assert_eq!(world.all_tokens(), before, "{named}");
        }
    });
}

#[test]
fn what_cannot_be_revoked_is_named_with_the_command_that_revokes_it() {
    let refused =
        json!([log("PermissionDenied", "permission denied: accounts, update"), {"exit": 20}]);
    let revoking = [
        ("hangs", json!(["hang"])),
        ("is killed", json!(["die"])),
        ("is refused", refused),
        ("is interrupted too", json!(["interrupt", "hang"])),
    ];
    at_once(&revoking, |(name, steps)| {
        let world = World::new();
        world.fault(
            GENERATE,
            None,
            "after",
            json!([{"print": "{out}\n"}, {"exit": 20}]),
        );
        world.fault(DELETE, None, "before", steps.clone());
        let outcome = world.run(CREATE);
        assert_eq!(outcome.stdout, "", "{name}");
        outcome.ended(4, "could not be revoked");
        world.accounted_for(&[], "", &outcome);
        assert_eq!(world.all_tokens().len(), 1, "{name}");
    });
}

#[test]
fn a_token_that_is_not_what_was_asked_for_is_refused_and_revoked() {
    for (claim, value) in [
        ("sub", json!("admin:login")),
        ("sub", json!("octopus:login")),
        ("sub", json!("proj:team-a:octopus")),
        ("iss", json!("somebody")),
        ("jti", json!("another")),
        ("exp", json!(null)),
        ("exp", json!(4_000_000_000_i64)),
    ] {
        let world = World::new();
        world.set("/claims", json!({claim: value}));
        let outcome = world.run(CREATE);
        outcome.ended(4, &format!("in `{claim}`"));
        outcome.ended(4, "is revoked");
        assert_eq!(outcome.stdout, "");
        assert!(world.all_tokens().is_empty());
    }
}

#[test]
fn a_lost_race_is_run_again_with_a_new_id() {
    let lost = log(
        "Aborted",
        "the object has been modified; please apply your changes",
    );
    for when in ["before", "after"] {
        let world = World::new();
        world.fault(GENERATE, Some(1), when, json!([lost, {"exit": 20}]));
        world.fault(GENERATE, Some(2), when, json!([lost, {"exit": 20}]));
        let outcome = world.run(CREATE);
        outcome.ended(0, "to revoke token");
        world.accounted_for(&[], &outcome.stdout, &outcome);
        assert_eq!(world.tokens("octopus").len(), 1, "{when}");
        let calls = world.calls();
        let made: Vec<_> = calls
            .iter()
            .filter(|call| call.argv[1] == "generate-token")
            .collect();
        assert_eq!(made.len(), 3);
        assert_ne!(made[0].argv, made[1].argv);
    }
}

#[test]
fn an_id_of_ours_that_exists_already_was_made_by_the_servers_own_second_try() {
    let taken = log(
        "Unknown",
        "failed to update account with new token: account already has token with id 'x'",
    );
    let world = World::new();
    world.fault(GENERATE, Some(1), "after", json!([taken, {"exit": 20}]));
    let outcome = world.run(CREATE);
    outcome.ended(0, "to revoke token");
    assert_eq!(world.tokens("octopus").len(), 1);
    // An id that somebody chose may be anybody's: it is named, and not revoked.
    let world = World::new();
    world.make_token("mine", "24h");
    let mut args = CREATE.to_vec();
    args.extend(["--id", "mine"]);
    let outcome = world.run(&args);
    outcome.ended(4, "token delete --account octopus mine");
    assert_eq!(world.tokens("octopus"), ["mine"]);
}

#[test]
fn races_that_are_lost_for_ever_end() {
    let lost = log("Aborted", "the object has been modified");
    let world = World::new();
    world.fault(GENERATE, None, "after", json!([lost, {"exit": 20}]));
    let outcome = world.run(CREATE);
    outcome.ended(4, "run the command again");
    assert!(world.all_tokens().is_empty());
}

#[test]
fn a_missing_argocd_says_how_to_get_one() {
    let world = World::new();
    let mut command = world.command(CREATE);
    command.env("ARGOCD", world.file("no-such-argocd"));
    world.run_command(command).ended(4, "cli_installation");
    let mut command = world.command(CREATE);
    command.env_remove("ARGOCD").env("PATH", world.path());
    world.run_command(command).ended(4, "argocd was not found");
    let mut command = world.command(CREATE);
    command.arg("--argocd-path").arg(world.file("nor-this"));
    world
        .run_command(command)
        .ended(4, "nor-this was not found");
}

#[test]
fn a_target_that_cannot_be_written_is_found_out_before_there_is_a_token() {
    let world = World::new();
    std::fs::write(world.file("there"), "old").unwrap();
    let into = |path: &str| {
        let mut args = CREATE.to_vec();
        args.extend(["--output-file", path]);
        world.run(&args)
    };
    into("there").ended(2, "--force");
    into("no/such/directory").ended(4, "does its directory exist?");
    into(".").ended(2, "a directory");
    assert_eq!(std::fs::read_to_string(world.file("there")).unwrap(), "old");
    assert!(world.calls().is_empty(), "nothing was asked of argocd");
}

#[test]
fn a_file_is_private_and_replaced_only_by_force() {
    let world = World::new();
    std::fs::write(world.file("token"), "old").unwrap();
    let mut args = CREATE.to_vec();
    args.extend(["--output-file", "token", "--force"]);
    let outcome = world.run(&args);
    outcome.ended(0, "is in token");
    assert_eq!(outcome.stdout, "");
    let text = std::fs::read_to_string(world.file("token")).unwrap();
    world.accounted_for(&[], &text, &outcome);
    assert!(world.made().contains(&text.trim_end().to_owned()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(world.file("token"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[cfg(unix)]
mod unix {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::common::fake;

    /// Runs through a shell, which arranges the streams.
    fn shell(world: &World, script: &str) -> crate::common::world::Outcome {
        let inner = world.command(&[]);
        let mut command = Command::new("/bin/sh");
        let program = inner.get_program().to_str().unwrap();
        command.args(["-c", &script.replace("PLUGIN", program)]);
        command.env_clear().current_dir(world.path());
        for (name, value) in inner.get_envs() {
            command.env(name, value.unwrap());
        }
        world.run_command(command)
    }

    #[test]
    fn what_nobody_reads_is_revoked() {
        let world = World::new();
        let mut command = world.command(CREATE);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        command
            .stdout(Stdio::from(writer))
            .stderr(Stdio::piped())
            .stdin(Stdio::null());
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{stderr}");
        assert!(
            stderr.contains("closed it") && stderr.contains("is revoked"),
            "{stderr}"
        );
        assert!(world.all_tokens().is_empty());
    }

    #[test]
    fn what_a_full_disk_does_not_take_is_revoked() {
        let world = World::new();
        let outcome = shell(&world, "PLUGIN token create --expires-in 1h >/dev/full");
        outcome.ended(4, "is revoked");
        assert!(world.all_tokens().is_empty());
        // A file may grow by nothing: its write fails as on a full disk. The fake writes files too.
        let outcome = shell(
            &world,
            "exec 3>&1; PLUGIN token create --expires-in 1h --output-file f --argocd-path ./argocd",
        );
        outcome.ended(4, "was not found");
        std::fs::write(
            world.file("argocd"),
            format!(
                "#!/bin/sh\nulimit -S -f unlimited\nexec {} \"$@\"\n",
                fake::program().display()
            ),
        )
        .unwrap();
        let script = "chmod +x argocd; ulimit -S -f 0; PLUGIN token create --expires-in 1h --output-file f --argocd-path ./argocd";
        let outcome = shell(&world, script);
        outcome.ended(4, "could not be delivered");
        outcome.ended(4, "is revoked");
        assert!(world.all_tokens().is_empty());
        assert!(!world.file("f").exists());
    }

    #[test]
    fn a_stdout_that_loses_everything_gets_no_token() {
        for redirection in [">/dev/null", ">&-", "1</dev/zero"] {
            let world = World::new();
            let outcome = shell(
                &world,
                &format!("PLUGIN token create --expires-in 1h {redirection}"),
            );
            outcome.ended(4, "would be lost");
            assert!(world.calls().is_empty(), "{redirection}");
        }
    }

    #[test]
    fn a_directory_that_may_not_be_written_is_found_out_before() {
        // Whoever may write everywhere (root) cannot write here either.
        let world = World::new();
        let mut args = CREATE.to_vec();
        args.extend(["--output-file", "/proc/octopus-argo-token"]);
        let outcome = world.run(&args);
        assert!(matches!(outcome.code, Some(4)), "{}", outcome.stderr);
        assert!(world.calls().is_empty());
    }

    #[test]
    fn a_pipe_that_is_full_can_be_given_up() {
        use std::io::Write;
        let world = World::new();
        let (reader, mut writer) = std::io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        while writer.write(&[b'x'; 512]).is_ok() {}
        rustix::io::ioctl_fionbio(&writer, false).unwrap();
        let mut command = world.command(CREATE);
        command
            .stdout(Stdio::from(writer))
            .stderr(Stdio::piped())
            .stdin(Stdio::null());
        let child = command.spawn().unwrap();
        drop(command);
        while world.made().is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let output = child.wait_with_output().unwrap();
        drop(reader);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{stderr}");
        assert!(stderr.contains("is revoked"), "{stderr}");
        assert!(world.all_tokens().is_empty());
    }
}

#[test]
fn a_token_counts_as_revoked_only_when_a_delete_succeeded() {
    let lags = log("NotFound", "token with id 'x' does not exist");
    // A replica lags behind: three answers, or all of them.
    for (answers, left) in [(3, 0), (20, 1)] {
        let world = World::new();
        world.set("/claims", json!({"iss": "somebody"}));
        for nth in 1..=answers {
            world.fault(DELETE, Some(nth), "before", json!([lags, {"exit": 20}]));
        }
        let outcome = world.run(CREATE);
        assert_eq!(world.all_tokens().len(), left, "{}", outcome.stderr);
        world.accounted_for(&[], "", &outcome);
        let says_revoked = outcome.stderr.contains("was made and is revoked");
        assert_eq!(says_revoked, left == 0, "{}", outcome.stderr);
    }
}

#[test]
fn a_token_is_revoked_under_the_id_that_it_has_too() {
    let world = World::new();
    world.set("/registers", json!("another"));
    let outcome = world.run(CREATE);
    outcome.ended(4, "token another was made and is revoked");
    assert!(world.all_tokens().is_empty(), "{}", outcome.stderr);
}

#[test]
fn a_token_under_another_id_is_named_where_its_answer_is_lost() {
    at_once(&misfortunes(), |(name, steps)| {
        let world = World::new();
        world.make_token("older", "24h");
        world.age("older", 3_600);
        let before = world.all_tokens();
        world.set("/registers", json!("another"));
        world.calm().fault(GENERATE, None, "after", steps.clone());
        let outcome = world.run(CREATE);
        assert_eq!(outcome.stdout, "", "{name}");
        world.accounted_for(&before, "", &outcome);
        assert!(
            !outcome.stderr.contains(" older"),
            "{name}: {}",
            outcome.stderr
        );
    });
    // A list that cannot be read is no proof that there is nothing.
    let world = World::new();
    world.set("/registers", json!("another"));
    world.fault(GENERATE, None, "after", json!(["die"]));
    world.fault("account get", None, "before", json!(["die"]));
    world.run(CREATE).ended(4, "could not be listed");
}

#[test]
fn a_token_that_argocd_made_and_denies_is_named_with_the_command() {
    let denied = log("PermissionDenied", "permission denied: accounts, update");
    let usage = json!({"print": "Error: unknown flag: --id\nUsage:\n"});
    for (steps, code) in [(denied, 20), (usage, 1)] {
        let world = World::new();
        world.fault(GENERATE, None, "after", json!([steps, {"exit": code}]));
        let outcome = world.run(CREATE);
        outcome.ended(4, "if it exists anyway");
        world.accounted_for(&[], "", &outcome);
    }
}
