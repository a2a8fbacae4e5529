//! The account itself: rules are of no use to one that cannot authenticate.

use super::{Check, CheckAnswer, Purpose};
use crate::model::{API_KEY, AccountName, Capabilities, Data, parse_bool};

/// Returns a failed check for everything in argocd-cm that keeps the account from using a token.
pub fn account_faults(data: &Data, account: &AccountName) -> Vec<Check> {
    let mut faults = unreadable(data);
    let fault = |action: &str, key: &str, why: String| {
        failed(account.as_str(), action, key.to_owned(), why)
    };
    let key = account.key();
    match data.get(&key) {
        None => faults.push(fault("authenticate", &key, "no such account".to_owned())),
        Some(text) if !Capabilities::parse(text).has(API_KEY) => {
            let why = format!("{key}: \"{}\" has no {API_KEY}", text.escape_debug());
            faults.push(fault("make tokens", &key, why));
        }
        Some(_) => {}
    }
    let key = account.enabled_key();
    if data.get(&key).and_then(parse_bool) == Some(false) {
        let text = data.get(&key).unwrap_or_default();
        faults.push(fault("authenticate", &key, disabled(&key, text)));
    }
    faults
}

fn disabled(key: &str, text: &str) -> String {
    format!("{key}: \"{text}\" disables the account")
}

/// One value that Argo CD cannot read makes it fail to read every account.
fn unreadable(data: &Data) -> Vec<Check> {
    let wrong = data.iter().filter_map(|(key, text)| {
        let name = key.strip_prefix("accounts.")?.strip_suffix(".enabled")?;
        if name.contains('.') || parse_bool(text).is_some() {
            return None;
        }
        let why = format!(
            "{key}: \"{}\" is not a boolean that Argo CD can read, so no one can log in",
            text.escape_debug()
        );
        Some(failed(name, "authenticate", key.to_owned(), why))
    });
    wrong.collect()
}

fn failed(subject: &str, action: &str, object: String, decided_by: String) -> Check {
    Check {
        subject: subject.to_owned(),
        action: action.to_owned(),
        resource: "accounts".to_owned(),
        object,
        want: CheckAnswer::Yes,
        got: CheckAnswer::No,
        decided_by,
        purpose: Purpose::Required,
        ok: false,
        name: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(entries: &[(&str, &str)]) -> Vec<String> {
        let entries = entries
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        let data: Data = entries.collect();
        let account = AccountName::new("octopus").unwrap();
        let faults = account_faults(&data, &account).into_iter();
        faults
            .map(|check| format!("{} {}", check.action, check.object))
            .collect()
    }

    #[test]
    fn an_account_that_cannot_use_a_token_fails() {
        let key = ("accounts.octopus", "apiKey");
        assert!(faults(&[key]).is_empty());
        assert!(faults(&[key, ("accounts.octopus.enabled", "T")]).is_empty());
        let disabled = ["authenticate accounts.octopus.enabled"];
        assert_eq!(faults(&[key, ("accounts.octopus.enabled", "f")]), disabled);
        assert_eq!(
            faults(&[key, ("accounts.octopus.enabled", "yes")]),
            disabled
        );
        assert_eq!(
            faults(&[key, ("accounts.other.enabled", "yes")]),
            ["authenticate accounts.other.enabled"]
        );
        assert_eq!(faults(&[]), ["authenticate accounts.octopus"]);
        assert_eq!(
            faults(&[("accounts.octopus", "login, apikey")]),
            ["make tokens accounts.octopus"]
        );
    }
}
