//! Tokens of several instances when something goes wrong: nothing is lost, nothing orphaned, and
//! running the same again takes up what was cut off.
#![cfg(unix)]

use std::fs;

use serde_json::{Value, json};

use crate::common::fleet::Fleet;
use crate::common::world::{Outcome, World, id_of};

const CREATE: &str = "token create --all --expires-in 90d --output-dir out --timeout 2s";
const ROTATE: &str =
    "token rotate --all --token-dir tokens --output-dir out --revoke-old --timeout 2s";
const IN_PLACE: &str =
    "token rotate --all --token-dir tokens --output-dir tokens --force --revoke-old --timeout 2s";
const KILLED: Option<i32> = None;

/// The token in an instance's file, by its id.
fn delivered(fleet: &Fleet, directory: &str, name: &str) -> Option<String> {
    let text = fleet.text(format!("{directory}/{name}.yaml"));
    let line = text.lines().find(|line| line.contains("eyJ"))?;
    Some(id_of(line.split_once(": ").unwrap().1))
}

/// Each instance has exactly the token that its file holds.
#[track_caller]
fn all_well(fleet: &Fleet, directory: &str, outcome: &Outcome) {
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    for (name, world) in &fleet.all {
        let file = delivered(fleet, directory, name).unwrap();
        assert_eq!(
            world.tokens("octopus"),
            [file],
            "{name}\n{}",
            outcome.stderr
        );
    }
    assert_eq!(fleet.journal(), None, "the journal ended");
}

/// Goes through cases that wait more than they work, a few at the same time.
fn at_once<T: Sync>(cases: &[T], work: impl Fn(&T) + Sync) {
    for some in cases.chunks(6) {
        std::thread::scope(|scope| {
            for case in some {
                let work = &work;
                scope.spawn(move || work(case));
            }
        });
    }
}

#[test]
fn a_creation_that_is_killed_at_any_step_is_taken_up() {
    let mut cases = Vec::new();
    for when in ["before", "after"] {
        for steps in [
            json!(["orphan"]),
            json!(["orphan", {"sleep": 700}]),
            json!(["orphan", "die"]),
        ] {
            cases.push((when, steps));
        }
    }
    at_once(&cases, |(when, steps)| {
        let fleet = Fleet::new(&["one", "two", "three"]);
        let two = fleet.world("two");
        two.fault("account generate-token", Some(1), when, steps.clone());
        let outcome = fleet.run(&format!("{CREATE} --parallel 1"));
        let named = format!("{when} {steps}");
        assert_eq!(outcome.code, KILLED, "{named}");
        let first = fleet.world("one").tokens("octopus");
        assert_eq!(first.len(), 1);
        assert!(fleet.world("three").calls().is_empty());
        let journal = fleet.text(fleet.journal().unwrap());
        assert!(journal.ends_with("two.yaml\"}\n"), "{journal}");
        let outcome = fleet.run(CREATE);
        outcome.ended(0, "two: note: token octopus-");
        outcome.ended(0, "one: ok: done already by the earlier run");
        assert_eq!(fleet.world("one").tokens("octopus"), first, "{named}");
        all_well(&fleet, "out", &outcome);
    });
}

#[test]
fn a_rotation_that_is_killed_at_any_step_is_taken_up() {
    let mut cases = Vec::new();
    for step in [
        "account get",
        "account generate-token",
        "account get-user-info",
        "account can-i",
        "account delete-token",
    ] {
        for when in ["before", "after"] {
            for line in [ROTATE, IN_PLACE] {
                cases.push((step, when, line));
            }
        }
    }
    at_once(&cases, |(step, when, line)| {
        let fleet = Fleet::with_tokens(&["one", "two", "three"]);
        fleet
            .world("two")
            .fault(step, Some(1), when, json!(["orphan", {"sleep": 300}]));
        let outcome = fleet.run(&format!("{line} --parallel 1"));
        assert_eq!(outcome.code, KILLED, "{step} {when}");
        // Never without a valid token that is in a file.
        let directory = if *line == ROTATE { "out" } else { "tokens" };
        let ids = fleet.world("two").tokens("octopus");
        let held = [
            delivered(&fleet, "tokens", "two"),
            delivered(&fleet, directory, "two"),
        ];
        assert!(
            held.into_iter().flatten().any(|id| ids.contains(&id)),
            "{step} {when}"
        );
        let outcome = fleet.run(line);
        outcome.ended(0, "resuming the run");
        all_well(&fleet, directory, &outcome);
    });
}

