//! Plays one recorded call of the real argocd.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::{Answer, finish};

#[derive(Deserialize)]
struct Transcript {
    argv: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    exit: Option<i32>,
    #[serde(default)]
    stdout: String,
    #[serde(default)]
    stderr: String,
    #[serde(default)]
    terminal: Vec<Exchange>,
    #[serde(default)]
    screen: String,
}

#[derive(Deserialize)]
struct Exchange {
    prompt: String,
    typed: String,
}

/// What the recorded call gave, if there is one and this is that call.
pub(crate) fn play(directory: &Path, argv: &[String]) -> Option<Answer> {
    let text = std::fs::read_to_string(directory.join("transcript.json")).ok()?;
    let recorded: Transcript = serde_json::from_str(&text).expect("transcript.json is one");
    // Of our calls, what is beside the recorded words is that nothing may be asked.
    let asked: Vec<_> = argv
        .iter()
        .filter(|word| *word != "--prompts-enabled=false")
        .collect();
    let mut missing = recorded.argv.iter().collect::<Vec<_>>();
    let mut odd = Vec::new();
    for word in asked {
        match missing.iter().position(|known| *known == word) {
            Some(at) => drop(missing.remove(at)),
            None => odd.push(word),
        }
    }
    if !odd.is_empty() || !missing.is_empty() {
        return Some(Answer {
            code: 98,
            stdout: String::new(),
            stderr: format!("not the recorded call: also {odd:?}, without {missing:?}\n"),
        });
    }
    let token = std::env::var("ARGOCD_AUTH_TOKEN").ok();
    if token.as_ref() != recorded.env.get("ARGOCD_AUTH_TOKEN") {
        return Some(Answer {
            code: 97,
            stdout: String::new(),
            stderr: "not the recorded token\n".to_owned(),
        });
    }
    if !recorded.terminal.is_empty() {
        converse(&recorded);
    }
    let Some(code) = recorded.exit else {
        loop {
            std::thread::sleep(Duration::from_secs(3600));
        }
    };
    Some(Answer {
        code,
        stdout: recorded.stdout,
        stderr: recorded.stderr,
    })
}

/// Plays a conversation at a terminal.
fn converse(recorded: &Transcript) -> ! {
    let mut screen = recorded.screen.as_str();
    let mut typed = std::io::stdin().lock();
    for exchange in &recorded.terminal {
        let at = screen
            .find(&exchange.prompt)
            .expect("the prompt is on the screen");
        let (shown, rest) = screen.split_at(at + exchange.prompt.len() + 1);
        print!("{}", shown.replace('\r', ""));
        let _ = std::io::stdout().flush();
        let mut line = String::new();
        typed.read_line(&mut line).expect("a line is typed");
        if line.trim_end_matches('\n') != exchange.typed {
            finish(&Answer {
                code: 96,
                stdout: String::new(),
                stderr: "not what was typed when this was recorded\n".to_owned(),
            });
        }
        screen = rest;
    }
    print!("{}", screen.replace('\r', ""));
    let _ = std::io::stdout().flush();
    if recorded.exit == Some(-1) {
        let mut line = String::new();
        let _ = typed.read_line(&mut line);
        loop {
            std::thread::sleep(Duration::from_secs(3600));
        }
    }
    finish(&Answer {
        code: recorded.exit.unwrap_or(0),
        ..Answer::default()
    })
}
