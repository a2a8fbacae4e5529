//! `matrix`: who may do what, for every subject and role that the policy names.

use super::asked::{asked, read_policy, warn_of_no_authorisation};
use super::can::version;
use super::context::Context;
use crate::cli::{MatrixArgs, MatrixOrder, MatrixOutput};
use crate::error::{Code, Result};
use crate::input::File;
use crate::rbac::survey::Budget;
use crate::report::Report;
use crate::report::matrix::{self, RowOrder};
use crate::review::{self, Filter};
use crate::site::too_costly;

pub(crate) fn run(args: &MatrixArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let version = version(args.argocd_version.as_deref(), context)?;
    let (files, question) = read_policy(&args.input, version, "show", context)?;
    let argocd = asked(&files, &question, context)?;
    let mut set = argocd.policy_set();
    set.builtin = args.use_builtin_policy;
    let server = argocd.server(set)?;
    warn_of_no_authorisation(&argocd, context);
    let filter = Filter {
        subjects: args.subject.clone(),
        resources: args.resource.clone(),
    };
    let with_lines = args.output != MatrixOutput::Text;
    let budget = Budget::default();
    let matrix = review::matrix(&argocd, &server, &filter, with_lines, &budget);
    if budget.is_spent() {
        context.warn("the policy is too large to decide everything: some rows are undecided");
    }
    let order = match args.by {
        MatrixOrder::Subject => RowOrder::Subject,
        MatrixOrder::Resource => RowOrder::Resource,
    };
    let report = match args.output {
        MatrixOutput::Text => Report::Text(matrix::text(&matrix, order, false, context.style())),
        MatrixOutput::Wide => Report::Text(matrix::text(&matrix, order, true, context.style())),
        MatrixOutput::Markdown => Report::Text(matrix::as_markdown(&matrix, order)),
        MatrixOutput::Csv => matrix::csv(&matrix, order),
        MatrixOutput::Json => matrix::json(&matrix),
        MatrixOutput::Yaml => matrix::json(&matrix).in_yaml(),
        MatrixOutput::Html => Report::Text(matrix::html(&matrix, &name(&files))),
    };
    context.report(report)?;
    if matrix.is_empty() {
        context.note("no subject may do anything that matches");
    }
    if server.logs_are_open() {
        context.note(format!(
            "Argo CD {version} does not enforce logs: who may get an application may read its logs"
        ));
    }
    if let Some(pattern) = server.undecided() {
        context.warn(format!("{}: a row may be wrong", too_costly(pattern)));
        return Ok(Code::NO);
    }
    Ok(Code::OK)
}

/// What was read, for the page's title.
fn name(files: &[File]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.source().name()).collect();
    names.join(", ")
}
