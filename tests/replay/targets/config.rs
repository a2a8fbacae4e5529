//! Any text as a configuration: it is read and everything in it can be, or it is refused with a
//! place that is in it. Line breaks and a byte order mark make no difference.

use std::collections::BTreeSet;

use kubectl_octopus_argo::config::{self, Choice};
use kubectl_octopus_argo::error::{Kind, Result};
use kubectl_octopus_argo::model::{AccountName, Configuration, Instance, ProjectName, Source};
use kubectl_octopus_argo::yaml::{NodeKind, Scalar, Stream};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let outcome = parse(text);
    match &outcome {
        Ok(read) => {
            can_be(read);
            is_what_the_text_says(read, text);
        }
        Err(error) => {
            assert_eq!(error.kind(), Kind::Input, "{error}");
            assert!(!error.to_string().trim().is_empty());
            if let Some(place) = error.location() {
                let lines = text.split('\n').count();
                assert!(
                    (1..=lines + 1).contains(&place.line) && place.column > 0,
                    "{place} is not in the text"
                );
            }
        }
    }
    // How lines end, and how the text begins, changes neither what is read nor what is refused.
    if !text.contains(['\r', '\u{feff}']) {
        let marked = format!("\u{feff}{text}");
        for other in [text.replace('\n', "\r\n"), marked] {
            let same = parse(&other);
            // A key may have 1,024 characters, and its line breaks count.
            if other.len() >= 1024 && same.is_ok() != outcome.is_ok() {
                continue;
            }
            assert_eq!(same.as_ref().ok(), outcome.as_ref().ok(), "{other:?}");
            let line =
                |outcome: &Result<Configuration>| Some(outcome.as_ref().err()?.location()?.line);
            if other.len() < 1024 {
                assert_eq!(line(&same), line(&outcome), "{other:?}");
            }
        }
    }
}

fn parse(text: &str) -> Result<Configuration> {
    let source = Source::new("octopus-argo.yaml", text);
    let named = config::parse(&source, Choice::Named);
    // What was found is read by our own reader, which refuses more.
    if let (Ok(named), Ok(found)) = (&named, config::parse(&source, Choice::Found)) {
        assert_eq!(*named, found, "{text:?}");
    }
    named
}

/// What is promised of every configuration that was read.
fn can_be(read: &Configuration) {
    let mut names = BTreeSet::new();
    let defaults = Instance::from(&read.defaults);
    for instance in read.instances.iter().chain([&defaults]) {
        for project in instance.permissions.projects.iter().flatten() {
            assert!(ProjectName::new(project).is_ok());
        }
        if let Some(account) = &instance.account {
            assert!(AccountName::new(account).is_ok());
        }
        if let Some(key) = &instance.policy_key {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
            assert!(key.starts_with("policy.") && key.ends_with(".csv") && key.chars().all(plain));
        }
        for file in &instance.files {
            let file = file.to_str().expect("it was text");
            assert!(!file.is_empty() && file != "-");
        }
    }
    for instance in &read.instances {
        let name = &instance.name;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        assert!((1..=63).contains(&name.len()) && names.insert(name));
        assert!(name.starts_with(plain) && name.ends_with(plain));
        assert!(name.chars().all(|c| plain(c) || c == '-'));
        if let Some(destination) = &instance.destination {
            assert!(destination.name.is_some() != destination.server.is_some());
        }
        // What it says itself holds, the rest comes from the defaults, and twice is once.
        let mut complete = instance.clone();
        complete.complete(&read.defaults);
        if instance.account.is_some() {
            assert_eq!(complete.account, instance.account);
        } else {
            assert_eq!(complete.account, read.defaults.account);
        }
        if instance.argocd.names_a_server() {
            assert_eq!(complete.argocd.server, instance.argocd.server);
            assert_eq!(complete.argocd.insecure, instance.argocd.insecure);
            assert_eq!(complete.argocd.server_crt, instance.argocd.server_crt);
        }
        let once = complete.clone();
        complete.complete(&read.defaults);
        assert_eq!(complete, once);
    }
}

/// Our own reader finds the same instances, if it reads the text.
fn is_what_the_text_says(read: &Configuration, text: &str) {
    let Ok(stream) = Stream::parse(Source::new("octopus-argo.yaml", text)) else {
        return;
    };
    let [document] = stream.documents() else {
        return;
    };
    let Some(root) = document.root() else {
        assert_eq!(read, &Configuration::default());
        return;
    };
    let Some(instances) = root.get("instances").map(|node| document.resolve(node)) else {
        return;
    };
    let NodeKind::Sequence(items) = instances.kind() else {
        return;
    };
    assert_eq!(items.len(), read.instances.len());
    for (item, instance) in items.iter().zip(&read.instances) {
        let name = document.resolve(item).get("name");
        if let Some(name) = name.map(|node| document.resolve(node)) {
            assert_eq!(name.as_scalar().map(Scalar::value), Some(&*instance.name));
        }
    }
}
