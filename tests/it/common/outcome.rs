//! What came of a run of the real binary.

use std::fmt::Write as _;

/// What came of a run.
#[must_use]
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Fails unless it ended with this code and said this.
    #[track_caller]
    pub(crate) fn ended(&self, code: i32, said: &str) -> &Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        assert!(
            self.stderr.contains(said),
            "not said: {said}\n{}",
            self.stderr
        );
        self
    }

    /// The token on stdout, alone on its line.
    #[track_caller]
    pub(crate) fn token(&self) -> &str {
        let token = self.stdout.strip_suffix('\n').expect("a line");
        assert!(
            !token.contains('\n') && token.starts_with("eyJ"),
            "{}",
            self.stdout
        );
        token
    }

    /// stdout, stderr and exit code in one text with ids, times and tokens replaced, for a snapshot.
    pub(crate) fn snapshot(&self) -> String {
        let mut text = String::new();
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                write!(text, "---- {name}\n{}", redacted(stream)).unwrap();
            }
        }
        writeln!(text, "---- exit code {}", self.code.unwrap_or(-1)).unwrap();
        text
    }
}

/// Replaces what differs from run to run; words of the same length, so that tables stay.
fn redacted(text: &str) -> String {
    let mut shown = String::new();
    for word in text.split_inclusive(|c: char| c.is_whitespace() || "(){}\",;'".contains(c)) {
        let end = word
            .trim_end_matches(|c: char| c.is_whitespace() || "(){}\",;'".contains(c))
            .len();
        let (word, rest) = word.split_at(end);
        shown.push_str(&redacted_word(word));
        shown.push_str(rest);
    }
    shown
}

fn redacted_word(word: &str) -> String {
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if word.starts_with("eyJ") {
        return "TOKEN".to_owned();
    }
    if let Some(word) = word.strip_suffix(':') {
        return redacted_word(word) + ":";
    }
    // 20261122T040951Z-569afca97d46 behind a prefix.
    if word.len() > 29 {
        let (head, tail) = word.split_at(word.len() - 29);
        let (time, random) = tail.split_at(17);
        if time.ends_with("Z-")
            && digits(&time[..8])
            && random.chars().all(|c| c.is_ascii_hexdigit())
        {
            return format!("{head}20261122T000000Z-0123456789ab");
        }
    }
    if word.len() == 20 && word.ends_with('Z') && digits(&word[..4]) && &word[10..11] == "T" {
        return "2026-11-22T00:00:00Z".to_owned();
    }
    word.to_owned()
}
