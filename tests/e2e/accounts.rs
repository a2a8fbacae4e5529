//! `account`: every call, and passwords at a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::system::{ArgoCd, Outcome, Session, cluster};

/// Runs a command line at a terminal of its own and types the answers, each when its prompt is there.
fn at_a_terminal(user: &Session, line: &str, answers: &[(&str, &str)]) -> Outcome {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let open = || {
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        Stdio::from(rustix::fs::open(name.clone(), flags, Mode::empty()).unwrap())
    };
    // A session of its own, whose controlling terminal that is: `setsid` opens it by its first use.
    let mut command = user.command(&format!("exec setsid --ctty --wait {line}"));
    command.stdin(open()).stdout(open()).stderr(open());
    let mut child = command.spawn().unwrap();
    drop(command);
    let mut terminal = File::from(ours);
    let (mut screen, mut seen) = (Vec::new(), 0);
    let mut answers = answers.iter();
    let mut next = answers.next();
    let mut chunk = [0; 1024];
    while let Ok(read @ 1..) = terminal.read(&mut chunk) {
        screen.extend_from_slice(&chunk[..read]);
        if let Some((prompt, answer)) = next
            && String::from_utf8_lossy(&screen[seen..]).contains(prompt)
        {
            seen = screen.len();
            // argocd prints its prompt a moment before it turns the echo off.
            std::thread::sleep(std::time::Duration::from_secs(1));
            writeln!(terminal, "{answer}").unwrap();
            next = answers.next();
        }
    }
    Outcome {
        line: line.to_owned(),
        code: child.wait().unwrap().code().unwrap(),
        stdout: String::from_utf8_lossy(&screen).into_owned(),
        stderr: String::new(),
    }
}

#[test]
fn every_call_is_answered() {
    let Some(cluster) = cluster() else { return };
    let argocd = ArgoCd::install(cluster, "accounts");
    let user = Session::admin(cluster, &argocd);
    user.run(
        r#"set -e
        kubectl patch configmap -n accounts argocd-cm --type merge -p '{"data": {
          "accounts.octopus": "apiKey", "accounts.alice": "login", "accounts.robot": "apiKey", "accounts.robot.enabled": "false"}}'
        kubectl patch configmap -n accounts argocd-rbac-cm --type merge -p '{"data": {
          "policy.csv": "p, alice, clusters, get, *, allow"}}'
        until argocd account get --account robot; do sleep 0.2; done"#,
    )
    .ok();
    for format in ["", "-o json", "-o yaml", "-o name"] {
        let list = user
            .run(&format!("kubectl octopus-argo account list {format}"))
            .ok();
        for name in ["admin", "alice", "octopus", "robot"] {
            assert!(list.contains(name), "{format}\n{list}");
        }
    }
    for format in ["", "-o json", "-o yaml"] {
        let get = user
            .run(&format!(
                "kubectl octopus-argo account get --account robot {format}"
            ))
            .ok();
        assert!(get.contains("robot") && get.contains("apiKey"), "{get}");
    }
    user.run("kubectl octopus-argo account get --account nobody")
        .refused(4, &["nobody"]);
    user.run("kubectl octopus-argo account can-i delete applications 'web/shop'")
        .exit(0);

    // By files, as a program changes it; then at a terminal, as people do.
    user.write("admin", ArgoCd::PASSWORD);
    user.write("alice", "alice-password-1\n");
    user.run(
        "kubectl octopus-argo account update-password --account alice \
           --current-password-file admin --new-password-file alice",
    )
    .ok();
    let alice = Session::new(cluster);
    let log_in = |password: &str| {
        alice.run(&format!(
            "argocd login {} --username alice --password {password}",
            argocd.reach()
        ))
    };
    log_in("alice-password-1").ok();
    alice
        .run("kubectl octopus-argo account can-i get clusters '*'")
        .exit(0);
    alice
        .run("kubectl octopus-argo account can-i delete applications 'web/shop'")
        .exit(1);

    let changed = at_a_terminal(
        &user,
        "kubectl octopus-argo account update-password --account alice",
        &[
            ("password of currently logged in user", ArgoCd::PASSWORD),
            ("new password", "alice-password-2"),
            ("onfirm new password", "alice-password-2"),
        ],
    );
    let screen = changed.ok();
    assert!(screen.contains("Password updated"), "{screen}");
    assert!(
        !screen.contains("alice-password-2") && !screen.contains(ArgoCd::PASSWORD),
        "{screen}"
    );
    assert_ne!(log_in("alice-password-1").code, 0);
    log_in("alice-password-2").ok();
}

#[test]
fn a_token_is_deleted_at_a_terminal_after_a_yes() {
    let Some(cluster) = cluster() else { return };
    let (_argocd, user) = crate::tokens::connected(cluster, "terminal");
    user.run("umask 077; kubectl octopus-argo token create --expires-in 1h --id octopus-1 > token")
        .ok();
    let delete = "kubectl octopus-argo token delete octopus-1";
    let screen = at_a_terminal(&user, delete, &[("[y/N]", "n")]).exit(1);
    assert!(screen.contains("last valid token"), "{screen}");
    assert_eq!(
        crate::tokens::ids(&user, "terminal", "octopus"),
        ["octopus-1"]
    );
    at_a_terminal(&user, delete, &[("[y/N]", "y")]).ok();
    assert!(crate::tokens::ids(&user, "terminal", "octopus").is_empty());
}
