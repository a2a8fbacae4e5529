//! `apps`: which sources a deployment updates, and why others are not.

use super::read::{applications, deployment, read};
use crate::cli::{AppsListArgs, AppsOutput};
use crate::commands::asked::question;
use crate::commands::can::version;
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::input::{File, WantedObjects};
use crate::lint;
use crate::rbac::ArgoCdVersion;
use crate::report::apps;
use crate::report::findings::{self, ShownFinding};
use crate::report::{Report, Style, printable};
use crate::review::{Rights, SourceRow, source_rows, what_is_updated};
use crate::site::{ArgoCd, GatherOptions, Site, ask_at_most_one, objects};

/// What is asked of a cluster.
const WANTED: [WantedObjects<'_>; 4] = [
    WantedObjects::Applications,
    WantedObjects::ApplicationSets,
    WantedObjects::AppProjects(&[]),
    WantedObjects::Settings,
];

pub(crate) fn run(args: &AppsListArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let Some(files) = read(&args.input, &WANTED, context)? else {
        return Err(Error::usage("there are no Applications in the input")
            .hint("give them with -f FILE, -f DIRECTORY, -f - or --live"));
    };
    let found = objects(&files);
    let all = applications(&found)?;
    let version = version(args.argocd_version.as_deref(), context)?;
    let rights = rights(&files, args, version)?;
    if rights.is_none() {
        context.note("what the account may read was not checked: there is no policy in the input");
    }
    let asked = deployment(&args.deployment);
    let rows = source_rows(&all, asked, rights.as_ref(), &args.account);
    let options = GatherOptions {
        version,
        integrations: vec![args.account.clone()],
        ..GatherOptions::default()
    };
    let site = Site::new(&files, options);
    let outcome = lint::run(&site, &lint::RuleSelection::of_applications());
    let found = ShownFinding::all(&outcome.findings, &site);
    print(args, &rows, &found, &files, context)?;
    context.tell(&what_is_updated(&rows, &all, asked));
    let updated = rows.iter().any(SourceRow::is_updated);
    Ok(if updated && !args.fail_on.fails(outcome.worst()) {
        Code::OK
    } else {
        Code::NO
    })
}

/// The rights of the account, where there is a policy in the input.
fn rights<'f>(
    files: &'f [File],
    args: &AppsListArgs,
    version: ArgoCdVersion,
) -> Result<Option<Rights<'f>>> {
    let several = "the input has the policies of several Argo CDs";
    let argocd = ask_at_most_one(files, &question(&args.input, version), several)?;
    argocd
        .filter(ArgoCd::has_own_policy)
        .map(|argocd| Rights::new(argocd, &args.account))
        .transpose()
}

fn print(
    args: &AppsListArgs,
    rows: &[SourceRow],
    found: &[ShownFinding<'_>],
    files: &[File],
    context: &mut Context<'_, '_>,
) -> Result<()> {
    let report = match args.output {
        AppsOutput::Text => Report::Text(apps::text(rows, context.style())),
        AppsOutput::Wide => Report::Text(apps::wide(rows, context.style())),
        AppsOutput::Json => apps::json(rows, found),
        AppsOutput::Yaml => apps::json(rows, found).in_yaml(),
        AppsOutput::Csv => apps::csv(rows),
        AppsOutput::Markdown => Report::Text(apps::as_markdown(rows, found)),
        AppsOutput::Html => {
            let names: Vec<&str> = files
                .iter()
                .filter_map(|file| Some(file.stream()?.source().name()))
                .collect();
            Report::Text(apps::html(rows, found, &names.join(", ")))
        }
    };
    context.report(report)?;
    // The other formats have the findings in them.
    let beside = matches!(
        args.output,
        AppsOutput::Text | AppsOutput::Wide | AppsOutput::Csv
    );
    if beside && !found.is_empty() {
        let text = findings::text(found, Style::new(false));
        // No one is left to be told when stderr is closed.
        let _ = context.host.stderr.write_all(printable(&text).as_bytes());
    }
    Ok(())
}
