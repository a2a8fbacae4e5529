//! The words of a command line, and patterns.

/// The words of a call that are no flags, and the value of a flag.
pub(crate) struct Words<'a>(pub(crate) &'a [String]);

impl<'a> Words<'a> {
    const WITH_VALUE: &'static [&'static str] = &[
        "--account",
        "--id",
        "--expires-in",
        "-o",
        "-e",
        "-i",
        "--server",
        "--header",
        "--config",
        "--argocd-context",
        "--kube-context",
        "--port-forward-namespace",
        "--server-name",
        "--grpc-web-root-path",
        "--server-crt",
        "--client-crt",
        "--client-crt-key",
        "--http-retry-max",
    ];

    pub(crate) fn flag(&self, name: &str) -> Option<&'a str> {
        let at = self.0.iter().position(|word| word == name)?;
        self.0.get(at + 1).map(String::as_str)
    }

    pub(crate) fn plain(&self) -> Vec<&'a str> {
        let mut plain = Vec::new();
        let mut words = self.0.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                plain.extend(words.by_ref().map(String::as_str));
            } else if Self::WITH_VALUE.contains(&word.as_str()) {
                words.next();
            } else if !word.starts_with('-') {
                plain.push(word);
            }
        }
        plain
    }
}

/// Whether a text matches a pattern in which `*` stands for any text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|tail| {
            (0..=tail.len())
                .filter(|at| tail.is_char_boundary(*at))
                .any(|at| matches(rest, &tail[at..]))
        }),
    }
}
