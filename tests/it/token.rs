//! `token create|list|inspect|delete|prune`, when all goes well.

use snapbox::{assert_data_eq, str};

use serde_json::{Value, json};

use crate::common::world::{World, id_of};

#[test]
fn a_token_is_made_with_an_explicit_id_and_handed_over_alone() {
    let world = World::new();
    let outcome = world.run(&["token", "create", "--expires-in", "90d"]);
    let id = id_of(outcome.token());
    snapbox::assert_data_eq!(
        outcome.snapshot(),
        snapbox::str![[r#"
---- stdout
TOKEN
---- stderr
note: token octopus-20261122T000000Z-0123456789ab of account octopus is on stdout; it expires [..]
note: to revoke token octopus-20261122T000000Z-0123456789ab: kubectl octopus-argo token delete --account octopus octopus-20261122T000000Z-0123456789ab
---- exit code 0

"#]]
    );
    assert_eq!(world.tokens("octopus"), std::slice::from_ref(&id));
    let calls = world.calls();
    assert_eq!(calls.len(), 2);
    assert!(calls[1].line().starts_with("account get "));
    assert_eq!(
        calls[0].line(),
        format!(
            "account generate-token --account octopus --id {id} --expires-in 90d --prompts-enabled=false"
        )
    );
    // --quiet leaves out all but how to revoke it, which is a warning then.
    let quiet = world.run(&["token", "create", "--no-expiry", "--id", "mine", "-q"]);
    assert_eq!(quiet.stderr.lines().count(), 1, "{}", quiet.stderr);
    quiet.ended(
        0,
        "warning: to revoke token mine: kubectl octopus-argo token delete",
    );
}

#[test]
fn a_token_of_a_disabled_account_is_warned_of() {
    let world = World::new();
    world.set("/accounts/octopus/enabled", json!(false));
    for quiet in [&[][..], &["-q"]] {
        let args = [&["token", "create", "--no-expiry"][..], quiet].concat();
        world
            .run(&args)
            .ended(0, "warning: account octopus is disabled");
    }
}

#[test]
fn how_long_it_is_valid_must_be_said() {
    let world = World::new();
    world.run(&["token", "create"]).ended(2, "--no-expiry");
    world
        .run(&["token", "create", "--expires-in", "0s"])
        .ended(2, "as no expiry");
    world
        .run(&["token", "create", "--expires-in", "1 week"])
        .ended(2, "90d");
    world
        .run(&["token", "create", "--expires-in", "1h", "--no-expiry"])
        .ended(2, "cannot be used");
    assert!(world.calls().is_empty());
}

#[test]
fn no_account_but_an_ordinary_one_is_given_a_token() {
    let world = World::new();
    let create = |account: &str| {
        world.run(&[
            "token",
            "create",
            "--expires-in",
            "1h",
            "--account",
            account,
        ])
    };
    create("admin").ended(2, "admin is the built-in administrator");
    create("-x").ended(2, "");
    create("a.b").ended(2, "dot");
    create("alice").ended(4, "the capability `apiKey`, written exactly so");
    create("nobody").ended(4, "adds the account to argocd-cm");
    world
        .run(&["token", "create", "--expires-in", "1h", "--id", "a b"])
        .ended(2, "--id `a b` cannot be used");
}

#[test]
fn a_secret_is_for_the_gateway_and_its_namespace_is_never_made_up() {
    let world = World::new();
    let outcome = world.run(&["token", "create", "--expires-in", "1h", "-o", "secret"]);
    outcome.ended(0, "to revoke token");
    let token = &world.made()[0];
    assert!(
        outcome.stdout.ends_with(&format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: argocd-auth-token\ntype: Opaque\nstringData:\n  ARGOCD_AUTH_TOKEN: {token}\n"
        )),
        "{}",
        outcome.stdout
    );
    let args = [
        "token",
        "create",
        "--expires-in",
        "1h",
        "-o",
        "secret",
        "--secret-name",
        "yes",
        "--secret-key",
        "on",
        "--secret-namespace",
        "0x1",
    ];
    let outcome = world.run(&args);
    assert!(
        outcome
            .stdout
            .contains("  name: \"yes\"\n  namespace: \"0x1\"\n")
            && outcome.stdout.contains("\n  \"on\": eyJ"),
        "{}",
        outcome.stdout
    );
    for (flag, value) in [
        ("--secret-name", "A_b"),
        ("--secret-key", "a/b"),
        ("--secret-namespace", "a.b"),
    ] {
        let outcome = world.run(&[
            "token",
            "create",
            "--expires-in",
            "1h",
            "-o",
            "secret",
            flag,
            value,
        ]);
        outcome.ended(2, "cannot be");
    }
}

#[test]
fn with_if_missing_one_token_is_enough() {
    let world = World::new();
    let args = ["token", "create", "--expires-in", "1h", "--if-missing"];
    let first = world.run(&args);
    let id = id_of(first.token());
    let second = world.run(&args);
    second.ended(0, &format!("has the token {id}"));
    second.ended(0, "nothing to do");
    assert_eq!(second.stdout, "");
    // An expired one, and one of somebody else, do not count.
    world.age(&id, 7200);
    world.make_token("somebody-elses", "1h");
    world.run(&args).token();
    let mut other = args.to_vec();
    other.extend(["--id-prefix", "ci."]);
    let outcome = world.run(&other);
    assert!(id_of(outcome.token()).starts_with("ci."));
}

#[test]
fn projects_have_a_token_each_and_never_two_of_a_role_in_one_second() {
    let world = World::new();
    let create = |more: &[&str]| {
        let mut args = vec!["token", "create", "--expires-in", "1h", "--role", "octopus"];
        args.extend(more);
        world.run(&args)
    };
    let outcome = create(&["--project", "team-a,team-b", "-o", "secret"]);
    outcome.ended(0, "to revoke token");
    let made = world.made();
    assert!(outcome.stdout.ends_with(&format!(
        "stringData:\n  PROJECT_AUTH_TOKEN_team-a: {}\n  PROJECT_AUTH_TOKEN_team-b: {}\n",
        made[0], made[1]
    )));
    create(&["--project", "team-a,team-b"]).ended(2, "-o secret");
    create(&["--project", "team-z"]).ended(4, "argocd proj list");
    create(&["--project", "team-*", "-o", "secret"]).ended(2, "no pattern");
    create(&[]).ended(2, "--role needs --project");
    world
        .run(&[
            "token",
            "create",
            "--expires-in",
            "1h",
            "--project",
            "team-a",
        ])
        .ended(2, "needs --role");
    for _ in 0..2 {
        create(&["--project", "team-a"]).token();
    }
    let list = [
        "token",
        "list",
        "--role",
        "octopus",
        "--project",
        "team-a",
        "-o",
        "json",
    ];
    let report: Value = serde_json::from_str(&world.run(&list).stdout).unwrap();
    let tokens = report["owners"][0]["tokens"].as_array().unwrap();
    let mut seconds: Vec<_> = tokens
        .iter()
        .map(|token| token["issued"].as_str().unwrap())
        .collect();
    assert_eq!(seconds.len(), 3);
    seconds.dedup();
    assert_eq!(seconds.len(), 3, "two tokens of one second: {seconds:?}");
}

#[test]
fn tokens_of_the_same_second_are_not_deleted_one_for_the_other() {
    let world = World::new();
    world.set(
        "/roles/team-a~1octopus",
        json!([
            {"id": "one", "iat": 1_795_320_618, "exp": 0},
            {"id": "two", "iat": 1_795_320_618, "exp": 0},
            {"id": "three", "iat": 1_795_320_619, "exp": 0},
        ]),
    );
    let delete = |id: &str| {
        world.run(&[
            "token",
            "delete",
            "--yes",
            "--role",
            "octopus",
            "--project",
            "team-a",
            id,
        ])
    };
    delete("one").ended(4, "deleting one may delete the other");
    delete("three").ended(0, "is deleted");
    delete("four").ended(4, "has no token `four`");
    assert_eq!(world.role_tokens("team-a/octopus"), ["one", "two"]);
}

#[test]
fn tokens_of_the_same_second_are_deleted_when_all_of_them_are_to_go() {
    let world = World::new();
    world.set(
        "/roles/team-a~1octopus",
        json!([
            {"id": "one", "iat": 1_795_320_618, "exp": 0},
            {"id": "two", "iat": 1_795_320_618, "exp": 0},
            {"id": "three", "iat": 1_795_320_619, "exp": 0},
        ]),
    );
    let prune = |kept: &[&str]| {
        let args = ["token", "prune", "--yes", "--role", "octopus"];
        let kept = kept.iter().flat_map(|id| ["--except", id]);
        let args: Vec<_> = args.into_iter().chain(["--project", "team-a"]).collect();
        world.run(&args.into_iter().chain(kept).collect::<Vec<_>>())
    };
    prune(&["two", "three"]).ended(4, "argocd proj role delete-token team-a octopus 1795320618");
    assert_eq!(world.role_tokens("team-a/octopus").len(), 3);
    let outcome = prune(&["three"]);
    assert_data_eq!(
        outcome.stderr.as_str(),
        str![[r#"
note: deleted two of role octopus of project team-a
note: deleted one of role octopus of project team-a

"#]]
    );
    outcome.ended(0, "deleted one");
    assert_eq!(world.role_tokens("team-a/octopus"), ["three"]);
}

#[test]
fn the_list_shows_ids_ages_and_states() {
    let world = World::new();
    world
        .run(&["token", "list"])
        .ended(0, "account octopus has no tokens");
    world.make_token("octopus-1", "24h");
    world.make_token("octopus-2", "1h");
    world.age("octopus-1", 7205).age("octopus-2", 86_400 * 3);
    let outcome = world.run(&["token", "list"]);
    let rows: Vec<Vec<_>> = outcome
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows[0], ["ID", "ISSUED", "EXPIRES", "AGE", "STATE"]);
    assert_eq!(
        (rows[1][0], rows[1][3], rows[1][4]),
        ("octopus-1", "120m", "valid")
    );
    assert_eq!(
        (rows[2][0], rows[2][3], rows[2][4]),
        ("octopus-2", "3d", "expired")
    );
    assert_eq!(
        world.run(&["token", "list", "-o", "name"]).stdout,
        "octopus-1\noctopus-2\n"
    );
}

#[test]
fn a_token_is_inspected_without_asking_anybody() {
    let world = World::new();
    let token = world.make_token("octopus-1", "1h");
    world.calm();
    let outcome = world.run_with(&["token", "inspect"], &format!("{token}\n"));
    outcome.ended(0, "decoded, not verified");
    assert!(
        outcome.stdout.contains("subject:   octopus:apiKey\n")
            && outcome.stdout.contains("id:        octopus-1\n")
    );
    std::fs::write(world.file("t"), &token).unwrap();
    let outcome = world.run(&["token", "inspect", "--token-file", "t", "-o", "json"]);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["claims"]["jti"], "octopus-1");
    assert_eq!(report["verified"], false);
    world
        .run_with(&["token", "inspect"], "hunter22\n")
        .ended(3, "not a valid token: a token has three parts");
    world
        .run_with(&["token", "inspect"], "")
        .ended(3, "stdin is empty");
    world.run(&["token", "inspect", &token[..9]]).ended(2, "");
    assert!(world.calls().is_empty());
}

#[test]
fn deleting_asks_and_without_anybody_to_ask_it_needs_a_word() {
    let world = World::new();
    world.make_token("octopus-1", "24h");
    world
        .run(&["token", "delete", "octopus-1"])
        .ended(2, "add --yes");
    assert_eq!(world.tokens("octopus"), ["octopus-1"]);
    world
        .run(&["token", "delete", "octopus-1", "--yes"])
        .ended(0, "is deleted");
    world
        .run(&["token", "delete", "octopus-1", "--yes"])
        .ended(4, "has no token `octopus-1`");
    // Ids that look like flags are somebody's too.
    world.make_token("-odd", "24h");
    world
        .run(&["token", "delete", "--yes", "--", "-odd"])
        .ended(0, "is deleted");
    assert!(world.tokens("octopus").is_empty());
}

#[test]
fn a_lost_race_while_deleting_is_run_again() {
    let world = World::new();
    world.make_token("octopus-1", "24h");
    let lost = json!({"level": "fatal", "msg": "rpc error: code = Aborted desc = the object has been modified"});
    let lost = json!([{"say": lost.to_string()}, {"exit": 20}]);
    world.fault("account delete-token", Some(1), "before", lost);
    world
        .run(&["token", "delete", "octopus-1", "--yes"])
        .ended(0, "is deleted");
}

/// Five tokens: two expired, three valid of different ages.
fn five() -> World {
    let world = World::new();
    for (id, life, age) in [
        ("octopus-e1", "1h", 7200),
        ("octopus-e2", "1h", 90_000),
        ("octopus-v1", "90d", 86_400 * 40),
        ("octopus-v2", "90d", 86_400 * 20),
        ("ci-v3", "90d", 60),
    ] {
        world.make_token(id, life);
        world.age(id, age);
    }
    world.calm();
    world
}

#[test]
fn pruning_shows_its_plan_and_keeps_the_last_valid_token() {
    let prune = |world: &World, more: &[&str]| {
        let mut args = vec!["token", "prune"];
        args.extend(more);
        let outcome = world.run(&args);
        let mut left = world.tokens("octopus");
        left.sort();
        (outcome, left.join(" "))
    };
    let (outcome, left) = prune(&five(), &["--expired"]);
    outcome.ended(2, "add --yes");
    assert!(
        outcome.stdout.contains("delete   octopus-e1")
            && outcome.stdout.contains("keep     octopus-v1")
    );
    assert_eq!(left.split(' ').count(), 5, "nothing is deleted unasked");
    let (_, left) = prune(&five(), &["--expired", "--yes"]);
    assert_eq!(left, "ci-v3 octopus-v1 octopus-v2");
    let (_, left) = prune(&five(), &["--older-than", "30d", "--yes"]);
    assert_eq!(left, "ci-v3 octopus-e1 octopus-e2 octopus-v2");
    let (_, left) = prune(&five(), &["--keep-newest", "2", "--yes"]);
    assert_eq!(left, "ci-v3 octopus-v2");
    let (_, left) = prune(
        &five(),
        &["--keep-newest", "1", "--id-prefix", "octopus-", "--yes"],
    );
    assert_eq!(left, "ci-v3 octopus-v2");
    let (_, left) = prune(&five(), &["--except", "ci-v3,octopus-e1", "--yes"]);
    assert_eq!(left, "ci-v3 octopus-e1");
    let (outcome, left) = prune(&five(), &["--keep-newest", "0", "--yes"]);
    outcome.ended(0, "kept ci-v3: it is the last valid token");
    assert_eq!(left, "ci-v3");
    let (outcome, left) = prune(&five(), &["--older-than", "1s", "--yes", "--all"]);
    outcome.ended(0, "deleted ci-v3");
    assert_eq!(left, "");
    // After a leak nothing is kept by chance, and no slip of the pen kills the good one.
    let (outcome, left) = prune(&five(), &["--except", "octopus-e1", "--yes"]);
    outcome.ended(2, "no valid token of account octopus would be left");
    assert_eq!(left.split(' ').count(), 5);
    let (outcome, left) = prune(&five(), &["--except", "ci-v33", "--yes"]);
    outcome.ended(3, "no token `ci-v33` to keep");
    assert_eq!(left.split(' ').count(), 5);
    let (outcome, _) = prune(&five(), &["--yes"]);
    outcome.ended(2, "--expired");
    let (outcome, _) = prune(&World::new(), &["--expired", "--yes"]);
    outcome.ended(0, "nothing to delete");
}

#[test]
fn the_token_that_prunes_deletes_itself_last() {
    let world = five();
    let own = world.make_token("octopus-own", "24h");
    world.set("/login", Value::Null);
    world.calm();
    let mut command = world.command(&["token", "prune", "--except", "ci-v3", "--yes"]);
    command.env("ARGOCD_AUTH_TOKEN", own);
    let outcome = world.run_command(command);
    outcome.ended(0, "deleted octopus-own");
    assert_eq!(world.tokens("octopus"), ["ci-v3"]);
    let calls = world.calls();
    assert!(calls.last().unwrap().line().contains("octopus-own"));
}

#[test]
fn one_that_cannot_be_pruned_does_not_keep_the_others() {
    let world = five();
    let internal = json!({"level": "fatal", "msg": "rpc error: code = Internal desc = etcd"});
    world.fault(
        "account delete-token",
        Some(1),
        "before",
        json!([{"say": internal.to_string()}, {"exit": 20}]),
    );
    let outcome = world.run(&["token", "prune", "--expired", "--yes"]);
    outcome.ended(4, "1 of 2 tokens are not deleted");
    assert_eq!(world.tokens("octopus").len(), 4);
    let world = five();
    world.fault(
        "account delete-token",
        Some(2),
        "before",
        json!(["interrupt", "hang"]),
    );
    let outcome = world.run(&["token", "prune", "--keep-newest", "1", "--yes"]);
    outcome.ended(130, "not deleted: ");
}
