//! What a token says about its bearer, as far as decisions depend on it.

use serde_json::{Map, Value};

use super::version::ArgoCdVersion;

/// The claims of a token, as the server sees them once it has checked it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// The claims in a token's payload.
    pub fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// The claims of a subject (a local account, a project role) with groups.
    pub fn of<G: Into<String>>(subject: &str, groups: impl IntoIterator<Item = G>) -> Self {
        let groups: Vec<String> = groups.into_iter().map(Into::into).collect();
        Self::with_groups(subject, Some(("groups", &groups)))
    }

    /// The claims of a subject with groups in some claim.
    pub(super) fn with_groups(subject: &str, groups: Option<(&str, &[String])>) -> Self {
        let mut claims = Map::new();
        if let Some((claim, groups)) = groups.filter(|(_, groups)| !groups.is_empty()) {
            claims.insert(claim.to_owned(), groups.into());
        }
        claims.insert("sub".to_owned(), Value::String(subject.to_owned()));
        Self(claims)
    }

    /// The claims of a subject with groups under the claim that the server looks at first for
    /// them: the first of `scopes` that is not the subject's own. `None` stands for the default.
    pub fn in_scopes(subject: &str, groups: &[String], scopes: Option<&[String]>) -> Self {
        let mut claims = Map::new();
        claims.insert("sub".to_owned(), Value::String(subject.to_owned()));
        let first = match scopes {
            None => Some("groups"),
            Some(scopes) => {
                let mut others = scopes.iter().filter(|scope| *scope != "sub");
                others.next().map(String::as_str)
            }
        };
        if let Some(scope) = first.filter(|_| !groups.is_empty()) {
            claims.insert(scope.to_owned(), Value::from(groups));
        }
        Self(claims)
    }

    /// Who it is: the user id that Dex knows, from the version on that reads it, or else `sub`; empty
    /// when there is neither.
    pub fn subject(&self, version: ArgoCdVersion) -> &str {
        let federated = version.reads_federated_claims();
        let federated = federated.then(|| self.0.get("federated_claims")).flatten();
        let federated = federated
            .and_then(|claims| claims.get("user_id"))
            .and_then(Value::as_str)
            .filter(|id| !id.is_empty());
        let sub = || self.0.get("sub").and_then(Value::as_str);
        federated.or_else(sub).unwrap_or_default()
    }

    /// The values of the claims that count as groups, in the order of the scopes. A claim may be one
    /// text or a list; what is not a string is left out.
    pub fn groups<'c>(&'c self, scopes: &[String]) -> Vec<&'c str> {
        let mut groups = Vec::new();
        for claim in scopes.iter().filter_map(|scope| self.0.get(scope)) {
            match claim {
                Value::String(group) => groups.push(group.as_str()),
                Value::Array(list) => groups.extend(list.iter().filter_map(Value::as_str)),
                _ => {}
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(text: &str) -> Claims {
        Claims::new(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn the_federated_user_comes_before_sub() {
        for (text, subject) in [
            (r#"{"sub": "a", "federated_claims": {"user_id": "b"}}"#, "b"),
            (r#"{"sub": "a", "federated_claims": {"user_id": ""}}"#, "a"),
            (r#"{"sub": "a", "federated_claims": {"user_id": 1}}"#, "a"),
            (r#"{"sub": "a", "federated_claims": "b"}"#, "a"),
            (r#"{"sub": "a", "federated_claims": null}"#, "a"),
            (r#"{"sub": 1}"#, ""),
            ("{}", ""),
        ] {
            let claims = claims(text);
            assert_eq!(claims.subject(ArgoCdVersion::NEWEST), subject, "{text}");
        }
    }

    #[test]
    fn before_3_0_only_sub_counts() {
        let claims = claims(r#"{"sub": "a", "federated_claims": {"user_id": "b"}}"#);
        for (major, minor, subject) in [(2, 14, "a"), (3, 0, "b")] {
            assert_eq!(claims.subject(ArgoCdVersion::new(major, minor)), subject);
        }
    }

    #[test]
    fn groups_come_in_the_order_of_the_scopes() {
        let claims = claims(r#"{"groups": ["a", 1, "b"], "email": "c", "n": 3}"#);
        let scopes = ["email", "n", "groups", "none"].map(String::from);
        assert_eq!(claims.groups(&scopes), ["c", "a", "b"]);
    }
}
