//! Any text as a token, or where the first byte is odd any bytes as the payload of one: what is
//! read are the claims that are there, anything else is refused, and no token gets out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kubectl_octopus_argo::model::{Moment, TokenClaims, TokenOwner, TokenRecord};
use kubectl_octopus_argo::process::Masks;
use serde_json::{Map, Value};

use super::world::{Answer, is_for_commands, obeys_nothing, run as command};

/// One input in so many goes through whole commands.
const COMMANDS: u64 = 512;

pub fn run(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else {
        return;
    };
    let made = kind % 2 == 1;
    let token = if made {
        format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(rest))
    } else {
        let Ok(token) = std::str::from_utf8(rest) else {
            return;
        };
        token.to_owned()
    };
    let decoded = TokenClaims::decode(&token);
    match (&decoded, obvious(&token)) {
        (Ok(claims), Some(wanted)) => {
            holds(claims, &wanted);
            is_masked(token.trim());
        }
        (Ok(_), None) => panic!("no claims are in {token:?}"),
        (Err(why), Some(_)) if made => panic!("{why}: {token:?}"),
        (Err(_), _) => {}
    }
    if is_for_commands(data, COMMANDS) {
        commands(&token, decoded.ok().as_ref());
    }
}

/// What stands in the middle, however little of a token is around it.
fn obvious(token: &str) -> Option<Map<String, Value>> {
    let middle = token.trim().split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(middle.trim_end_matches('=')).ok()?;
    match serde_json::from_slice(&payload).ok()? {
        Value::Object(claims) => Some(claims),
        _ => None,
    }
}

fn holds(claims: &TokenClaims, wanted: &Map<String, Value>) {
    assert!(claims.all().iter().eq(wanted), "not in this order");
    let text = |name: &str| wanted.get(name).and_then(Value::as_str);
    assert_eq!(claims.id(), text("jti"));
    assert_eq!(claims.issuer(), text("iss"));
    let subject = claims.subject();
    let shown = subject.as_ref().map(ToString::to_string);
    assert_eq!(shown.as_deref(), text("sub"));
    match subject.map(|subject| subject.owner) {
        Some(owner @ TokenOwner::Role { .. }) => {
            assert_eq!(Some(owner.user_name().as_str()), text("sub"));
        }
        Some(owner @ TokenOwner::Account(_)) => {
            let name = text("sub").and_then(|sub| sub.split(':').next());
            assert_eq!(Some(owner.user_name().as_str()), name);
        }
        None => {}
    }
    let dates = [(claims.issued(), "iat"), (claims.expires(), "exp")];
    for (read, name) in dates {
        let there = wanted.get(name).filter(|value| value.is_number());
        assert_eq!(read.is_some(), there.is_some(), "{name}");
        let Some((moment, there)) = read.zip(there) else {
            continue;
        };
        if let Some(seconds) = there.as_i64() {
            assert_eq!(moment.0, seconds);
        } else {
            is_near(moment.0, there.as_f64().unwrap_or_default());
        }
        is_in_the_calendar(moment);
        for other in [Moment(1_800_000_000), Moment(i64::MIN), Moment(i64::MAX)] {
            let (ahead, behind) = (moment.since(other), other.since(moment));
            assert!(ahead.as_seconds() == 0 || behind.as_seconds() == 0);
            assert!(!ahead.age().is_empty() && !behind.age().is_empty());
            let record = TokenRecord {
                id: String::new(),
                issued: moment,
                expires: Some(moment),
            };
            assert_eq!(record.expired(other), moment <= other);
        }
    }
}

/// A fraction, or more than fits: at most a second, or the last bits, are lost.
#[expect(clippy::cast_precision_loss, reason = "that is how near it can be")]
fn is_near(ours: i64, theirs: f64) {
    let (least, ours) = (i64::MIN as f64, ours as f64);
    let near = (ours - theirs.clamp(least, -least)).abs();
    assert!(
        near < 1.0 || near < theirs.abs() * 1e-9,
        "{theirs} is {ours}"
    );
}

/// The date that is shown, counted back a year and a month at a time.
fn is_in_the_calendar(moment: Moment) {
    let shown = moment.to_string();
    if let Some(seconds) = shown.strip_prefix('@') {
        assert_eq!(seconds.parse(), Ok(moment.0));
        return;
    }
    let numbers: Vec<i64> = shown
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    let [year, month, day, hour, minute, second] = numbers[..] else {
        panic!("{shown} is no date");
    };
    let leaps = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of = |year: i64, month: i64| match month {
        2 => 28 + i64::from(leaps(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    assert!((1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day));
    assert!(hour < 24 && minute < 60 && second < 60);
    let years: i64 = (0..year).map(|year| 365 + i64::from(leaps(year))).sum();
    let months: i64 = (1..month).map(|month| days_of(year, month)).sum();
    // 719,528 days lie between the years 0 and 1970.
    let days = years + months + day - 1 - 719_528;
    assert_eq!(
        ((days * 24 + hour) * 60 + minute) * 60 + second,
        moment.0,
        "{shown}"
    );
}

/// Whatever quotes a token, it is not seen, if it begins as all tokens of Argo CD do.
fn is_masked(token: &str) {
    if token.starts_with("eyJ") {
        let shown = Masks::default().apply(&format!("'{token}' and \"{token}\""));
        assert!(!shown.contains(token), "{shown}");
        assert_eq!(shown, "'***' and \"***\"");
    }
}

fn commands(token: &str, claims: Option<&TokenClaims>) {
    let nobody = Answer {
        code: Some(1),
        ..Answer::default()
    };
    for call in [
        &["token", "inspect"][..],
        &["token", "inspect", "-o", "json"],
    ] {
        let ran = command(call, token, &nobody);
        obeys_nothing(&ran.stderr);
        obeys_nothing(&ran.stdout);
        if ran.code > 1 {
            assert!(ran.stdout.is_empty() && !ran.stderr.is_empty());
            continue;
        }
        let claims = claims.expect("what is shown are claims");
        if token.trim().len() > 20 {
            assert!(!ran.stdout.contains(token.trim()) && !ran.stderr.contains(token.trim()));
        }
        // On a terminal some characters are shown as others; and what JSON says of a fraction is
        // read with a mistake in its last bit.
        let all = Value::Object(claims.all().clone());
        let is_shown = |byte: u8| (32..127).contains(&byte);
        if call.contains(&"json") && all.to_string().bytes().all(is_shown) && !has_fraction(&all) {
            let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
            assert_eq!(report["claims"], all);
            assert_eq!(report["verified"], Value::Bool(false));
        }
    }
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(map) => map.values().any(has_fraction),
        _ => false,
    }
}
