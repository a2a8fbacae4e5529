//! A program in the background.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::janitor;

/// How long a program may take to be ready: the cores may be busy with other work.
const PATIENCE: Duration = Duration::from_secs(600);

/// A running program, killed when it is dropped.
pub struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts a program; what it prints goes into a log beside the other files of the test process.
    pub fn start(program: &Path, args: &[String], environment: &[(&str, &str)]) -> Self {
        let name = program.file_name().unwrap().to_str().unwrap();
        let log = janitor::directory().join(format!("{name}-{}.log", free_port()));
        let output = File::create(&log).unwrap();
        let mut command = Command::new(program);
        command
            .args(args)
            .env_clear()
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .process_group(0);
        let child = command.spawn().unwrap();
        janitor::watch(child.id());
        Self { child, log }
    }

    /// Waits until the program answers as it must.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, mut ready: impl FnMut() -> bool) {
        let start = Instant::now();
        while !ready() {
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none() && start.elapsed() < PATIENCE,
                "{what} is not ready ({ended:?}):\n{}",
                self.log_tail()
            );
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until the program accepts connections.
    #[track_caller]
    pub fn wait_for_port(&mut self, what: &str, port: u16) {
        self.wait_until(what, || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        });
    }

    /// Stops or continues the program, as a machine that hangs.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself: either way it is waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
        janitor::forget(self.child.id());
    }
}

/// Returns a port of the loopback interface that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
