//! `token rotate`, when all goes well.

use serde_json::{Value, json};

use crate::common::world::{World, id_of};

/// The present token in a file, and nobody logged in.
fn alone() -> World {
    let world = World::new();
    let old = world.make_token("octopus-old", "24h");
    world.set("/login", Value::Null);
    std::fs::write(world.file("old"), old).unwrap();
    world.calm();
    world
}

#[test]
fn the_present_token_renews_itself_without_an_administrator() {
    let world = alone();
    let outcome = world.run(&["token", "rotate", "--token-file", "old"]);
    outcome.ended(
        0,
        "the old token octopus-old of account octopus stays valid until",
    );
    outcome.ended(
        0,
        "kubectl rollout restart deployment -l app.kubernetes.io/name=octopus-argocd-gateway",
    );
    let last = outcome.stderr.lines().last().unwrap();
    let id = id_of(outcome.token());
    assert!(
        last.ends_with(&format!("token delete --account octopus {id}")),
        "{last}"
    );
    assert_eq!(world.tokens("octopus").len(), 2);
    // As long as the old one, which nobody had to say.
    let made = world
        .calls()
        .into_iter()
        .find(|call| call.argv[1] == "generate-token")
        .unwrap();
    assert!(
        made.line().contains("--expires-in 86400s"),
        "{}",
        made.line()
    );
    assert_eq!(made.token.as_deref(), Some("octopus-old"));
}

#[test]
fn the_new_token_revokes_the_old_one_when_asked() {
    let world = alone();
    let args = [
        "token",
        "rotate",
        "--token-file",
        "old",
        "--output-file",
        "old",
        "--force",
        "--revoke-old",
    ];
    let outcome = world.run(&args);
    outcome.ended(0, "the old token octopus-old of account octopus is revoked");
    outcome.ended(0, "must be restarted");
    let token = std::fs::read_to_string(world.file("old")).unwrap();
    assert_eq!(world.tokens("octopus"), [id_of(token.trim())]);
    let deletion = world
        .calls()
        .into_iter()
        .find(|call| call.argv[1] == "delete-token")
        .unwrap();
    assert_eq!(deletion.token, Some(id_of(token.trim())));
    // And again, and again.
    world.run(&args).ended(0, "is revoked");
    assert_eq!(world.tokens("octopus").len(), 1);
}

#[test]
fn nothing_is_revoked_behind_a_pipe() {
    let world = alone();
    let outcome = world.run(&["token", "rotate", "--token-file", "old", "--revoke-old"]);
    outcome.ended(2, "token delete --account octopus octopus-old");
    assert!(world.calls().is_empty());
}

#[test]
fn the_token_comes_from_the_environment_and_beats_the_options() {
    let world = alone();
    let token = std::fs::read_to_string(world.file("old")).unwrap();
    let mut command = world.command(&["token", "rotate"]);
    command.env("ARGOCD_AUTH_TOKEN", &token);
    command.env("ARGOCD_OPTS", "--auth-token other-t0ken --grpc-web");
    let outcome = world.run_command(command);
    outcome.ended(0, "stays valid");
    for call in world.calls() {
        assert_eq!(call.opts.as_deref(), Some("--grpc-web"), "{}", call.line());
    }
}

#[test]
fn a_scheduled_job_does_nothing_until_it_is_time() {
    let world = alone();
    let job = [
        "token",
        "rotate",
        "--token-file",
        "old",
        "--if-expires-within",
    ];
    let mut early = job.to_vec();
    early.push("2h");
    let outcome = world.run(&early);
    outcome.ended(0, "nothing to do: token octopus-old expires");
    assert_eq!(outcome.stdout, "");
    assert!(world.calls().is_empty(), "the token itself says when");
    let mut late = job.to_vec();
    late.push("30d");
    world.run(&late).ended(0, "stays valid");
    // Without a token it is the server that says when.
    world.set("/login", json!("admin"));
    let world = World::new();
    world.make_token("octopus-old", "24h");
    let outcome = world.run(&["token", "rotate", "--if-expires-within", "2h"]);
    outcome.ended(0, "nothing to do: token octopus-old of account octopus");
    world
        .run(&["token", "rotate", "--if-expires-within", "30d"])
        .ended(0, "stays valid");
}

