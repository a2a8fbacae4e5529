//! `token create` and `token rotate` for several instances.

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::common::fleet::Fleet;
use crate::common::world::id_of;

const CREATE: &str = "token create --all --expires-in 90d --output-dir out";
const ROTATE: &str = "token rotate --all --token-dir tokens --output-dir out";

/// The ids of the tokens that argocd was called with.
fn presented(fleet: &Fleet, name: &str) -> Vec<Option<String>> {
    let calls = fleet.world(name).calls().into_iter();
    let mut tokens: Vec<_> = calls.map(|call| call.token).collect();
    tokens.sort();
    tokens.dedup();
    tokens
}

/// stderr without the lines that come as instances end, in whatever order.
fn sorted(stderr: &str, names: &[&str]) -> String {
    let is_end = |line: &&str| {
        let begins = |name: &&str| {
            let rest = line.strip_prefix(&**name).unwrap_or_default();
            [": ok: ", ": error: ", ": interrupted: "]
                .iter()
                .any(|word| rest.starts_with(word))
        };
        names.iter().any(begins)
    };
    let (mut ends, rest): (Vec<&str>, Vec<&str>) = stderr.lines().partition(is_end);
    ends.sort_unstable();
    ends.extend(rest);
    ends.join("\n") + "\n"
}

