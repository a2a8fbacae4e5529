//! Watches the binary from outside: a token reaches argocd's environment and the place it is for,
//! and nothing else.

#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use crate::common::fake;
use crate::common::real;
use crate::common::world::World;

/// Runs a line of shell under strace (`PLUGIN` stands for the binary); every system call of ours
/// that holds a piece of one of the tokens. What argocd does with them is its own affair.
#[expect(clippy::disallowed_methods, reason = "tests start the real programs")]
fn watch(world: &World, line: &str) -> Option<Vec<String>> {
    let strace = real::find("strace")?;
    let trace = world.file("trace");
    let inner = world.command(&[]);
    let line = line.replace("PLUGIN", inner.get_program().to_str().unwrap());
    let mut command = Command::new(strace);
    command.args(["-f", "-v", "-s", "65536", "-e"]);
    command.arg("trace=execve,write,writev,pwrite64,pwritev,sendto,sendmsg,sendfile,connect,prctl");
    command.arg("-o").arg(&trace);
    command.args(["/bin/sh", "-c", &line]);
    command.env_clear().current_dir(world.path());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let pieces: Vec<String> = world
        .made()
        .iter()
        .flat_map(|token| {
            token
                .split('.')
                .skip(1)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let fake = format!("execve(\"{}\"", fake::program().display());
    let mut of_fake = Vec::new();
    let mut seen = Vec::new();
    for line in String::from_utf8_lossy(&std::fs::read(&trace).unwrap()).lines() {
        let (pid, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        assert!(!call.starts_with("connect("), "a socket: {line}");
        if call.starts_with(&fake) {
            of_fake.push(pid.to_owned());
        } else if of_fake.iter().any(|known| known == pid) {
            continue;
        }
        if pieces.iter().any(|piece| call.contains(piece)) {
            seen.push(call.to_owned());
        }
    }
    assert!(!of_fake.is_empty(), "argocd was not run");
    Some(seen)
}

#[test]
fn a_token_reaches_argocds_environment_and_the_chosen_file_and_nothing_else() {
    let world = World::new();
    std::fs::write(world.file("old"), world.make_token("octopus-old", "24h")).unwrap();
    let line = "PLUGIN token rotate -v --token-file old --output-file new --revoke-old";
    let Some(seen) = watch(&world, line) else {
        return;
    };
    let made = world.made();
    let mut written = 0;
    for call in &seen {
        if call.starts_with("execve(") {
            let (words, env) = call.split_once("], [").unwrap();
            let is_hidden =
                |token: &String| token.split('.').skip(1).all(|part| !words.contains(part));
            assert!(made.iter().all(is_hidden), "an argument: {call}");
            let variable = |token: &String| env.contains(&format!("\"ARGOCD_AUTH_TOKEN={token}\""));
            assert!(made.iter().any(variable), "{call}");
        } else {
            // Neither stdout nor stderr, and never the old one.
            let file = call
                .strip_prefix("write(")
                .and_then(|call| call.split_once(", "))
                .unwrap()
                .0;
            assert!(file.parse::<i32>().unwrap() > 2, "{call}");
            assert!(
                call.contains(&made[1]) && !call.contains(&made[0]),
                "{call}"
            );
            written += 1;
        }
    }
    assert_eq!(written, 1, "the new token is written once");
    let file = std::fs::read_to_string(world.file("new")).unwrap();
    assert_eq!(file, format!("{}\n", made[1]));
    assert!(seen.len() > 10, "argocd got the tokens in its environment");
}

#[test]
fn a_token_for_stdout_is_written_there_and_nowhere_else() {
    let world = World::new();
    let Some(seen) = watch(&world, "PLUGIN token create -v --expires-in 1h > out") else {
        return;
    };
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(seen[0].starts_with("write(1, "), "{}", seen[0]);
    assert!(
        std::fs::read_to_string(world.file("out"))
            .unwrap()
            .starts_with("eyJ")
    );
    // No core file, and no debugger of the same user: before the token is there.
    let trace = std::fs::read_to_string(world.file("trace")).unwrap();
    let forbidden = trace.find("prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE");
    let written = trace.find("write(1, \"eyJ");
    assert!(forbidden.is_some() && forbidden < written, "{trace}");
}
