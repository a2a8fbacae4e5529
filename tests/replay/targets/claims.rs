//! Any text as a token: it is shown or refused, and what a terminal would obey does not get out.

use kubectl_octopus_argo::model::Claims;

use super::world::{Answer, obeys_nothing, run as command};

pub fn run(data: &[u8]) {
    let Ok(token) = std::str::from_utf8(data) else {
        return;
    };
    let decoded = Claims::decode(token);
    let nobody = Answer {
        code: 1,
        stdout: "",
        stderr: "",
    };
    for call in [
        &["token", "inspect"][..],
        &["token", "inspect", "-o", "json"],
    ] {
        let ran = command(call, token, &nobody);
        if ran.code > 1 {
            assert!(ran.stdout.is_empty() && !ran.stderr.is_empty());
        } else {
            assert!(decoded.is_ok());
        }
        obeys_nothing(&ran.stderr);
        obeys_nothing(&ran.stdout);
        if token.trim().len() > 20 && !ran.stdout.is_empty() {
            assert!(!ran.stdout.contains(token.trim()) && !ran.stderr.contains(token.trim()));
        }
    }
}
