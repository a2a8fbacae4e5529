//! One look at the whole chain.

use super::cluster::{self, ClusterReading, gap};
use super::facts::{self, AskedFact, not_asked};
use crate::argocd::{Client, Problem, refuse_core};
use crate::cli::DoctorArgs;
use crate::commands::argocd::client;
use crate::commands::asked::question;
use crate::commands::context::Context;
use crate::commands::words::kubectl_flags;
use crate::error::{Error, Result};
use crate::model::TokenOwner;
use crate::model::shell::quoted;
use crate::model::{DEFAULT_NAMESPACE, ProjectName, TokenRecord};
use crate::octopus::Needs;
use crate::octopus::doctor::{
    self, Chain, Fact, Gap, Names, SecretFact, ServerFact, VisibleFact, no_token,
};
use crate::rbac::ArgoCdVersion;
use crate::site::{self, objects};
use crate::text::Secret;
use crate::tokens::{Identity, Round, meaning, stranger};

pub(super) fn look(args: &DoctorArgs, context: &mut Context<'_, '_>) -> Result<Chain> {
    let projects = args.project.iter().map(|name| ProjectName::new(name));
    let needs = Needs {
        allow_sync: args.allow_sync,
        projects: projects.collect::<Result<_, _>>().map_err(Error::usage)?,
        role: false,
    };
    let mut connection = args.argocd.clone();
    if args.watch {
        // It limits the whole, and no single call.
        connection.timeout = None;
    }
    let client = client(&connection, context)?;
    let reading = cluster::read(args, context)?;
    let input = args.input();
    let all = objects(&reading.files);
    let question = question(&input, ArgoCdVersion::NEWEST);
    let mut argocds = site::ask(&reading.files, &question)?.argocds;
    if argocds.len() > 1 {
        return Err(
            Error::usage("the input has several Argo CDs").hint("choose one with -n NAMESPACE")
        );
    }
    let argocd = argocds.pop();
    let argocd = argocd.as_ref();
    let (secret_name, key) = (&args.secret_name, &args.secret_key);
    let secret = facts::secret(&reading, &all, secret_name, key, args.offline);
    let deployments = facts::deployments(&reading, &all, args.offline);
    let release = deployments
        .as_ref()
        .ok()
        .and_then(|all| all.first()?.release.clone());
    let names = names(args, argocd.map(|one| one.namespace.as_str()), release);
    let settings = facts::settings(argocd, &all, &reading);
    let read = settings.as_ref().ok();
    let now = context.host.now();
    let owner = TokenOwner::Account(args.account.clone());
    let asker = Asker {
        client: &client,
        token: token(&reading),
        owner: &owner,
        core: refuse_core(&client).err().map(|error| gap(&error)),
    };
    let (tokens, server, visible) = if args.offline {
        (not_asked(), not_asked(), not_asked())
    } else {
        let tokens = asker.tokens(&args.account)?;
        let server = asker.server(&needs, &secret)?;
        let visible = asker.visible(&server)?;
        (tokens, server, visible)
    };
    let account = facts::account(argocd, &args.account, &reading);
    let rules = facts::rules(argocd, &args.account, &needs, &reading);
    let authorisation = facts::authorisation(argocd, &reading);
    let values = facts::values(&all, &deployments, argocd);
    let applications = facts::applications(&reading, &all, &args.account, args.offline);
    Ok(Chain {
        steps: vec![
            doctor::settings(&settings, &names),
            doctor::account(&account, read, &names),
            doctor::rules(&rules, read, &names),
            doctor::authorisation(&authorisation, &names),
            doctor::tokens(&tokens, &secret, now, &names),
            doctor::secret(&secret, &tokens, now, &names),
            doctor::server(&server, &names),
            doctor::deployment(&deployments, &secret, &names),
            doctor::values(&values, &names),
            doctor::visible(&visible, &names),
            doctor::applications(&applications, &names),
        ],
    })
}

