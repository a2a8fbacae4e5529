//! Files, directories and stdin.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Content, File, Origin};
use crate::error::{Error, Result};
use crate::model::{Location, Source};
use crate::yaml::Stream;

/// The most that is read of one file; a ConfigMap holds 1 MiB.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// Reads files as kubectl does: `-f` names files, directories and `-`.
pub struct Reader<'a> {
    /// What `-` reads.
    pub stdin: &'a mut dyn Read,
    /// Where relative paths start.
    pub directory: &'a Path,
    /// Whether directories are read with all that is below them.
    pub recursive: bool,
    /// Whether a named file is passed over where it is not YAML or JSON and does not name one of Argo CD's
    /// ConfigMaps: hooks name every file that changed.
    pub skip_unrelated: bool,
}

/// A file of a directory that is not YAML or JSON (a Helm template, say), and was left out.
#[derive(Debug)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// Why it cannot be read.
    pub reason: Error,
    /// Whether its text names one of Argo CD's ConfigMaps, so that leaving it out may matter.
    pub names_argo_cd: bool,
}

/// Everything that was read, and everything that could not be.
#[derive(Debug, Default)]
pub struct Reading {
    /// What was read, in the order in which it was named.
    pub files: Vec<File>,
    /// Files of directories that were left out.
    pub skipped: Vec<Skipped>,
    /// Named files that cannot be read.
    pub failures: Vec<Error>,
}

/// Something to read.
enum WantedPath {
    Stdin,
    Named(PathBuf),
    Found(PathBuf),
}

