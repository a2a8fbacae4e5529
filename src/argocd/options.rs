//! `ARGOCD_OPTS`: options that argocd takes from its environment (`util/config/env.go`).

use crate::process::quoted;
use crate::text::Secret;

/// The options, read as argocd reads them: words quoted as for a POSIX shell; a word that starts
/// with `--` is an option, the word behind it is its value unless it starts with `--` as well.
#[derive(Clone, Debug)]
pub struct Options(Vec<(Secret, Option<Secret>)>);

impl Options {
    /// Reads the variable's value.
    ///
    /// # Errors
    /// Why argocd would refuse it; without a piece of it, because it may hold a token.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut options: Vec<(Secret, Option<Secret>)> = Vec::new();
        for word in words(text)? {
            if let Some(name) = word.expose().strip_prefix("--") {
                options.push((Secret::new(name), None));
                continue;
            }
            match options.last_mut() {
                Some((name, value @ None)) if !name.is_empty() => *value = Some(word),
                _ => return Err("a word is neither an option nor the value of one"),
            }
        }
        Ok(Self(options))
    }

    /// The value of an option, `--name value` or `--name=value`; `true` for one without a value.
    /// The last one counts, and the form with a space beats the one with `=`.
    pub fn get(&self, name: &str) -> Option<Secret> {
        let spaced = self.0.iter().rev().find(|(key, _)| key.expose() == name);
        if let Some((_, value)) = spaced {
            return Some(value.clone().unwrap_or_else(|| Secret::new("true")));
        }
        self.0.iter().rev().find_map(|(key, value)| {
            let (key, given) = key.expose().split_once('=')?;
            // argocd looks behind the `=` only where no other value follows.
            let alone = value.as_ref().is_none_or(|value| value.expose() == "true");
            (key == name && alone).then(|| Secret::new(given))
        })
    }

    /// Whether a switch is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.expose() == "true")
    }

    /// Without an option, in whatever form.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let is_it = |key: &str| key.split_once('=').map_or(key, |(key, _)| key) == name;
        let kept = self.0.iter().filter(|(key, _)| !is_it(key.expose()));
        Self(kept.cloned().collect())
    }

    /// The variable's value, quoted so that argocd reads the same words.
    pub fn text(&self) -> Secret {
        let mut text = zeroize::Zeroizing::new(String::new());
        for (name, value) in &self.0 {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&quoted(&format!("--{}", name.expose())));
            if let Some(value) = value {
                text.push(' ');
                text.push_str(&quoted(value.expose()));
            }
        }
        Secret::new(text.as_str())
    }

    /// What must not be shown: tokens, and headers, which may carry one.
    pub fn secrets(&self) -> Vec<Secret> {
        let hidden = |key: &str| ["auth-token", "header", "password"].contains(&key);
        let mut secrets = Vec::new();
        for (key, value) in &self.0 {
            match (key.expose().split_once('='), value) {
                (Some((key, given)), _) if hidden(key) => secrets.push(Secret::new(given)),
                (None, Some(value)) if hidden(key.expose()) => secrets.push(value.clone()),
                _ => {}
            }
        }
        secrets
    }
}

/// Splits as a POSIX shell splits words, without any expansion.
fn words(text: &str) -> Result<Vec<Secret>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<zeroize::Zeroizing<String>> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\n' => {
                if let Some(word) = word.take() {
                    words.push(Secret::new(word.as_str()));
                }
            }
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => word.push(c),
                        None => return Err("a single quote is not closed"),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some('\n') => {}
                            Some(c) if "$`\"\\".contains(c) => word.push(c),
                            Some(c) => word.extend(['\\', c]),
                            None => return Err("a double quote is not closed"),
                        },
                        Some(c) => word.push(c),
                        None => return Err("a double quote is not closed"),
                    }
                }
            }
            '\\' => match chars.next() {
                Some('\n') => {}
                Some(c) => word.get_or_insert_default().push(c),
                None => return Err("it ends in a backslash"),
            },
            c => word.get_or_insert_default().push(c),
        }
    }
    if let Some(word) = word {
        words.push(Secret::new(word.as_str()));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn options(text: &str) -> Options {
        Options::parse(text).unwrap()
    }

    #[test]
    fn options_are_read_as_argocd_reads_them() {
        let read = options(r#"--grpc-web --server 'a b' --header="X: 1" --core=true"#);
        assert!(read.is_on("grpc-web") && read.is_on("core"));
        assert!(!read.is_on("plaintext") && !read.is_on("server"));
        assert_eq!(read.get("server").unwrap().expose(), "a b");
        assert_eq!(read.get("header").unwrap().expose(), "X: 1");
        assert!(!options("--core false").is_on("core"));
        assert!(!options("--core=true false").is_on("core"));
        assert_eq!(options("--a=1 --a 2 --a=3").get("a").unwrap().expose(), "2");
    }

    #[test]
    fn the_token_is_taken_out_in_every_form() {
        for (text, rest) in [
            ("--auth-token t0k --plaintext", "--plaintext"),
            ("--plaintext --auth-token=t0k", "--plaintext"),
            ("--plaintext --auth-token", "--plaintext"),
            ("--auth-token 'a b' --server 'x y'", "--server 'x y'"),
            (r#""--auth-token" t0k"#, ""),
            (r"--auth-\token t0k --auth-token=u --a=b c", "--a=b c"),
        ] {
            assert_eq!(options(text).without("auth-token").text().expose(), rest);
        }
    }

    #[test]
    fn what_argocd_refuses_is_refused_without_being_quoted() {
        for wrong in [
            "x", "-- x", "--a b c", "--a 'b", "--a \"b", "--a \\", "-H x",
        ] {
            assert!(Options::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn tokens_and_headers_are_secrets() {
        let secrets = options("--auth-token=t0k --server s --header 'A: b' --password p").secrets();
        let shown: Vec<_> = secrets.iter().map(Secret::expose).collect();
        assert_eq!(shown, ["t0k", "A: b", "p"]);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(pairs: Vec<(String, Option<String>)>) {
            let options = Options(
                pairs
                    .into_iter()
                    .filter(|(key, _)| !key.is_empty())
                    .map(|(key, value)| {
                        let value = value.filter(|value| !value.starts_with("--"));
                        (Secret::new(key), value.map(Secret::new))
                    })
                    .collect(),
            );
            let read = Options::parse(options.text().expose()).unwrap();
            prop_assert_eq!(read.0, options.0);
        }

        #[test]
        fn any_text_is_survived(text: String) {
            let _ = Options::parse(&text).map(|options| options.without("auth-token").text());
        }
    }
}
