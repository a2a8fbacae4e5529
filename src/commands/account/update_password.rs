//! `account update-password`: argocd asks at the terminal, or types from files on a terminal of
//! its own. No password becomes an argument.

use std::path::Path;

use crate::cli::UpdatePasswordArgs;
use crate::commands::argocd::client;
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::text::Secret;
use crate::tokens::read_secret;

/// What a terminal takes as one line.
const LONGEST: usize = 1000;

pub(super) fn run(args: &UpdatePasswordArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let client = client(&args.argocd, context)?;
    let account = args.account.as_deref();
    // argocd logs anyone who changes their own password in again, and puts that login into its current
    // context, whichever one was named.
    if let Some(other) = client.other_context()
        && (account.is_none() || Some(client.user()?.name.as_str()) == account)
    {
        return Err(Error::usage(format!(
            "argocd would put the new login of context {other} into its current context"
        ))
        .hint(format!(
            "make it the current one first: argocd context {other}"
        )));
    }
    let (Some(current), Some(new)) = (&args.current_password_file, &args.new_password_file) else {
        let terminal = context.host.terminal;
        if !(terminal.stdin && terminal.stdout) {
            return Err(
                Error::usage("argocd asks for passwords, and this is not a terminal")
                    .hint("for automation, use --current-password-file and --new-password-file"),
            );
        }
        client.ask_for_password(account)?;
        return Ok(Code::OK);
    };
    if current == Path::new("-") && new == Path::new("-") {
        return Err(Error::usage(
            "stdin can hold one of the passwords, not both",
        ));
    }
    let current = password(current, context)?;
    let new = password(new, context)?;
    client.update_password(account, &current, &new)?;
    let whose = account.map_or("your own password".to_owned(), |name| {
        format!("the password of account {name}")
    });
    context.note(format!("{whose} is changed"));
    Ok(Code::OK)
}

/// Reads a password that can be typed at a terminal.
fn password(file: &Path, context: &mut Context<'_, '_>) -> Result<Secret> {
    let password = read_secret(file, context.host)?;
    let wrong = |why: &str| Err(Error::input(format!("{}: {why}", file.display())));
    if password.expose().chars().any(char::is_control) {
        return wrong("the password has a control character, or there is more than one line");
    }
    if password.expose().len() > LONGEST {
        return wrong("the password is too long to be typed");
    }
    Ok(password)
}
