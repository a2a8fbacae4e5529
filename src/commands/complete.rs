//! kubectl's completion protocol: `value<TAB>help` lines, then `:` and a directive. It prints
//! nothing on stderr and never fails: a person is in the middle of typing.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::{self, Candidate, Lookup, LookupKind, Offer};
use crate::config;
use crate::error::Code;
use crate::host::Host;
use crate::input::{self, File, Reader};
use crate::lint;
use crate::model::Instance;
use crate::process::Invocation;
use crate::rbac::{ArgoCdVersion, vocabulary};
use crate::site::{Object, objects};
use crate::yaml::{Node, Stream};

/// `ShellCompDirectiveNoFileComp` of kubectl's completion: the shell adds no files of its own.
const NO_FILES: u8 = 4;
/// `ShellCompDirectiveNoSpace`: the word goes on.
const NO_SPACE: u8 = 2;
/// How long `kubectl config` may take while a person is typing.
const PATIENCE: Duration = Duration::from_secs(2);

/// Prints what could replace the last word.
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
    // If stdout is closed, there is no one to tell.
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
        LookupKind::Context => plain(&kubeconfig(&["get-contexts", "-o", "name"], offer, host)),
        LookupKind::Cluster => below_header(&kubeconfig(&["get-clusters"], offer, host)),
        LookupKind::User => below_header(&kubeconfig(&["get-users"], offer, host)),
        LookupKind::Namespace => namespaces(offer, host),
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

fn plain<S: AsRef<str>>(words: &[S]) -> Vec<Candidate> {
    let candidates = words.iter().map(|word| Candidate::new(word.as_ref(), ""));
    candidates.collect()
}

/// The words of a table with one column.
fn below_header(words: &[String]) -> Vec<Candidate> {
    plain(words.get(1..).unwrap_or_default())
}

/// Returns what `kubectl config` prints, a word each; nothing if it fails. It reads files and asks
/// no cluster.
fn kubeconfig(args: &[&str], offer: &Offer, host: &Host<'_>) -> Vec<String> {
    let kubectl = host.env.get("KUBECTL_PATH").map(PathBuf::from);
    let mut invocation = Invocation::new(kubectl.unwrap_or_else(|| "kubectl".into()))
        .args(["config"])
        .args(args.iter().copied());
    invocation.timeout = Some(PATIENCE);
    if let Some(path) = &offer.kubeconfig {
        invocation = invocation.args([OsStr::new("--kubeconfig"), path.as_os_str()]);
    }
    let output = host.runner.run(&invocation).ok();
    let output = output.filter(|output| output.code == Some(0));
    let words = output
        .iter()
        .flat_map(|output| output.stdout.expose().split_whitespace());
    words.map(str::to_owned).collect()
}

/// The namespaces that are known without a cluster: those of the kubeconfig's contexts, of the
/// configuration's instances and of the input, and the usual one.
fn namespaces(offer: &Offer, host: &Host<'_>) -> Vec<Candidate> {
    let template = "-o=jsonpath={.contexts[*].context.namespace}";
    let mut names = kubeconfig(&["view", template], offer, host);
    names.push("argocd".to_owned());
    names.extend(
        configured(offer, host)
            .into_iter()
            .filter_map(|one| one.namespace),
    );
    let files = files(offer, host);
    names.extend(
        objects(&files)
            .iter()
            .filter_map(|one| one.namespace().map(str::to_owned)),
    );
    names.sort();
    names.dedup();
    plain(&names)
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
    let candidates = configured(offer, host).into_iter().map(|instance| {
        let namespace = instance.namespace.unwrap_or_default();
        Candidate::new(instance.name, &namespace)
    });
    candidates.collect()
}

fn configured(offer: &Offer, host: &Host<'_>) -> Vec<Instance> {
    let named = offer.config.clone();
    let named = named.or_else(|| host.env.get(config::VARIABLE).map(PathBuf::from));
    let named = named.map(|path| (path, config::Choice::Named));
    let found = || Some((config::find(&host.directory)?, config::Choice::Found));
    let chosen = named.or_else(found);
    let read = chosen.and_then(|(path, choice)| config::read(&path, &host.directory, choice).ok());
    read.map(|read| read.instances).unwrap_or_default()
}

/// The rules of `lint`.
fn rules() -> Vec<Candidate> {
    let about = lint::ALL.iter().map(|rule| rule.about());
    about
        .map(|about| Candidate::new(about.id, &about.summary()))
        .collect()
}

/// What can be read without waiting for someone: stdin is the terminal here.
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
