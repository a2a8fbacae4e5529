//! A fleet of two servers: rotation that is killed at random moments and run again. `E2E_KILLS` says how
//! often (12), `E2E_SEED` at which moments.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::os::unix::process::CommandExt as _;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::decisions::number;
use crate::random::Random;
use crate::system::{ArgoCd, Cluster, Outcome, Session, cluster};
use crate::tokens::{connected, ids};

const INSTANCES: [&str; 2] = ["fleet-one", "fleet-two"];

fn start(cluster: &Cluster) -> (Vec<ArgoCd>, Session) {
    let (mut servers, mut config) = (Vec::new(), "instances:\n".to_owned());
    let user = Session::new(cluster);
    for name in INSTANCES {
        let (argocd, _) = connected(cluster, name);
        user.log_in(&argocd);
        writeln!(
            config,
            "  - {{name: {name}, namespace: {name}, context: admin, argocd: {{context: '{}'}}, gateway: {{namespace: {name}-gateway}}}}",
            argocd.address()
        )
        .unwrap();
        servers.push(argocd);
    }
    user.write("octopus-argo.yaml", &config);
    (servers, user)
}

/// Returns the id of the token in a Secret manifest.
fn id_in(user: &Session, file: &str) -> String {
    let line = format!(
        "kubectl create --dry-run=client --validate=false -f {file} -o json |
           python3 -c 'import base64, json, sys; secret = json.load(sys.stdin); plain = secret.get(\"stringData\", {{}}); print(plain.get(\"ARGOCD_AUTH_TOKEN\") or base64.b64decode(secret[\"data\"][\"ARGOCD_AUTH_TOKEN\"]).decode())' |
           kubectl octopus-argo token inspect -o json"
    );
    let claims = user.run(&format!("set -o pipefail; {line}")).ok();
    let claims: serde_json::Value = serde_json::from_str(&claims).unwrap();
    crate::tokens::find(&claims, &["id", "jti"]).unwrap()
}

/// Which tokens each server holds.
fn held(user: &Session) -> Vec<BTreeSet<String>> {
    INSTANCES
        .iter()
        .map(|name| ids(user, name, "octopus").into_iter().collect())
        .collect()
}

#[test]
fn rotation_that_is_killed_leaves_no_token_that_nobody_knows() {
    let Some(cluster) = cluster() else { return };
    let kills = number("E2E_KILLS", 12);
    let mut random = Random::new(number("E2E_SEED", 1) as u64);
    let (_servers, user) = start(cluster);
    user.run("set -e; kubectl octopus-argo token create --all --expires-in 90d --output-dir present > apply.sh; sh apply.sh").ok();
    user.run("kubectl octopus-argo verify --all --token-dir present")
        .ok();
    let rotate = "kubectl octopus-argo token rotate --all --token-dir present --output-dir next --force --expires-in 90d";

    // How long a whole run takes here, so that the kills fall into it.
    let begin = Instant::now();
    user.run(&format!("{rotate} > apply.sh")).ok();
    let whole = begin.elapsed();
    finish(&user);

    let (mut early, mut round) = (0, 0);
    while early < kills {
        round += 1;
        let revoke = if random.one_in(2) { "--revoke-old" } else { "" };
        let line = format!("exec {rotate} {revoke}");
        let old: Vec<_> = INSTANCES
            .iter()
            .map(|name| id_in(&user, &format!("present/{name}.yaml")))
            .collect();
        let (mut said, mut ended) = (String::new(), false);
        // One to three kills in a row, then a run that is left alone.
        for _ in 0..=random.below(3) {
            let mut command = user.command(&line);
            let child = command.process_group(0).spawn().unwrap();
            let moment = random.below(usize::try_from(whole.as_millis()).unwrap() + 100);
            std::thread::sleep(Duration::from_millis(moment as u64));
            let pid = Pid::from_child(&child);
            // Alone, so that argocd goes on without its parent, or with everything that it started.
            let killed = if random.one_in(2) {
                kill_process(pid, Signal::KILL)
            } else {
                kill_process_group(pid, Signal::KILL)
            };
            killed.unwrap();
            let run = Outcome::of(&line, child);
            said.push_str(&run.stderr);
            if run.code == 0 {
                // It came to its end before it was killed, and the next run would rotate anew.
                user.write("apply.sh", &run.stdout);
                ended = true;
                break;
            }
            early += 1;
        }
        if !ended {
            let last = user.run(&format!("{line} > apply.sh"));
            said.push_str(&last.stderr);
            last.ok();
        }
        let next: Vec<_> = INSTANCES
            .iter()
            .map(|name| id_in(&user, &format!("next/{name}.yaml")))
            .collect();
        for ((held, old), next) in held(&user).iter().zip(&old).zip(&next) {
            assert!(
                held.contains(next),
                "round {round}: {next} is not there, but {held:?}\n{said}"
            );
            let unknown: Vec<_> = held
                .iter()
                .filter(|id| *id != old && *id != next && !said.contains(id.as_str()))
                .collect();
            assert!(
                unknown.is_empty(),
                "round {round}: {unknown:?} of {held:?} are not known\n{said}"
            );
            if revoke.is_empty() {
                assert!(
                    held.contains(old),
                    "round {round}: the old token {old} is gone\n{said}"
                );
            }
        }
        user.run("kubectl octopus-argo verify --all --token-dir next")
            .ok();
        finish(&user);
    }
    eprintln!("{early} runs were killed in {round} rounds; a whole run takes {whole:?}");
}

/// Applies what was printed, makes it the present, and deletes what is older.
fn finish(user: &Session) {
    user.run(&format!(
        "set -e
         sh apply.sh
         for name in {}; do
           cp next/$name.yaml present/$name.yaml
           kubectl octopus-argo token prune --instance $name --keep-newest 1 --yes
         done",
        INSTANCES.join(" ")
    ))
    .ok();
    for (name, held) in INSTANCES.iter().zip(held(user)) {
        let present = id_in(user, &format!("present/{name}.yaml"));
        assert_eq!(held, BTreeSet::from([present]), "{name}");
        let line =
            format!("kubectl get secret -n {name}-gateway argocd-auth-token -o json > secret.json");
        user.run(&line).ok();
        assert_eq!(held, BTreeSet::from([id_in(user, "secret.json")]), "{name}");
    }
}
