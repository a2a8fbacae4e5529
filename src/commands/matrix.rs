//! `matrix`: who may do what, for every subject and role that the policy names.

use super::asked::{asked, question_of};
use super::can::version;
use super::context::Context;
use crate::cli::{MatrixArgs, MatrixOrder, MatrixOutput};
use crate::error::{Code, Error, Result};
use crate::input::File;
use crate::rbac::survey::Budget;
use crate::report::Report;
use crate::report::matrix::{self, RowOrder};
use crate::review::{self, Filter};
use crate::site::too_costly;

pub(crate) fn run(args: &MatrixArgs, context: &mut Context<'_, '_>) -> Result<Code> {
    let version = version(args.argocd_version.as_deref())?;
    let Some(read) = context.read_state(&args.input, &[])? else {
        return Err(Error::usage("there is no policy to show")
            .hint("give it with -f FILE, -f - or --live; --sample has an example"));
    };
    let (files, question) = question_of(read, &args.input, version);
    let argocd = asked(&files, &question, context)?;
    let mut set = argocd.policy_set();
    set.builtin = args.use_builtin_policy;
    let server = argocd.server(set)?;
    if let Some(place) = argocd.disables_auth() {
        context.warn(format!(
            "everyone may do everything: server.disable.auth is set ({place}), and the policy decides nothing"
        ));
    }
    let filter = Filter {
        subjects: args.subject.clone(),
        resources: args.resource.clone(),
    };
    let with_lines = args.output != MatrixOutput::Text;
    let budget = Budget::default();
    let matrix = review::matrix(&argocd, &server, &filter, with_lines, &budget);
    if budget.is_spent() {
        context.warn("the policy is too large to find everything out: some rows are undecided");
    }
    let order = match args.by {
        MatrixOrder::Subject => RowOrder::Subject,
        MatrixOrder::Resource => RowOrder::Resource,
    };
    let report = match args.output {
        MatrixOutput::Text => Report::Text(matrix::text(&matrix, order, false)),
        MatrixOutput::Wide => Report::Text(matrix::text(&matrix, order, true)),
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
