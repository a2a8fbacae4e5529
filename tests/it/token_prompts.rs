//! `token` where somebody sits at a terminal: in-process, with a recorded argocd.

use snapbox::{assert_data_eq, str};

use crate::common::Sandbox;

/// `octopus-1` of account octopus, valid for 24 hours, as the real server made it.
const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhcmdvY2QiLCJzdWIiOiJvY3RvcHVzOmFwaUtleSIsImV4cCI6MTc5NTQwNjk5MSwibmJmIjoxNzk1MzIwNTkxLCJpYXQiOjE3OTUzMjA1OTEsImp0aSI6Im9jdG9wdXMtMSJ9.c2lnbmF0dXJlLW9mLWEtc2VydmVyLXRoYXQtaXMtZ29uZQ";
const ACCOUNT: &str = r#"{"name": "octopus", "enabled": true, "capabilities": ["apiKey"], "tokens": [
    {"id": "octopus-1", "issuedAt": 1799990000, "expiresAt": 1803000000},
    {"id": "octopus-0", "issuedAt": 1795320591, "expiresAt": 1795406991}]}"#;

#[test]
fn a_token_on_a_terminal_is_warned_of() {
    let sandbox = Sandbox::new();
    let create = "token create --id octopus-1 --expires-in 24h";
    let run = sandbox
        .command(create)
        .terminal()
        .answers(0, &format!("{TOKEN}\n"), "")
        .run();
    assert_eq!(
        (run.code, run.stdout),
        (0, format!("{TOKEN}\n")),
        "{}",
        run.stderr
    );
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
[33mwarning:[0m stdout is a terminal, which shows the token and may keep it; there is --output-file FILE
[1mnote:[0m token octopus-1 of account octopus is on stdout; it expires 2026-11-23T04:09:51Z
[1mnote:[0m to revoke token octopus-1: kubectl octopus-argo token delete --account octopus octopus-1

"#]]
    );
    assert!(!run.stderr.contains(TOKEN));
    let words = [
        "argocd",
        "account",
        "generate-token",
        "--account",
        "octopus",
        "--id",
        "octopus-1",
        "--expires-in",
        "24h",
        "--prompts-enabled=false",
    ];
    // The second one asks whether the account is disabled.
    assert_eq!(run.ran[0], words);
    assert_eq!(run.ran[1][1..3], ["account", "get"]);
    assert_eq!(run.ran.len(), 2);
}

#[test]
fn deleting_asks_and_anything_but_yes_is_no() {
    let sandbox = Sandbox::new();
    let delete = || {
        sandbox
            .command("token delete octopus-1")
            .terminal()
            .answers(0, ACCOUNT, "")
    };
    for answer in ["", "\n", "n\n", "yess\n", "Yes please\n"] {
        let run = delete().stdin(answer).run();
        assert_eq!(
            (run.code, run.ran.len()),
            (1, 1),
            "{answer:?}: {}",
            run.stderr
        );
        assert!(
            run.stderr.contains("this is the last valid token"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("[y/N]") && run.stderr.contains("nothing is deleted"));
    }
    for answer in ["y\n", "YES\n", " yes \r\n"] {
        let run = delete().answers(0, "", "").stdin(answer).run();
        assert_eq!(
            (run.code, run.ran.len()),
            (0, 2),
            "{answer:?}: {}",
            run.stderr
        );
    }
}

#[test]
fn pruning_asks_with_its_plan_in_sight() {
    let sandbox = Sandbox::new();
    let prune = sandbox.command("token prune --expired").terminal();
    let run = prune
        .answers(0, ACCOUNT, "")
        .answers(0, "", "")
        .stdin("y\n")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("keep     octopus-1") && run.stdout.contains("delete   octopus-0"));
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
delete 1 token? [y/N] [1mnote:[0m deleted octopus-0 of account octopus

"#]]
    );
    assert_eq!(
        run.ran[1][..6],
        [
            "argocd",
            "account",
            "delete-token",
            "--account",
            "octopus",
            "octopus-0"
        ]
    );
}

#[test]
fn names_of_the_server_do_not_reach_the_terminal_raw() {
    let sandbox = Sandbox::new();
    let evil = ACCOUNT.replace("octopus-1", "\\u001b]0;evil\\u0007\\noctopus");
    let run = sandbox
        .command("token list")
        .terminal()
        .answers(0, &evil, "")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        !run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{7}'),
        "{}",
        run.stdout
    );
    assert_eq!(run.stdout.lines().count(), 3, "{}", run.stdout);
}