#[test]
fn several_that_were_on_their_way_are_all_taken_up() {
    let names = ["one", "two", "three", "four", "five"];
    let fleet = Fleet::with_tokens(&names);
    // They are at different steps when the program is killed.
    for (name, step) in [
        ("one", "account get"),
        ("two", "account generate-token"),
        ("three", "account can-i"),
    ] {
        fleet
            .world(name)
            .fault(step, None, "after", json!([{"sleep": 5000}]));
    }
    let killer = json!([{"sleep": 1000}, "orphan", {"sleep": 300}]);
    fleet
        .world("four")
        .fault("account delete-token", None, "after", killer);
    let outcome = fleet.run(&ROTATE.replace("2s", "30s"));
    assert_eq!(outcome.code, KILLED);
    for (_, world) in &fleet.all {
        world.calm();
    }
    // The one that takes it up is killed as well.
    fleet
        .world("two")
        .fault("account delete-token", None, "before", json!(["orphan"]));
    assert_eq!(fleet.run(&format!("{ROTATE} --parallel 1")).code, KILLED);
    fleet.world("two").calm();
    let outcome = fleet.run(ROTATE);
    outcome.ended(0, "four: ok: done already");
    all_well(&fleet, "out", &outcome);
}

#[test]
fn who_stops_the_putting_in_order_too_gets_names_and_the_next_run_does_it() {
    let fleet = Fleet::new(&["one", "two"]);
    let one = fleet.world("one");
    one.fault(
        "account generate-token",
        None,
        "after",
        json!(["interrupt", "hang"]),
    );
    one.fault(
        "account delete-token",
        None,
        "before",
        json!(["interrupt", "hang"]),
    );
    let outcome = fleet.run(&CREATE.replace("2s", "30s"));
    outcome.ended(130, "could not be revoked");
    for (_, world) in &fleet.all {
        world.accounted_for(&[], "", &outcome);
    }
    assert_eq!(one.tokens("octopus").len(), 1);
    one.calm();
    let outcome = fleet.run(CREATE);
    outcome.ended(0, "one: note: token octopus-");
    all_well(&fleet, "out", &outcome);
}

#[test]
fn a_file_that_was_delivered_and_not_written_down_counts() {
    for line in [ROTATE, IN_PLACE] {
        let fleet = Fleet::with_tokens(&["one", "two"]);
        fleet
            .world("one")
            .fault("account delete-token", None, "before", json!(["orphan"]));
        assert_eq!(fleet.run(&format!("{line} --parallel 1")).code, KILLED);
        fleet.world("one").calm();
        let path = fleet.journal().unwrap();
        let journal = fleet.text(&path);
        let cut = journal
            .find("{\"instance\":\"one\",\"step\":\"delivered\"}")
            .unwrap();
        // A line of which only half had reached the disk.
        fs::write(&path, &journal[..cut + 20]).unwrap();
        let outcome = fleet.run(line);
        outcome.ended(0, "of the earlier run has arrived in");
        outcome.ended(0, "one: ok: done already");
        all_well(
            &fleet,
            if line == ROTATE { "out" } else { "tokens" },
            &outcome,
        );
        assert_eq!(fleet.world("one").made().len(), 2, "no third was made");
    }
}

