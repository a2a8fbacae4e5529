//! `apps`: which sources a deployment updates, and why others are not.

use super::read::{applications, read};
use super::rights::Rights;
use crate::cli::{AppsListArgs, AppsOutput, DeploymentArgs, FailOn};
use crate::commands::can::version;
use crate::commands::context::Context;
use crate::error::{Code, Error, Result};
use crate::input::{File, WantedObjects};
use crate::lint;
use crate::model::{Severity, spelling};
use crate::octopus::apps::{
    Application, Deployment, Mapping, MappingVerdict, Match, is_templated, mappings,
};
use crate::report::apps::{self, SourceRow, Updated};
use crate::report::findings::{self, ShownFinding};
use crate::report::{Report, Style, printable};
use crate::site::{GatherOptions, Object, Site, objects};
use crate::text::counted;

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
    let version_asked = args.argocd_version.as_deref();
    let rights = Rights::read(&files, &args.input, &args.account, version_asked)?;
    if rights.is_none() {
        context.note("what the account may read was not checked: there is no policy in the input");
    }
    let deployment = Deployment {
        project: args.deployment.octopus_project.as_deref(),
        environment: args.deployment.environment.as_deref(),
        tenant: args.deployment.tenant.as_deref(),
    };
    let mut rows = Vec::new();
    for (object, application) in &all {
        for mapping in mappings(application) {
            let matched = deployment.compare(mapping.scope);
            if matched != Match::No {
                let asked = (matched == Match::Perhaps).then_some(deployment);
                rows.push(row(
                    object,
                    application,
                    &mapping,
                    asked,
                    rights.as_ref(),
                    &args.account,
                ));
            }
        }
        if application.sources.is_empty() && deployment.is_any() {
            rows.push(without_source(object, application));
        }
    }
    let options = GatherOptions {
        version: version(version_asked)?,
        integrations: vec![args.account.clone()],
        ..GatherOptions::default()
    };
    let site = Site::new(&files, options);
    let outcome = lint::run(&site, &lint::RuleSelection::of_applications());
    let found = ShownFinding::all(&outcome.findings, &site);
    print(args, &rows, &found, &files, context)?;
    conclude(&rows, &all, &args.deployment, context);
    let updated = rows
        .iter()
        .any(|row| !matches!(row.updated, Updated::No(_)));
    let worst = outcome
        .findings
        .iter()
        .map(|finding| finding.severity)
        .max();
    Ok(if updated && !fails(args.fail_on, worst) {
        Code::OK
    } else {
        Code::NO
    })
}

/// Whether the worst finding is one that the user wants to fail on.
fn fails(fail_on: FailOn, worst: Option<Severity>) -> bool {
    let least = match fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Note => Severity::Note,
        FailOn::Never => return false,
    };
    worst.is_some_and(|worst| worst >= least)
}

fn row(
    object: &Object<'_>,
    application: &Application<'_>,
    mapping: &Mapping<'_>,
    asked: Option<Deployment<'_>>,
    rights: Option<&Rights<'_>>,
    account: &str,
) -> SourceRow {
    let source = &application.sources[mapping.source];
    let get = rights.and_then(|rights| rights.of(application, "get"));
    let refused = get.as_ref().filter(|right| !right.allowed);
    let updated = match (mapping.verdict, refused, rights) {
        (MappingVerdict::Updated, Some(right), Some(rights)) => Updated::No(format!(
            "{account} may not get {}: {}",
            rights.object(application),
            right.why
        )),
        (MappingVerdict::Updated, ..) => match asked {
            Some(asked) => Updated::If(condition(mapping, asked)),
            None => Updated::Yes,
        },
        (verdict, ..) => Updated::No(verdict.to_string()),
    };
    let reference = source.reference.map(|name| format!("${name}"));
    let path = source
        .path
        .or(source.chart)
        .map(str::to_owned)
        .or(reference);
    let text = |value: Option<&str>| value.map(str::to_owned);
    SourceRow {
        source: source.label(),
        repo: source.repo_url.to_owned(),
        path: path.unwrap_or_else(|| "-".to_owned()),
        revision: source.revision.unwrap_or("HEAD").to_owned(),
        project: text(mapping.scope.project),
        environment: text(mapping.scope.environment),
        tenant: text(mapping.scope.tenant),
        step: text(mapping.scope.step),
        updated,
        get,
        sync: rights.and_then(|rights| rights.of(application, "sync")),
        ..without_source(object, application)
    }
}

