//! `gateway secret`: the Secret that the gateway reads its tokens from.

use std::path::Path;

use super::plan::templates;
use crate::cli::GatewaySecretArgs;
use crate::commands::context::Context;
use crate::emit::secret::SecretTarget;
use crate::error::{Code, Error, Result};
use crate::model::shell::quoted;
use crate::model::{DEFAULT_NAMESPACE, ProjectName, TokenClaims};
use crate::octopus::{
    GatewayPlan, PROJECT_KEY, TOKEN_KEY, TOKEN_SECRET, accept_account_token, accept_project_token,
    check_secret_names, secret_manifest,
};
use crate::text::Secret;
use crate::tokens::read_secret;

/// A token that was read.
pub(super) struct TokenInput {
    pub(super) secret: Secret,
    pub(super) claims: TokenClaims,
}

pub(super) fn run(args: &GatewaySecretArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let told = &args.gateway.told.0;
    let settings = GatewayPlan::of_secrets(
        told.clone(),
        args.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE),
        templates(&args.gateway, context)?,
    )?;
    let restart = restart(settings.namespace());
    if args.rotate_hint {
        context.print(&format!("{restart}\n"))?;
        return Ok(Code::OK);
    }
    let path = args.output_file.as_ref();
    let target = SecretTarget::new(path.map(|path| context.host.path(path)), args.force);
    let projects = projects(args)?;
    let gateway = &settings.gateway;
    let named = if projects.is_empty() {
        if gateway.project_token_secret.is_some() {
            return Err(
                Error::usage("a Secret with project tokens needs those tokens")
                    .hint("give each one: --project-token PROJECT=FILE")
                    .hint("or leave --project-token-secret out for the account's token"),
            );
        }
        gateway.token_secret.as_deref()
    } else {
        if told.token_secret.is_some() || told.token_key.is_some() {
            return Err(Error::usage("the gateway takes either the account's token or tokens of projects, and both are named")
                .hint("name the Secret with --project-token-secret"));
        }
        gateway.project_token_secret.as_deref()
    };
    let name = args
        .secret_name
        .as_deref()
        .or(named)
        .unwrap_or(TOKEN_SECRET);
    let namespace = (!args.no_namespace).then(|| settings.namespace());
    let keys: Vec<String> = if projects.is_empty() {
        vec![
            gateway
                .token_key
                .clone()
                .unwrap_or_else(|| TOKEN_KEY.to_owned()),
        ]
    } else {
        let keys = projects
            .iter()
            .map(|(project, _)| format!("{PROJECT_KEY}{project}"));
        keys.collect()
    };
    check_secret_names(name, namespace, keys.iter().map(String::as_str))?;
    target.probe()?;
    let now = context.host.now();
    let mut tokens = Vec::new();
    if projects.is_empty() {
        let token = presented(args.token_file.as_deref(), context)?;
        let account = Some(args.account.as_deref().unwrap_or("octopus"));
        context.telling(|notes| accept_account_token(&token.claims, account, now, notes))?;
        tokens.push(token);
    }
    for (project, path) in &projects {
        let token = presented(Some(path), context)?;
        context.telling(|notes| accept_project_token(&token.claims, project, now, notes))?;
        tokens.push(token);
    }
    let entries: Vec<(String, &Secret)> = keys
        .into_iter()
        .zip(tokens.iter().map(|token| &token.secret))
        .collect();
    let text = secret_manifest(&settings.engine, name, namespace, &entries)?;
    let (runner, ready) = (context.host.runner, context.host.outlet.ready);
    let stop = || runner.interrupted();
    target.write(&text, context.host.stdout, ready, &stop)?;
    let what = args
        .output_file
        .as_ref()
        .map_or_else(|| "-".to_owned(), |path| path.display().to_string());
    context.next(format!(
        "kubectl apply --server-side{} -f {} (without --server-side the token is copied into an annotation)",
        namespace.map_or_else(|| " -n NAMESPACE".to_owned(), |name| format!(" -n {}", quoted(name))),
        quoted(&what)
    ));
    context.note(format!(
        "a running gateway reads it only when it is restarted: {restart}"
    ));
    Ok(Code::OK)
}

/// The command that makes the gateway read its Secret again: the token reaches it as a variable of
/// its environment.
fn restart(namespace: &str) -> String {
    format!(
        "kubectl rollout restart deployment -n {} -l app.kubernetes.io/name=octopus-argocd-gateway",
        quoted(namespace)
    )
}

/// The projects with the files of their tokens.
fn projects(args: &GatewaySecretArgs) -> Result<Vec<(String, &Path)>> {
    let mut found: Vec<(String, &Path)> = Vec::new();
    for pair in &args.project_token {
        let (project, path) = pair
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| {
                Error::usage("--project-token takes a project and a file, never a token")
                    .hint("write --project-token PROJECT=FILE")
            })?;
        ProjectName::new(project).map_err(Error::usage)?;
        if found.iter().any(|(other, _)| other == project) {
            return Err(Error::usage(format!(
                "there are two tokens for the project {project}"
            )));
        }
        found.push((project.to_owned(), Path::new(path)));
    }
    let stdin = found.iter().filter(|(_, path)| *path == Path::new("-"));
    if stdin.count() > 1 {
        return Err(
            Error::usage("stdin holds one token").hint("put each token into a file of its own")
        );
    }
    Ok(found)
}

/// Reads a token; without a file from stdin.
pub(super) fn presented(file: Option<&Path>, context: &mut Context<'_, '_>) -> Result<TokenInput> {
    let path = file.unwrap_or(Path::new("-"));
    if file.is_none() && context.host.terminal.stdin {
        context.note("paste the token, then Enter and Ctrl-D; or give --token-file FILE");
    }
    let secret = Secret::new(read_secret(path, context.host)?.expose().trim());
    let name = if path == Path::new("-") {
        "stdin".to_owned()
    } else {
        path.display().to_string()
    };
    let claims = TokenClaims::decode(secret.expose()).map_err(|why| {
        Error::input(format!("{name} does not hold a token: {why}"))
            .hint("make one with: kubectl octopus-argo token create")
    })?;
    Ok(TokenInput { secret, claims })
}
