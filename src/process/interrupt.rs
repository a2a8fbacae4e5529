//! Ctrl-C, SIGTERM, SIGHUP, and the other signals that would end this program.
//!
//! Nothing is caught until a program runs or a secret is on its way. From then on a signal ends
//! this program at once where nothing needs to be put in order, and is only noted where something
//! does: see [`Hold`].

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};

/// The exit code of an interrupted program.
const INTERRUPTED: i32 = 130;

/// How many [`Hold`]s there are.
static HOLDS: Mutex<usize> = Mutex::new(0);
/// Whether a signal ends the program at once: exactly while there is no [`Hold`].
static AT_ONCE: AtomicBool = AtomicBool::new(true);
/// Whether a signal came that is not counted yet.
static RAISED: AtomicBool = AtomicBool::new(false);
/// How many signals came.
static SIGNALS: AtomicUsize = AtomicUsize::new(0);
static INSTALL: Once = Once::new();

/// While this lives, a signal does not end the program: it is noted, and anyone who holds puts things
/// in order (ends the program it runs, revokes the token it made) and then ends.
#[derive(Debug)]
pub struct Hold(());

impl Hold {
    /// Starts to hold.
    pub fn new() -> Self {
        INSTALL.call_once(install);
        let mut holds = holds();
        *holds += 1;
        AT_ONCE.store(false, Ordering::SeqCst);
        Self(())
    }
}

impl Default for Hold {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut holds = holds();
        *holds -= 1;
        AT_ONCE.store(*holds == 0, Ordering::SeqCst);
    }
}

fn holds() -> MutexGuard<'static, usize> {
    // A number cannot be half written: what a panicking thread left is as good as any.
    HOLDS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who asks whether a signal has come. Each of several tasks that run at the same time has its own:
/// that one acts on a signal does not keep the others from hearing it.
#[derive(Debug, Default)]
pub(super) struct Ear {
    /// How many of the signals it has acted on.
    heard: AtomicUsize,
}

impl Ear {
    /// An ear that has heard nothing.
    pub(super) const fn new() -> Self {
        Self {
            heard: AtomicUsize::new(0),
        }
    }

    /// One more, that has heard what this one has.
    pub(super) fn further(&self) -> Self {
        Self {
            heard: AtomicUsize::new(self.heard.load(Ordering::SeqCst)),
        }
    }

    /// Whether a signal has come that was not acted on here.
    pub(super) fn hears(&self) -> bool {
        signals() > self.heard.load(Ordering::SeqCst)
    }

    /// Forgets the signals that came, because they are being acted on; a further one is heard again.
    pub(super) fn acknowledge(&self) {
        self.heard.store(signals(), Ordering::SeqCst);
    }
}

fn signals() -> usize {
    if RAISED.swap(false, Ordering::SeqCst) {
        SIGNALS.fetch_add(1, Ordering::SeqCst) + 1
    } else {
        SIGNALS.load(Ordering::SeqCst)
    }
}

/// Takes the signals that no one acts on.
#[cfg(unix)]
static IGNORED: AtomicBool = AtomicBool::new(false);

fn install() {
    // A file that grows beyond what is allowed is an error of the write, and no reason to end
    // with a token in hand.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(rustix::process::Signal::XFSZ.as_raw(), &IGNORED);
    for signal in [SIGINT, SIGTERM] {
        // The order counts: the first one ends the program if no one holds. Registering fails
        // only for signals that cannot be caught; then the default action stays, which is to end.
        let ended = signal_hook::flag::register_conditional_shutdown(signal, INTERRUPTED, &AT_ONCE);
        if ended.is_ok() {
            let _ = signal_hook::flag::register(signal, &RAISED);
        }
    }
    #[cfg(unix)]
    {
        let status = status();
        forbid_core_dumps();
        // `nohup` wants that nothing ends with the terminal, and a shell that Ctrl-\ does not end
        // what it runs in the background.
        for signal in DEADLY
            .into_iter()
            .filter(|signal| !is_ignored(*signal, &status))
        {
            let ended = signal_hook::flag::register_conditional_default(signal, &AT_ONCE);
            if ended.is_ok() {
                let _ = signal_hook::flag::register(signal, &RAISED);
            }
        }
    }
}

/// The signals that end a program beside Ctrl-C and SIGTERM, as far as they can be caught: from the
/// terminal, from other programs, from timers and from limits that the user has set.
#[cfg(unix)]
const DEADLY: [i32; 9] = {
    use signal_hook::consts;
    [
        consts::SIGHUP,
        consts::SIGQUIT,
        consts::SIGABRT,
        consts::SIGUSR1,
        consts::SIGUSR2,
        consts::SIGALRM,
        consts::SIGVTALRM,
        consts::SIGPROF,
        consts::SIGXCPU,
    ]
};

/// Keeps secrets out of core files, of this program and of those that it runs, and out of the reach
/// of other programs of the same user that would look into its memory. A system that refuses does
/// so for reasons of its own; a token is made anyway.
#[cfg(unix)]
fn forbid_core_dumps() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = Rlimit {
        current: Some(0),
        maximum: getrlimit(Resource::Core).maximum,
    };
    let _ = setrlimit(Resource::Core, limit);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// What the system says of this process; empty where it says nothing.
#[cfg(unix)]
fn status() -> String {
    std::fs::read_to_string("/proc/self/status").unwrap_or_default()
}

/// Whether a signal is among those that the process was told to ignore (proc(5), `SigIgn`).
#[cfg(unix)]
fn is_ignored(signal: i32, status: &str) -> bool {
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let bit = u32::try_from(signal - 1).ok();
    mask.zip(bit)
        .and_then(|(mask, bit)| mask.checked_shr(bit))
        .is_some_and(|mask| mask & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_is_ignored_stays_so() {
        let status = "Name:\tx\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000001001\n";
        assert!(is_ignored(1, status), "SIGHUP");
        assert!(!is_ignored(2, status), "SIGINT");
        assert!(!is_ignored(15, status) && !is_ignored(1, ""));
    }
}
