//! `account`: what argocd knows, with honest answers.

use serde_json::{Value, json};

use crate::common::world::World;

#[test]
fn the_list_marks_what_octopus_lacks() {
    let world = World::new();
    let outcome = world.run(&["account", "list"]);
    snapbox::assert_data_eq!(
        outcome.snapshot(),
        snapbox::str![[r#"
---- stdout
NAME      ENABLED   CAPABILITIES   FOR OCTOPUS
admin     true      login
alice     true      login
octopus   true      apiKey         ready
robot     false     apiKey,login
---- exit code 0

"#]]
    );
    let outcome = world.run(&["account", "list", "--account", "robot"]);
    outcome.ended(0, "account robot: is disabled");
    outcome.ended(0, "account robot has the capability login");
    let outcome = world.run(&["account", "list", "--account", "alice"]);
    outcome.ended(0, "account alice: lacks the capability apiKey");
    world
        .run(&["account", "list", "--account", "nobody"])
        .ended(0, "there is no account nobody here");
    assert_eq!(
        world.run(&["account", "list", "-o", "name"]).stdout,
        "admin\nalice\noctopus\nrobot\n"
    );
    let report: Value =
        serde_json::from_str(&world.run(&["account", "list", "-o", "json"]).stdout).unwrap();
    assert_eq!(report["schema"], "accounts/v1");
    assert_eq!(
        report["accounts"][2],
        json!({"name": "octopus", "enabled": true, "capabilities": ["apiKey"], "lacks": []})
    );
    let yaml = world.run(&["account", "list", "-o", "yaml"]).stdout;
    assert!(
        yaml.starts_with("schema: accounts/v1\naccounts:\n- name: admin\n"),
        "{yaml}"
    );
}

#[test]
fn an_account_is_shown_with_its_tokens() {
    let world = World::new();
    world.make_token("octopus-1", "24h");
    world.make_token("octopus-0", "1h");
    world.age("octopus-0", 7200);
    let outcome = world.run(&["account", "get"]);
    outcome.ended(0, "");
    assert!(
        outcome
            .stdout
            .starts_with("name:           octopus\nenabled:        true\n")
    );
    let lines: Vec<_> = outcome
        .stdout
        .lines()
        .filter(|line| line.starts_with("octopus-"))
        .collect();
    assert!(
        lines[0].starts_with("octopus-1 ") && lines[0].ends_with("valid"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains("120m") && lines[1].ends_with("expired"),
        "{lines:?}"
    );
    let report: Value =
        serde_json::from_str(&world.run(&["account", "get", "-o", "json"]).stdout).unwrap();
    assert_eq!(report["tokens"][1]["state"], "expired");
    assert_eq!(report["schema"], "account/v1");
    world
        .run(&["account", "get", "--account", "nobody"])
        .ended(4, "adds the account to argocd-cm");
}

#[test]
fn can_i_has_an_honest_exit_code() {
    let world = World::new();
    let token = world.make_token("octopus-1", "24h");
    let ask = |words: &[&str]| {
        let mut args = vec!["account", "can-i"];
        args.extend(words);
        let mut command = world.command(&args);
        command.env("ARGOCD_AUTH_TOKEN", &token);
        world.run_command(command)
    };
    let yes = ask(&["get", "applications", "*/*"]);
    assert_eq!((yes.code, yes.stdout.as_str()), (Some(0), "yes\n"));
    let no = ask(&["delete", "applications", "*/*"]);
    assert_eq!(
        (no.code, no.stdout.as_str(), no.stderr.as_str()),
        (Some(1), "no\n", "")
    );
    ask(&["delete", "applications", "*"]).ended(1, "this no proves nothing");
    ask(&["fly", "applications", "*/*"]).ended(1, "the server does not know this word");
    ask(&["action/apps/Deployment/restart", "applications", "*/*"]).ended(1, "offline proof");
    ask(&["get", "applications", "-x"]).ended(2, "");
}

#[test]
fn where_every_answer_is_yes_nothing_is_asked() {
    let world = World::new();
    let can_i = ["account", "can-i", "get", "applications", "*/*"];
    let mut command = world.command(&can_i);
    command.arg("--core");
    world.run_command(command).ended(2, "core mode");
    let mut command = world.command(&can_i);
    command.env("ARGOCD_OPTS", "--core");
    world.run_command(command).ended(2, "ARGOCD_OPTS");
    let config = "contexts:\n- name: k\n  server: k\n  user: k\ncurrent-context: k\nservers:\n- server: k\n  core: true\nusers:\n- name: k\n";
    std::fs::create_dir_all(world.file(".config/argocd")).unwrap();
    std::fs::write(world.file(".config/argocd/config"), config).unwrap();
    world.run(&can_i).ended(2, "core: true");
    // Another context than the current one, or another configuration, is none of that.
    let mut command = world.command(&can_i);
    command.args(["--argocd-context", "other"]);
    world.run_command(command).ended(1, "");
    std::fs::write(world.file("other-config"), config).unwrap();
    std::fs::remove_file(world.file(".config/argocd/config")).unwrap();
    let mut command = world.command(&can_i);
    command.args(["--argocd-config", "other-config"]);
    world.run_command(command).ended(2, "core: true");
    let mut command = world.command(&can_i);
    command.env("ARGOCD_OPTS", "--config=other-config");
    world.run_command(command).ended(2, "core: true");
}

#[test]
fn the_connection_is_passed_through_and_nothing_may_be_asked() {
    let world = World::new();
    let flags = [
        "--server",
        "h:1",
        "--grpc-web",
        "--grpc-web-root-path",
        "/r",
        "--insecure",
        "--plaintext",
        "--port-forward",
        "--port-forward-namespace",
        "argocd",
        "--server-name",
        "n",
        "--argocd-context",
        "c",
        "--argocd-config",
        "f",
        "--kube-context",
        "k",
        "--server-crt",
        "s",
        "--client-crt",
        "cc",
        "--client-crt-key",
        "ck",
        "-H",
        "X-Token: hunter22",
        "--http-retry-max",
        "3",
    ];
    let mut args = vec!["account", "list", "-v"];
    args.extend(flags);
    let outcome = world.run(&args);
    outcome.ended(0, "run: ");
    assert!(!outcome.stderr.contains("hunter22"), "{}", outcome.stderr);
    let calls = world.calls();
    let words = &calls[0].argv;
    for flag in flags.iter().filter(|flag| **flag != "-H") {
        let wanted = if *flag == "--argocd-config" {
            "--config"
        } else {
            flag
        };
        assert!(
            words.iter().any(|word| word == wanted),
            "{wanted}: {words:?}"
        );
    }
    assert_eq!(words.last().unwrap(), "--prompts-enabled=false");
}

#[test]
fn broken_options_are_named_without_being_quoted() {
    let world = World::new();
    let mut command = world.command(&["account", "list"]);
    command.env("ARGOCD_OPTS", "--auth-token 'not-closed");
    let outcome = world.run_command(command);
    outcome.ended(2, "ARGOCD_OPTS: a single quote is not closed");
    assert!(!outcome.stderr.contains("not-closed"));
}

#[test]
fn a_silent_server_is_given_up_after_the_timeout() {
    let world = World::new();
    world.fault(
        "account list",
        None,
        "before",
        json!([{"say": "connecting…\n"}, "hang"]),
    );
    let outcome = world.run(&["account", "list", "--timeout", "1s"]);
    outcome.ended(4, "did not answer within 1 s");
    outcome.ended(4, "connecting…");
    world
        .run(&["account", "list", "--timeout", "0s"])
        .ended(2, "leaves argocd no time");
}

#[cfg(unix)]
mod passwords {
    use super::*;

    #[test]
    fn both_come_from_files_and_are_never_arguments() {
        let world = World::new();
        std::fs::write(world.file("mine"), "adminpass1\n").unwrap();
        std::fs::write(world.file("new"), "it's \"new\" $HOME ü\n").unwrap();
        let args = [
            "account",
            "update-password",
            "--account",
            "alice",
            "--current-password-file",
            "mine",
            "--new-password-file",
        ];
        let mut all = args.to_vec();
        all.extend(["new", "-v"]);
        let outcome = world.run(&all);
        outcome.ended(0, "the password of account alice is changed");
        assert!(!outcome.stderr.contains("adminpass1") && !outcome.stderr.contains("$HOME"));
        for call in world.calls() {
            assert!(!call.line().contains("password-file") && !call.line().contains("adminpass1"));
        }
        // The world knows it now: the same again, as alice would have to type it.
        let world_now = std::fs::read_to_string(world.file("world.json")).unwrap();
        let world_now: Value = serde_json::from_str(&world_now).unwrap();
        assert_eq!(
            world_now["accounts"]["alice"]["password"],
            "it's \"new\" $HOME ü"
        );
        let mut all = args.to_vec();
        all.push("-");
        world.run_with(&all, "from-stdin-1").ended(0, "is changed");
        std::fs::write(world.file("mine"), "wrong\n").unwrap();
        world
            .run_with(&all, "from-stdin-1")
            .ended(4, "the first password is that of the user who is logged in");
    }

    #[test]
    fn what_cannot_be_typed_is_refused() {
        let world = World::new();
        std::fs::write(world.file("mine"), "adminpass1").unwrap();
        let update = |new: &str| {
            std::fs::write(world.file("new"), new).unwrap();
            world.run(&[
                "account",
                "update-password",
                "--current-password-file",
                "mine",
                "--new-password-file",
                "new",
            ])
        };
        update("two\nlines").ended(3, "more than one line");
        update("\u{3}").ended(3, "control character");
        update("").ended(3, "is empty");
        update(&"x".repeat(2000)).ended(3, "too long");
        assert!(world.calls().is_empty());
        let args = [
            "account",
            "update-password",
            "--current-password-file",
            "-",
            "--new-password-file",
            "-",
        ];
        world.run(&args).ended(2, "stdin can hold one");
        world
            .run(&["account", "update-password"])
            .ended(2, "this is not a terminal");
        world
            .run(&["account", "update-password", "--new-password-file", "new"])
            .ended(2, "--current-password-file");
    }

    #[test]
    fn at_a_terminal_argocd_asks_and_nothing_passes_through_us() {
        use std::io::{Read, Write};
        use std::process::Stdio;

        use rustix::fs::{Mode, OFlags};
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

        let world = World::new();
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let open = || {
            let flags = OFlags::RDWR | OFlags::NOCTTY;
            Stdio::from(rustix::fs::open(name.clone(), flags, Mode::empty()).unwrap())
        };
        let mut command = world.command(&["account", "update-password", "--account", "alice"]);
        command.stdin(open()).stdout(open()).stderr(open());
        let mut child = command.spawn().unwrap();
        drop(command);
        let mut terminal = std::fs::File::from(ours);
        terminal
            .write_all(b"adminpass1\nalicepass2\nalicepass2\n")
            .unwrap();
        let mut screen = Vec::new();
        let mut chunk = [0; 1024];
        while let Ok(read @ 1..) = terminal.read(&mut chunk) {
            screen.extend_from_slice(&chunk[..read]);
        }
        let screen = String::from_utf8_lossy(&screen);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{screen}");
        assert!(screen.contains("Password updated"), "{screen}");
    }
}
