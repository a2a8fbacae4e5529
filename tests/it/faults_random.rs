//! Random faults in `token create` and `token rotate`: a server that lies, is slow, or lags behind.
//!
//! `TOKEN_FAULT_RUNS` says how many runs there are; `TOKEN_FAULT_SEED` where they begin, so that a
//! run that failed can be made again.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::common::world::World;

/// How many runs there are where nobody says.
const RUNS: u64 = 120;
/// How many run at the same time: they wait more than they work.
const AT_ONCE: usize = 24;

/// A small generator of random numbers (xorshift64*): the same seed, the same run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % limit
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

fn says(code: &str, text: &str) -> Value {
    let msg = format!("rpc error: code = {code} desc = {text}");
    json!({"say": json!({"level": "fatal", "msg": msg}).to_string() + "\n"})
}

fn steps(random: &mut Random) -> Value {
    let all = [
        json!(["hang"]),
        json!(["die"]),
        json!([{"exit": 1}]),
        json!([{"exit": 0}]),
        json!([{"sleep": 300}]),
        json!(["interrupt"]),
        json!(["interrupt", "hang"]),
        json!([{"print": "{out}\n"}, {"exit": 20}]),
        json!([{"print": "{out}\n{out}\n"}, {"exit": 0}]),
        json!([{"print": "{}\n"}, {"exit": 0}]),
        json!([{"print": "no\n"}, {"exit": 0}]),
        json!([says("NotFound", "token with id 'x' does not exist"), {"exit": 20}]),
        json!([says("Aborted", "the object has been modified"), {"exit": 20}]),
        json!([says("Unavailable", "closing"), {"exit": 20}]),
        json!([says("PermissionDenied", "permission denied"), {"exit": 20}]),
        json!([says("Unknown", "oh no"), {"exit": 20}]),
        json!([says("Unauthenticated", "invalid session: account octopus does not have token with id x"), {"exit": 20}]),
    ];
    random.of(&all).clone()
}

fn run(seed: u64) {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let world = World::new();
    let old = world.make_token("octopus-old", "24h");
    let before = world.all_tokens();
    world.calm();
    let calls = [
        "account generate-token",
        "account generate-token",
        "account delete-token",
        "account delete-token",
        "account get",
        "account get-user-info",
        "account can-i",
        "version",
    ];
    // Where the server gives a token another id than was asked for, the token or the server's list tells it.
    let lies = random.below(8);
    for _ in 0..=random.below(3) {
        let nth = [None, Some(1), Some(2), Some(3)][random.below(4)];
        let when = *random.of(&["before", "after"][..]);
        let steps = steps(&mut random);
        let call = *random.of(&calls);
        world.fault(call, nth, when, steps);
    }
    if random.below(4) == 0 {
        // Replicas that lag behind.
        for nth in 1..=random.below(8) {
            let lags = says("NotFound", "token with id 'x' does not exist");
            world.fault(
                "account delete-token",
                Some(nth),
                "before",
                json!([lags, {"exit": 20}]),
            );
        }
    }
    match lies {
        0 => {
            world.set("/registers", json!("another"));
        }
        1 => {
            world.set("/claims", json!({"iss": "somebody"}));
        }
        _ => {}
    }
    let rotate = random.below(2) == 1;
    let mut args = vec!["token", if rotate { "rotate" } else { "create" }];
    args.extend(["--expires-in", "90d", "--timeout", "2s"]);
    let to_file = random.below(2) == 1;
    if to_file {
        args.extend(["--output-file", "out"]);
    }
    let revokes = rotate && to_file && random.below(2) == 1;
    if revokes {
        args.push("--revoke-old");
    }
    let mut command = world.command(&args);
    if rotate && random.below(2) == 1 {
        command.env("ARGOCD_AUTH_TOKEN", &old);
    }
    let outcome = world.run_command(command);
    // The server chose the id itself, its answer was lost and it lists nothing: then nobody can know the id, and
    // that is said, or argocd said that there is no token.
    let unknowable = ["could not be listed", "argocd did not make token"];
    if lies == 0
        && unknowable
            .iter()
            .any(|words| outcome.stderr.contains(words))
    {
        return;
    }
    let file = std::fs::read_to_string(world.file("out")).unwrap_or_default();
    let place = if to_file { &file } else { &outcome.stdout };
    let named = format!("TOKEN_FAULT_SEED={seed}: {}", outcome.stderr);
    // The old token goes only at the end of a rotation that was asked to revoke it.
    let kept: &[String] = if revokes && !file.is_empty() {
        &[]
    } else {
        &before
    };
    assert!(outcome.code.is_some(), "{named}");
    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        world.accounted_for_with(kept, &before, place, &outcome);
    }));
    assert!(checked.is_ok(), "{named}");
    // What is said to be revoked is not there.
    for line in outcome.stderr.lines() {
        if let Some((start, _)) = line.split_once(" was made and is revoked") {
            let id = start.rsplit(' ').next().unwrap();
            assert!(
                !world.all_tokens().iter().any(|there| there == id),
                "{named}"
            );
        }
    }
}

#[test]
fn no_random_fault_loses_or_orphans_a_token() {
    let number = |name: &str, default| {
        let text = std::env::var(name).ok();
        text.map_or(default, |text| text.parse().expect("a number"))
    };
    let first = number("TOKEN_FAULT_SEED", 1);
    let runs = number("TOKEN_FAULT_RUNS", RUNS);
    let next = AtomicU64::new(first);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + runs {
                        break;
                    }
                    run(seed);
                }
            });
        }
    });
}