#[test]
fn an_interrupt_is_heard_by_all_and_nothing_new_begins() {
    at_once(&["1", "2"], |parallel| {
        let fleet = Fleet::new(&["one", "two", "three", "four"]);
        // Both have made their token when the one interrupts.
        fleet
            .world("two")
            .fault("account generate-token", None, "after", json!(["hang"]));
        let interrupt = json!([{"sleep": 500}, "interrupt", {"sleep": 500}]);
        fleet
            .world("one")
            .fault("account generate-token", None, "after", interrupt);
        let create = CREATE.replace("2s", "30s");
        let outcome = fleet.run(&format!("{create} --parallel {parallel}"));
        assert_eq!(outcome.code, Some(130), "{}", outcome.stderr);
        for (_, world) in &fleet.all {
            world.accounted_for(&[], "", &outcome);
            assert!(
                world.all_tokens().is_empty(),
                "it was revoked\n{}",
                outcome.stderr
            );
        }
        assert!(fleet.world("three").calls().is_empty() && fleet.world("four").calls().is_empty());
        let rows = outcome
            .stdout
            .lines()
            .filter(|line| line.ends_with(" not begun"));
        assert_eq!(
            rows.count(),
            5 - parallel.parse::<usize>().unwrap() - 1,
            "{}",
            outcome.stdout
        );
        outcome.ended(130, "run the same command again");
        for (_, world) in &fleet.all {
            world.calm();
        }
        all_well(&fleet, "out", &fleet.run(CREATE));
    });
}

#[test]
fn who_is_done_before_an_interrupt_is_not_done_twice() {
    let fleet = Fleet::with_tokens(&["one", "two", "three"]);
    fleet.world("two").fault(
        "account can-i",
        None,
        "before",
        json!(["interrupt", "hang"]),
    );
    let outcome = fleet.run(&format!("{ROTATE} --parallel 1"));
    outcome.ended(130, "two: interrupted: interrupted");
    assert!(
        outcome
            .stdout
            .contains("\nkubectl --context kube-one apply"),
        "{}",
        outcome.stdout
    );
    assert_eq!(fleet.world("two").tokens("octopus"), ["octopus-old"]);
    fleet.world("two").calm();
    let outcome = fleet.run(ROTATE);
    outcome.ended(0, "one: ok: done already");
    all_well(&fleet, "out", &outcome);
    assert_eq!(fleet.world("one").made().len(), 2);
}

fn fatal(text: &str) -> Value {
    json!({"say": json!({"level": "fatal", "msg": text}).to_string() + "\n"})
}

#[test]
fn what_could_not_be_revoked_is_revoked_before_anything_new_is_made() {
    let fleet = Fleet::new(&["one", "two"]);
    let one = fleet.world("one");
    one.fault(
        "account generate-token",
        None,
        "after",
        json!([{"print": "garbage"}, {"exit": 0}]),
    );
    one.fault(
        "account delete-token",
        None,
        "before",
        json!([fatal("etcd"), {"exit": 20}]),
    );
    let outcome = fleet.run(CREATE);
    outcome.ended(4, "could not be revoked");
    one.accounted_for(&[], "", &outcome);
    let left = one.tokens("octopus");
    assert_eq!(left.len(), 1);
    // Still not: then nothing new is made.
    one.calm();
    one.fault(
        "account delete-token",
        None,
        "before",
        json!([fatal("etcd"), {"exit": 20}]),
    );
    let outcome = fleet.run(CREATE);
    outcome.ended(
        4,
        &format!(
            "token {} of an earlier run that was interrupted could not be revoked",
            left[0]
        ),
    );
    assert_eq!(one.tokens("octopus"), left);
    // Of another command, too, and into another directory.
    one.calm();
    let outcome = fleet.run("token create --all --expires-in 1h --output-dir elsewhere");
    outcome.ended(
        0,
        &format!(
            "token {} of the earlier run was made and not delivered: it is revoked",
            left[0]
        ),
    );
    assert_eq!(one.tokens("octopus").len(), 1);
    assert_eq!(
        fleet.world("two").tokens("octopus").len(),
        2,
        "that was another run"
    );
}

#[test]
fn an_old_token_that_stays_is_revoked_by_the_next_run() {
    let fleet = Fleet::with_tokens(&["one", "two"]);
    let one = fleet.world("one");
    one.fault(
        "account delete-token",
        None,
        "before",
        json!([fatal("etcd"), {"exit": 20}]),
    );
    let outcome = fleet.run(ROTATE);
    outcome.ended(4, "the old token octopus-old is not revoked");
    assert!(
        outcome
            .stdout
            .contains("\nkubectl --context kube-one apply"),
        "it is delivered"
    );
    one.calm();
    let outcome = fleet.run(ROTATE);
    outcome.ended(0, "one: ok: done already");
    all_well(&fleet, "out", &outcome);
}

