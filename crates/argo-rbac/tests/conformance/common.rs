//! Reading the recorded cases.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use argo_rbac::{ArgoCdVersion, MatchMode, PolicySet};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The version that the answers are from.
pub(crate) const RECORDED: ArgoCdVersion = ArgoCdVersion::exact(3, 5, 1);

/// The version that `_next` answers are for. They are from 3.6.0-dev; a newer version must give the
/// same ones, apart from differences that its own methods make.
pub(crate) const NEXT: ArgoCdVersion = ArgoCdVersion::NEWEST;

/// The cases of one file.
pub(crate) fn read<T: DeserializeOwned>(file: &str) -> T {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/conformance/argocd-rbac")
        .join(file);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A policy and what surrounds it.
#[derive(Deserialize)]
pub(crate) struct Surroundings {
    configmap_data: BTreeMap<String, String>,
    #[serde(default)]
    match_mode: String,
    #[serde(default)]
    default_role: String,
    builtin: bool,
}

impl Surroundings {
    /// The set to load. `policy.default` and `policy.matchMode` in the data are to be ignored here.
    pub(crate) fn set(&self, version: ArgoCdVersion) -> PolicySet {
        let data = self.configmap_data.iter();
        PolicySet {
            default_role: self.default_role.clone(),
            match_mode: MatchMode::from_setting(&self.match_mode),
            builtin: self.builtin,
            version,
            ..PolicySet::from_data(data.map(|(key, value)| (&**key, &**value)))
        }
    }
}

/// Counts answers, and fails at the end with all that were wrong or when there were none.
pub(crate) struct Tally {
    what: &'static str,
    read: usize,
    wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn new(what: &'static str) -> Self {
        Self {
            what,
            read: 0,
            wrong: Vec::new(),
        }
    }

    pub(crate) fn check<T: PartialEq + std::fmt::Debug>(
        &mut self,
        got: &T,
        want: &T,
        case: impl FnOnce() -> String,
    ) {
        self.read += 1;
        if got != want {
            let case = case();
            self.wrong
                .push(format!("{case}: got {got:?}, recorded {want:?}"));
        }
    }

    #[track_caller]
    pub(crate) fn finish(self) {
        println!("{}: {} answers read", self.what, self.read);
        assert_ne!(self.read, 0, "{}: nothing was read", self.what);
        let shown = self.wrong.iter().take(40).cloned().collect::<Vec<_>>();
        assert!(
            self.wrong.is_empty(),
            "{}: {} of {} differ\n{}",
            self.what,
            self.wrong.len(),
            self.read,
            shown.join("\n")
        );
    }
}
