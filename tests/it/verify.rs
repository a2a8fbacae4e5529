//! `verify`: the proof on the server.

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::common::world::{Outcome, World};

const RBAC: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
data:
  policy.octopus.csv: |
    p, octopus, applications, get, *, allow
    p, octopus, clusters, get, *, allow
    p, octopus, logs, get, */*, allow
";

fn verify(world: &World, more: &[&str]) -> Outcome {
    let mut args = vec!["verify", "--token-file", "token"];
    args.extend(more);
    world.run(&args)
}

fn world() -> World {
    let world = World::new();
    let token = world.make_token("octopus-1", "24h");
    std::fs::write(world.file("token"), token).unwrap();
    world.calm();
    world
}

fn row<'a>(outcome: &'a Outcome, question: &str) -> Vec<&'a str> {
    let words: Vec<_> = question.split(' ').collect();
    let rows = outcome
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut rows = rows.filter(|row| row.len() > 3 && row[1..4] == words[..]);
    rows.next()
        .unwrap_or_else(|| panic!("no row for {question}\n{}", outcome.stdout))
}

#[test]
fn all_as_it_must_be_is_exit_code_zero() {
    let world = world();
    let outcome = verify(&world, &[]);
    outcome.ended(0, "answers are as expected");
    assert_eq!(
        row(&outcome, "get clusters *")[..],
        ["ok", "get", "clusters", "*", "yes", "yes", "documented"]
    );
    assert_eq!(
        row(&outcome, "delete applications *")[..6],
        ["-", "delete", "applications", "*", "no", "no"]
    );
    assert_data_eq!(
        outcome.stdout.as_str(),
        str![[r#"
RESULT   ACTION     RESOURCE             OBJECT   WANT   SERVER   NOTE
ok       get        applications         *        yes    yes      documented
-        delete     applications         *        no     no       documented, proves nothing
ok       get        applications         */*      yes    yes
ok       get        logs                 */*      yes    yes      documented
ok       get        clusters             *        yes    yes      documented
ok       sync       applications         */*      no     no
ok       create     applications         */*      no     no
ok       update     applications         */*      no     no
ok       delete     applications         */*      no     no
ok       override   applications         */*      no     no
ok       create     applicationsets      */*      no     no
ok       update     applicationsets      */*      no     no
ok       delete     applicationsets      */*      no     no
ok       create     exec                 */*      no     no
ok       create     clusters             *        no     no
ok       update     clusters             *        no     no
ok       delete     clusters             *        no     no
ok       create     projects             *        no     no
ok       update     projects             *        no     no
ok       delete     projects             *        no     no
ok       create     repositories         *        no     no
ok       update     repositories         *        no     no
ok       delete     repositories         *        no     no
ok       create     write-repositories   *        no     no
ok       update     write-repositories   *        no     no
ok       delete     write-repositories   *        no     no
ok       create     certificates         *        no     no
ok       update     certificates         *        no     no
ok       delete     certificates         *        no     no
ok       create     gpgkeys              *        no     no
ok       delete     gpgkeys              *        no     no
ok       update     accounts             *        no     no
ok       invoke     extensions           *        no     no
ok       get        applicationsets      */*      no     no
ok       get        projects             *        no     no
ok       get        repositories         *        no     no
ok       get        write-repositories   *        no     no
ok       get        certificates         *        no     no
ok       get        gpgkeys              *        no     no
ok       get        accounts             *        no     no

"#]]
    );
    assert_eq!(row(&outcome, "delete applications */*")[0], "ok");
    // Every question is asked as the token, and none with a path.
    for call in world.calls() {
        assert!(call.env.iter().any(|name| name == "ARGOCD_AUTH_TOKEN"));
        assert_eq!(call.token.as_deref(), Some("octopus-1"), "{}", call.line());
        assert!(
            !call.argv.get(2).is_some_and(|verb| verb.contains('/')),
            "{}",
            call.line()
        );
    }
}

#[test]
fn too_little_and_too_much_are_told_with_what_they_mean() {
    let world = world();
    world.set(
        "/allow",
        json!([
            ["octopus", "get", "clusters", "*"],
            ["octopus", "get", "logs", "*/*"],
            ["octopus", "delete", "applications", "*/*"],
            ["octopus", "get", "projects", "*"],
        ]),
    );
    let outcome = verify(&world, &[]);
    outcome.ended(
        1,
        "may not get applications */*: Octopus shows an empty application list",
    );
    outcome.ended(
        1,
        "may delete applications */*, which Octopus does not need",
    );
    outcome.ended(1, "may do more than Octopus needs: get projects *");
    assert_eq!(row(&outcome, "get applications */*")[0], "WRONG");
    assert_eq!(row(&outcome, "get projects *")[0], "more");
    // What is only read is no reason to fail.
    world.set(
        "/allow",
        json!([
            ["octopus", "get", "clusters", "*"],
            ["octopus", "get", "applications", "*"],
            ["octopus", "get", "logs", "*/*"],
            ["octopus", "get", "projects", "*"]
        ]),
    );
    verify(&world, &[]).ended(0, "may do more");
}