#[test]
fn what_another_instance_has_left_is_kept() {
    let fleet = Fleet::with_tokens(&["one", "two", "three"]);
    let one = fleet.world("one");
    one.fault(
        "account delete-token",
        None,
        "before",
        json!([fatal("etcd"), {"exit": 20}]),
    );
    fleet.world("two").fault(
        "account can-i",
        None,
        "before",
        json!([fatal("etcd"), {"exit": 20}]),
    );
    let only = |name: &str| fleet.run(&ROTATE.replace("--all", &format!("--instance {name}")));
    only("one").ended(4, "the old token octopus-old is not revoked");
    only("two").ended(4, "was made and is revoked");
    one.calm();
    only("three").ended(0, "three: ok: ");
    assert!(fleet.journal().is_some(), "of one it is not the end");
    only("one").ended(0, "one: ok: done already");
    assert_eq!(one.tokens("octopus").len(), 1);
    assert_eq!(fleet.journal(), None);
}

#[test]
fn an_instance_that_is_no_more_is_named_once() {
    let fleet = Fleet::new(&["one", "two"]);
    fleet
        .world("two")
        .fault("account generate-token", None, "after", json!(["orphan"]));
    assert_eq!(fleet.run(CREATE).code, KILLED);
    let path = fleet.base.file("octopus-argo.yaml");
    let text = fleet.text(&path);
    fs::write(&path, text.replace("name: two", "name: three")).unwrap();
    fleet.world("two").calm();
    let left = fleet.world("two").tokens("octopus").remove(0);
    let outcome = fleet.run(CREATE);
    outcome.ended(
        0,
        &format!(
            "token {left} of account octopus for two; the configuration no longer has this instance"
        ),
    );
    assert_eq!(fleet.journal(), None);
}

#[test]
fn what_was_done_long_ago_is_not_passed_over() {
    let fleet = Fleet::new(&["one", "two"]);
    fleet.world("two").set("/login", json!("alice"));
    fleet.run(CREATE).ended(4, "permission denied");
    let path = fleet.journal().unwrap();
    let text = fleet.text(&path);
    let at = text.find("\"began\":").unwrap() + 8;
    let end = at + text[at..].find('}').unwrap();
    let began: i64 = text[at..end].parse().unwrap();
    let older = format!("{}{}{}", &text[..at], began - 13 * 3600, &text[end..]);
    fs::write(&path, older).unwrap();
    let outcome = fleet.run(&format!("{CREATE} --force"));
    assert!(!outcome.stderr.contains("takes up"), "{}", outcome.stderr);
    assert_eq!(fleet.world("one").tokens("octopus").len(), 2);
}

#[test]
fn a_file_that_is_gone_is_made_again_and_its_token_named() {
    let fleet = Fleet::new(&["one", "two"]);
    fleet.world("two").set("/login", json!("alice"));
    fleet.run(CREATE).ended(4, "permission denied");
    let first = fleet.world("one").tokens("octopus").remove(0);
    fs::remove_file(fleet.base.file("out/one.yaml")).unwrap();
    fleet.world("two").set("/login", json!("admin"));
    let outcome = fleet.run(CREATE);
    outcome.ended(
        0,
        &format!("token {first} was delivered by the earlier run"),
    );
    fleet
        .world("one")
        .accounted_for(&[], &fleet.text("out/one.yaml"), &outcome);
    assert_eq!(fleet.world("one").tokens("octopus").len(), 2);
}

/// A journal that is there because one of two failed.
fn unfinished() -> Fleet {
    let fleet = Fleet::new(&["one", "two"]);
    fleet.world("two").set("/login", json!("alice"));
    fleet.run(CREATE).ended(4, "permission denied");
    for (_, world) in &fleet.all {
        world.calm();
    }
    fleet
}

