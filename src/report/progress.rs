//! How far a long command is, on one line of a terminal that goes away again.

use std::io::Write;
use std::time::{Duration, SystemTime};

/// What is over by then needs no such line.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is rewritten.
const PAUSE: Duration = Duration::from_millis(100);
/// How wide the bar is.
const WIDTH: usize = 30;

/// A bar that appears when something takes longer than a second.
pub struct Progress<'c> {
    clock: &'c dyn Fn() -> SystemTime,
    start: SystemTime,
    last: Option<SystemTime>,
    shown: bool,
    what: &'static str,
}

impl<'c> Progress<'c> {
    /// Starts to count `what`; shows nothing ever unless `shown`.
    pub fn new(clock: &'c dyn Fn() -> SystemTime, shown: bool, what: &'static str) -> Self {
        Self {
            start: clock(),
            clock,
            last: None,
            shown,
            what,
        }
    }

    /// So many are done of so many.
    pub fn tell(&mut self, done: usize, all: usize, stderr: &mut dyn Write) {
        if !self.shown {
            return;
        }
        let now = (self.clock)();
        let since = |then: SystemTime| now.duration_since(then).unwrap_or_default();
        let due = match self.last {
            None => since(self.start) >= PATIENCE,
            Some(last) => since(last) >= PAUSE,
        };
        if due {
            self.last = Some(now);
            let full = WIDTH * done / all.max(1);
            let bar = "=".repeat(full) + &" ".repeat(WIDTH - full);
            // No one is left to be told when stderr is closed.
            let _ = write!(stderr, "\r[{bar}] {done}/{all} {}", self.what);
            let _ = stderr.flush();
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self, stderr: &mut dyn Write) {
        if self.last.take().is_some() {
            let _ = write!(stderr, "\r\u{1b}[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn written(step: Duration, shown: bool) -> String {
        let now = Cell::new(SystemTime::UNIX_EPOCH);
        let clock = || now.get();
        let mut out = Vec::new();
        let mut progress = Progress::new(&clock, shown, "files");
        for done in 1..=4 {
            now.set(now.get() + step);
            progress.tell(done, 4, &mut out);
        }
        progress.clear(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn appears_after_a_second_and_goes_away() {
        let shown = written(Duration::from_millis(600), true);
        assert!(
            shown.starts_with("\r[===============               ] 2/4 files\r["),
            "{shown:?}"
        );
        assert!(shown.ends_with("] 4/4 files\r\u{1b}[K"), "{shown:?}");
    }

    #[test]
    fn what_is_quick_or_no_terminal_shows_nothing() {
        assert_eq!(written(Duration::from_millis(200), true), "");
        assert_eq!(written(Duration::from_secs(9), false), "");
    }
}
