//! kubectl's completion protocol: `value<TAB>help` lines, then `:` and a directive. Never a word
//! on stderr, never a failure: a person is in the middle of typing.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::{self, Candidate, Lookup, LookupKind, Offer};
use crate::config;
use crate::error::Code;
use crate::host::Host;
use crate::input::{self, File, Reader};
use crate::lint;
use crate::rbac::{ArgoCdVersion, vocabulary};
use crate::site::{Object, objects};
use crate::yaml::{Node, Stream};

/// `ShellCompDirectiveNoFileComp` of kubectl's completion: the shell adds no files of its own.
const NO_FILES: u8 = 4;
/// `ShellCompDirectiveNoSpace`: the word goes on.
const NO_SPACE: u8 = 2;

/// Answers what could stand in place of the last word.
pub(crate) fn run(words: &[String], host: &mut Host<'_>) -> Code {
    let offer = cli::complete(words);
    let mut candidates = offer.candidates.clone();
    if let Some(lookup) = &offer.lookup {
        candidates.extend(look_up(lookup, &offer, host));
    }
    let goes_on = |candidate: &Candidate| candidate.value.ends_with('/');
    let directive = if !candidates.is_empty() && candidates.iter().all(goes_on) {
        NO_FILES | NO_SPACE
    } else {
        NO_FILES
    };
    let mut text = String::new();
    for Candidate { value, help } in candidates {
        // A name with a line break in it would be taken for two.
        if value.contains(['\n', '\r', '\t']) {
            continue;
        }
        text.push_str(&value);
        if !help.is_empty() {
            text.push('\t');
            text.push_str(&help);
        }
        text.push('\n');
    }
    let _ = writeln!(text, ":{directive}");
    // Nobody is left to be told when stdout is closed.
    let _ = host.stdout.write_all(text.as_bytes());
    let _ = host.stdout.flush();
    Code::OK
}

fn look_up(lookup: &Lookup, offer: &Offer, host: &Host<'_>) -> Vec<Candidate> {
    let found: Vec<Candidate> = match lookup.wanted {
        LookupKind::Path => paths(&lookup.typed, &host.directory, false),
        LookupKind::Directory => paths(&lookup.typed, &host.directory, true),
        LookupKind::Account => accounts(offer, host),
        LookupKind::Action => plain(vocabulary::actions(ArgoCdVersion::default())),
        LookupKind::Resource => plain(vocabulary::RESOURCES),
        LookupKind::Project => projects(offer, host),
        LookupKind::Rule => rules(),
        LookupKind::Instance => instances(offer, host),
    };
    let mut found: Vec<_> = found
        .into_iter()
        .filter(|candidate| candidate.value.starts_with(&lookup.typed))
        .collect();
    for candidate in &mut found {
        candidate.value.insert_str(0, &lookup.before);
    }
    found
}

fn plain(words: &[&str]) -> Vec<Candidate> {
    words.iter().map(|word| Candidate::new(*word, "")).collect()
}

/// The files and directories whose names begin so; hidden ones only where a dot was typed.
fn paths(typed: &str, directory: &Path, only_directories: bool) -> Vec<Candidate> {
    let split = typed.rfind('/').map_or(0, |slash| slash + 1);
    let (parent, name) = typed.split_at(split);
    let Ok(entries) = fs::read_dir(directory.join(parent)) else {
        return Vec::new();
    };
    let mut found: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let file = path.file_name()?.to_str()?;
            if !file.starts_with(name) || file.starts_with('.') && !name.starts_with('.') {
                return None;
            }
            // Follows a link, as opening it would.
            let slash = if path.is_dir() { "/" } else { "" };
            (!only_directories || !slash.is_empty()).then(|| format!("{parent}{file}{slash}"))
        })
        .collect();
    found.sort();
    found
        .into_iter()
        .map(|path| Candidate::new(path, ""))
        .collect()
}

/// The accounts that the input named so far speaks of; without any, the usual one.
fn accounts(offer: &Offer, host: &Host<'_>) -> Vec<Candidate> {
    let mut names = Vec::new();
    for file in files(offer, host) {
        let documents = file.stream().map(Stream::documents);
        for root in documents.into_iter().flatten().filter_map(|one| one.root()) {
            collect(root, &mut names);
        }
    }
    names.sort();
    names.dedup();
    if names.is_empty() {
        names.push("octopus".to_owned());
    }
    names
        .into_iter()
        .map(|name| Candidate::new(name, "account"))
        .collect()
}

/// The AppProjects in the input named so far.
fn projects(offer: &Offer, host: &Host<'_>) -> Vec<Candidate> {
    let files = files(offer, host);
    let found = objects(&files);
    let mut names: Vec<&str> = found
        .iter()
        .filter(|object| object.kind() == "AppProject")
        .map(Object::name)
        .collect();
    names.sort_unstable();
    names.dedup();
    let candidates = names.into_iter().filter(|name| !name.is_empty());
    candidates
        .map(|name| Candidate::new(name, "project"))
        .collect()
}

/// The instances of the configuration that is named, or that holds here.
fn instances(offer: &Offer, host: &Host<'_>) -> Vec<Candidate> {
    let named = offer.config.clone();
    let named = named.or_else(|| host.env.get(config::VARIABLE).map(PathBuf::from));
    let named = named.map(|path| (path, config::Choice::Named));
    let found = || Some((config::find(&host.directory)?, config::Choice::Found));
    let chosen = named.or_else(found);
    let read = chosen.and_then(|(path, choice)| config::read(&path, &host.directory, choice).ok());
    let instances = read.map(|read| read.instances).unwrap_or_default();
    let candidates = instances.into_iter().map(|instance| {
        let namespace = instance.namespace.unwrap_or_default();
        Candidate::new(instance.name, &namespace)
    });
    candidates.collect()
}

/// The rules of `lint`.
fn rules() -> Vec<Candidate> {
    let about = lint::ALL.iter().map(|rule| rule.about());
    about
        .map(|about| Candidate::new(about.id, &about.summary()))
        .collect()
}

/// What can be read without waiting for somebody: stdin is the terminal here.
fn files(offer: &Offer, host: &Host<'_>) -> Vec<File> {
    if offer.sample {
        return input::sample().into_iter().collect();
    }
    let names: Vec<PathBuf> = offer
        .filename
        .iter()
        .filter(|name| name.as_os_str() != "-" && host.path(name).exists())
        .cloned()
        .collect();
    let mut reader = Reader {
        stdin: &mut std::io::empty(),
        directory: &host.directory,
        recursive: false,
        skip_unrelated: false,
    };
    reader
        .read(&names)
        .map_or_else(|_| Vec::new(), |(files, _)| files)
}

/// The names in all keys `accounts.NAME` and `accounts.NAME.enabled`, whatever holds them: a
/// ConfigMap, an ArgoCD resource, Helm values.
fn collect(node: &Node, names: &mut Vec<String>) {
    for entry in node.entries().unwrap_or_default() {
        if let Some(key) = entry.key.key_text()
            && let Some(account) = key.strip_prefix("accounts.")
        {
            let name = account.strip_suffix(".enabled").unwrap_or(account);
            if !name.is_empty() && !name.contains('.') {
                names.push(name.to_owned());
            }
        }
        collect(&entry.value, names);
    }
    for item in node.items().unwrap_or_default() {
        collect(item, names);
    }
}