#[test]
fn syncing_and_projects_are_asked_as_wished() {
    let world = world();
    verify(&world, &["--allow-sync"]).ended(
        1,
        "may not sync applications */*: Octopus steps that trigger a sync fail",
    );
    world.allow(["octopus", "sync", "applications", "*"]);
    verify(&world, &["--allow-sync"]).ended(0, "");
    // Octopus's documentation grants it, so it is no failure.
    verify(&world, &[]).ended(0, "may do more than Octopus needs: sync applications */*");
    world.set(
        "/allow",
        json!([
            ["octopus", "get", "clusters", "*"],
            ["octopus", "get", "applications", "team-a/*"],
            ["octopus", "get", "logs", "team-a/*"],
        ]),
    );
    world.set("/applications", json!(["team-a/guestbook"]));
    verify(&world, &["--project", "team-a"]).ended(0, "");
    verify(&world, &["--project", "team-a,team-b"]).ended(1, "may not get applications team-b/*");
}

#[test]
fn a_rule_for_every_object_there_is_counts_though_it_refuses_a_star() {
    let world = world();
    world.set(
        "/allow",
        json!([
            ["octopus", "get", "clusters", "https://*"],
            ["octopus", "get", "applications", "*/*"],
            ["octopus", "get", "logs", "*/*"],
        ]),
    );
    let outcome = verify(&world, &[]);
    outcome.ended(0, "");
    assert_eq!(
        row(&outcome, "get clusters https://probe.example.com")[0],
        "ok"
    );
    assert_eq!(row(&outcome, "get applications *")[0], "-");
    // Before 3.0 logs are shown to whoever gets the application, unless a setting says otherwise.
    world.set("/version", json!("v2.14.9"));
    world.set(
        "/allow",
        json!([
            ["octopus", "get", "clusters", "*"],
            ["octopus", "get", "applications", "*"]
        ]),
    );
    verify(&world, &[]).ended(0, "server.rbac.log.enforce.enable");
}

#[test]
fn a_token_that_is_no_good_or_somebody_elses_is_no_proof() {
    let world = world();
    let gone = std::fs::read_to_string(world.file("token")).unwrap();
    world
        .run(&["token", "delete", "octopus-1", "--yes"])
        .ended(0, "");
    let outcome = verify(&world, &[]);
    outcome.ended(1, "it was revoked, or another server made it");
    assert_eq!(outcome.stdout, "");
    world.set("/accounts/robot/enabled", json!(true));
    let other = world.fake(&[
        "account",
        "generate-token",
        "--account",
        "robot",
        "--id",
        "robot-1",
    ]);
    let mut command = world.command(&["verify"]);
    command.env("ARGOCD_AUTH_TOKEN", other.stdout.trim());
    world
        .run_command(command)
        .ended(1, "the server identifies it as `robot`");
    world
        .run(&["verify"])
        .ended(2, "there is no token to verify");
    std::fs::write(world.file("token"), "hello").unwrap();
    verify(&world, &[]).ended(3, "--token-file token does not hold a token");
    let outcome = world.run_with(&["verify", "--token-file", "-"], &gone);
    outcome.ended(1, "it was revoked");
    world
        .run(&["verify", "--token-file", "-", "-f", "-"])
        .ended(2, "stdin can hold");
    world.run(&["verify", &gone]).ended(2, "");
}

#[test]
fn the_offline_answer_stands_beside_the_servers() {
    let world = world();
    std::fs::write(world.file("live.yaml"), RBAC).unwrap();
    let outcome = verify(&world, &["-f", "live.yaml"]);
    outcome.ended(0, "");
    assert_eq!(row(&outcome, "get logs */*")[4..7], ["yes", "yes", "yes"]);
    // A rule that has not arrived, and one that nobody gave us.
    std::fs::write(
        world.file("live.yaml"),
        RBAC.replace("logs, get, */*", "exec, create, */*"),
    )
    .unwrap();
    let outcome = verify(&world, &["-f", "live.yaml"]);
    outcome.ended(
        0,
        "the server allows more than the given objects (get logs */*)",
    );
    outcome.ended(
        0,
        "the given objects allow more than the server (create exec */*)",
    );
    std::fs::write(
        world.file("live.yaml"),
        RBAC.replace(", allow\n    p, octopus, c", "\n    p, octopus, c"),
    )
    .unwrap();
    verify(&world, &["-f", "live.yaml"]).ended(3, "the policy does not load");
}

