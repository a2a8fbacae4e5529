//! `gateway`: Secret, values, Application and command for the gateway's chart.

mod chart;
mod real_programs;
mod secret;
mod values;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::common::{Command, Run, Sandbox};

pub(super) const FULL: &str = "--name prod --octopus-url https://example.octopus.app \
     --octopus-grpc-url grpc://example.octopus.app:8443 --environment dev,production --space Spaces-1";
/// The tests' clock stands at 1,800,000,000.
pub(super) const NEXT_YEAR: i64 = 1_830_000_000;

pub(super) fn token(sub: &str, expires: Option<i64>) -> String {
    let mut claims = json!({"iss": "argocd", "sub": sub, "jti": "one", "iat": 1_790_000_000});
    if let Some(expires) = expires {
        claims["exp"] = expires.into();
    }
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{}",
        part("{}"),
        part(&claims.to_string()),
        part("signature")
    )
}

pub(super) fn gateway(sandbox: &Sandbox, line: &str) -> Command {
    sandbox.command("gateway").args(line)
}

pub(super) fn parsed(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

pub(super) fn silent_about(run: &Run, token: &str) {
    let payload = token.split('.').nth(1).unwrap();
    assert!(!run.stderr.contains(payload), "{}", run.stderr);
}
