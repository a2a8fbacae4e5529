//! Setting argocd up: from options, its configuration and its variables.

use std::path::{Path, PathBuf};

use super::client::{Client, OPTIONS_VARIABLE, Setup, TOKEN_VARIABLE};
use super::commands::HintCommands;
use super::context::{Logins, config_file};
use super::options::Options;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::input::read_text;
use crate::model::{Connection, Span};
use crate::process::DEFAULT_TIMEOUT;
use crate::text::Secret;

/// The variable that names the argocd to run.
const PROGRAM_VARIABLE: &str = "ARGOCD";
/// argocd's variable that names the server.
const SERVER_VARIABLE: &str = "ARGOCD_SERVER";

/// The options that say how argocd is run.
#[derive(Clone, Debug)]
pub struct ArgocdOptions {
    /// The program, if it was named.
    pub program: Option<PathBuf>,
    /// The time limit of a call, if one was given.
    pub timeout: Option<Span>,
    /// The flags that are passed through.
    pub connection: Connection,
    /// The commands that hints name.
    pub commands: HintCommands,
}

/// Sets argocd up, with its own login.
///
/// # Errors
/// A time limit of nothing, and variables that argocd cannot read.
pub fn set_up<'h>(asked: ArgocdOptions, host: &Host<'h>) -> Result<Client<'h>> {
    let env = &host.env;
    let program = match (asked.program, env.get(PROGRAM_VARIABLE)) {
        (Some(path), _) => program(&path, host),
        (None, Some(path)) => program(Path::new(path), host),
        (None, None) => "argocd".into(),
    };
    if asked.timeout == Some(Span::seconds(0)) {
        return Err(Error::usage("--timeout 0 leaves argocd no time"));
    }
    let options = options(host)?;
    let token = match env.get(TOKEN_VARIABLE) {
        Some(text) => {
            let text = text
                .to_str()
                .ok_or_else(|| Error::usage(format!("{TOKEN_VARIABLE} is not text")))?;
            Some(Secret::new(text.trim()))
        }
        None => None,
    };
    let connection = asked.connection;
    let by_option = || Some(options.as_ref()?.get("config")?.expose().into());
    let config = connection.config.clone().or_else(by_option);
    let config = config.or_else(|| config_file(|name| env.get(name)));
    let config = config.map(|path: PathBuf| host.path(path));
    let config = config.and_then(|path| read_text(&path, &path).ok());
    let setup = Setup {
        program,
        connection,
        logins: config.map_or_else(Logins::default, |config| Logins::read(&config)),
        server_variable: env
            .get(SERVER_VARIABLE)
            .map(|server| server.to_string_lossy().into_owned()),
        options,
        token,
        commands: asked.commands,
        timeout: asked.timeout.map_or(DEFAULT_TIMEOUT, Span::duration),
    };
    Ok(Client::new(host.runner, setup))
}

/// The options that argocd takes from its environment.
fn options(host: &Host<'_>) -> Result<Option<Options>> {
    let options = host.env.get(OPTIONS_VARIABLE).map(|text| {
        let text = text.to_str().ok_or("it is not text")?;
        Options::parse(text)
    });
    options.transpose().map_err(|why| {
        Error::usage(format!("argocd cannot read {OPTIONS_VARIABLE}: {why}"))
            .hint("it holds options as on a command line: --name value, quoted as for a shell")
    })
}

/// The variable that says which server argocd asks, if one does.
///
/// # Errors
/// A variable that argocd cannot read.
pub fn server_variable(host: &Host<'_>) -> Result<Option<&'static str>> {
    if host.env.get(SERVER_VARIABLE).is_some() {
        return Ok(Some(SERVER_VARIABLE));
    }
    let of_a_server = [
        "server",
        "argocd-context",
        "port-forward",
        "core",
        "auth-token",
    ];
    let options = options(host)?;
    let named =
        options.is_some_and(|options| of_a_server.iter().any(|name| options.get(name).is_some()));
    Ok(named.then_some(OPTIONS_VARIABLE))
}

/// Whether the options that argocd takes from its environment hold a token.
///
/// # Errors
/// A variable that argocd cannot read.
pub fn options_hold_a_token(host: &Host<'_>) -> Result<bool> {
    let options = options(host)?;
    Ok(options.is_some_and(|options| options.get("auth-token").is_some()))
}

/// A name is looked up in PATH; a path starts from the working directory.
fn program(path: &Path, host: &Host<'_>) -> PathBuf {
    if path.components().count() == 1 && !path.is_absolute() {
        path.to_owned()
    } else {
        host.path(path)
    }
}

/// Refuses to ask what the caller may do where the answer is always yes.
///
/// # Errors
/// In core mode.
pub fn refuse_core(client: &Client<'_>) -> Result<()> {
    let asked_for = if client.asks_for_core() {
        Some("--core is given, or set in ARGOCD_OPTS")
    } else {
        let core = client.logins().is_core(client.named_context().as_deref());
        core.then_some("the context of argocd's configuration says `core: true`")
    };
    match asked_for {
        None => Ok(()),
        Some(why) => Err(Error::usage(
            "in core mode authorisation is off and every answer is yes, which proves nothing",
        )
        .hint(why)
        .hint("ask a server: --server, --port-forward, or --argocd-context with another context")),
    }
}