/// The row of an Application that has no source.
fn without_source(object: &Object<'_>, application: &Application<'_>) -> SourceRow {
    let none = || "-".to_owned();
    SourceRow {
        application: application.name.to_owned(),
        kind: application.kind.as_str(),
        namespace: application.namespace.map(str::to_owned),
        app_project: application.project.to_owned(),
        source: none(),
        repo: none(),
        path: none(),
        revision: none(),
        project: None,
        environment: None,
        tenant: None,
        step: None,
        updated: Updated::No("it has no source".to_owned()),
        get: None,
        sync: None,
        place: object.location(object.node.span().start).to_string(),
    }
}

/// What has to hold so that a scope with values that are filled in later is what is deployed.
fn condition(mapping: &Mapping<'_>, asked: Deployment<'_>) -> String {
    let pairs = [
        (mapping.scope.project, asked.project),
        (mapping.scope.environment, asked.environment),
        (mapping.scope.tenant, asked.tenant),
    ];
    let conditions = pairs.into_iter().filter_map(|(value, asked)| {
        let value = value.filter(|value| is_templated(value))?;
        Some(format!("{value} is {}", asked?))
    });
    conditions.collect::<Vec<_>>().join(" and ")
}

fn print(
    args: &AppsListArgs,
    rows: &[SourceRow],
    found: &[ShownFinding<'_>],
    files: &[File],
    context: &mut Context<'_, '_>,
) -> Result<()> {
    let report = match args.output {
        AppsOutput::Text => Report::Text(apps::text(rows)),
        AppsOutput::Wide => Report::Text(apps::wide(rows)),
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

/// What it came to, and where nothing is updated, what there is instead.
fn conclude(
    rows: &[SourceRow],
    all: &[(Object<'_>, Application<'_>)],
    asked: &DeploymentArgs,
    context: &mut Context<'_, '_>,
) {
    let count = rows
        .iter()
        .filter(|row| !matches!(row.updated, Updated::No(_)))
        .count();
    let sources = counted(rows.len(), "source");
    let verb = if count == 1 { "is" } else { "are" };
    context.conclude(
        count > 0,
        if rows.is_empty() {
            "no source has annotations for this deployment".to_owned()
        } else {
            format!("{count} of {sources} {verb} updated")
        },
    );
    let unsynced = rows
        .iter()
        .filter(|row| !matches!(row.updated, Updated::No(_)))
        .filter(|row| row.sync.as_ref().is_some_and(|right| !right.allowed))
        .count();
    if unsynced > 0 {
        context.note(format!(
            "the account may not sync {unsynced} of them: only Octopus steps that trigger a sync need it (render --allow-sync)"
        ));
    }
    if count > 0 {
        return;
    }
    let scopes = || {
        all.iter()
            .flat_map(|(_, application)| mappings(application))
    };
    let known = |value: fn(&Mapping<'_>) -> Option<String>| {
        let mut known: Vec<String> = scopes().filter_map(|mapping| value(&mapping)).collect();
        known.sort();
        known.dedup();
        known
    };
    let fields = [
        (
            "project",
            &asked.octopus_project,
            known(|mapping| mapping.scope.project.map(str::to_owned)),
        ),
        (
            "environment",
            &asked.environment,
            known(|mapping| mapping.scope.environment.map(str::to_owned)),
        ),
        (
            "tenant",
            &asked.tenant,
            known(|mapping| mapping.scope.tenant.map(str::to_owned)),
        ),
    ];
    for (what, asked, known) in fields {
        let Some(asked) = asked else { continue };
        if known
            .iter()
            .any(|value| value.eq_ignore_ascii_case(asked.trim()))
        {
            continue;
        }
        let meant = spelling::meant(asked, known.iter().map(String::as_str));
        context.note(match meant {
            Some(meant) => format!("no annotation names the {what} {asked}: did you mean {meant}?"),
            None if known.is_empty() => format!("no annotation names any {what}"),
            None => format!(
                "no annotation names the {what} {asked}, only: {}",
                known.join(", ")
            ),
        });
    }
}
