//! A program and everything it starts, ended together.

use std::io;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// How long a program has to end by itself once it was asked to.
const GRACE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(5);

/// Lets a program become the leader of a process group of its own, so that it can be ended with
/// everything it starts, and so that the terminal's Ctrl-C reaches us alone.
pub(super) fn lead_a_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Whether the program has come to its end. On Unix it is not reaped: its number stays taken, so
/// that [`end_group`] cannot hit a stranger.
pub(super) fn has_ended(child: &mut Child) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let pid = Pid::from_child(child);
        loop {
            match waitid(WaitId::Pid(pid), options) {
                Err(rustix::io::Errno::INTR) => {}
                answer => return Ok(answer?.is_some()),
            }
        }
    }
    #[cfg(not(unix))]
    child.try_wait().map(|status| status.is_some())
}

/// Ends a program that leads a group, with its group: politely first, then not.
pub(super) fn end_group(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        // Signals can fail only because no one is left, which is what is wanted.
        let group = Pid::from_child(child);
        let _ = kill_process_group(group, Signal::TERM);
        wait_for_end(child);
        let _ = kill_process_group(group, Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = child.kill();
    let _ = child.wait();
}

/// Ends a program that shares our group.
pub(super) fn end_alone(child: &mut Child) {
    // The terminal's Ctrl-C has reached it as well, so it may be on its way out.
    wait_for_end(child);
    let _ = child.kill();
    let _ = child.wait();
}

fn wait_for_end(child: &mut Child) {
    let until = Instant::now() + GRACE;
    while Instant::now() < until && matches!(has_ended(child), Ok(false)) {
        std::thread::sleep(TICK);
    }
}
