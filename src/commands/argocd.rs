//! Shared by the commands that run argocd: how their options set it up, and the notes about it.

use super::context::Context;
use crate::argocd::{self, ArgocdOptions, Client, HintCommands};
use crate::cli;
use crate::error::Result;

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
    let options = ArgocdOptions {
        program: args.argocd_path.clone(),
        timeout: args.timeout,
        connection: args.connection(),
        commands: commands(args),
    };
    argocd::set_up(options, context.host)
}

/// The commands of ours that hints name, with the connection of this one.
pub(crate) fn commands(argocd: &cli::Argocd) -> HintCommands {
    HintCommands::new(argocd.flags())
}
