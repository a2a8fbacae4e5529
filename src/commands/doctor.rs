//! `doctor`: every step from the account to the annotated Applications, and the one next command.

use std::path::Path;
use std::time::{Duration, Instant};

use super::argocd::client;
use super::asked::question;
use super::context::Context;
use crate::cli::{DoctorArgs, DoctorOutput, kubectl_flags};
use crate::doctor::{Chain, ClusterQuestion, ClusterReading, Look, Names};
use crate::error::{Code, Error, Kind, Result};
use crate::model::shell::quoted;
use crate::model::{DEFAULT_NAMESPACE, ProjectName, Span};
use crate::octopus::Needs;
use crate::rbac::ArgoCdVersion;
use crate::report::{Report, doctor};
use crate::site::{ask_at_most_one, objects};

/// How long `--watch` waits between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// How long `--watch` goes on without `--timeout`.
const WATCH: Duration = Duration::from_secs(600);

pub(crate) fn run(args: &DoctorArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    if args.watch && args.filename.iter().any(|path| path == Path::new("-")) {
        return Err(
            Error::usage("stdin can be read only once, but --watch reads it repeatedly")
                .hint("name a file instead of -"),
        );
    }
    let limit = args.argocd.timeout.map_or(WATCH, Span::duration);
    let until = args.watch.then(|| Instant::now() + limit);
    let mut said = String::new();
    let chain = loop {
        let chain = look(args, context)?;
        let Some(until) = until.filter(|_| !chain.is_settled()) else {
            break chain;
        };
        let waits = chain.waits();
        if waits != said {
            context.note(format!("waiting for {waits}"));
            said = waits;
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break chain;
        }
        if !client(&args.argocd, context)?.pause(PAUSE.min(left)) {
            return Err(Error::new(Kind::Interrupted, "interrupted"));
        }
    };
    match args.output {
        DoctorOutput::Text => {
            let style = context.style();
            context.print_painted(&doctor::text(&chain, style))?;
        }
        DoctorOutput::Json => context.report(Report::Json(doctor::json(&chain)))?,
        DoctorOutput::Yaml => context.report(Report::Yaml(doctor::json(&chain)))?,
    }
    context.conclude(chain.is_well(), chain.summary());
    if let Some(next) = chain.next() {
        context.next(next);
    }
    Ok(if chain.is_well() { Code::OK } else { Code::NO })
}

/// Looks at everything once.
fn look(args: &DoctorArgs, context: &mut Context<'_, '_>) -> Result<Chain> {
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
    let mut input = args.input();
    input.live = false;
    let files = context.read(&input, None, &[])?.unwrap_or_default();
    let reading = if args.offline {
        ClusterReading::of_files(files)
    } else {
        let asked = ClusterQuestion {
            argocd: context.cluster(&input),
            gateway_namespace: &args.gateway_namespace,
            secret_name: &args.secret_name,
            secret_key: &args.secret_key,
        };
        ClusterReading::read(files, &asked, context.host.runner)?
    };
    let question = question(&args.input(), ArgoCdVersion::NEWEST);
    let several = "the input has several Argo CDs";
    let argocd = ask_at_most_one(&reading.files, &question, several)?;
    let argocd = argocd.as_ref();
    let look = Look {
        client: Some(&client).filter(|_| !args.offline),
        reading: &reading,
        objects: &objects(&reading.files),
        argocd,
        account: &args.account,
        needs: &needs,
        secret_name: &args.secret_name,
        secret_key: &args.secret_key,
        now: context.host.now(),
    };
    look.chain(names(args, argocd.map(|one| one.namespace.as_str())))
}

/// Returns the words of the next step's commands.
fn names(args: &DoctorArgs, found: Option<&str>) -> Names {
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
        release: "octopus-gateway".to_owned(),
        input: from,
        change,
        kubectl,
        argocd: argocd.fold(String::new(), |flags, flag| flags + " " + &quoted(&flag)),
    }
}
