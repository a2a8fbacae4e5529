//! What package managers other than Krew get: the same archives with the same checksums.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command as Program;

#[cfg(target_os = "linux")]
use crate::common::Sandbox;
use crate::krew::{VERSION, plugin};

/// The URL of each platform's archive in the Krew manifest, by `OS-ARCHITECTURE`.
fn archives() -> BTreeMap<String, String> {
    let platforms = plugin().spec.platforms.into_iter();
    platforms
        .map(|platform| {
            let labels = platform.selector.match_labels;
            (format!("{}-{}", labels.os, labels.arch), platform.uri)
        })
        .collect()
}

#[test]
fn cargo_binstall_downloads_what_the_krew_manifest_names() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let archives = archives();
    let mut targets = Vec::new();
    let marker = "[package.metadata.binstall.overrides.";
    for section in manifest.split(marker).skip(1) {
        let (target, rest) = section.split_once("]\n").unwrap();
        let value = |key: &str| {
            let line = rest.lines().find(|line| line.starts_with(key)).unwrap();
            line.split('"').nth(1).unwrap().to_owned()
        };
        let url = value("pkg-url")
            .replace("{ repo }", env!("CARGO_PKG_REPOSITORY"))
            .replace("{ version }", env!("CARGO_PKG_VERSION"));
        let os = match target {
            _ if target.contains("linux") => "linux",
            _ if target.contains("darwin") => "darwin",
            _ => "windows",
        };
        let architecture = match target.split('-').next() {
            Some("aarch64") => "arm64",
            _ => "amd64",
        };
        assert_eq!(url, archives[&format!("{os}-{architecture}")], "{target}");
        let format = if url.ends_with(".zip") { "zip" } else { "tgz" };
        assert_eq!(value("pkg-fmt"), format, "{target}");
        targets.push(target.to_owned());
    }
    assert_eq!(targets.len(), 7, "{targets:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_formula_and_the_nix_expression_have_the_checksums_of_the_release() {
    let sandbox = Sandbox::new();
    let out = sandbox.path().join("out");
    let archives = archives();
    for url in archives.values() {
        let name = url.rsplit('/').next().unwrap();
        fs::create_dir_all(&out).unwrap();
        fs::write(out.join(name), name).unwrap();
    }
    let out = out.to_str().unwrap();
    let path = std::env::var("PATH").unwrap();
    if !crate::krew::release(&["manifest", "--complete", "--out", out], &path) {
        return;
    }
    let sums = sandbox.read("out/SHA256SUMS");
    let sums: BTreeMap<&str, &str> = sums
        .lines()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(sum, name)| (name, sum))
        .collect();
    assert_eq!(sums.len(), 5);
    let formula = sandbox.read("out/kubectl-octopus-argo.rb");
    let expression = sandbox.read("out/kubectl-octopus-argo.nix");
    for (platform, url) in &archives {
        let sum = sums[url.rsplit('/').next().unwrap()];
        if platform.starts_with("windows") {
            continue;
        }
        let in_formula = format!("url \"{url}\"\n      sha256 \"{sum}\"\n");
        assert!(formula.contains(&in_formula), "{platform}\n{formula}");
        let in_expression = format!("url = \"{url}\";\n      sha256 = \"{sum}\";\n");
        assert!(
            expression.contains(&in_expression),
            "{platform}\n{expression}"
        );
    }
    for text in [&formula, &expression] {
        assert!(text.contains(&format!("\"{}\"", &VERSION[1..])), "{text}");
        assert!(!text.contains('@'), "{text}");
    }
    // The languages' own parsers, where they are.
    for (program, args) in [
        ("ruby", ["-c", "kubectl-octopus-argo.rb"]),
        ("nix-instantiate", ["--parse", "kubectl-octopus-argo.nix"]),
    ] {
        let mut command = Program::new(program);
        match command.args(args).current_dir(out).output() {
            Ok(output) => assert!(output.status.success(), "{output:?}"),
            Err(_) => crate::common::skip::note(&format!("{program} is not on PATH")),
        }
    }
}

#[test]
fn the_image_holds_what_the_rotation_job_runs_and_downloads_nothing() {
    let recipe = fs::read_to_string("packaging/Containerfile").unwrap();
    let lines = || recipe.lines().filter(|line| !line.starts_with('#'));
    let bases: Vec<_> = lines().filter(|line| line.starts_with("FROM ")).collect();
    assert_eq!(bases, ["FROM scratch"]);
    assert!(!lines().any(|line| line.starts_with("ADD ") || line.contains("://")));
    let user = lines().find_map(|line| line.strip_prefix("USER ")).unwrap();
    let (user, group) = user.split_once(':').unwrap();
    assert!(user.parse::<u32>().unwrap() > 0 && group.parse::<u32>().unwrap() > 0);
    for program in ["kubectl", "argocd", "kubectl-octopus_argo"] {
        let target = format!(" /usr/bin/{program}");
        let copied = lines().any(|line| line.starts_with("COPY ${") && line.ends_with(&target));
        assert!(copied, "{program}");
    }
    // The script of the page that describes the job: each program is copied in, or busybox has it.
    let page = fs::read_to_string("docs/how-to/rotation.md").unwrap();
    let script = page.split("```sh\n").nth(1).unwrap();
    let script = script.split("```").next().unwrap();
    let known = [
        "set", "umask", "cd", "exit", "current", "test", "mktemp", "base64", "kubectl",
    ];
    let mut programs = 0;
    for line in script.lines().filter(|line| !line.starts_with("  --")) {
        for command in line.split(['|', '(', '"']) {
            let word = command.split_whitespace().next().unwrap_or_default();
            if word.chars().all(|c| c.is_ascii_lowercase()) && !word.is_empty() {
                assert!(known.contains(&word), "{word} of {line}");
                programs += 1;
            }
        }
    }
    assert!(programs > 10, "{script}");
}
