//! Which of the configuration's Argo CDs are meant.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args};

/// Which of the configuration's Argo CDs are meant: any number.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Instances")]
pub struct Fleet {
    /// Configuration file [default: `OCTOPUS_ARGO_CONFIG`, or octopus-argo.yaml in this or a parent directory]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Instance in the configuration (repeatable, comma-separated)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub instance: Vec<String>,
    /// All instances in the configuration
    #[arg(long, conflicts_with = "instance")]
    pub all: bool,
}

/// Number of instances to process at a time.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Instances")]
pub struct AtATime {
    /// Number of instances to process at a time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub parallel: u8,
}

/// Which of the configuration's Argo CDs is meant.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Instances")]
pub struct One {
    /// Configuration file [default: `OCTOPUS_ARGO_CONFIG`, or octopus-argo.yaml in this or a parent directory]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Instance in the configuration
    #[arg(long, value_name = "NAME")]
    pub instance: Option<String>,
}

impl From<&One> for Fleet {
    fn from(one: &One) -> Self {
        Self {
            config: one.config.clone(),
            instance: one.instance.iter().cloned().collect(),
            all: false,
        }
    }
}

/// The options that were really given, by their ids: what a configuration must not change.
#[derive(Clone, Debug, Default)]
pub struct Given(BTreeSet<String>);

impl Given {
    pub(super) fn of(matches: &ArgMatches) -> Self {
        let mut leaf = matches;
        while let Some((_, inner)) = leaf.subcommand() {
            leaf = inner;
        }
        let given = |id: &&str| leaf.value_source(id) == Some(ValueSource::CommandLine);
        let ids = leaf.ids().map(clap::Id::as_str).filter(given);
        // `lint FILE` and `lint -f FILE` are the same.
        let ids = ids.map(|id| if id == "files" { "filename" } else { id });
        Self(ids.map(str::to_owned).collect())
    }

    /// Whether this one was.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    /// The first of these that was.
    pub fn first<'i>(&self, ids: &[&'i str]) -> Option<&'i str> {
        ids.iter().copied().find(|id| self.has(id))
    }
}
