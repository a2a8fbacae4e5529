//! Reading tokens and passwords, from files, stdin and the environment.

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::argocd::TOKEN_VARIABLE;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::model::TokenClaims;
use crate::text::Secret;

/// No token and no password is longer.
const LONGEST_SECRET: u64 = 64 * 1024;

/// Reads a secret from a file, or from stdin where the file is `-`; without the line end.
///
/// # Errors
/// A file that cannot be read, or holds no secret.
pub fn read_secret(file: &Path, host: &mut Host<'_>) -> Result<Secret> {
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(4096));
    let (name, outcome) = if file == Path::new("-") {
        let mut stdin = (&mut *host.stdin).take(LONGEST_SECRET + 1);
        ("stdin".to_owned(), stdin.read_to_end(&mut bytes))
    } else {
        let opened = fs::File::open(host.path(file));
        let read = opened.and_then(|file| file.take(LONGEST_SECRET + 1).read_to_end(&mut bytes));
        (file.display().to_string(), read)
    };
    outcome.map_err(|cause| Error::input(format!("cannot read {name}")).caused_by(cause))?;
    if bytes.len() as u64 > LONGEST_SECRET {
        return Err(Error::input(format!("{name} is too long for a secret")));
    }
    let text = Secret::from_bytes(std::mem::take(&mut *bytes));
    let line = text.expose();
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.trim().is_empty() {
        return Err(Error::input(format!("{name} is empty")));
    }
    Ok(Secret::new(line))
}

/// The token that is presented: that of the file, else that of `ARGOCD_AUTH_TOKEN`. Stdin is never
/// read unasked.
///
/// # Errors
/// Something that is not a token.
pub fn presented(
    file: Option<&Path>,
    host: &mut Host<'_>,
) -> Result<Option<(Secret, TokenClaims)>> {
    let (token, name) = if let Some(file) = file {
        let token = Secret::new(read_secret(file, host)?.expose().trim());
        (token, format!("--token-file {}", file.display()))
    } else {
        let Some(text) = host.env.get(TOKEN_VARIABLE) else {
            return Ok(None);
        };
        let text = text.to_str().unwrap_or_default();
        (Secret::new(text.trim()), TOKEN_VARIABLE.to_owned())
    };
    let claims = TokenClaims::decode(token.expose())
        .map_err(|why| Error::input(format!("{name} does not hold a token: {why}")))?;
    Ok(Some((token, claims)))
}
