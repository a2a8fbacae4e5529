//! The real [`Runner`]: starts programs on this machine.

use std::process::{Command, Stdio};

use super::{Invocation, Output, Runner, Secret, Stdin};
use crate::error::{Error, Result};

/// Starts real programs.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Runner for System {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that starts programs"
    )]
    fn run(&self, invocation: &Invocation) -> Result<Output> {
        let mut command = Command::new(&invocation.program);
        command.args(&invocation.args).stdin(Stdio::null());
        if matches!(invocation.stdin, Stdin::Terminal) {
            command.stdin(Stdio::inherit());
        }
        for name in &invocation.env_remove {
            command.env_remove(name);
        }
        for (name, value) in &invocation.env {
            command.env(name, value.expose());
        }
        let output = command.output().map_err(|cause| {
            Error::external(format!("cannot run {}", invocation.program.display())).caused_by(cause)
        })?;
        Ok(Output {
            code: output.status.code(),
            stdout: Secret::new(String::from_utf8_lossy(&output.stdout).into_owned()),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}