/// What the commands of the next step are made of.
fn names(args: &DoctorArgs, found: Option<&str>, release: Option<String>) -> Names {
    let input = args.input();
    let namespace = args
        .namespace
        .as_deref()
        .or(found)
        .unwrap_or(DEFAULT_NAMESPACE);
    let kubectl = kubectl_flags(&input);
    let from = if args.offline {
        let files = args.filename.iter();
        let files = files.map(|path| format!(" -f {}", quoted(&path.to_string_lossy())));
        files.collect::<String>()
    } else {
        format!(" --live -n {}{kubectl}", quoted(namespace))
    };
    let mut change = String::new();
    if args.account != "octopus" {
        change.push_str(" --account ");
        change.push_str(&quoted(&args.account));
    }
    if args.allow_sync {
        change += " --allow-sync";
    }
    for project in &args.project {
        change.push_str(" --project ");
        change.push_str(&quoted(project));
    }
    let argocd = args.argocd.flags().into_iter();
    let quoted = |text: &str| quoted(text).into_owned();
    Names {
        account: quoted(&args.account),
        namespace: quoted(namespace),
        gateway_namespace: quoted(&args.gateway_namespace),
        secret: quoted(&args.secret_name),
        key: quoted(&args.secret_key),
        release: release.map_or_else(|| "octopus-gateway".to_owned(), |name| quoted(&name)),
        input: from,
        change,
        kubectl,
        argocd: argocd.fold(String::new(), |flags, flag| flags + " " + &quoted(&flag)),
    }
}

/// The token in the cluster's Secret.
fn token(reading: &ClusterReading) -> Option<&Secret> {
    reading.secret.as_ref().ok()?.as_ref()?.value.as_ref()
}

/// Asks argocd.
struct Asker<'a, 'r> {
    client: &'a Client<'r>,
    token: Option<&'a Secret>,
    owner: &'a TokenOwner,
    /// Why what the server answers would prove nothing.
    core: Option<Gap>,
}

impl Asker<'_, '_> {
    /// The account's tokens: as anyone who is logged in, or as the token itself, which may always see
    /// its own account.
    fn tokens(&self, account: &str) -> AskedFact<Vec<TokenRecord>> {
        let first = match self.client.account(account) {
            Ok(account) => return Ok(Ok(account.tokens)),
            Err(problem) => problem,
        };
        if let (Problem::Refused(_), Some(token)) = (&first, self.token)
            && let Ok(account) = self.client.presenting(token).account(account)
        {
            return Ok(Ok(account.tokens));
        }
        known(Err(first))
    }

    /// What the server answers to the token.
    fn server(&self, needs: &Needs, secret: &Fact<Option<SecretFact>>) -> AskedFact<ServerFact> {
        if let Some(gap) = &self.core {
            return Ok(Err(gap.clone()));
        }
        if let Err(gap) = secret {
            return Ok(Err(gap.clone()));
        }
        let Some(token) = self.token else {
            return Ok(Err(no_token()));
        };
        let round = match Round::ask(&self.client.presenting(token), needs, self.owner) {
            Ok(round) => round,
            Err(problem) => return known(Err(problem)),
        };
        let stranger = stranger(&round.identity, self.owner);
        Ok(Ok(ServerFact {
            is_expected: round.identity == Identity::Expected,
            stranger,
            wrong: round
                .wrong()
                .map(|question| meaning(question, self.owner))
                .collect(),
            answers: round.answers.len(),
            version: round.version,
        }))
    }

    /// What the token sees.
    fn visible(&self, server: &Fact<ServerFact>) -> AskedFact<VisibleFact> {
        let fact = match server {
            Err(gap) => return Ok(Err(gap.clone())),
            Ok(fact) => fact,
        };
        let Some(token) = self.token.filter(|_| fact.is_expected) else {
            return Ok(Err(Gap {
                may_pass: true,
                ..Gap::lasting("the server does not take the token for the account")
            }));
        };
        let client = self.client.presenting(token);
        let counted = client
            .applications()
            .and_then(|seen| Ok((seen.len(), client.clusters()?.len())));
        match counted {
            Ok((applications, clusters)) => Ok(Ok(VisibleFact {
                applications,
                clusters,
            })),
            Err(problem) => known(Err(problem)),
        }
    }
}

/// A problem of argocd as a gap, but for the user's wish to stop.
fn known<T>(outcome: Result<T, Problem>) -> AskedFact<T> {
    cluster::known(outcome.map_err(Error::from))
}
