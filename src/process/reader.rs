//! Reads what a program prints, without ever holding more than a bound.

use std::io::Read;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::text::{Secret, SecretBytes};

/// How much of stderr is kept: its end, where the reason for a failure is.
const STDERR_KEPT: usize = 64 * 1024;

/// What a reader reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// More has come on stdout.
    Printed,
    /// A stream came to its end.
    End,
    /// stdout went beyond its bound; it is no longer read.
    TooMuch,
}

/// What a stream has brought so far. The thread that reads is not joined: a grandchild that keeps
/// the stream open must not keep us waiting.
#[derive(Clone)]
pub(super) struct Collected(Arc<Mutex<SecretBytes>>);

impl Collected {
    fn lock(&self) -> MutexGuard<'_, SecretBytes> {
        // Bytes cannot be half pushed in a way that matters: what is there is shown.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything so far; nothing is left.
    pub(super) fn take(&self) -> Secret {
        self.lock().take()
    }

    /// Looks at everything so far.
    pub(super) fn look<T>(&self, at: impl FnOnce(&[u8]) -> T) -> T {
        at(self.lock().bytes())
    }
}

/// Reads stdout up to `limit` bytes.
pub(super) fn stdout(
    mut stream: impl Read + Send + 'static,
    limit: usize,
    events: Sender<Event>,
) -> Collected {
    let collected = Collected(Arc::default());
    let into = collected.clone();
    std::thread::spawn(move || {
        // Anyone who listens may have gone: then no one wants to know, and sending fails.
        let event = loop {
            let mut chunk = zeroize::Zeroizing::new([0; 8192]);
            match stream.read(&mut *chunk) {
                Ok(0) => break Event::End,
                Ok(read) => {
                    let mut buffer = into.lock();
                    if buffer.len() + read > limit {
                        break Event::TooMuch;
                    }
                    buffer.push(&chunk[..read]);
                    drop(buffer);
                    if events.send(Event::Printed).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break Event::End,
            }
        };
        let _ = events.send(event);
    });
    collected
}

/// Reads stderr to its end and keeps the last of it.
pub(super) fn stderr(mut stream: impl Read + Send + 'static, events: Sender<Event>) -> Collected {
    let collected = Collected(Arc::default());
    let into = collected.clone();
    std::thread::spawn(move || {
        loop {
            let mut chunk = zeroize::Zeroizing::new([0; 8192]);
            match stream.read(&mut *chunk) {
                Ok(0) => break,
                Ok(read) => {
                    let mut buffer = into.lock();
                    buffer.push(&chunk[..read]);
                    if buffer.len() > 2 * STDERR_KEPT {
                        let mut kept = SecretBytes::default();
                        kept.push(whole_lines(&buffer.bytes()[buffer.len() - STDERR_KEPT..]));
                        *buffer = kept;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let _ = events.send(Event::End);
    });
    collected
}

/// Without the first line, which may have lost its beginning: half a secret would not be masked.
fn whole_lines(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| *byte == b'\n');
    end.map_or(&[], |at| &text[at + 1..])
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn stdout_is_bounded() {
        let (sender, events) = mpsc::channel();
        let collected = stdout(std::io::repeat(b'x'), 100_000, sender);
        assert_eq!(events.iter().last(), Some(Event::TooMuch));
        let held = collected.take();
        assert!(held.expose().len() <= 100_000, "{}", held.expose().len());
    }

    #[test]
    fn the_end_of_stderr_is_kept() {
        let (sender, events) = mpsc::channel();
        let text = format!("{}the reason", "noise\n".repeat(100_000));
        let collected = stderr(std::io::Cursor::new(text), sender);
        assert_eq!(events.iter().last(), Some(Event::End));
        let held = collected.take();
        assert!(held.expose().ends_with("noise\nthe reason"));
        assert!(held.expose().len() <= 2 * STDERR_KEPT);
    }
}