#[test]
fn a_damaged_journal_stops_everything() {
    let fleet = unfinished();
    let path = fleet.journal().unwrap();
    let text = fleet.text(&path);
    let lines: Vec<&str> = text.lines().collect();
    let mut damaged: Vec<(Vec<u8>, usize)> = vec![
        (b"\n".to_vec(), 1),
        (b"garbage\n".to_vec(), 1),
        (text.replace("tokens/v1", "tokens/v9").into_bytes(), 1),
        (
            text.replace("octopus-argo.yaml\"", "another.yaml\"")
                .into_bytes(),
            1,
        ),
        (text.replace("\"making\"", "\"melting\"").into_bytes(), 2),
        ([text.as_bytes(), b"\xff\n"].concat(), lines.len() + 1),
    ];
    for at in 0..lines.len() {
        let mut some = lines.clone();
        let half = &some[at][..some[at].len() / 2];
        some[at] = half;
        damaged.push(((some.join("\n") + "\n").into_bytes(), at + 1));
    }
    for (bytes, line) in damaged {
        fs::write(&path, &bytes).unwrap();
        let outcome = fleet.run(CREATE);
        outcome.ended(
            3,
            &format!(".jsonl:{line}: the journal of an earlier run is damaged"),
        );
        assert_eq!(outcome.stdout, "");
        assert_eq!(fs::read(&path).unwrap(), bytes, "it stays as it is");
    }
    for (_, world) in &fleet.all {
        assert!(world.calls().is_empty(), "nothing was asked");
    }
}

#[test]
fn a_journal_says_what_was_reached_and_nothing_secret() {
    let fleet = unfinished();
    let text = fleet.text(fleet.journal().unwrap());
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["command"], "create");
    assert!(
        lines[0]["configuration"]
            .as_str()
            .unwrap()
            .ends_with("/octopus-argo.yaml")
    );
    assert!(lines[0]["outputDir"].as_str().unwrap().ends_with("/out"));
    let of = |name: &str| {
        let mine = lines.iter().filter(|line| line["instance"] == name);
        mine.map(|line| line["step"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("one"), ["making", "made", "delivered", "done"]);
    assert_eq!(of("two"), ["making", "gone"]);
    // No token of any is in it: every run of a fleet is looked at for that.
    assert!(!text.contains("eyJ"));
}

fn start(world: &World, line: &str) -> std::process::Child {
    use std::process::Stdio;
    let args: Vec<&str> = line.split(' ').collect();
    let mut command = world.command(&args);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn two_runs_at_a_time_do_not_meet() {
    let fleet = Fleet::new(&["one"]);
    let one = fleet.world("one");
    one.fault(
        "account generate-token",
        None,
        "before",
        json!([{"sleep": 3000}]),
    );
    let mut first = start(&fleet.base, CREATE.trim_end_matches(" --timeout 2s"));
    while one.calls().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let outcome = fleet.run("token rotate --all --output-dir out2");
    outcome.ended(
        4,
        &format!("already (process {}, token create, since", first.id()),
    );
    assert_eq!(one.calls().len(), 1);
    assert_eq!(first.wait().unwrap().code(), Some(0));
    // The lock went with it, as it does with one that is killed.
    fleet
        .run("token rotate --all --output-dir out2")
        .ended(0, "to revoke token");
}

#[test]
fn a_journal_that_cannot_be_written_keeps_tokens_from_being_made() {
    let fleet = Fleet::new(&["one"]);
    let mut command = fleet.base.command(&CREATE.split(' ').collect::<Vec<_>>());
    command.env("XDG_STATE_HOME", "/proc/octopus-argo");
    fleet
        .base
        .run_command(command)
        .ended(4, "cannot make the directory");
    let mut command = fleet.base.command(&CREATE.split(' ').collect::<Vec<_>>());
    command.env_remove("HOME").env("XDG_STATE_HOME", "relative");
    fleet.base.run_command(command).ended(2, "XDG_STATE_HOME");
    assert!(fleet.world("one").calls().is_empty());
    let state = fleet.base.file("elsewhere");
    let mut command = fleet.base.command(&CREATE.split(' ').collect::<Vec<_>>());
    command.env("XDG_STATE_HOME", &state);
    fleet.base.run_command(command).ended(0, "to revoke token");
    assert!(state.join("octopus-argo").is_dir() && !fleet.state_dir().exists());
}
