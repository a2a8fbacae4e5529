//! The cluster, through `kubectl get`: the only program that an offline command may run, and
//! only when asked with `--live`.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Content, File, Origin};
use crate::error::{Error, Result};
use crate::model::{Source, Which};
use crate::process::{Invocation, Runner};
use crate::yaml::Stream;

/// A cluster to ask.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// kubectl itself: the one that runs us, if it said so, else the one in PATH.
    pub kubectl: PathBuf,
    /// Its connection flags.
    pub flags: Vec<OsString>,
    /// The namespace of Argo CD.
    pub namespace: String,
}

/// Reads both ConfigMaps of one Argo CD.
pub fn get(cluster: &Cluster, runner: &dyn Runner) -> Result<File> {
    let mut args: Vec<OsString> = vec!["get".into(), "configmap".into()];
    args.extend(Which::ALL.map(|which| which.name().into()));
    args.push("--namespace".into());
    args.push(cluster.namespace.clone().into());
    for flag in [
        "--output=yaml",
        "--show-managed-fields",
        "--ignore-not-found",
    ] {
        args.push(flag.into());
    }
    args.extend(cluster.flags.iter().cloned());
    let output = runner.run(&Invocation::new(&cluster.kubectl).args(args))?;
    if output.code != Some(0) {
        let said = output.stderr.trim();
        return Err(Error::external(format!("kubectl could not read the ConfigMaps: {said}"))
            .hint("is this the right cluster? `kubectl config current-context` names it; --context chooses another"));
    }
    let text = output.stdout.expose();
    if text.trim().is_empty() {
        return Err(Error::input(format!(
            "there is no argocd-cm and no argocd-rbac-cm in namespace {}",
            cluster.namespace
        ))
        .hint("name Argo CD's namespace with -n; for a new Argo CD there is --fresh"));
    }
    let stream = Stream::parse(Source::new("<live>", text))?;
    Ok(File {
        origin: Origin::Live,
        content: Content::Documents(stream),
    })
}