#[test]
fn a_change_that_is_on_its_way_is_waited_for() {
    let world = world();
    let no = json!([{"print": "no\n"}, {"exit": 0}]);
    world.fault("account can-i", Some(1), "after", no);
    verify(&world, &["--wait", "20s"]).ended(0, "");
    world.calm();
    world.set("/allow", json!([]));
    let since = std::time::Instant::now();
    verify(&world, &["--wait", "1s"]).ended(1, "may not get clusters *");
    assert!(since.elapsed().as_secs() < 15);
    // A wrong flag does not become right by waiting.
    let mut command = world.command(&["verify", "--token-file", "token", "--wait", "60s"]);
    command.env("ARGOCD", "/no/such/argocd");
    world.run_command(command).ended(4, "was not found");
}

#[test]
fn the_version_of_the_server_decides_what_is_asked() {
    let world = world();
    assert!(!verify(&world, &[]).stdout.contains("rollback"));
    world.set("/version", json!("v3.6.0"));
    let outcome = verify(&world, &[]);
    // The fake does not know the verb, as a server of a development build might not.
    outcome.ended(0, "");
    assert_eq!(
        row(&outcome, "rollback applications */*")[..6],
        ["ok", "rollback", "applications", "*/*", "no", "no"]
    );
    assert!(outcome.stdout.contains("no such verb"));
    assert!(
        !verify(&world, &["--allow-sync"])
            .stdout
            .contains("rollback")
    );
    world.set("/version", json!("v2.14.9"));
    verify(&world, &[]).ended(0, "server.rbac.log.enforce.enable");
    world.fault("version", None, "before", json!([{"exit": 1}]));
    verify(&world, &[]).ended(0, "did not report its version");
}

#[test]
fn an_empty_list_behind_a_yes_is_pointed_out() {
    let world = world();
    world.set("/applications", json!([]));
    verify(&world, &[]).ended(0, "may get applications, but sees none");
}

#[test]
fn core_mode_is_refused() {
    let world = world();
    verify(&world, &["--core"]).ended(2, "every answer is yes");
    assert!(world.calls().is_empty());
}

#[test]
fn a_role_of_a_project_is_verified_too() {
    let world = World::new();
    let create = [
        "token",
        "create",
        "--role",
        "octopus",
        "--project",
        "team-a",
        "--expires-in",
        "1h",
        "--output-file",
        "token",
    ];
    world.run(&create).ended(0, "");
    world.set("/applications", json!(["team-a/guestbook"]));
    verify(&world, &["--role", "octopus", "--project", "team-a"])
        .ended(0, "answers are as expected");
    verify(&world, &["--role", "octopus", "--project", "team-a,team-b"]).ended(2, "name one");
    verify(&world, &[]).ended(1, "identifies it as `proj:team-a:octopus`");
}

#[test]
fn the_report_has_a_schema() {
    let world = world();
    std::fs::write(world.file("live.yaml"), RBAC).unwrap();
    let outcome = verify(&world, &["-o", "json", "-f", "live.yaml"]);
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(report["schema"], "verify/v1");
    assert_eq!(report["user"], "octopus");
    assert_eq!(report["good"], true);
    assert_eq!(
        report["answers"][0],
        json!({
            "action": "get", "resource": "applications", "object": "*", "want": true, "purpose": "required",
            "server": true, "known": true, "verdict": "right", "documented": true, "offline": true,
        })
    );
}

#[test]
fn a_broken_policy_and_a_broken_switch_are_recognised() {
    let world = world();
    for (text, said) in [
        (
            "rpc error: code = Internal desc = error creating casbin enforcer: error loading policy line: invalid RBAC policy: p, octopus, applications, get, *",
            "does not load, so every decision fails: p, octopus, applications, get, *",
        ),
        (
            "rpc error: code = Unauthenticated desc = invalid session: strconv.ParseBool: parsing \"yes\": invalid syntax",
            "is \"yes\", not a boolean",
        ),
    ] {
        world.calm();
        let line = json!({"level": "fatal", "msg": text}).to_string() + "\n";
        world.fault(
            "account can-i",
            None,
            "before",
            json!([{"say": line}, {"exit": 20}]),
        );
        verify(&world, &[]).ended(4, said);
    }
}

#[test]
fn an_interrupt_ends_all_that_runs() {
    let world = world();
    world.fault(
        "account can-i",
        Some(3),
        "before",
        json!(["interrupt", "hang"]),
    );
    verify(&world, &[]).ended(130, "interrupted");
}
