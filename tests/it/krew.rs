//! The Krew manifest, its template, and the archive that it points to, held by Krew's own rules.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::common::{Sandbox, real};

/// Krew's `Plugin`; a field that Krew does not know is a mistake.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Plugin {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) metadata: Metadata,
    pub(crate) spec: Spec,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Metadata {
    pub(crate) name: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Spec {
    pub(crate) version: String,
    pub(crate) homepage: String,
    pub(crate) short_description: String,
    pub(crate) description: String,
    pub(crate) caveats: String,
    pub(crate) platforms: Vec<Platform>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Platform {
    pub(crate) selector: Selector,
    pub(crate) uri: String,
    pub(crate) sha256: String,
    pub(crate) bin: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Selector {
    pub(crate) match_labels: Labels,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Labels {
    pub(crate) os: String,
    pub(crate) arch: String,
}

pub(crate) const VERSION: &str = concat!("v", env!("CARGO_PKG_VERSION"));

pub(crate) fn plugin() -> Plugin {
    serde_yaml::from_str(&fs::read_to_string("plugin.yaml").unwrap()).unwrap()
}

#[test]
fn the_manifest_keeps_krews_rules() {
    let plugin = plugin();
    assert_eq!(
        plugin.api_version,
        "krew.googlecontainertools.github.com/v1alpha2"
    );
    assert_eq!(plugin.kind, "Plugin");
    // `kubectl octopus-argo`: Krew makes the file name of it, a dash becomes an underscore.
    assert_eq!(plugin.metadata.name, "octopus-argo");
    let spec = plugin.spec;
    assert_eq!(spec.version, VERSION);
    let short = &spec.short_description;
    assert!(
        !short.is_empty() && short.len() <= 50 && !short.contains('\n'),
        "{short}"
    );
    assert_eq!(spec.homepage, env!("CARGO_PKG_HOMEPAGE"));
    // What reviewers of the index ask for: no self-praise, nothing that says what the name says.
    for word in ["safe", "easy", "kubectl", "plugin"] {
        assert!(!short.to_lowercase().contains(word), "{short}");
    }
    assert!(short.starts_with(char::is_uppercase) && !short.ends_with('.'));
    assert!(spec.description.lines().all(|line| line.len() <= 80));
    let caveats: Vec<_> = spec.caveats.lines().collect();
    assert!(caveats.len() <= 3, "{caveats:?}");
    assert!(caveats.iter().all(|line| line.len() <= 80), "{caveats:?}");
    let mut platforms = BTreeSet::new();
    for Platform {
        selector,
        uri,
        sha256,
        bin,
    } in &spec.platforms
    {
        let Labels { os, arch } = &selector.match_labels;
        assert!(
            platforms.insert(format!("{os}/{arch}")),
            "{os}/{arch} stands twice"
        );
        let (suffix, archive) = match os.as_str() {
            "windows" => (".exe", "zip"),
            _ => ("", "tar.gz"),
        };
        assert_eq!(bin, &format!("kubectl-octopus_argo{suffix}"));
        let file = format!("kubectl-octopus_argo-{VERSION}-{os}-{arch}.{archive}");
        let expected = format!("{}/releases/download/{VERSION}/{file}", spec.homepage);
        assert_eq!(uri, &expected);
        let is_digest = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        assert!(
            sha256.len() == 64 && sha256.chars().all(is_digest),
            "{sha256}"
        );
    }
    let five = [
        "darwin/amd64",
        "darwin/arm64",
        "linux/amd64",
        "linux/arm64",
        "windows/amd64",
    ];
    assert_eq!(
        platforms.iter().map(String::as_str).collect::<Vec<_>>(),
        five
    );
}

#[test]
fn the_release_bots_template_is_the_manifest() {
    let mut text = fs::read_to_string(".krew.yaml").unwrap();
    // What the bot puts in place of `{{addURIAndSha "URI" .TagName | indent 6}}`.
    while let Some(start) = text.find("{{addURIAndSha \"") {
        let rest = &text[start..];
        let uri = rest.split('"').nth(1).unwrap();
        let after = rest.find(" .TagName | indent 6}}\n").unwrap();
        assert!(after < rest.find('\n').unwrap(), "{rest}");
        let end = start + after + " .TagName | indent 6}}".len();
        let line = format!("uri: {uri}\n      sha256: \"{}\"", "0".repeat(64));
        text.replace_range(start..end, &line);
    }
    let text = text.replace("{{ .TagName }}", VERSION);
    assert!(!text.contains("{{"), "{text}");
    let mut manifest = plugin();
    for platform in &mut manifest.spec.platforms {
        platform.sha256 = "0".repeat(64);
    }
    assert_eq!(serde_yaml::from_str::<Plugin>(&text).unwrap(), manifest);
}

/// Runs a step of the release script; `false` with a message where there is no Python.
pub(crate) fn release(args: &[&str], path: &str) -> bool {
    let Some(python) = real::find("python3") else {
        return false;
    };
    let args = [&["scripts/release.py"], args].concat();
    let output = real::run(&python, &args, "", |command| {
        command.env("PATH", path);
    });
    assert!(output.status.success(), "{output:?}");
    true
}

/// Packs a binary, compressed little: the one of the tests is big.
pub(crate) fn pack(binary: &Path, out: &Path, platform: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap();
    let (binary, out_dir) = (binary.to_str().unwrap(), out.to_str().unwrap());
    let args = [
        "archive",
        "--level",
        "1",
        "--binary",
        binary,
        "--platform",
        platform,
        "--out",
        out_dir,
    ];
    release(&args, &path).then(|| {
        let suffix = if platform.starts_with("windows") {
            "zip"
        } else {
            "tar.gz"
        };
        out.join(format!(
            "kubectl-octopus_argo-{VERSION}-{platform}.{suffix}"
        ))
    })
}

const PLATFORM: &str = match std::env::consts::ARCH.as_bytes() {
    b"aarch64" => "linux-arm64",
    _ => "linux-amd64",
};

#[cfg(target_os = "linux")]
#[test]
fn the_archive_is_built_installed_and_found_by_kubectl() {
    use std::os::unix::fs::PermissionsExt;
    let (Some(kubectl), Some(tar)) = (real::find("kubectl"), real::find("tar")) else {
        return;
    };
    let sandbox = Sandbox::new();
    let out = sandbox.path().join("out");
    let Some(archive) = pack(real::binary(), &out, PLATFORM) else {
        return;
    };

    // Only regular files, the binary executable, a licence, no way out of the directory.
    let listed = real::run(&tar, &["-tvzf", archive.to_str().unwrap()], "", |_| {});
    let listed = String::from_utf8(listed.stdout).unwrap();
    let entry = |name: &str| {
        let end = format!(" {name}");
        listed
            .lines()
            .find(|line| line.ends_with(&end))
            .map(|line| &line[..10])
    };
    assert_eq!(
        entry("kubectl-octopus_argo"),
        Some("-rwxr-xr-x"),
        "{listed}"
    );
    for name in ["LICENSE", "README.md", "man/man1/kubectl-octopus_argo.1"] {
        assert_eq!(entry(name), Some("-rw-r--r--"), "{name}\n{listed}");
    }
    assert_eq!(
        entry("completions/kubectl_complete-octopus_argo"),
        Some("-rwxr-xr-x")
    );
    for line in listed.lines() {
        assert!(line.starts_with('-') && line.contains(" 0/0 "), "{line}");
        assert!(!line.contains("..") && !line.contains(" /"), "{line}");
    }

    let path = std::env::var("PATH").unwrap();
    let out = out.to_str().unwrap();
    assert!(release(&["manifest", "--out", out], &path));
    let manifest = sandbox.read("out/octopus-argo.yaml");
    assert!(manifest.starts_with("apiVersion:"), "{manifest}");
    let manifest: Plugin = serde_yaml::from_str(&manifest).unwrap();
    let filled: Vec<_> = manifest
        .spec
        .platforms
        .iter()
        .filter(|platform| platform.sha256 != "0".repeat(64))
        .collect();
    assert_eq!(filled.len(), 1);
    let sums = sandbox.read("out/SHA256SUMS");
    let name = archive.file_name().unwrap().to_str().unwrap();
    assert_eq!(sums, format!("{}  {name}\n", filled[0].sha256));
    let sha256sum = real::find("sha256sum").unwrap();
    let checked = real::run(&sha256sum, &["-c", "SHA256SUMS"], "", |command| {
        command.current_dir(out);
    });
    assert!(checked.status.success(), "{checked:?}");

    // Unpacked and linked as Krew does, and found by the real kubectl.
    let (root, links) = (sandbox.path().join("store"), sandbox.path().join("bin"));
    let (root, links) = (root.to_str().unwrap(), links.to_str().unwrap());
    let args = [
        "install",
        "--no-krew",
        "--out",
        out,
        "--root",
        root,
        "--links",
        links,
    ];
    assert!(release(&args, &path));
    let installed = fs::metadata(sandbox.path().join("bin/kubectl-octopus_argo")).unwrap();
    assert_eq!(installed.permissions().mode() & 0o777, 0o755);
    let with_plugin = format!("{links}:{path}");
    let json = version_through(&kubectl, &with_plugin);
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    let output = real::run(
        &kubectl,
        &["__complete", "octopus-argo", "rend"],
        "",
        |command| {
            command.env("PATH", &with_plugin);
        },
    );
    assert!(output.stdout.starts_with(b"render\t"), "{output:?}");

    installs_through_krew(&kubectl, &sandbox, &archive, &path);
}

/// Runs the real Krew, where it is: it checks the digest, unpacks, moves and links by itself.
#[cfg(target_os = "linux")]
fn installs_through_krew(kubectl: &Path, sandbox: &Sandbox, archive: &Path, path: &str) {
    let (Some(_), Some(validator)) = (
        real::find("kubectl-krew"),
        real::find("validate-krew-manifest"),
    ) else {
        return;
    };
    let manifest = sandbox.path().join("out/octopus-argo.yaml");
    let manifest = manifest.to_str().unwrap();
    // The index's own check. The installation that it can do would download the archives.
    let args = ["-skip-install", "-manifest", manifest];
    let output = real::run(&validator, &args, "", |_| {});
    assert!(output.status.success(), "{output:?}");

    let krew_root = sandbox.path().join("krew");
    let manifest = format!("--manifest={manifest}");
    let archive = format!("--archive={}", archive.display());
    let args = ["krew", "install", &manifest, &archive];
    let output = real::run(kubectl, &args, "", |command| {
        command.env("KREW_ROOT", &krew_root);
    });
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("need the argocd CLI on PATH"), "{said}");
    let with_krew = format!("{}/bin:{path}", krew_root.display());
    let json = version_through(kubectl, &with_krew);
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
}

fn version_through(kubectl: &Path, path: &str) -> serde_json::Value {
    let args = ["octopus-argo", "version", "-o", "json"];
    let output = real::run(kubectl, &args, "", |command| {
        command.env("PATH", path);
    });
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A small program that does as our own: for what is about the archive alone.
#[cfg(target_os = "linux")]
pub(crate) fn stand_in(sandbox: &Sandbox) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = sandbox.path().join("binary");
    let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", real::binary().display());
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[cfg(target_os = "linux")]
#[test]
fn the_same_commit_gives_the_same_bytes() {
    let sandbox = Sandbox::new();
    for platform in ["linux-arm64", "windows-amd64"] {
        let binary = stand_in(&sandbox);
        let Some(one) = pack(&binary, &sandbox.path().join("one"), platform) else {
            return;
        };
        // Another time, another mode, another place: none of it shows.
        let binary = stand_in(&sandbox);
        let two = pack(&binary, &sandbox.path().join("two/deeper"), platform).unwrap();
        assert!(
            fs::read(one).unwrap() == fs::read(two).unwrap(),
            "{platform}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_archive_for_windows_is_a_zip_of_the_same() {
    let Some(python) = real::find("python3") else {
        return;
    };
    let sandbox = Sandbox::new();
    let binary = stand_in(&sandbox);
    let Some(archive) = pack(&binary, &sandbox.path().join("out"), "windows-amd64") else {
        return;
    };
    let list = ["-m", "zipfile", "-l", archive.to_str().unwrap()];
    let output = real::run(&python, &list, "", |_| {});
    let listed = String::from_utf8(output.stdout).unwrap();
    for name in ["kubectl-octopus_argo.exe ", "LICENSE ", "README.md "] {
        assert!(listed.contains(&format!("\n{name}")), "{name}\n{listed}");
    }
}

#[test]
fn the_workflows_pin_actions_and_build_what_the_manifest_names() {
    let mut uses = 0;
    for entry in fs::read_dir(".github/workflows").unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("\npermissions: {}\n"), "{}", path.display());
        for action in text.lines().filter_map(|line| line.split_once("uses: ")) {
            let (_, commit) = action.1.split_once('@').unwrap();
            let (commit, version) = commit.split_once(" # v").unwrap();
            let is_commit = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(
                is_commit && !version.is_empty(),
                "{}: {}",
                path.display(),
                action.1
            );
            uses += 1;
        }
    }
    assert!(uses > 5, "found only {uses} actions");
    let release = fs::read_to_string(".github/workflows/release.yml").unwrap();
    let built: BTreeSet<String> = release
        .lines()
        .filter_map(|line| line.split_once("- { platform: "))
        .map(|(_, rest)| rest.split(',').next().unwrap().replace('-', "/"))
        .collect();
    let named = plugin().spec.platforms.into_iter();
    let named = named.map(|platform| platform.selector.match_labels);
    assert_eq!(
        built,
        named
            .map(|labels| format!("{}/{}", labels.os, labels.arch))
            .collect()
    );
}
