//! The executable fake of argocd, and the little Argo CD that it plays.

use std::path::{Path, PathBuf};

use kubectl_octopus_argo::process::{Failure, Invocation, Output, Runner, System};
use kubectl_octopus_argo::text::Secret;
use serde_json::Value;

/// Where the fake is.
pub(crate) fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_fake-argocd").into()
}

/// The recorded calls of the real argocd.
pub(crate) fn transcripts() -> Vec<Value> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/argocd-cli/transcripts.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Runs real programs, and tells the fake where its directory is.
pub(crate) struct Playing<'a>(pub(crate) &'a Path);

impl Runner for Playing<'_> {
    fn run(&self, invocation: &Invocation) -> Result<Output, Failure> {
        let mut invocation = invocation.clone();
        let directory = Secret::new(self.0.to_str().unwrap());
        invocation.env.push(("FAKE_ARGOCD".into(), directory));
        System.run(&invocation)
    }
}