#[test]
fn without_a_token_the_only_one_is_replaced_and_several_are_a_question() {
    let world = World::new();
    world
        .run(&["token", "rotate"])
        .ended(2, "the lifetime of the new token is not known");
    let outcome = world.run(&["token", "rotate", "--expires-in", "1d"]);
    outcome.ended(0, "this is its first");
    let first = id_of(outcome.token());
    world.make_token("somebody-elses", "24h");
    let outcome = world.run(&["token", "rotate"]);
    outcome.ended(0, &format!("the old token {first} of"));
    let outcome = world.run(&["token", "rotate"]);
    outcome.ended(2, "has 2 unexpired tokens");
    outcome.ended(2, &first);
    let args = [
        "token",
        "rotate",
        "--old",
        &first,
        "--output-file",
        "f",
        "--revoke-old",
    ];
    world.run(&args).ended(0, "is revoked");
    assert!(!world.tokens("octopus").contains(&first));
    // What is gone already counts as revoked.
    let args = [
        "token",
        "rotate",
        "--old",
        &first,
        "--output-file",
        "g",
        "--revoke-old",
        "--expires-in",
        "1d",
    ];
    world.run(&args).ended(0, "was gone already");
    assert!(
        world
            .tokens("octopus")
            .contains(&"somebody-elses".to_owned())
    );
}

#[test]
fn somebody_elses_token_is_not_rotated_by_mistake() {
    let world = World::new();
    world.set("/accounts/robot/enabled", json!(true));
    let made = world.fake(&[
        "account",
        "generate-token",
        "--account",
        "robot",
        "--id",
        "robot-1",
    ]);
    std::fs::write(world.file("robot"), &made.stdout).unwrap();
    let outcome = world.run(&[
        "token",
        "rotate",
        "--token-file",
        "robot",
        "--expires-in",
        "1h",
    ]);
    outcome.ended(2, "is a token of account robot, not of octopus");
    let mut command = world.command(&["token", "rotate", "--expires-in", "1h"]);
    command.env("ARGOCD_AUTH_TOKEN", made.stdout.trim());
    world.run_command(command).ended(2, "--account robot");
    // Named, it is the caller; and may not.
    let mut command = world.command(&[
        "token",
        "rotate",
        "--account",
        "octopus",
        "--expires-in",
        "1h",
    ]);
    command.env("ARGOCD_AUTH_TOKEN", made.stdout.trim());
    world.run_command(command).ended(4, "permission denied");
    let outcome = world.run(&[
        "token",
        "rotate",
        "--token-file",
        "robot",
        "--account",
        "robot",
        "--expires-in",
        "1h",
    ]);
    outcome.ended(
        0,
        "like the current token, the new one may not get applications */*, get logs */*, get clusters *",
    );
}

#[test]
fn a_right_that_the_new_token_lacks_stops_the_rotation_and_others_do_not() {
    let world = alone();
    world.allow(["octopus", "delete", "applications", "*"]);
    world.allow(["octopus", "get", "projects", "*"]);
    let outcome = world.run(&["token", "rotate", "--token-file", "old"]);
    outcome.ended(
        0,
        "may delete applications *, delete applications */*, get projects *",
    );
    // The present token may what the new one is refused: the fourth call is the new one's.
    let world = alone();
    let no = json!([{"print": "no\n"}, {"exit": 0}]);
    world.fault("account can-i", Some(1), "after", no);
    world
        .run(&["token", "rotate", "--token-file", "old"])
        .ended(0, "stays valid");
}

#[test]
fn tokens_of_projects_are_rotated_by_somebody_who_may() {
    let world = World::new();
    let role = ["--role", "octopus", "--project", "team-a"];
    let mut create = vec!["token", "create", "--expires-in", "2h"];
    create.extend(role);
    world.run(&create).ended(0, "to revoke token");
    let old = world.role_tokens("team-a/octopus");
    let mut rotate = vec!["token", "rotate", "--output-file", "new", "--revoke-old"];
    rotate.extend(role);
    let outcome = world.run(&rotate);
    outcome.ended(0, "is revoked");
    let new = world.role_tokens("team-a/octopus");
    assert_eq!(new.len(), 1);
    assert_ne!(new, old);
    let text = std::fs::read_to_string(world.file("new")).unwrap();
    assert_eq!(id_of(text.trim()), new[0]);
}

#[test]
fn a_secret_for_the_gateway_is_rotated_too() {
    let world = alone();
    let outcome = world.run(&["token", "rotate", "--token-file", "old", "-o", "secret"]);
    outcome.ended(0, "stays valid");
    let tokens = world.made();
    let line = format!("  ARGOCD_AUTH_TOKEN: {}\n", tokens[1]);
    assert!(outcome.stdout.ends_with(&line), "{}", outcome.stdout);
}
