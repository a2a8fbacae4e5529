//! What `render` and `diff` share: from arguments and input to the plan for every object.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::context::Context;
use crate::cli::{self, Change, Mode, Only};
use crate::error::{Error, Result};
use crate::input::{Scope, read_text};
use crate::model::{
    AccountName, MatchMode, ProjectName, Source, Which, is_data_key, is_policy_key,
};
use crate::plan::Goal;
use crate::render::{Engine, Override, Variables, Wanted, names};
use crate::yaml::{self, Stream};

/// The change, checked: everything that does not depend on what is read.
pub(super) struct Wish {
    pub(super) account: AccountName,
    pub(super) goal: Goal,
    pub(super) only: Option<Which>,
    /// As the user asked for it.
    pub(super) change: Change,
    /// The key for the rules, if the user named one.
    pub(super) asked_key: Option<String>,
    policy_key: String,
    pub(super) projects: Vec<ProjectName>,
    allow_sync: bool,
    match_mode: Option<MatchMode>,
    extra: Map<String, Value>,
    pub(super) engine: Engine,
}

impl Wish {
    pub(super) fn new(args: &Change, context: &Context<'_, '_>) -> Result<Self> {
        let account = AccountName::new(&args.account).map_err(Error::usage)?;
        let policy_key = args
            .policy_key
            .clone()
            .unwrap_or_else(|| account.policy_key());
        if !is_policy_key(&policy_key) || !is_data_key(&policy_key) {
            return Err(Error::usage(format!(
                "Argo CD does not read a policy from the key `{}`",
                policy_key.escape_debug()
            ))
            .hint("keys for rules are policy.csv and policy.ANYTHING.csv"));
        }
        let projects = args.project.iter().map(|name| ProjectName::new(name));
        Ok(Self {
            goal: if args.absent {
                Goal::Absent
            } else {
                Goal::Present {
                    enable: args.enable,
                }
            },
            only: args.only.map(|only| match only {
                Only::ArgocdCm => Which::Cm,
                Only::ArgocdRbacCm => Which::RbacCm,
            }),
            projects: projects.collect::<Result<_, _>>().map_err(Error::usage)?,
            allow_sync: args.allow_sync,
            match_mode: args.match_mode.map(|mode| match mode {
                Mode::Glob => MatchMode::Glob,
                Mode::Regex => MatchMode::Regex,
            }),
            extra: extra(&args.set, &args.values, context)?,
            engine: Engine::new(
                yaml::write::value,
                overrides(args.template_dir.as_deref(), context)?,
            )?,
            account,
            change: args.clone(),
            asked_key: args.policy_key.clone(),
            policy_key,
        })
    }

    /// Whether a key is written that others write too.
    pub(super) fn shares_a_key(&self) -> bool {
        self.policy_key != self.account.policy_key()
    }

    /// The projects that the account is confined to; none for all.
    pub(super) fn projects(&self) -> &[ProjectName] {
        &self.projects
    }

    /// The ConfigMaps that are wanted.
    pub(super) fn wants(&self) -> impl Iterator<Item = Which> {
        let only = self.only;
        Which::ALL
            .into_iter()
            .filter(move |which| only.is_none_or(|only| only == *which))
    }

    /// What the templates get, for an Argo CD in this namespace.
    pub(super) fn variables(&self, namespace: &str, match_mode: MatchMode) -> Variables {
        Variables {
            account: self.account.clone(),
            namespace: namespace.to_owned(),
            policy_key: self.policy_key.clone(),
            wanted: Wanted {
                allow_sync: self.allow_sync,
                projects: self.projects.clone(),
                match_mode,
            },
            extra: self.extra.clone(),
        }
    }

    /// The match mode where nothing was read that says it.
    pub(super) fn match_mode(&self) -> MatchMode {
        self.match_mode.unwrap_or_default()
    }

    /// What the policy's own setting says of the match mode, as the input has it; a flag that says
    /// otherwise is a misunderstanding. `who` is where the setting stands.
    pub(super) fn mode_of(&self, setting: Option<&str>, who: &str) -> Result<MatchMode> {
        let read = MatchMode::from_setting(setting.unwrap_or_default());
        match self.match_mode {
            Some(asked) if asked != read => Err(Error::usage(format!(
                "--match-mode {} was asked for, but the {who} of the input works in {} mode",
                asked.as_str(),
                read.as_str()
            ))
            .hint("leave --match-mode out: the input says how its patterns are read")),
            _ => Ok(read),
        }
    }
}

/// Whose objects the options ask for.
pub(super) fn scope(args: &cli::Input) -> Scope {
    match &args.namespace {
        Some(namespace) => Scope::Namespace(namespace.clone()),
        None if args.all_namespaces => Scope::All,
        None => Scope::Only,
    }
}

/// The values of `--values`, then those of `--set`, which win.
pub(super) fn extra(
    set: &[String],
    files: &[PathBuf],
    context: &Context<'_, '_>,
) -> Result<Map<String, Value>> {
    let mut values = Map::new();
    for path in files {
        let text = read_text(&context.host.path(path), path)?;
        let source = Source::new(&*path.to_string_lossy(), text);
        let stream = Stream::parse(source)?;
        let wrong = || {
            Error::input(format!(
                "{}: names and their values are expected",
                path.display()
            ))
        };
        let [document] = stream.documents() else {
            return Err(wrong());
        };
        if let Some(double) = document.duplicates().first() {
            return Err(
                Error::input(format!("the key `{}` stands here twice", double.key))
                    .at(stream.source().location(double.second)),
            );
        }
        match document
            .root()
            .map(|root| document.to_json(root))
            .transpose()?
        {
            Some(Value::Object(read)) => values.extend(read),
            _ => return Err(wrong()),
        }
    }
    for pair in set {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            Error::usage(format!("--set {}: no `=`", pair.escape_debug()))
                .hint("write --set NAME=VALUE")
        })?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty()
            || !name.chars().all(plain)
            || name.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(Error::usage(format!(
                "--set: `{}` cannot be the name of a value",
                name.escape_debug()
            ))
            .hint("names have letters, digits and `_`, as templates use them"));
        }
        values.insert(name.to_owned(), value.into());
    }
    Ok(values)
}

/// The templates of `--template-dir`: single files with the names of built-in ones.
pub(super) fn overrides(
    directory: Option<&Path>,
    context: &Context<'_, '_>,
) -> Result<Vec<Override>> {
    let Some(directory) = directory else {
        return Ok(Vec::new());
    };
    let path = context.host.path(directory);
    let root = path.canonicalize().map_err(|cause| {
        Error::input(format!("cannot read {}", directory.display())).caused_by(cause)
    })?;
    let mut overrides = Vec::new();
    for name in names() {
        let shown = directory.join(name);
        let Ok(file) = path.join(name).canonicalize() else {
            continue;
        };
        if !file.starts_with(&root) {
            return Err(
                Error::input(format!("{} leads out of its directory", shown.display()))
                    .hint("put the template itself there, not a link"),
            );
        }
        let text = read_text(&file, &shown)?;
        overrides.push(Override {
            name: name.to_owned(),
            path: shown.display().to_string(),
            text,
        });
    }
    if overrides.is_empty() {
        return Err(
            Error::usage(format!("{} has no template of ours", directory.display())).hint(format!(
                "templates that can be replaced: {}",
                names().collect::<Vec<_>>().join(", ")
            )),
        );
    }
    Ok(overrides)
}