#[test]
fn each_gets_its_own_token_in_a_file_of_its_own() {
    let names = ["zeta", "alpha", "mid"];
    let fleet = Fleet::new(&names);
    let mut outcome = fleet.run(&format!("{CREATE} --secret-namespace octopus"));
    outcome.stderr = sorted(&outcome.stderr, &names);
    assert_data_eq!(
        outcome.snapshot(),
        str![[r#"
---- stdout
# INSTANCE   RESULT   SUMMARY
# zeta       ok       out/zeta.yaml has token octopus-20261122T000000Z-0123456789ab (it expires 2026-11-22T00:00:00Z)
# alpha      ok       out/alpha.yaml has token octopus-20261122T000000Z-0123456789ab (it expires 2026-11-22T00:00:00Z)
# mid        ok       out/mid.yaml has token octopus-20261122T000000Z-0123456789ab (it expires 2026-11-22T00:00:00Z)
kubectl --context kube-zeta apply --server-side -n octopus -f out/zeta.yaml
kubectl --context kube-alpha apply --server-side -n octopus -f out/alpha.yaml
kubectl --context kube-mid apply --server-side -n octopus -f out/mid.yaml
---- stderr
alpha: ok: out/alpha.yaml has token octopus-20261122T000000Z-0123456789ab (it expires 2026-11-22T00:00:00Z)
mid: ok: out/mid.yaml has token octopus-20261122T000000Z-0123456789ab (it expires 2026-11-22T00:00:00Z)
zeta: ok: out/zeta.yaml has token octopus-20261122T000000Z-0123456789ab (it expires 2026-11-22T00:00:00Z)
zeta: note: to revoke token octopus-20261122T000000Z-0123456789ab: kubectl octopus-argo token delete --account octopus octopus-20261122T000000Z-0123456789ab --argocd-context zeta
alpha: note: to revoke token octopus-20261122T000000Z-0123456789ab: kubectl octopus-argo token delete --account octopus octopus-20261122T000000Z-0123456789ab --argocd-context alpha
mid: note: to revoke token octopus-20261122T000000Z-0123456789ab: kubectl octopus-argo token delete --account octopus octopus-20261122T000000Z-0123456789ab --argocd-context mid
next: run the commands on stdout (it is a script for sh), then restart the gateways: kubectl rollout restart deployment -l app.kubernetes.io/name=octopus-argocd-gateway -n NAMESPACE
---- exit code 0

"#]]
    );
    for (name, world) in &fleet.all {
        let text = fleet.text(format!("out/{name}.yaml"));
        world.accounted_for(&[], &text, &outcome);
        let made = world.made();
        assert_eq!(made.len(), 1);
        assert!(
            text.contains(&format!("ARGOCD_AUTH_TOKEN: {}\n", made[0])),
            "{text}"
        );
        assert_eq!(presented(&fleet, name), [None], "argocd's own login");
    }
    assert!(
        fleet.base.calls().is_empty(),
        "nobody asked argocd's present context"
    );
    assert_eq!(fleet.journal(), None, "it ended");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: std::path::PathBuf| {
            std::fs::metadata(path).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode(fleet.base.file("out")), 0o700);
        assert_eq!(mode(fleet.base.file("out/zeta.yaml")), 0o600);
        assert_eq!(mode(fleet.state_dir()), 0o700);
        for file in std::fs::read_dir(fleet.state_dir()).unwrap() {
            assert_eq!(mode(file.unwrap().path()), 0o600);
        }
    }
}

#[cfg(unix)]
#[test]
fn stdout_is_a_script() {
    use std::os::unix::fs::PermissionsExt;
    let fleet = Fleet::new(&["one", "two"]);
    fleet.world("two").set("/login", json!("alice"));
    let outcome = fleet.run(CREATE);
    outcome.ended(4, "permission denied");
    let kubectl = fleet.base.file("kubectl");
    std::fs::write(&kubectl, "#!/bin/sh\necho \"$@\"\n").unwrap();
    std::fs::set_permissions(&kubectl, PermissionsExt::from_mode(0o755)).unwrap();
    let output = std::process::Command::new("/bin/sh")
        .args(["-ec", &outcome.stdout])
        .env("PATH", fleet.base.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    let ran = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        ran,
        "--context kube-one apply --server-side -n octopus-gateway -f out/one.yaml\n"
    );
}

#[test]
fn without_a_kubeconfig_context_no_command_goes_just_anywhere() {
    let fleet = Fleet::new(&["one"]);
    std::fs::write(
        fleet.base.file("octopus-argo.yaml"),
        "instances: [{name: one, argocd: {context: one}}]\n",
    )
    .unwrap();
    let outcome = fleet.run(CREATE);
    outcome.ended(0, "to be completed by hand");
    assert!(
        outcome.stdout.ends_with(
            "\n# kubectl --context CONTEXT apply --server-side -n octopus-gateway -f out/one.yaml\n"
        ),
        "{}",
        outcome.stdout
    );
}

#[test]
fn the_secret_is_the_one_that_the_gateway_reads() {
    let fleet = Fleet::new(&["one"]);
    let path = fleet.base.file("octopus-argo.yaml");
    let gateway = "gateway: {namespace: gw, tokenSecret: argo, tokenKey: TOKEN, projectTokenSecret: of-projects}, argocd:";
    let text = fleet.text(&path).replace("argocd:", gateway);
    std::fs::write(path, text).unwrap();
    let outcome = fleet.run(CREATE);
    assert!(
        outcome
            .stdout
            .ends_with(" apply --server-side -n gw -f out/one.yaml\n"),
        "{}",
        outcome.stdout
    );
    let text = fleet.text("out/one.yaml");
    assert!(text.contains("  name: argo\n  namespace: gw\n"), "{text}");
    assert!(text.contains("\n  TOKEN: eyJ"), "{text}");
    fleet
        .run("verify --all --token-dir out")
        .ended(0, "one: ok: ");
    let outcome = fleet.run("token rotate --all --token-dir out --output-dir next");
    outcome.ended(0, "one: ok: ");
    assert!(fleet.text("next/one.yaml").contains("\n  TOKEN: eyJ"));
    // Of projects it is another, and for one instance the same.
    let roles = "token create --expires-in 1h --role octopus --project team-a,team-b -o secret";
    for line in [
        format!("{roles} --all --output-dir roles"),
        format!("{roles} --instance one --output-file roles/one.yaml --force"),
    ] {
        fleet.run(&line).ended(0, "to revoke token");
        let text = fleet.text("roles/one.yaml");
        assert!(
            text.contains("  name: of-projects\n  namespace: gw\n"),
            "{text}"
        );
        assert!(
            text.contains("\n  PROJECT_AUTH_TOKEN_team-a: eyJ"),
            "{text}"
        );
    }
    let line = "verify --all --token-dir roles --role octopus --project team-a";
    fleet.run(line).ended(0, "one: ok: ");
}

#[test]
fn one_that_fails_does_not_stop_the_others_and_only_it_is_made_again() {
    let fleet = Fleet::new(&["one", "two", "three"]);
    fleet.world("two").set("/login", json!("alice"));
    let outcome = fleet.run(CREATE);
    outcome.ended(4, "two: error: argocd: rpc error: code = PermissionDenied");
    let rows: Vec<_> = outcome
        .stdout
        .lines()
        .take(4)
        .map(|line| line.split_whitespace().nth(2))
        .collect();
    assert_eq!(
        rows,
        [Some("RESULT"), Some("ok"), Some("error"), Some("ok")]
    );
    assert!(!outcome.stdout.contains("out/two.yaml"));
    assert!(fleet.world("two").all_tokens().is_empty());
    let before = fleet.world("one").all_tokens();
    fleet.world("two").set("/login", json!("admin"));
    let outcome = fleet.run(CREATE);
    outcome.ended(0, "resuming the run that began at");
    outcome.ended(
        0,
        "one: ok: done already by the earlier run: out/one.yaml has token octopus-",
    );
    assert_eq!(fleet.world("one").all_tokens(), before);
    assert_eq!(fleet.world("two").all_tokens().len(), 1);
    // The commands that had scrolled away are there again.
    assert_eq!(outcome.stdout.matches("\nkubectl --context").count(), 3);
    assert_eq!(fleet.journal(), None);
    // From here on it is another run.
    let outcome = fleet.run(CREATE);
    outcome.ended(2, "out/one.yaml is there already");
    assert_eq!(fleet.world("one").all_tokens(), before);
    let outcome = fleet.run(&format!("{CREATE} --if-missing"));
    outcome.ended(0, "one: ok: account octopus has the token");
    assert!(!outcome.stdout.contains("kubectl"), "{}", outcome.stdout);
    fleet
        .run(&format!("{CREATE} --force"))
        .ended(0, "to revoke token");
    assert_eq!(fleet.world("one").all_tokens().len(), 2);
}

#[test]
fn a_token_that_is_given_once_is_for_nobody() {
    let fleet = Fleet::with_tokens(&["one", "two"]);
    let token = std::fs::read_to_string(fleet.world("one").file("made")).unwrap();
    let token = token.trim();
    let verify = "verify --all --token-dir tokens";
    for line in [
        CREATE,
        ROTATE,
        verify,
        "token rotate --all --output-dir out",
        "token create --instance one,two --expires-in 1h --output-dir out",
    ] {
        for (name, value) in [
            ("ARGOCD_AUTH_TOKEN", token.to_owned()),
            ("ARGOCD_OPTS", format!("--grpc-web --auth-token {token}")),
            ("ARGOCD_OPTS", format!("--auth-token={token}")),
        ] {
            let mut command = fleet.base.command(&line.split(' ').collect::<Vec<_>>());
            command.env(name, value);
            let outcome = fleet.check(fleet.base.run_command(command));
            outcome.ended(2, name);
            assert_eq!(outcome.stdout, "", "{line}");
        }
        let mut command = fleet.base.command(&line.split(' ').collect::<Vec<_>>());
        command.args(["-H", "Authorization: Bearer s3cret"]);
        let outcome = fleet.base.run_command(command);
        outcome.ended(2, "--header holds one token");
        assert!(!outcome.stderr.contains("s3cret"));
    }
    std::fs::write(fleet.base.file("token"), token).unwrap();
    fleet
        .run("verify --all --token-file token")
        .ended(2, "--token-file is for one");
    fleet
        .run("token rotate --all --output-dir out --token-file token")
        .ended(2, "--token-file is for one");
    for (name, _) in &fleet.all {
        assert!(fleet.world(name).calls().is_empty(), "nothing was asked");
    }
}

#[test]
fn what_cannot_be_delivered_is_not_made() {
    let fleet = Fleet::new(&["one", "two"]);
    let create = "token create --all --expires-in 90d";
    for (line, said) in [
        (create.to_owned(), "--output-dir DIR"),
        (format!("{create} -o secret"), "--output-dir DIR"),
        (format!("{CREATE} -o token"), "not as text"),
        (
            format!("{create} --output-file f"),
            "--output-file is for one",
        ),
        (format!("{CREATE} --id mine"), "--id is for one"),
        (
            "token create --all --output-dir out".to_owned(),
            "--no-expiry",
        ),
        (
            format!("{CREATE} --secret-name Bad_Name"),
            "cannot be the name of a Secret",
        ),
        (format!("{CREATE} --parallel 0"), "--parallel"),
        (
            "token create --expires-in 1h --output-dir out".to_owned(),
            "for instances of the configuration",
        ),
        (
            "verify --token-dir out".to_owned(),
            "for instances of the configuration",
        ),
        ("verify --all".to_owned(), "--token-dir DIR"),
        ("token list --all".to_owned(), "--all"),
    ] {
        let outcome = fleet.run(&line);
        outcome.ended(2, said);
        assert_eq!(outcome.stdout, "", "{line}");
    }
    assert!(!fleet.base.file("out").exists());
    assert!(!fleet.state_dir().exists());
    for (_, world) in &fleet.all {
        assert!(world.calls().is_empty());
    }
}

#[test]
fn an_instance_that_names_no_server_is_an_error_in_its_row() {
    let fleet = Fleet::new(&["one"]);
    let path = fleet.base.file("octopus-argo.yaml");
    let text = fleet.text(&path) + "- {name: bare}\n";
    std::fs::write(path, text).unwrap();
    let outcome = fleet.run(CREATE);
    outcome.ended(
        3,
        "bare: error: the instance does not say how its server is reached",
    );
    assert_eq!(fleet.world("one").all_tokens().len(), 1);
    assert!(
        fleet.base.calls().is_empty(),
        "argocd's present login was not used"
    );
    fleet.run("verify --all --token-dir out").ended(
        3,
        "bare: error: the instance does not say how its server is reached",
    );
}

#[test]
fn two_that_are_one_server_are_refused() {
    let fleet = Fleet::new(&["one", "two"]);
    let config = "\
contexts:
- {name: one, server: argocd.example.com, user: one}
- {name: two, server: 'argocd.example.com:443', user: two}
servers: [{server: argocd.example.com}]
";
    std::fs::create_dir_all(fleet.base.file(".config/argocd")).unwrap();
    std::fs::write(fleet.base.file(".config/argocd/config"), config).unwrap();
    for line in [CREATE, "token rotate --all --output-dir out"] {
        fleet
            .run(line)
            .ended(2, "one and two reach the same server");
    }
    for (line, refused) in [
        (
            "- {name: x, argocd: {server: a.example.com}}\n- {name: y, argocd: {server: 'https://A.example.com:443/'}}",
            true,
        ),
        (
            "- {name: x, argocd: {server: a.example.com}}\n- {name: y, argocd: {context: one}}",
            false,
        ),
        (
            "- {name: x, argocd: {server: argocd.example.com}}\n- {name: y, argocd: {context: one}}",
            true,
        ),
        (
            "- {name: x, argocd: {context: one}}\n- {name: y, account: other, argocd: {context: one}}",
            false,
        ),
        (
            "- {name: x, namespace: a, argocd: {portForward: true}}\n- {name: y, namespace: b, argocd: {portForward: true}}",
            false,
        ),
        (
            "- {name: x, context: k, argocd: {portForward: true}}\n- {name: y, context: k, argocd: {portForward: true}}",
            true,
        ),
    ] {
        std::fs::write(fleet.base.file("c.yaml"), format!("instances:\n{line}\n")).unwrap();
        let outcome = fleet.run(&format!("{CREATE} --config c.yaml"));
        assert_eq!(
            outcome.stderr.contains("reach the same server"),
            refused,
            "{line}\n{}",
            outcome.stderr
        );
    }
}

#[test]
fn a_login_is_sent_to_its_own_server_only() {
    let fleet = Fleet::new(&["one", "two"]);
    let config = "\
current-context: one
contexts:
- {name: one, server: one.example.com, user: one}
- {name: two, server: 'two.example.com/argo', user: two}
servers: [{server: one.example.com}, {server: two.example.com/argo}]
";
    std::fs::write(fleet.base.file("logins"), config).unwrap();
    let instances = "\
defaults: {argocd: {config: logins}}
instances:
- {name: first, argocd: {server: 'one.example.com:443'}}
- {name: second, argocd: {server: two.example.com, grpcWebRootPath: /argo}}
- {name: third, argocd: {server: two.example.com}}
- {name: forward, argocd: {portForward: true}}
- {name: empty, argocd: {context: ''}}
";
    std::fs::write(fleet.base.file("octopus-argo.yaml"), instances).unwrap();
    for line in [
        CREATE,
        "token rotate --all --expires-in 1h --output-dir next",
    ] {
        let outcome = fleet.run(line);
        for name in ["third", "forward"] {
            let said = "error: argocd has no login for the instance: it would send that of its current context, one";
            outcome.ended(3, &format!("{name}: {said}"));
        }
        outcome.ended(
            3,
            "empty: error: the instance does not say how its server is reached",
        );
        for name in ["first", "second"] {
            outcome.ended(3, &format!("{name}: ok: "));
        }
    }
    for (name, world) in &fleet.all {
        assert_eq!(
            world.tokens("octopus").len(),
            2,
            "{name}: by the context that is its own"
        );
    }
    assert!(fleet.base.calls().is_empty());
    // A token of its own needs no login.
    for name in ["first", "second", "third", "forward"] {
        let world = if name == "first" { "one" } else { "two" };
        let token = fleet.world(world).make_token(name, "1h");
        std::fs::create_dir_all(fleet.base.file("tokens")).unwrap();
        fleet.put(name, &token);
    }
    let outcome = fleet.run("verify --instance first,third,forward --token-dir tokens");
    assert!(
        !outcome.stderr.contains("has no login"),
        "{}",
        outcome.stderr
    );
    let asked = fleet.base.calls().len();
    assert!(asked > 0 && fleet.base.calls().iter().all(|call| call.token.is_some()));
}

#[test]
fn a_rotation_presents_to_each_its_own_token() {
    let fleet = Fleet::with_tokens(&["one", "two", "three"]);
    let outcome = fleet.run(ROTATE);
    outcome.ended(0, "one: ok: out/one.yaml has token octopus-");
    assert!(outcome.stdout.contains("octopus-old stays valid"));
    for (name, world) in &fleet.all {
        let ids = world.tokens("octopus");
        assert_eq!((ids.len(), ids[1].as_str()), (2, "octopus-old"));
        let mut known = ids.clone();
        known.sort();
        let seen: Vec<String> = presented(&fleet, name).into_iter().flatten().collect();
        assert_eq!(seen, known, "nothing but its own");
        assert_eq!(id_of(&world.made()[1]), ids[0]);
        assert!(
            fleet
                .text(format!("out/{name}.yaml"))
                .contains(&world.made()[1])
        );
    }
    // In place, by the job that keeps nothing else; and the old ones go.
    let line = "token rotate --all --token-dir out --output-dir out --force --revoke-old";
    let outcome = fleet.run(line);
    outcome.ended(0, "gateways that still run with an old token stop working");
    for (name, world) in &fleet.all {
        assert_eq!(world.tokens("octopus").len(), 2);
        assert!(
            fleet
                .text(format!("out/{name}.yaml"))
                .contains(&world.made()[2])
        );
    }
    let outcome = fleet.run(&format!("{line} --if-expires-within 30m"));
    outcome.ended(0, "one: ok: nothing to do: token octopus-");
    assert_eq!(fleet.world("one").made().len(), 3);
}

#[test]
fn a_rotation_without_tokens_uses_each_login() {
    let fleet = Fleet::new(&["one", "two"]);
    for (_, world) in &fleet.all {
        world.make_token("octopus-old", "24h");
    }
    fleet.world("two").set("/login", json!("alice"));
    let outcome = fleet.run("token rotate --instance one,two --output-dir out --revoke-old");
    outcome.ended(4, "two: error: argocd: rpc error: code = PermissionDenied");
    let ids = fleet.world("one").tokens("octopus");
    assert_eq!(ids.len(), 1);
    assert_ne!(ids[0], "octopus-old");
    assert_eq!(fleet.world("two").tokens("octopus"), ["octopus-old"]);
}

#[test]
fn a_token_that_does_not_fit_is_sent_nowhere() {
    let fleet = Fleet::with_tokens(&[
        "ok", "robots", "foreign", "twin-a", "twin-b", "none", "text", "login",
    ]);
    let claim = |name: &str, claim: &str, value: &str| {
        let world = fleet.world(name);
        world
            .set("/claims", json!({claim: value}))
            .set("/login", json!("admin"));
        let token = world.make_token(&format!("odd-{name}"), "24h");
        world.set("/login", json!(null)).calm();
        fleet.put(name, &token);
    };
    claim("robots", "sub", "robot:apiKey");
    claim("foreign", "iss", "somebody");
    claim("login", "sub", "octopus:login");
    fleet.put("twin-b", &fleet.world("twin-a").made()[0]);
    std::fs::remove_file(fleet.base.file("tokens/none.yaml")).unwrap();
    fleet.put("text", "eyJhbGciOi.no-token.at-all");
    for line in [ROTATE, "verify --all --token-dir tokens"] {
        let outcome = fleet.run(line);
        for said in [
            "robots: error: the token in tokens/robots.yaml is of robot:apiKey, where account octopus was expected",
            "foreign: error: the token in tokens/foreign.yaml was not made by Argo CD",
            "login: error: the token in tokens/login.yaml is of octopus:login",
            "twin-a: error: the same token is in the file of twin-b",
            "twin-b: error: the same token is in the file of twin-a",
            "none: error: there is no tokens/none.yaml",
            "text: error: tokens/text.yaml has no token under the key ARGOCD_AUTH_TOKEN",
        ] {
            outcome.ended(3, said);
        }
        assert!(!outcome.stderr.contains("no-token"));
        for (name, world) in &fleet.all {
            assert_eq!(world.calls().is_empty(), *name != "ok", "{name}");
        }
    }
    assert_eq!(fleet.world("ok").tokens("octopus").len(), 2);
}

#[test]
fn a_secret_as_the_cluster_has_it_is_read_too() {
    use base64::Engine;
    let fleet = Fleet::with_tokens(&["one"]);
    let token = fleet.world("one").made().remove(0);
    let coded = base64::engine::general_purpose::STANDARD.encode(&token);
    let text = format!(
        "{{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{{\"token\":\"{coded}\"}}}}\n"
    );
    std::fs::write(fleet.base.file("tokens/one.yaml"), text).unwrap();
    let outcome = fleet.run(ROTATE);
    outcome.ended(0, "octopus-old stays valid");
    assert!(!outcome.stderr.contains(&coded));
    for wrong in [
        "a: [",
        "kind: ConfigMap\n",
        "---\na: 1\n---\nb: 2\n",
        "",
        "kind: Secret\ndata: {a: b}\n",
    ] {
        std::fs::write(fleet.base.file("tokens/one.yaml"), wrong).unwrap();
        let outcome = fleet.run("token rotate --all --token-dir tokens --output-dir other");
        outcome.ended(3, "one: error: tokens/one.yaml");
    }
}

#[cfg(unix)]
#[test]
fn what_others_can_read_is_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let fleet = Fleet::with_tokens(&["one"]);
    let mode = |path: &str, mode| {
        std::fs::set_permissions(fleet.base.file(path), PermissionsExt::from_mode(mode)).unwrap();
    };
    std::fs::create_dir(fleet.base.file("out")).unwrap();
    mode("out", 0o755);
    mode("tokens/one.yaml", 0o644);
    let outcome = fleet.run(ROTATE);
    outcome.ended(
        0,
        "can read the token in tokens/one.yaml: chmod 600 tokens/one.yaml",
    );
    outcome.ended(0, "others on this machine can enter out");
    fleet
        .run("verify --all --token-dir tokens")
        .ended(0, "can read the token in tokens/one.yaml");
    mode("tokens/one.yaml", 0o600);
    let outcome = fleet.run("verify --all --token-dir tokens");
    assert!(!outcome.stderr.contains("warning"), "{}", outcome.stderr);
}

