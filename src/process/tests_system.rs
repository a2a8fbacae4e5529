//! The real runner against real programs: a shell stands for them.

use std::time::{Duration, Instant};

use super::{Failure, Invocation, Prompt, Runner, Stdin, System};
use crate::text::Secret;

fn sh(script: &str) -> Invocation {
    Invocation::new("/bin/sh").args(["-c", script])
}

fn quickly(script: &str) -> Invocation {
    let mut call = sh(script);
    call.timeout = Some(Duration::from_millis(300));
    call
}

#[test]
fn streams_and_the_exit_code_come_back() {
    let output = System.run(&sh("echo out; echo err >&2; exit 20")).unwrap();
    assert_eq!(output.code, Some(20));
    assert_eq!(output.stdout.expose(), "out\n");
    assert_eq!(output.stderr, "err\n");
}

#[test]
fn stdin_is_closed_unless_there_is_something_to_say() {
    let mut call = sh("cat; echo .");
    assert_eq!(System.run(&call).unwrap().stdout.expose(), ".\n");
    call.stdin = Stdin::Bytes(Secret::new("x".repeat(300_000)));
    assert_eq!(System.run(&call).unwrap().stdout.expose().len(), 300_002);
    call.args = vec!["-c".into(), "exit 3".into()];
    assert_eq!(System.run(&call).unwrap().code, Some(3));
}

#[test]
fn a_secret_given_by_environment_is_masked_on_stderr() {
    let call = sh("echo \"$T\"; echo \"bad token $T\" >&2").env("T", Secret::new("s3cret-t0ken"));
    let output = System.run(&call).unwrap();
    assert_eq!(output.stdout.expose(), "s3cret-t0ken\n");
    assert_eq!(output.stderr, "bad token ***\n");
}

#[test]
fn a_program_that_is_not_there_says_so() {
    let failure = System.run(&Invocation::new("/no/such/argocd")).unwrap_err();
    assert!(matches!(failure, Failure::Missing { .. }), "{failure:?}");
    assert!(!failure.started());
    let failure = System.run(&Invocation::new("/")).unwrap_err();
    assert!(matches!(failure, Failure::NotStarted { .. }), "{failure:?}");
}

#[test]
fn the_whole_group_is_ended_when_time_is_up() {
    let directory = tempfile::tempdir().unwrap();
    let mark = directory.path().join("still-here");
    let script = format!(
        "trap '' TERM; (sleep 2; echo > '{}') & echo starting >&2; wait; sleep 9",
        mark.display()
    );
    let start = Instant::now();
    let failure = System.run(&quickly(&script)).unwrap_err();
    assert!(failure.started());
    let error = crate::error::Error::from(failure);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "starting");
    assert!(start.elapsed() < Duration::from_secs(2));
    std::thread::sleep(Duration::from_millis(2200).saturating_sub(start.elapsed()));
    assert!(!mark.exists(), "a grandchild outlived the timeout");
}

#[test]
fn a_grandchild_that_keeps_the_streams_open_does_not_keep_us() {
    for kept in ["", "2>/dev/null", ">/dev/null"] {
        let start = Instant::now();
        let output = System
            .run(&sh(&format!("sleep 30 {kept} & echo done")))
            .unwrap();
        assert_eq!(output.stdout.expose(), "done\n");
        assert!(start.elapsed() < Duration::from_secs(5), "{kept}");
    }
}

#[test]
fn a_flood_is_cut_off() {
    let failure = System.run(&sh("exec cat /dev/zero")).unwrap_err();
    assert!(matches!(failure, Failure::TooMuch { .. }), "{failure:?}");
}

#[test]
fn a_death_by_signal_has_no_exit_code() {
    assert_eq!(System.run(&sh("kill -9 $$")).unwrap().code, None);
}

#[test]
fn questions_are_answered_on_a_terminal() {
    let mut call = sh("test -t 0 || exit 9
        printf 'new: '; read -r a; printf 'again: '; read -r b; echo \"$a $b\"");
    let prompts = [("new: ", "eins"), ("again: ", "zwei 'x")];
    call.stdin = Stdin::Prompts(
        prompts
            .map(|(question, answer)| Prompt {
                question: question.to_owned(),
                answer: Secret::new(answer),
            })
            .into(),
    );
    let output = System.run(&call).unwrap();
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_eq!(output.stdout.expose(), "new: again: eins zwei 'x\n");
}

#[test]
fn a_question_asked_for_ever_ends_the_program() {
    let mut call = sh("while :; do printf 'new: '; read -r a; done");
    call.stdin = Stdin::Prompts(vec![Prompt {
        question: "new: ".to_owned(),
        answer: Secret::new("x"),
    }]);
    let failure = System.run(&call).unwrap_err();
    assert!(matches!(failure, Failure::Asked { .. }), "{failure:?}");
}
