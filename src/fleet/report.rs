//! The one report of several instances, in the format that the command was asked for.

use crate::cli::{
    AppsOutput, CheckOutput, Command, DiffOutput, LintOutput, MatrixOutput, VerifyOutput,
    WhoCanOutput,
};
use crate::commands::context::{Context, InstanceOutcome};
use crate::error::{Error, Result};
use crate::report::fleet::{self, Details, InstanceRow};
use crate::report::{Report, Style};
use crate::yaml::Format;

/// How the reports of single instances become one.
#[derive(Clone, Copy)]
enum Join {
    Text(Details),
    Document(Format),
    Markdown,
    Junit,
    Sarif,
    Csv,
    /// One behind the other.
    Lines,
}

/// Refuses to put several instances into one page.
fn one_page() -> Error {
    Error::usage("a page of HTML is about one Argo CD").hint("choose one: --instance NAME")
}

/// A report of several instances.
pub(super) struct FleetReport {
    command: &'static str,
    /// What the codes 0 and 1 mean.
    words: [&'static str; 2],
    join: Join,
}

impl FleetReport {
    /// The report of this command.
    pub(super) fn of(command: &Command) -> Result<Self> {
        let (command, words, join) = match command {
            Command::Diff(args) => (
                "diff",
                ["same", "differs"],
                match args.output {
                    DiffOutput::Text => Join::Text(Details::OfUnclean),
                    DiffOutput::Json => Join::Document(Format::Json),
                    DiffOutput::Yaml => Join::Document(Format::Yaml),
                },
            ),
            Command::Check(args) => (
                "check",
                ["ok", "fails"],
                match args.output {
                    CheckOutput::Text | CheckOutput::Wide => Join::Text(Details::OfUnclean),
                    CheckOutput::Json => Join::Document(Format::Json),
                    CheckOutput::Yaml => Join::Document(Format::Yaml),
                    CheckOutput::Markdown => Join::Markdown,
                    CheckOutput::Junit => Join::Junit,
                    CheckOutput::Lcov => Join::Lines,
                },
            ),
            Command::Can(_) => ("can", ["yes", "no"], Join::Text(Details::BeyondOneLine)),
            Command::WhoCan(args) => (
                "who-can",
                ["found", "nobody"],
                match args.output {
                    WhoCanOutput::Text | WhoCanOutput::Wide => Join::Text(Details::OfAll),
                    WhoCanOutput::Markdown => Join::Markdown,
                    WhoCanOutput::Csv => Join::Csv,
                    WhoCanOutput::Json => Join::Document(Format::Json),
                    WhoCanOutput::Yaml => Join::Document(Format::Yaml),
                },
            ),
            Command::Matrix(args) => (
                "matrix",
                ["shown", "shown"],
                match args.output {
                    MatrixOutput::Text | MatrixOutput::Wide => Join::Text(Details::OfAll),
                    MatrixOutput::Markdown => Join::Markdown,
                    MatrixOutput::Csv => Join::Csv,
                    MatrixOutput::Json => Join::Document(Format::Json),
                    MatrixOutput::Yaml => Join::Document(Format::Yaml),
                    MatrixOutput::Html => return Err(one_page()),
                },
            ),
            Command::Lint(args) => (
                "lint",
                ["clean", "findings"],
                match args.output {
                    LintOutput::Text => Join::Text(Details::OfUnclean),
                    LintOutput::Json => Join::Document(Format::Json),
                    LintOutput::Yaml => Join::Document(Format::Yaml),
                    LintOutput::Sarif => Join::Sarif,
                    LintOutput::Github => Join::Lines,
                    LintOutput::Junit => Join::Junit,
                },
            ),
            Command::Apps(args) => (
                "apps",
                ["ok", "findings"],
                match args.list.output {
                    AppsOutput::Text | AppsOutput::Wide => Join::Text(Details::OfAll),
                    AppsOutput::Markdown => Join::Markdown,
                    AppsOutput::Csv => Join::Csv,
                    AppsOutput::Json => Join::Document(Format::Json),
                    AppsOutput::Yaml => Join::Document(Format::Yaml),
                    AppsOutput::Html => return Err(one_page()),
                },
            ),
            Command::Verify(args) => (
                "verify",
                ["ok", "wrong"],
                match args.output {
                    VerifyOutput::Text => Join::Text(Details::OfUnclean),
                    VerifyOutput::Json => Join::Document(Format::Json),
                    VerifyOutput::Yaml => Join::Document(Format::Yaml),
                },
            ),
            _ => return Err(Error::internal("this command has no report")),
        };
        Ok(Self {
            command,
            words,
            join,
        })
    }

    /// What the codes 0 and 1 mean.
    pub(super) fn words(&self) -> [&'static str; 2] {
        self.words
    }

    /// Prints the whole report.
    pub(super) fn print(
        &self,
        ended: &[(&str, &InstanceOutcome)],
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        match (self.join, self.text(ended, context.style())) {
            (Join::Text(_), Some(Report::Text(text))) => context.print_painted(&text),
            (_, Some(report)) => context.report(report),
            (_, None) => context.print(""),
        }
    }

    fn text(&self, ended: &[(&str, &InstanceOutcome)], style: Style) -> Option<Report> {
        let rows: Vec<InstanceRow<'_>> = ended
            .iter()
            .map(|(name, ended)| InstanceRow {
                name,
                code: ended.code.number(),
                result: ended.word(self.words),
                summary: &ended.summary,
                failed: ended.failed,
                report: &ended.stdout,
                document: ended.document.as_ref(),
            })
            .collect();
        Some(match self.join {
            Join::Text(details) => Report::Text(fleet::text(&rows, details, style)),
            Join::Document(Format::Json) => fleet::json(self.command, &rows),
            Join::Document(Format::Yaml) => fleet::json(self.command, &rows).in_yaml(),
            Join::Markdown => Report::Text(fleet::markdown(&rows)),
            Join::Junit => fleet::junit(&rows),
            Join::Sarif => return fleet::sarif(&rows),
            Join::Csv => return fleet::csv(&rows),
            Join::Lines => Report::Text(rows.iter().map(|row| row.report).collect()),
        })
    }
}