#[test]
fn several_run_at_a_time() {
    let names = ["one", "two", "three", "four"];
    let timed = |parallel: &str| {
        let fleet = Fleet::new(&names);
        for (_, world) in &fleet.all {
            world.fault(
                "account generate-token",
                None,
                "before",
                json!([{"sleep": 1000}]),
            );
        }
        let since = std::time::Instant::now();
        let outcome = fleet.run(&format!("{CREATE} --parallel {parallel}"));
        outcome.ended(0, "to revoke token");
        (since.elapsed().as_millis(), outcome)
    };
    let (alone, outcome) = timed("1");
    assert!(alone >= 4000, "{alone}");
    // One after the other ends in the order of the configuration.
    let ends = outcome
        .stderr
        .lines()
        .filter_map(|line| line.split_once(": ok: "));
    assert_eq!(ends.map(|(name, _)| name).collect::<Vec<_>>(), names);
    let (together, _) = timed("4");
    assert!(together < 4000, "{together}");
}

#[test]
fn an_account_that_is_confined_to_projects_is_proved_as_such() {
    let fleet = Fleet::with_tokens(&["one"]);
    let confined = json!([
        ["octopus", "get", "applications", "web/*"],
        ["octopus", "get", "clusters", "*"],
        ["octopus", "get", "logs", "web/*"],
    ]);
    fleet.world("one").set("/allow", confined);
    // Without the projects it looks as if something were missing.
    let outcome = fleet.run(ROTATE);
    outcome.ended(0, "may not get applications");
    let path = fleet.base.file("octopus-argo.yaml");
    let text = fleet
        .text(&path)
        .replace("argocd:", "permissions: {projects: [web]}, argocd:");
    std::fs::write(path, text).unwrap();
    let outcome = fleet.run(&format!("{ROTATE} --force"));
    outcome.ended(0, "stays valid");
    assert!(!outcome.stderr.contains("may not"), "{}", outcome.stderr);
    // The same for one, by the flag and by the configuration.
    let token = fleet.world("one").made().remove(0);
    std::fs::write(fleet.base.file("token"), token).unwrap();
    for more in ["--instance one", "--project web --argocd-context one"] {
        let outcome = fleet.run(&format!(
            "token rotate --token-file token --output-file new --force {more}"
        ));
        outcome.ended(0, "stays valid");
        assert!(!outcome.stderr.contains("may not"), "{}", outcome.stderr);
    }
    fleet
        .run("token rotate --token-file token --project web/* --argocd-context one")
        .ended(2, "web/*");
}
