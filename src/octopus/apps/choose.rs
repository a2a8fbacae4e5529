//! The source that annotations are written for, and the name that it needs.

use std::fmt;

use super::annotation::AnnotationField;
use super::read::{AppSource, Application};
use super::writable::{Unwritable, unwritable};

/// The longest name behind a key's slash that Kubernetes accepts.
const LONGEST_KEY: usize = 63;

/// The source that annotations are written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenSource {
    /// Its position.
    pub source: usize,
    /// The name that its keys end in.
    pub suffix: Option<String>,
    /// Whether it has to be given that name first.
    pub is_new_name: bool,
}

/// Why no source could be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unchosen {
    /// The Application has no source.
    None,
    /// None of the sources has the name that was asked for; these are there.
    Unknown(String, Vec<String>),
    /// Octopus cannot write to the source.
    Unwritable(String, Unwritable),
    /// Octopus can write to more than one.
    Several(Vec<String>),
    /// It is one of several and has no name.
    Unnamed(String),
    /// Its name cannot be the end of an annotation's key.
    BadName(String),
}

impl fmt::Display for Unchosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("it has no source"),
            Self::Unknown(asked, known) => {
                write!(f, "it has no source `{asked}`, only: {}", known.join(", "))
            }
            Self::Unwritable(source, why) => write!(f, "source {source}: {why}"),
            Self::Several(sources) => {
                write!(
                    f,
                    "Octopus can write to several of its sources: {}",
                    sources.join(", ")
                )
            }
            Self::Unnamed(source) => {
                write!(f, "source {source} is one of several, and it has no name")
            }
            Self::BadName(name) => {
                write!(
                    f,
                    "the source's name `{name}` cannot be part of an annotation's key"
                )
            }
        }
    }
}

impl Unchosen {
    /// Returns what to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Several(_) => Some("choose one with --source NAME"),
            Self::Unnamed(_) => Some("give it one with --name-sources"),
            Self::BadName(_) => Some("give the source a shorter name of letters, digits and -"),
            Self::Unwritable(..) => {
                Some("annotate the Git source that has the values or manifests")
            }
            Self::None | Self::Unknown(..) => None,
        }
    }
}

/// Chooses the source that is asked for by name or number, else the only one that Octopus can
/// write to.
pub fn choose(
    application: &Application<'_>,
    asked: Option<&str>,
    name_sources: bool,
) -> Result<ChosenSource, Unchosen> {
    let sources = &application.sources;
    let labels = |of: &[&AppSource<'_>]| of.iter().map(|source| source.label()).collect();
    let source = match asked {
        Some(asked) => find(sources, asked).ok_or_else(|| {
            Unchosen::Unknown(
                asked.to_owned(),
                labels(&sources.iter().collect::<Vec<_>>()),
            )
        })?,
        None => match sources.as_slice() {
            [] => return Err(Unchosen::None),
            [only] => only,
            several => {
                let fit = several.iter().filter(|source| unwritable(source).is_none());
                match fit.collect::<Vec<_>>().as_slice() {
                    [only] => only,
                    [] => &several[0],
                    many => return Err(Unchosen::Several(labels(many))),
                }
            }
        },
    };
    if let Some(why) = unwritable(source) {
        return Err(Unchosen::Unwritable(source.label(), why));
    }
    let (suffix, is_new_name) = match source.name {
        Some(name) => (Some(name.to_owned()), false),
        None if sources.len() == 1 => (None, false),
        None if name_sources => (Some(new_name(application, source)), true),
        None => return Err(Unchosen::Unnamed(source.label())),
    };
    match suffix {
        Some(name) if !fits(&name) => Err(Unchosen::BadName(name)),
        suffix => Ok(ChosenSource {
            source: source.index,
            suffix,
            is_new_name,
        }),
    }
}

/// Finds a source by its name, else by its number.
pub fn find<'s, 'a>(sources: &'s [AppSource<'a>], asked: &str) -> Option<&'s AppSource<'a>> {
    let named = sources.iter().find(|source| source.name == Some(asked));
    named.or_else(|| {
        let number: usize = asked.parse().ok()?;
        sources.get(number.checked_sub(1)?)
    })
}

/// Whether a name can be the end of the longest key.
fn fits(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    name.bytes().all(allowed)
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && AnnotationField::Environment.as_str().len() + 1 + name.len() <= LONGEST_KEY
}

/// Returns a name for a source: its `ref`, else its directory, else its repository, with a number
/// behind it where another source has that name.
pub fn new_name(application: &Application<'_>, source: &AppSource<'_>) -> String {
    let last = |text: &str| {
        let text = text.trim_end_matches('/').trim_end_matches(".git");
        let last = text.rsplit(['/', ':']).next().unwrap_or_default();
        super::annotation::slug_of(last)
    };
    let name = source
        .reference
        .and_then(last)
        .or_else(|| source.path.and_then(last))
        .or_else(|| last(source.repo_url))
        .unwrap_or_else(|| "source".to_owned());
    let taken = |name: &str| application.sources.iter().any(|one| one.name == Some(name));
    if !taken(&name) {
        return name;
    }
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    numbered
        .into_iter()
        .find(|name| !taken(name))
        .unwrap_or(name)
}
