//! Ends what a test process leaves behind, however it ends: the tests share their programs in a
//! static, which Rust never drops, and a panic or SIGKILL runs no destructor either.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Waits for the end of its stdin, that is of the test process; then kills each program by its pid
/// and removes the directory. A second attempt, because a killed program may still have been writing.
const SCRIPT: &str = r#"
cat >/dev/null
for pid in "$1"/pids/*; do
  kill -9 "${pid##*/}" 2>/dev/null
done
rm -rf "$1" 2>/dev/null || { sleep 1; rm -rf "$1"; }
"#;

struct Janitor {
    directory: PathBuf,
    /// Never waited for: it outlives the process that started it.
    _shell: Child,
}

fn janitor() -> &'static Janitor {
    static JANITOR: OnceLock<Janitor> = OnceLock::new();
    JANITOR.get_or_init(|| {
        let directory =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("e2e-{}", std::process::id()));
        fs::create_dir_all(directory.join("pids")).unwrap();
        // A process group of its own: Ctrl-C at the terminal must not reach it.
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "janitor"])
            .arg(&directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        Janitor {
            directory,
            _shell: shell,
        }
    })
}

/// Returns the directory of this test process, which goes when the process ends.
pub(crate) fn directory() -> &'static Path {
    &janitor().directory
}

/// Makes sure that the process is ended when this one ends.
pub(crate) fn watch(pid: u32) {
    fs::write(directory().join(format!("pids/{pid}")), "").unwrap();
}

/// The process has been waited for: its pid may be another's soon.
pub(crate) fn forget(pid: u32) {
    fs::remove_file(directory().join(format!("pids/{pid}"))).unwrap();
}
