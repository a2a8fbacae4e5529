//! Which Argo CD an instance's argocd reaches, and with which login.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::argocd::options_hold_a_token;
use crate::argocd::{
    Logins, OPTIONS_VARIABLE, TOKEN_VARIABLE, comparable, config_file, remembered,
};
use crate::cli::Argocd;
use crate::commands::argocd::set_up;
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::input::read_text;
use crate::model::{Instance, TokenOwner};

/// Refuses an instance that does not say which server is meant: argocd's own idea of it would be
/// the same for all of them.
pub(in crate::fleet) fn refuse_none(instance: &Instance) -> Result<()> {
    if instance.argocd.names_a_server() {
        return Ok(());
    }
    Err(
        Error::input("the instance does not say how its server is reached, so argocd would use its current login")
            .hint("say it in the configuration: argocd: {context: NAME}, or server, or portForward: true"),
    )
}

/// argocd's configurations, each read once.
#[derive(Default)]
pub(super) struct Configurations(BTreeMap<PathBuf, Logins>);

impl Configurations {
    /// What argocd knows when it is run so.
    fn logins(&mut self, argocd: &Argocd, context: &Context<'_, '_>) -> Result<&Logins> {
        let env = &context.host.env;
        let file = set_up(argocd, context)?.named_config();
        let file = file.or_else(|| config_file(|name| env.get(name)));
        let file = context.host.path(file.unwrap_or_default());
        Ok(self.0.entry(file).or_insert_with_key(|file| {
            let text = read_text(file, file).unwrap_or_default();
            Logins::read(&text)
        }))
    }

    /// Finds the login of an instance, where no token is presented. With a server on its command
    /// line argocd sends it the login of its present context, whichever server that is for.
    ///
    /// # Errors
    /// If that would be another one's.
    pub(super) fn log_in(
        &mut self,
        argocd: &mut Argocd,
        context: &Context<'_, '_>,
    ) -> Result<Result<(), String>> {
        if argocd.argocd_context.is_some() {
            return Ok(Ok(()));
        }
        let logins = self.logins(argocd, context)?;
        let wanted = argocd
            .server
            .as_deref()
            .map(|server| remembered(server, argocd.grpc_web_root_path.as_deref()));
        let mut known = logins.servers.iter();
        let own = known.find(|(_, (server, core))| {
            !core
                && wanted
                    .as_ref()
                    .is_some_and(|wanted| comparable(server) == *wanted)
        });
        match own {
            Some((name, _)) => argocd.argocd_context = Some(name.clone()),
            // Without any login argocd itself says that there is none.
            None if logins.servers.contains_key(&logins.current) => {
                return Ok(Err(logins.current.clone()));
            }
            None => {}
        }
        Ok(Ok(()))
    }

    /// A text that is the same for the same server, as far as can be known without asking it.
    fn server(&mut self, argocd: &Argocd, context: &Context<'_, '_>) -> Result<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let in_cluster = || {
            format!(
                "cluster {} {} {}",
                text(&argocd.kube_context),
                text(&argocd.port_forward_namespace),
                text(&argocd.server_name)
            )
        };
        if argocd.port_forward {
            return Ok(in_cluster());
        }
        if let Some(server) = &argocd.server {
            return Ok(format!(
                "server {}",
                remembered(server, argocd.grpc_web_root_path.as_deref())
            ));
        }
        let name = text(&argocd.argocd_context);
        let logins = self.logins(argocd, context)?;
        Ok(match logins.servers.get(&name) {
            Some((_, true)) => in_cluster(),
            Some((server, false)) => format!("server {}", comparable(server)),
            // argocd itself says what is wrong with it.
            None => format!("context {name} {:?}", argocd.argocd_config),
        })
    }

    /// Refuses two instances that have the same account on the same server: each would replace, and
    /// revoke, the token of the other.
    pub(super) fn refuse_same<'i>(
        &mut self,
        all: impl Iterator<Item = (&'i Instance, &'i Argocd, &'i [TokenOwner])>,
        context: &Context<'_, '_>,
    ) -> Result<()> {
        let mut known: BTreeMap<(String, String), &str> = BTreeMap::new();
        for (instance, argocd, owners) in all {
            if !instance.argocd.names_a_server() {
                continue;
            }
            let server = self.server(argocd, context)?;
            for owner in owners {
                let key = (server.clone(), owner.to_string());
                if let Some(other) = known.insert(key, &instance.name) {
                    return Err(Error::usage(format!(
                        "{other} and {} reach the same server, and {owner} is in both: each would replace the other's token",
                        instance.name
                    ))
                    .hint("give them accounts of their own in the configuration, or ask for one of them: --instance NAME"));
                }
            }
        }
        Ok(())
    }
}

/// A token that is given once would be sent to all servers.
pub(in crate::fleet) fn refuse_one_token_for_all(
    argocd: &Argocd,
    context: &Context<'_, '_>,
) -> Result<()> {
    let credential = |header: &&String| {
        let name = header.split(':').next().unwrap_or_default().trim();
        ["authorization", "cookie", "token"].contains(&name.to_lowercase().as_str())
    };
    let variable = if argocd.header.iter().any(|header| credential(&header)) {
        Some("--header")
    } else if context.host.env.get(TOKEN_VARIABLE).is_some() {
        Some(TOKEN_VARIABLE)
    } else if options_hold_a_token(context.host)? {
        Some(OPTIONS_VARIABLE)
    } else {
        None
    };
    let Some(variable) = variable else {
        return Ok(());
    };
    Err(Error::usage(format!(
        "{variable} holds one token, but several instances were given: it would be sent to all of them"
    ))
    .hint("leave it out: argocd's contexts log in, or --token-dir DIR has a token for each"))
}