impl Reader<'_> {
    /// Reads everything that `names` name, in their order; a directory's files by name.
    pub fn read(&mut self, names: &[PathBuf]) -> Result<(Vec<File>, Vec<Skipped>)> {
        let (mut files, mut skipped) = (Vec::new(), Vec::new());
        for wanted in self.list(names)? {
            match self.take(wanted)? {
                Ok(file) => files.push(file),
                Err(left_out) => skipped.push(*left_out),
            }
        }
        Ok((files, skipped))
    }

    /// The same, but goes on where a named file cannot be read. Tells `watch` after each file how
    /// many are read and how many there are.
    pub fn read_each(
        &mut self,
        names: &[PathBuf],
        watch: &mut dyn FnMut(usize, usize),
    ) -> Result<Reading> {
        let mut reading = Reading::default();
        let wanted = self.list(names)?;
        let total = wanted.len();
        for (index, wanted) in wanted.into_iter().enumerate() {
            let candidate = match &wanted {
                WantedPath::Named(name) if self.skip_unrelated => Some(name.clone()),
                _ => None,
            };
            match self.take(wanted) {
                Ok(Ok(file)) => reading.files.push(file),
                Ok(Err(left_out)) => reading.skipped.push(*left_out),
                Err(_) if candidate.is_some_and(|name| self.is_unrelated(&name)) => {}
                Err(error) => reading.failures.push(error),
            }
            watch(index + 1, total);
        }
        Ok(reading)
    }

    /// What the names name: directories are looked into, nothing is read yet.
    fn list(&self, names: &[PathBuf]) -> Result<Vec<WantedPath>> {
        let (mut wanted, mut seen) = (Vec::new(), BTreeSet::new());
        for name in names {
            let text = name.to_string_lossy();
            if text.starts_with("https://") || text.starts_with("http://") {
                return Err(
                    Error::usage(format!("{text} is a URL, and URLs are not fetched")).hint(
                        format!(
                            "fetch it yourself: curl -fsSL {text} | kubectl octopus-argo … -f -"
                        ),
                    ),
                );
            }
            if text == "-" {
                if !seen.insert(PathBuf::from("-")) {
                    return Err(Error::usage("stdin (`-f -`) can be read only once"));
                }
                wanted.push(WantedPath::Stdin);
                continue;
            }
            let path = self.directory.join(name);
            let metadata = fs::metadata(&path).map_err(|cause| unreadable(name, cause))?;
            if metadata.is_dir() {
                let mut found = Vec::new();
                // Annotations and SARIF want `argocd/cm.yaml`, and take `./argocd/cm.yaml` for another file.
                let shown = name.strip_prefix(".").unwrap_or(name);
                list(&path, shown, self.recursive, &mut found)?;
                if found.is_empty() {
                    return Err(Error::input(format!(
                        "there is no *.yaml, *.yml or *.json in {}",
                        name.display()
                    ))
                    .hint(if self.recursive {
                        "name the files, or another directory"
                    } else {
                        "name the files, or descend with -R"
                    }));
                }
                let new = found.into_iter().filter(|name| seen.insert(name.clone()));
                wanted.extend(new.map(WantedPath::Found));
            } else if seen.insert(name.clone()) {
                wanted.push(WantedPath::Named(name.clone()));
            }
        }
        Ok(wanted)
    }

    fn take(&mut self, wanted: WantedPath) -> Result<Result<File, Box<Skipped>>> {
        match wanted {
            WantedPath::Stdin => self.stdin().map(Ok),
            WantedPath::Found(name) => Ok(self.found(&name)),
            WantedPath::Named(name) => {
                let text = read_text(&self.directory.join(&name), &name)?;
                let content = content(Source::new(&*name.to_string_lossy(), text))?;
                Ok(Ok(File {
                    origin: Origin::Named(name),
                    content,
                }))
            }
        }
    }

    fn stdin(&mut self) -> Result<File> {
        let mut bytes = Vec::new();
        self.stdin
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(|cause| Error::input("cannot read stdin").caused_by(cause))?;
        let text = text("<stdin>", bytes)?;
        if text.trim().is_empty() {
            return Err(Error::input("<stdin> is empty")
                .hint("did the command before the pipe fail? run it on its own"));
        }
        Ok(File {
            origin: Origin::Stdin,
            content: content(Source::new("<stdin>", text))?,
        })
    }

    /// Returns whether a file that cannot be parsed does not name Argo CD's ConfigMaps.
    fn is_unrelated(&self, name: &Path) -> bool {
        let mut bytes = Vec::new();
        let read = fs::File::open(self.directory.join(name))
            .and_then(|file| file.take(MAX_FILE).read_to_end(&mut bytes));
        read.is_ok() && !names_argo_cd(&String::from_utf8_lossy(&bytes))
    }

    fn found(&self, name: &Path) -> Result<File, Box<Skipped>> {
        let path = self.directory.join(name);
        let mut is_related = false;
        let parsed = read_text(&path, name).and_then(|text| {
            is_related = names_argo_cd(&text);
            let stream = Stream::parse(Source::new(&*name.to_string_lossy(), text))?;
            let content = Content::Documents(stream);
            Ok(File {
                origin: Origin::Found(name.to_owned()),
                content,
            })
        });
        parsed.map_err(|reason| {
            Box::new(Skipped {
                path: name.to_owned(),
                reason,
                names_argo_cd: is_related,
            })
        })
    }
}

/// Returns whether a text names one of the ConfigMaps that the plugin is about.
fn names_argo_cd(text: &str) -> bool {
    text.contains("argocd-cm") || text.contains("argocd-rbac-cm")
}

/// A text is a bare policy if it is called so, or if its first line that says something is a rule.
fn content(source: Source) -> Result<Content> {
    let rule = |line: &str| {
        let kind = line.split(',').next().unwrap_or_default().trim();
        line.contains(',') && (kind == "p" || kind == "g")
    };
    let mut lines = source.text().lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    if source.name().ends_with(".csv") || first.is_some_and(rule) {
        return Ok(Content::Policy(source));
    }
    Ok(Content::Documents(Stream::parse(source)?))
}

