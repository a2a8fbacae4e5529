//! Whom a login or a token reaches: its own server, and no other.

use serde_json::{Value, json};

use crate::common::world::World;

/// argocd's configuration with two logins, of which `a` is the current one.
const CONFIG: &str = r#"
contexts:
- {name: a, server: "a.example:443", user: a}
- {name: b, server: b.example, user: b}
current-context: a
servers:
- {server: "a.example:443", plain-text: true}
- {server: b.example, grpc-web: true}
users:
- {name: a, auth-token: login-of-a}
- {name: b, auth-token: login-of-b}
"#;

fn world() -> World {
    let world = World::new();
    std::fs::create_dir_all(world.file(".config/argocd")).unwrap();
    std::fs::write(world.file(".config/argocd/config"), CONFIG).unwrap();
    world
}

/// The configuration that argocd was given in place of the user's, at its last call.
fn given(world: &World) -> Option<Value> {
    let text = std::fs::read_to_string(world.file("calls.jsonl")).unwrap();
    let call: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    let config = call["config"].as_str()?;
    Some(serde_json::from_str(config).unwrap())
}

#[test]
fn a_login_goes_to_its_own_server_only() {
    let world = world();
    let outcome = world.run(&["token", "list", "--server", "b.example:443"]);
    outcome.ended(0, "server: b.example:443");
    let call = world.calls().pop().unwrap().line();
    assert!(call.contains("--argocd-context b"), "{call}");
    let outcome = world.run(&["token", "list", "--server", "c.example"]);
    outcome.ended(3, "argocd has no login for c.example");
    assert_eq!(world.calls().len(), 1, "nothing was sent");
    world
        .run(&["account", "list", "--server", "https://A.example"])
        .ended(0, "server: ");
    let call = world.calls().pop().unwrap().line();
    assert!(!call.contains("--argocd-context"), "{call}");
}

#[test]
fn a_presented_token_goes_with_no_login_and_no_settings_of_another_server() {
    let world = world();
    let token = world.make_token("presented", "24h");
    let verify = |args: &[&str]| {
        let mut command = world.command(&["account", "list", "-q"]);
        command.args(args).env("ARGOCD_AUTH_TOKEN", &token);
        world.run_command(command)
    };
    verify(&["--server", "c.example"]).ended(0, "server: c.example");
    assert_eq!(given(&world), None, "the directory is there, and empty");
    verify(&["--server", "b.example"]).ended(0, "server: b.example");
    let config = given(&world).unwrap();
    assert_eq!(config["current-context"], "b");
    assert_eq!(
        config["servers"],
        json!([{"server": "b.example", "grpc-web": true}])
    );
    assert!(!config.to_string().contains("login-of"), "{config}");
    verify(&[]).ended(0, "server: a.example:443 (current context of argocd)");
    let config = given(&world).unwrap();
    assert_eq!(config["servers"][0]["plain-text"], true);
}

#[test]
fn a_configuration_of_argocds_that_cannot_be_read_gives_no_login_away() {
    let world = world();
    std::fs::write(world.file(".config/argocd/config"), "contexts: 1\n").unwrap();
    world
        .run(&["token", "list", "--server", "b.example"])
        .ended(3, "argocd has no login for b.example");
    assert!(world.calls().is_empty());
}

#[test]
fn the_new_login_of_another_context_is_not_put_into_the_current_one() {
    let world = world();
    for name in ["now", "next"] {
        std::fs::write(world.file(name), "adminpass1\n").unwrap();
    }
    let args = ["account", "update-password", "--argocd-context", "b"];
    let files = [
        "--current-password-file",
        "now",
        "--new-password-file",
        "next",
    ];
    world
        .run(&[args.as_slice(), &files].concat())
        .ended(2, "argocd context b");
    assert!(world.calls().is_empty());
}

#[test]
fn a_configuration_that_was_found_does_not_decide_whom_a_token_reaches() {
    let world = World::new();
    let token = world.make_token("presented", "24h");
    std::fs::write(
        world.file("octopus-argo.yaml"),
        "defaults: {argocd: {server: 'evil:443', insecure: true}}\n",
    )
    .unwrap();
    world.calm();
    let run = |args: &[&str]| {
        let mut command = world.command(args);
        command.env("ARGOCD_AUTH_TOKEN", &token);
        world.run_command(command)
    };
    for command in [
        "verify -q",
        "token list",
        "account list",
        "token create --no-expiry",
    ] {
        let words: Vec<_> = command.split(' ').collect();
        run(&words).ended(2, "would decide where a token goes");
        // What was not given on the command line follows all the same.
        let server = [words.as_slice(), &["--server", "mine:443"]].concat();
        run(&server).ended(2, "defaults.argocd.insecure");
    }
    assert!(world.calls().is_empty());
    // Named, it is what the user means; and so is one without such settings.
    run(&["account", "list", "--config", "octopus-argo.yaml"]).ended(0, "server: evil:443");
    std::fs::write(
        world.file("octopus-argo.yaml"),
        "defaults: {account: octopus}\n",
    )
    .unwrap();
    run(&["account", "list"]).ended(0, "");
    // Where no token goes, nothing is refused.
    std::fs::write(
        world.file("octopus-argo.yaml"),
        "defaults: {argocd: {server: 'evil:443'}}\n",
    )
    .unwrap();
    run(&["render", "-o", "yaml", "--only", "argocd-cm"]).ended(0, "");
}

#[cfg(unix)]
#[test]
fn a_program_of_the_working_directory_is_not_run() {
    let world = World::new();
    let script = world.file("argocd");
    std::fs::write(&script, "#!/bin/sh\necho stolen > stolen\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, mode).unwrap();
    for (path, entry) in [
        (":/usr/bin", "an empty entry"),
        ("/usr/bin:.", "the relative entry ."),
    ] {
        let mut command = world.command(&["token", "list"]);
        command.env_remove("ARGOCD").env("PATH", path);
        world.run_command(command).ended(4, entry);
    }
    assert!(!world.file("stolen").exists());
}

/// Whether a signal is ignored here, as far as the system tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(unix)]
#[test]
fn signals_that_would_end_the_program_revoke_a_token_that_waits() {
    use rustix::process::{Pid, Signal, kill_process};
    for signal in [
        Signal::QUIT,
        Signal::ABORT,
        Signal::USR1,
        Signal::ALARM,
        Signal::XCPU,
        Signal::VTALARM,
        Signal::TERM,
    ] {
        // A shell's job in the background has SIGQUIT ignored, and what it starts inherits that.
        if is_ignored(signal.as_raw()) {
            continue;
        }
        let world = World::new();
        // A pipe that is full, and that nobody reads.
        let (reader, writer) = std::io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        while rustix::io::write(&writer, &[b'x'; 4096]).is_ok() {}
        rustix::io::ioctl_fionbio(&writer, false).unwrap();
        let mut command = world.command(&["token", "create", "--no-expiry"]);
        command.stdout(std::process::Stdio::from(writer));
        command.stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        while world.all_tokens().is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        // From here on argocd has answered, and the token waits.
        std::thread::sleep(std::time::Duration::from_millis(300));
        let limits = format!("/proc/{}/limits", child.id());
        if let Ok(limits) = std::fs::read_to_string(limits) {
            let core = limits
                .lines()
                .find(|line| line.starts_with("Max core file size"));
            let soft = core.and_then(|line| line.split_whitespace().nth(4));
            assert_eq!(soft, Some("0"), "{limits}");
        }
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{signal:?}: {stderr}");
        assert!(world.all_tokens().is_empty(), "{signal:?}: {stderr}");
        drop(reader);
    }
}
