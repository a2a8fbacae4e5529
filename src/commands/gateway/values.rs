//! `gateway values`: the values of the chart.

use std::path::Path;

use super::check;
use super::plan::plan;
use super::secret::presented;
use crate::cli::GatewayValuesArgs;
use crate::commands::context::Context;
use crate::emit::secret::SecretTarget;
use crate::emit::{self, Access};
use crate::error::{Code, Error, Result};
use crate::model::shell::quoted;
use crate::octopus::{accept_account_token, with_secrets};

/// Stands for the token until all is checked.
const TOKEN: &str = "octopus-argo-inline-token-";

pub(super) fn run(args: &GatewayValuesArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    if args.output_dir.is_some() {
        return Err(Error::usage("--output-dir is for several instances")
            .hint("name the file with --output-file, or the instances with --instance or --all"));
    }
    if args.check {
        return check::run(args, context);
    }
    let settings = plan(&args.chart, context)?;
    if args.inline_token && args.chart.gateway.told.0.token_secret.is_some() {
        return Err(
            Error::usage("--inline-token and --token-secret name two tokens")
                .hint("leave --inline-token out: a Secret is the better place"),
        );
    }
    let path = args.output_file.as_ref();
    let target = SecretTarget::new(path.map(|path| context.host.path(path)), args.force);
    if args.inline_token {
        let values = settings.values(Some(TOKEN))?;
        target.probe()?;
        let token = presented(args.token_file.as_deref(), context)?;
        let now = context.host.now();
        context.telling(|notes| accept_account_token(&token.claims, None, now, notes))?;
        let text = with_secrets(&values.text, std::iter::once((TOKEN, &token.secret)));
        let (runner, ready) = (context.host.runner, context.host.outlet.ready);
        let stop = || runner.interrupted();
        target.write(&text, context.host.stdout, ready, &stop)?;
        context.tell(&values.notes);
        context.warn("these values hold the token: they are a secret, and helm keeps them in the cluster with every release");
    } else {
        let values = settings.values(None)?;
        match &target.path {
            Some(path) => {
                emit::write(
                    path,
                    values.text.as_bytes(),
                    Access::Normal,
                    target.existing,
                )?;
            }
            None => context.print(&values.text)?,
        }
        context.tell(&values.notes);
    }
    context.tell(&settings.notes());
    let shown = args
        .output_file
        .as_deref()
        .unwrap_or(Path::new("values.yaml"));
    context.next(format!(
        "helm upgrade --install {} oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart --namespace {} --create-namespace -f {}",
        quoted(settings.release()),
        quoted(settings.namespace()),
        quoted(&shown.display().to_string()),
    ));
    Ok(Code::OK)
}
