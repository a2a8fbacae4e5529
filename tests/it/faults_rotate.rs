//! `token rotate` when something goes wrong: the old token stays valid whatever happens, and the
//! new one is delivered, or revoked, or named.

use serde_json::{Value, json};

use crate::common::world::{Outcome, World};

const STEPS: &[&str] = &[
    "account get",
    "account generate-token",
    "account get-user-info",
    "account can-i",
];

fn fatal(text: &str) -> Value {
    json!({"say": json!({"level": "fatal", "msg": text}).to_string() + "\n"})
}

fn misfortunes() -> Vec<(&'static str, Value)> {
    vec![
        ("hangs", json!(["hang"])),
        ("is killed", json!(["die"])),
        (
            "fails",
            json!([fatal("rpc error: code = Unknown desc = oh no"), {"exit": 20}]),
        ),
        (
            "prints garbage",
            json!([{"print": "garbage\n"}, {"exit": 0}]),
        ),
        ("is interrupted", json!(["interrupt"])),
        ("is interrupted and hangs", json!(["interrupt", "hang"])),
    ]
}

/// Rotates with the present token of a file, into another file.
fn rotate(world: &World, more: &[&str]) -> Outcome {
    let mut args = vec![
        "token",
        "rotate",
        "--token-file",
        "old",
        "--output-file",
        "new",
    ];
    args.extend(["--expires-in", "90d", "--timeout", "2s"]);
    args.extend(more);
    world.run(&args)
}

fn world() -> World {
    let world = World::new();
    // A scheduled job holds nothing but the token itself.
    world.set("/login", Value::Null);
    world.set("/login", json!("admin"));
    let old = world.make_token("octopus-old", "24h");
    world.set("/login", Value::Null);
    std::fs::write(world.file("old"), old + "\n").unwrap();
    world.calm();
    world
}

fn new_file(world: &World) -> String {
    std::fs::read_to_string(world.file("new")).unwrap_or_default()
}

#[test]
fn whatever_happens_on_the_way_the_old_token_stays_and_the_new_one_does_not_get_lost() {
    let mut cases = Vec::new();
    for step in STEPS {
        for (name, steps) in misfortunes() {
            for when in ["before", "after"] {
                cases.push((*step, name, steps.clone(), when));
            }
        }
    }
    for some in cases.chunks(8) {
        std::thread::scope(|scope| {
            for (step, name, steps, when) in some {
                scope.spawn(move || {
                    let world = world();
                    world.fault(step, None, when, steps.clone());
                    let outcome = rotate(&world, &["--revoke-old"]);
                    let named = format!("{step} {name} {when}: {}", outcome.stderr);
                    let code = if name.contains("interrupted") { 130 } else { 4 };
                    assert_eq!(outcome.code, Some(code), "{named}");
                    let before = ["octopus-old".to_owned()];
                    world.accounted_for(&before, &new_file(&world), &outcome);
                    assert_eq!(world.tokens("octopus"), before, "{named}");
                    assert_eq!(new_file(&world), "", "{named}");
                    // And then it can be run again.
                    world.calm();
                    rotate(&world, &["--revoke-old"]).ended(0, "is revoked");
                    assert_eq!(world.tokens("octopus").len(), 1, "{named}");
                });
            }
        });
    }
}

#[test]
fn an_argocd_that_dies_between_making_and_proving_leaves_nothing() {
    let world = world();
    world.fault("account get-user-info", None, "before", json!(["die"]));
    let outcome = rotate(&world, &[]);
    outcome.ended(4, "is revoked");
    outcome.ended(4, "the old token is as valid as before");
    assert_eq!(world.tokens("octopus"), ["octopus-old"]);
}

#[test]
fn an_old_token_that_cannot_be_revoked_is_named_and_the_new_one_is_kept() {
    for (code, steps) in [
        (4, json!(["hang"])),
        (4, json!(["die"])),
        (
            4,
            json!([fatal("rpc error: code = Internal desc = etcd"), {"exit": 20}]),
        ),
        (130, json!(["interrupt", "hang"])),
    ] {
        let world = world();
        world.fault("account delete-token", None, "before", steps);
        let outcome = rotate(&world, &["--revoke-old"]);
        outcome.ended(code, "the old token octopus-old is not revoked");
        outcome.ended(code, "token delete --account octopus octopus-old");
        world.accounted_for(&["octopus-old".to_owned()], &new_file(&world), &outcome);
        assert_eq!(world.tokens("octopus").len(), 2);
        assert!(new_file(&world).starts_with("eyJ"));
    }
}

#[test]
fn a_new_token_that_nobody_takes_is_revoked() {
    let world = world();
    // The server takes every new token for nobody.
    world.fault(
        "account get-user-info",
        None,
        "after",
        json!([{"print": "{}\n"}, {"exit": 0}]),
    );
    let outcome = rotate(&world, &[]);
    outcome.ended(4, "failed verification");
    outcome.ended(4, "is revoked");
    assert_eq!(world.tokens("octopus"), ["octopus-old"]);
}

#[test]
fn a_new_token_that_is_known_a_moment_later_is_good() {
    let world = world();
    for nth in [1, 2] {
        let nobody = json!([{"print": "{}\n"}, {"exit": 0}]);
        world.fault("account get-user-info", Some(nth), "after", nobody);
    }
    rotate(&world, &[]).ended(0, "stays valid");
    assert_eq!(world.tokens("octopus").len(), 2);
}

#[test]
fn an_interrupted_clean_up_names_what_it_leaves() {
    let world = world();
    world.fault("account can-i", None, "before", json!(["die"]));
    world.fault(
        "account delete-token",
        None,
        "before",
        json!(["interrupt", "hang"]),
    );
    let outcome = rotate(&world, &[]);
    outcome.ended(4, "could not be revoked");
    world.accounted_for(&["octopus-old".to_owned()], "", &outcome);
    // The next run says what it finds.
    world.calm();
    rotate(&world, &[]).ended(0, "other valid tokens too");
}

#[cfg(unix)]
#[test]
fn a_new_token_that_cannot_be_written_is_revoked() {
    let world = world();
    let mut command = world.command(&[
        "token",
        "rotate",
        "--token-file",
        "old",
        "--expires-in",
        "1h",
    ]);
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    command
        .stdin(std::process::Stdio::null())
        .stdout(full)
        .stderr(std::process::Stdio::piped());
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{stderr}");
    assert!(stderr.contains("is revoked"), "{stderr}");
    assert_eq!(world.tokens("octopus"), ["octopus-old"]);
}
