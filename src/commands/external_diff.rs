//! `KUBECTL_EXTERNAL_DIFF`: the user's own program shows the text, as with `kubectl diff`.

use std::ffi::OsString;

use super::context::Context;
use crate::change::Side;
use crate::emit::{Access, Existing, private_directory, write};
use crate::error::{Error, Result};
use crate::process::{Invocation, Stdin};

/// Runs the program on two directories, live and desired; `false` if there is none to run.
pub(super) fn show(sides: &[Side], context: &mut Context<'_, '_>) -> Result<bool> {
    let Some(command) = context.host.env.get("KUBECTL_EXTERNAL_DIFF") else {
        return Ok(false);
    };
    let command = command.to_string_lossy().into_owned();
    let mut words = command.split(' ').filter(|word| !word.is_empty());
    let Some(program) = words.next() else {
        return Ok(false);
    };
    // kubectl passes on only words like these, so that the variable runs nothing else.
    let plain = |word: &&str| {
        word.chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '=')
    };
    let mut args: Vec<OsString> = words.filter(plain).map(OsString::from).collect();
    let failed = |cause| Error::external("cannot make a temporary directory").caused_by(cause);
    let live = private_directory("LIVE-").map_err(failed)?;
    let desired = private_directory("DESIRED-").map_err(failed)?;
    for side in sides {
        for (directory, text) in [(&live, &side.live), (&desired, &side.desired)] {
            if !text.is_empty() {
                let path = directory.path().join(&side.name);
                write(&path, text.as_bytes(), Access::Private, Existing::Keep)?;
            }
        }
    }
    args.extend([live.path().into(), desired.path().into()]);
    let output = context.host.runner.run(&Invocation {
        stdin: Stdin::Terminal,
        timeout: None,
        ..Invocation::new(program).args(args)
    })?;
    match output.code {
        Some(0 | 1) => Ok(true),
        _ => Err(
            Error::external(format!("KUBECTL_EXTERNAL_DIFF: {program} failed"))
                .hint("unset KUBECTL_EXTERNAL_DIFF to see the built-in diff"),
        ),
    }
}
