//! Several little Argo CDs, played by the fake, and a configuration that names them.

use std::fs;
use std::path::{Path, PathBuf};

use super::world::{Outcome, World};

/// The Argo CDs `one`, `two`, …, in the order of the configuration.
pub(crate) struct Fleet {
    pub(crate) base: World,
    pub(crate) all: Vec<(&'static str, World)>,
}

impl Fleet {
    pub(crate) fn new(names: &[&'static str]) -> Self {
        let base = World::new();
        let instances = names.iter().map(|name| {
            format!("- {{name: {name}, context: kube-{name}, argocd: {{context: {name}}}}}\n")
        });
        let text = format!("instances:\n{}", instances.collect::<String>());
        fs::write(base.file("octopus-argo.yaml"), text).unwrap();
        let all = names.iter().map(|name| (*name, base.within(name)));
        Self {
            all: all.collect(),
            base,
        }
    }

    /// Each with a token `octopus-old` of its own, in `tokens/`, with which alone the job works.
    pub(crate) fn with_tokens(names: &[&'static str]) -> Self {
        let fleet = Self::new(names);
        fs::create_dir(fleet.base.file("tokens")).unwrap();
        for (name, world) in &fleet.all {
            let token = world.make_token("octopus-old", "24h");
            fleet.put(name, &token);
            world.set("/login", serde_json::Value::Null).calm();
        }
        fleet
    }

    /// Puts a token into the Secret of an instance.
    pub(crate) fn put(&self, name: &str, token: &str) {
        let path = self.base.file("tokens").join(format!("{name}.yaml"));
        let text = format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: argocd-auth-token\nstringData:\n  ARGOCD_AUTH_TOKEN: {token}\n"
        );
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    pub(crate) fn world(&self, name: &str) -> &World {
        let found = self.all.iter().find(|(known, _)| *known == name);
        &found.unwrap().1
    }

    /// Runs a command line, split at blanks. No token is where none belongs.
    pub(crate) fn run(&self, line: &str) -> Outcome {
        let args: Vec<&str> = line.split(' ').collect();
        self.check(self.base.run(&args))
    }

    pub(crate) fn check(&self, outcome: Outcome) -> Outcome {
        let state = self.state();
        let mut outcome = outcome;
        for (_, world) in &self.all {
            outcome = world.check(outcome);
            for token in world.made() {
                for part in token.split('.').skip(1) {
                    assert!(
                        !outcome.stdout.contains(part),
                        "on stdout:\n{}",
                        outcome.stdout
                    );
                    assert!(!state.contains(part), "in the journal:\n{state}");
                }
            }
        }
        outcome
    }

    /// Where the journals are.
    pub(crate) fn state_dir(&self) -> PathBuf {
        self.base.file(".local/state/octopus-argo")
    }

    /// All that stands in journals and locks.
    pub(crate) fn state(&self) -> String {
        let files = fs::read_dir(self.state_dir()).into_iter().flatten();
        files
            .map(|file| {
                String::from_utf8_lossy(&fs::read(file.unwrap().path()).unwrap()).into_owned()
            })
            .collect()
    }

    /// The journal, if there is one.
    pub(crate) fn journal(&self) -> Option<PathBuf> {
        let files = fs::read_dir(self.state_dir()).into_iter().flatten();
        let mut files = files.map(|file| file.unwrap().path());
        files.find(|path| path.extension().is_some_and(|end| end == "jsonl"))
    }

    /// What stands in a file, or nothing.
    pub(crate) fn text(&self, path: impl AsRef<Path>) -> String {
        fs::read_to_string(self.base.path().join(path)).unwrap_or_default()
    }
}