fn list(path: &Path, name: &Path, recursive: bool, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(path).map_err(|cause| unreadable(name, cause))?;
    let mut entries: Vec<_> = entries
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(|cause| unreadable(name, cause))?
        .into_iter()
        .map(|entry| entry.file_name())
        .collect();
    entries.sort();
    for entry in entries {
        let (path, name) = (path.join(&entry), name.join(&entry));
        // A link to a directory is not followed: it could lead back up.
        let kind = fs::symlink_metadata(&path).map_err(|cause| unreadable(&name, cause))?;
        if kind.is_dir() {
            if recursive {
                list(&path, &name, recursive, found)?;
            }
        } else if path.extension().is_some_and(|extension| {
            ["yaml", "yml", "json"]
                .iter()
                .any(|known| extension == *known)
        }) && fs::metadata(&path).is_ok_and(|target| target.is_file())
        {
            found.push(name);
        }
    }
    Ok(())
}

/// The text of the file at `path`, which is called `name` where it cannot be read.
///
/// # Errors
/// Bad input: it cannot be read, is larger than 64 MiB, or is not UTF-8.
pub fn read_text(path: &Path, name: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    open(path)
        .and_then(|file| {
            let len = file.metadata().map_or(0, |found| found.len()).min(MAX_FILE);
            // One more, so that the end is seen without asking for more memory.
            bytes.reserve(usize::try_from(len).unwrap_or_default() + 1);
            file.take(MAX_FILE + 1).read_to_end(&mut bytes)
        })
        .map_err(|cause| unreadable(name, cause))?;
    text(&name.to_string_lossy(), bytes)
}

/// How long someone may take to begin to write into a FIFO.
#[cfg(unix)]
const FIFO_PATIENCE: rustix::event::Timespec = rustix::event::Timespec {
    tv_sec: 5,
    tv_nsec: 0,
};

/// Opens a file. Opening a FIFO waits for someone who writes, which may be for ever: so it is refused
/// where no one comes. What `<(…)` makes is open at its other end already.
#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<fs::File> {
    use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::fs::{OFlags, fcntl_setfl};

    let is_open = path.starts_with("/dev") || path.starts_with("/proc");
    if is_open || !fs::metadata(path)?.file_type().is_fifo() {
        return fs::File::open(path);
    }
    let mut options = fs::OpenOptions::new();
    let nonblocking = OFlags::NONBLOCK.bits().cast_signed();
    let mut file = options.read(true).custom_flags(nonblocking).open(path)?;
    let mut wait = [PollFd::new(&file, PollFlags::IN)];
    let is_silent = poll(&mut wait, Some(&FIFO_PATIENCE))? == 0;
    // A slow writer is there anyway: then reading would block.
    if is_silent && file.read(&mut [0]).is_ok_and(|length| length == 0) {
        return Err(std::io::Error::new(
            std::io::ErrorKind::TimedOut,
            "it is a FIFO that nothing writes to",
        ));
    }
    fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<fs::File> {
    fs::File::open(path)
}

fn text(name: &str, bytes: Vec<u8>) -> Result<String> {
    if bytes.len() as u64 > MAX_FILE {
        return Err(
            Error::input(format!("{name} is larger than {} MiB", MAX_FILE >> 20))
                .hint("a ConfigMap holds at most 1 MiB; is this the right file?"),
        );
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Error::input(format!("{name} is UTF-16, and UTF-8 is needed"))
            .hint("PowerShell's `>` writes UTF-16: pipe into the plugin, or use Out-File -Encoding utf8"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let before = String::from_utf8_lossy(&bytes[..valid]).into_owned();
        let location: Location = Source::new(name, before).location(valid);
        Error::input(format!("the byte 0x{:02x} is not UTF-8", bytes[valid]))
            .at(location)
            .hint("save the file as UTF-8")
    })
}

fn unreadable(name: &Path, cause: std::io::Error) -> Error {
    Error::input(format!("cannot read {}", name.display())).caused_by(cause)
}
