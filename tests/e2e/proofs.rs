//! What `check` proves to be refused for all objects is refused by the server for every object that is asked.
//! `E2E_REFUSALS` says how many questions (2,000).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::decisions::{State, number, server_says, sign, wait_for};
use crate::random::Random;
use crate::system::{ArgoCd, Session, argocd_version, cluster};

/// Parts of objects, among them those that patterns are made of.
const WORDS: &[&str] = &[
    "web", "shop", "api", "db", "prod", "x", "-", "a.b", "team", "web-1", "*", "?", "A",
];

fn object(random: &mut Random) -> String {
    let parts = 1 + random.below(4);
    let words: Vec<_> = (0..parts).map(|_| random.pick(WORDS)).collect();
    // No `?` in a URL's path.
    words.join("/").replace('?', "%3F")
}

#[test]
fn what_is_proved_refused_is_refused() {
    let Some(cluster) = cluster() else { return };
    let wanted = number("E2E_REFUSALS", 2_000);
    let mut random = Random::new(number("E2E_SEED", 1) as u64 + 2_000_000);
    let argocd = ArgoCd::install(cluster, "proofs");
    let user = Session::admin(cluster, &argocd);
    user.run(
        r#"kubectl patch configmap -n proofs argocd-cm --type merge -p '{"data": {"accounts.alice": "login", "accounts.marker": "login"}}'
           until argocd account get --account marker; do sleep 0.2; done"#,
    )
    .ok();
    let token = |name: &str| {
        let claims = json!({"iss": "argocd", "sub": format!("{name}:login"), "iat": 1_767_225_600, "exp": 4_102_444_800_u64, "jti": name});
        sign(&user, &claims)
    };
    let (alice, marker) = (token("alice"), token("marker"));
    let (mut asked, mut policies, mut unproved) = (0, 0, 0);
    while asked < wanted {
        policies += 1;
        let state = State::draw(&mut random, policies);
        user.write("patch.json", &json!({"data": state.data}).to_string());
        user.run(
            "kubectl patch configmap -n proofs argocd-rbac-cm --type merge --patch-file patch.json",
        )
        .ok();
        let seen = [
            "gpgkeys".to_owned(),
            "delete".to_owned(),
            format!("marker-{policies:06}"),
        ];
        wait_for(|| server_says(argocd.port(), &marker, &seen));
        user.write(
            "rbac.json",
            &json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-rbac-cm"}, "data": state.data}).to_string(),
        );
        let check = user.run(&format!(
            "kubectl octopus-argo check -f rbac.json --account alice --argocd-version {} -o json",
            argocd_version()
        ));
        assert!(check.code <= 1, "{}", check.stderr);
        let report: Value = serde_json::from_str(&check.stdout).unwrap();
        let forbidden = report["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|check| check["purpose"] == "forbidden");
        let mut proved = BTreeSet::new();
        for check in forbidden {
            let text = |name: &str| check[name].as_str().unwrap().to_owned();
            // The server is asked for whole verbs only.
            if text("action").contains('/') {
                continue;
            }
            if check["got"] == "no" && check["object"] == "(any)" {
                proved.insert([text("resource"), text("action")]);
            } else {
                unproved += 1;
            }
        }
        // Each of them for two objects.
        for [resource, action] in &proved {
            for _ in 0..2 {
                let question = [resource.clone(), action.clone(), object(&mut random)];
                assert!(
                    !server_says(argocd.port(), &alice, &question),
                    "proved refused, but the server grants {question:?}\n{}",
                    user.read("rbac.json")
                );
                asked += 1;
            }
        }
    }
    eprintln!(
        "{asked} questions against proofs under {policies} policies, {unproved} were not proved"
    );
    assert!(unproved > 0, "random policies must grant alice something");
}
