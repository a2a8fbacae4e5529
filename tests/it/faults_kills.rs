//! Rotations of a fleet that are killed at random moments, and run again.
//!
//! `FLEET_KILLS` says how many are killed (12), `FLEET_KILLS_SEED` at which moments.
#![cfg(unix)]

use std::os::unix::process::CommandExt as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::common::fleet::Fleet;
use crate::common::world::{Outcome, id_of};
use crate::random::Random;

const ROTATE: &str = "token rotate --all --token-dir tokens --output-dir tokens --force --revoke-old \
                      --expires-in 90d --timeout 60s";
/// How many fleets are rotated at the same time.
const AT_ONCE: usize = 4;

fn number(name: &str, default: usize) -> usize {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

/// Returns the id of the token in an instance's file.
fn in_file(fleet: &Fleet, name: &str) -> String {
    let text = fleet.text(format!("tokens/{name}.yaml"));
    let line = text.lines().find(|line| line.contains("eyJ")).unwrap();
    id_of(line.split_once(": ").unwrap().1)
}

/// Starts a rotation and kills it at a random moment: alone, so that argocd goes on without its parent, or with
/// everything that it started.
fn killed(fleet: &Fleet, random: &mut Random, whole: Duration) -> Outcome {
    let mut command = fleet
        .base
        .command(&ROTATE.split_whitespace().collect::<Vec<_>>());
    command
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let moment = random.below(usize::try_from(whole.as_millis()).unwrap() + 50);
    std::thread::sleep(Duration::from_millis(moment as u64));
    let pid = Pid::from_child(&child);
    let done = if random.one_in(2) {
        kill_process(pid, Signal::KILL)
    } else {
        kill_process_group(pid, Signal::KILL)
    };
    done.unwrap();
    let output = child.wait_with_output().unwrap();
    fleet.check(Outcome {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    })
}

/// One to three kills in a row, then a run that is left alone; returns how many were killed.
fn round(fleet: &Fleet, random: &mut Random, whole: Duration, named: &str) -> usize {
    let (mut said, mut kills) = (String::new(), 0);
    let mut ended = false;
    for _ in 0..=random.below(3) {
        let outcome = killed(fleet, random, whole);
        said.push_str(&outcome.stderr);
        for (name, world) in &fleet.all {
            let (file, there) = (in_file(fleet, name), world.tokens("octopus"));
            assert!(
                there.contains(&file),
                "{named}: {name} is left without a valid token: {file} of {there:?}\n{said}"
            );
        }
        if outcome.code.is_some() {
            ended = outcome.code == Some(0);
            break;
        }
        kills += 1;
    }
    if !ended {
        let last = fleet.run(&ROTATE.split_whitespace().collect::<Vec<_>>().join(" "));
        said.push_str(&last.stderr);
        assert_eq!(last.code, Some(0), "{named}: {said}");
    }
    assert_eq!(fleet.journal(), None, "{named}: the journal ended\n{said}");
    for (name, world) in &fleet.all {
        let (file, there) = (in_file(fleet, name), world.tokens("octopus"));
        assert!(there.contains(&file), "{named}: {name}: {file}\n{said}");
        for id in there.iter().filter(|id| **id != file) {
            let is_named = said.lines().any(|line| {
                line.contains("token delete") && line.split_whitespace().any(|word| word == id)
            });
            assert!(is_named, "{named}: {name}: {id} is an orphan\n{said}");
        }
    }
    kills
}

#[test]
fn a_fleet_that_is_killed_at_random_moments_is_taken_up() {
    let wanted = number("FLEET_KILLS", 12);
    let seed = number("FLEET_KILLS_SEED", 1);
    let (kills, next) = (AtomicUsize::new(0), AtomicUsize::new(seed));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while kills.load(Ordering::Relaxed) < wanted {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let mut random = Random::new(seed as u64);
                    let fleet = Fleet::with_tokens(&["one", "two", "three"]);
                    // How long a whole run takes here, so that the kills fall into it.
                    let begin = Instant::now();
                    let line = ROTATE.split_whitespace().collect::<Vec<_>>().join(" ");
                    fleet.run(&line).ended(0, "");
                    let whole = begin.elapsed();
                    let named = format!("FLEET_KILLS_SEED={seed}");
                    for _ in 0..5 {
                        let killed = round(&fleet, &mut random, whole, &named);
                        let all = kills.fetch_add(killed, Ordering::Relaxed) + killed;
                        if all >= wanted {
                            break;
                        }
                    }
                }
            });
        }
    });
    let (kills, fleets) = (kills.into_inner(), next.into_inner() - seed);
    eprintln!("{kills} rotations of {fleets} fleets were killed");
}
