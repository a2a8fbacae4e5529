//! What the commands that run argocd share: how it is set up, where tokens come from, what is said.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::context::Context;
use crate::argocd::{
    Client, HintCommands, Logins, OPTIONS_VARIABLE, Options, Setup, TOKEN_VARIABLE, config_file,
};
use crate::cli;
use crate::error::{Error, Result};
use crate::input::read_text;
use crate::model::{Moment, Span, TokenClaims};
use crate::process::DEFAULT_TIMEOUT;
use crate::text::Secret;

/// The variable that names the argocd to run.
const PROGRAM_VARIABLE: &str = "ARGOCD";
/// argocd's variable that names the server.
const SERVER_VARIABLE: &str = "ARGOCD_SERVER";
/// No token and no password is longer.
const LONGEST_SECRET: u64 = 64 * 1024;

/// Sets argocd up, with its own login, and names the server that this or a token goes to.
pub(crate) fn client<'h>(args: &cli::Argocd, context: &mut Context<'_, 'h>) -> Result<Client<'h>> {
    let client = set_up(args, context)?;
    if let Some(server) = client.server_shown() {
        context.name_server(&server);
    }
    Ok(client)
}

/// Sets argocd up, with its own login.
pub(crate) fn set_up<'h>(args: &cli::Argocd, context: &Context<'_, 'h>) -> Result<Client<'h>> {
    let env = &context.host.env;
    let program = match (&args.argocd_path, env.get(PROGRAM_VARIABLE)) {
        (Some(path), _) => program(path, context),
        (None, Some(path)) => program(Path::new(path), context),
        (None, None) => "argocd".into(),
    };
    if args.timeout == Some(Span::seconds(0)) {
        return Err(Error::usage("--timeout 0 leaves argocd no time"));
    }
    let options = options(context)?;
    let token = match env.get(TOKEN_VARIABLE) {
        Some(text) => {
            let text = text
                .to_str()
                .ok_or_else(|| Error::usage(format!("{TOKEN_VARIABLE} is not text")))?;
            Some(Secret::new(text.trim()))
        }
        None => None,
    };
    let connection = args.connection();
    let by_option = || Some(options.as_ref()?.get("config")?.expose().into());
    let config = connection.config.clone().or_else(by_option);
    let config = config.or_else(|| config_file(|name| env.get(name)));
    let config = config.map(|path: PathBuf| context.host.path(path));
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
        commands: commands(args),
        timeout: args.timeout.map_or(DEFAULT_TIMEOUT, Span::duration),
    };
    Ok(Client::new(context.host.runner, setup))
}

/// The options that argocd takes from its environment.
fn options(context: &Context<'_, '_>) -> Result<Option<Options>> {
    let options = context.host.env.get(OPTIONS_VARIABLE).map(|text| {
        let text = text.to_str().ok_or("it is not text")?;
        Options::parse(text)
    });
    options.transpose().map_err(|why| {
        Error::usage(format!("argocd cannot read {OPTIONS_VARIABLE}: {why}"))
            .hint("it holds options as on a command line: --name value, quoted as for a shell")
    })
}

/// The variable that says which server argocd asks, if one does.
pub(crate) fn server_variable(context: &Context<'_, '_>) -> Result<Option<&'static str>> {
    if context.host.env.get(SERVER_VARIABLE).is_some() {
        return Ok(Some(SERVER_VARIABLE));
    }
    let of_a_server = [
        "server",
        "argocd-context",
        "port-forward",
        "core",
        "auth-token",
    ];
    let options = options(context)?;
    let named =
        options.is_some_and(|options| of_a_server.iter().any(|name| options.get(name).is_some()));
    Ok(named.then_some(OPTIONS_VARIABLE))
}

/// Whether the options that argocd takes from its environment hold a token.
pub(crate) fn options_hold_a_token(context: &Context<'_, '_>) -> Result<bool> {
    let options = options(context)?;
    Ok(options.is_some_and(|options| options.get("auth-token").is_some()))
}

/// A name is looked up in PATH; a path starts from the working directory.
fn program(path: &Path, context: &Context<'_, '_>) -> PathBuf {
    if path.components().count() == 1 && !path.is_absolute() {
        path.to_owned()
    } else {
        context.host.path(path)
    }
}

/// Refuses to ask what the caller may do where the answer is always yes.
pub(crate) fn refuse_core(client: &Client<'_>) -> Result<()> {
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

/// Reads a secret from a file, or from stdin where the file is `-`; without the line end.
pub(crate) fn read_secret(file: &Path, context: &mut Context<'_, '_>) -> Result<Secret> {
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(4096));
    let (name, outcome) = if file == Path::new("-") {
        let mut stdin = (&mut *context.host.stdin).take(LONGEST_SECRET + 1);
        ("stdin".to_owned(), stdin.read_to_end(&mut bytes))
    } else {
        let opened = fs::File::open(context.host.path(file));
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
pub(crate) fn presented(
    file: Option<&Path>,
    context: &mut Context<'_, '_>,
) -> Result<Option<(Secret, TokenClaims)>> {
    let (token, name) = if let Some(file) = file {
        let token = Secret::new(read_secret(file, context)?.expose().trim());
        (token, format!("--token-file {}", file.display()))
    } else {
        let Some(text) = context.host.env.get(TOKEN_VARIABLE) else {
            return Ok(None);
        };
        let text = text.to_str().unwrap_or_default();
        (Secret::new(text.trim()), TOKEN_VARIABLE.to_owned())
    };
    let claims = TokenClaims::decode(token.expose())
        .map_err(|why| Error::input(format!("{name} does not hold a token: {why}")))?;
    Ok(Some((token, claims)))
}

/// The time now.
pub(crate) fn now(context: &Context<'_, '_>) -> Moment {
    Moment::from((context.host.clock)())
}

/// The commands of ours that hints name, with the connection of this one.
pub(crate) fn commands(argocd: &cli::Argocd) -> HintCommands {
    HintCommands::new(argocd.flags())
}
