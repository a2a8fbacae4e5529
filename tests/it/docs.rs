//! The README and the pages of `docs/`: every command line that needs no cluster is run, every
//! other one is at least a command line that the plugin takes.
//!
//! A page is one session in a directory of its own. Comments in front of a block, which readers do
//! not see, say what is to be done with it: `needs: WHAT` (not run here), `exit: CODE`, `file: NAME`
//! (write it), `output` (it is what the block before printed), `runs` (a job of a CI system: its commands are
//! run).

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use kubectl_octopus_argo::cli::{self, Parsed};

use crate::common::{Sandbox, real};

/// What a block may need that a test does not have.
const NEEDS: &[&str] = &["cluster", "argocd", "network", "cargo", "shell"];

const VALUES: &str = "\
# Values of the argo-cd chart.
configs:
  cm:
    url: https://argocd.example.com
  rbac:
    policy.csv: |
      g, acme:admins, role:admin
";

const ARGOCD: &str = "\
apiVersion: argoproj.io/v1beta1
kind: ArgoCD
metadata:
  name: argocd
  namespace: argocd
spec:
  server:
    insecure: true
";

const PROJECT: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: web
  namespace: argocd
spec:
  sourceRepos:
    - '*'
";

/// A fenced block with the comments in front of it.
struct Block {
    line: usize,
    language: String,
    text: String,
    marks: HashMap<String, String>,
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![PathBuf::from("README.md"), PathBuf::from("CONTRIBUTING.md")];
    let mut directories = vec![PathBuf::from("docs")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut marks = HashMap::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let comment = line
            .strip_prefix("<!-- ")
            .and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(comment) = comment {
            let (name, value) = comment.split_once(": ").unwrap_or((comment, ""));
            marks.insert(name.to_owned(), value.to_owned());
        } else if let Some(language) = line.trim_start().strip_prefix("```") {
            let indent = line.len() - line.trim_start().len();
            let mut text = String::new();
            for (_, line) in lines.by_ref() {
                if line.trim_start().starts_with("```") {
                    break;
                }
                text.push_str(line.get(indent..).unwrap_or_default());
                text.push('\n');
            }
            found.push(Block {
                line: number + 1,
                language: language.to_owned(),
                text,
                marks: std::mem::take(&mut marks),
            });
        } else if !line.is_empty() {
            marks.clear();
        }
    }
    found
}

/// A directory with the plugin on PATH and the files that the pages speak of.
fn session() -> Sandbox {
    let sample =
        include_str!("../../src/input/sample.yaml").replace("octopus-argo-sample", "argocd");
    let (cm, rbac) = sample.split_once("\n---\n").unwrap();
    let sandbox = Sandbox::new()
        .with("live.yaml", &sample)
        .with("argocd-cm.yaml", format!("{cm}\n"))
        .with("argocd-rbac-cm.yaml", rbac)
        .with("argocd/argocd-cm.yaml", format!("{cm}\n"))
        .with("argocd/argocd-rbac-cm.yaml", rbac)
        .with("values.yaml", VALUES)
        .with("argocd.yaml", ARGOCD)
        .with("project.yaml", PROJECT)
        .with("bin/placeholder", "");
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        real::binary(),
        sandbox.path().join("bin/kubectl-octopus_argo"),
    )
    .unwrap();
    sandbox
}

fn path_with(sandbox: &Sandbox) -> OsString {
    let mut path = sandbox.path().join("bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

#[cfg(unix)]
#[test]
fn every_command_line_that_needs_no_cluster_runs() {
    let (Some(shell), Some(_)) = (real::find("sh"), real::find("kubectl")) else {
        return;
    };
    let pages = pages();
    let (ran, wrong) = std::thread::scope(|scope| {
        let shell = &shell;
        let runs: Vec<_> = pages
            .iter()
            .map(|page| scope.spawn(move || run_page(page, shell)))
            .collect();
        let outcomes = runs.into_iter().map(|run| run.join().unwrap());
        outcomes.fold((0, Vec::new()), |(ran, mut all), (more, wrong)| {
            all.extend(wrong);
            (ran + more, all)
        })
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ran > 5, "only {ran} blocks ran");
}

/// Runs the blocks of a page: how many, and what was not as it must be.
#[cfg(unix)]
fn run_page(page: &Path, shell: &Path) -> (usize, Vec<String>) {
    let (mut ran, mut wrong) = (0, Vec::new());
    let text = fs::read_to_string(page).unwrap();
    let sandbox = session();
    let path = path_with(&sandbox);
    let mut printed = String::new();
    for block in blocks(&text) {
        let place = format!("{}:{}", page.display(), block.line);
        if let Some(name) = block.marks.get("file") {
            fs::write(sandbox.path().join(name), &block.text).unwrap();
        }
        if block.marks.contains_key("output") && printed != block.text {
            wrong.push(format!(
                "{place}: is not what is printed, which is\n{printed}"
            ));
        }
        let needs = block.marks.get("needs");
        if let Some(needs) = needs {
            assert!(NEEDS.contains(&needs.as_str()), "{place}: needs {needs}?");
        }
        let script = match block.language.as_str() {
            "yaml" if block.marks.contains_key("runs") => commands_of_a_job(&block.text),
            "sh" if needs.is_none() => block.text,
            _ => continue,
        };
        let script = format!("set -eu\n{script}");
        let output = real::run(shell, &["-c", &script], "", |command| {
            command
                .current_dir(sandbox.path())
                .env("PATH", &path)
                .env("HOME", sandbox.path())
                .env("KUBECONFIG", "/dev/null");
        });
        let expected = block.marks.get("exit").map_or("0", String::as_str);
        printed = String::from_utf8(output.stdout).unwrap();
        if output.status.code().map(|code| code.to_string()).as_deref() != Some(expected) {
            let stderr = String::from_utf8_lossy(&output.stderr);
            wrong.push(format!(
                "{place}: {}, not {expected}\n{stderr}",
                output.status
            ));
        }
        ran += 1;
    }
    (ran, wrong)
}

/// The commands in the `script` of a job.
#[cfg(unix)]
fn commands_of_a_job(text: &str) -> String {
    let commands: Vec<_> = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("- kubectl"))
        .map(|rest| format!("kubectl{rest}\n"))
        .collect();
    assert!(!commands.is_empty(), "{text}");
    commands.concat()
}

/// The command lines of the plugin in a text of a block or of code within a line.
fn command_lines(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let mut found = Vec::new();
    for line in joined.lines() {
        for (at, _) in line.match_indices("kubectl octopus-argo ") {
            found.push(words(&line[at..]));
        }
    }
    found
}

/// The words of one command: up to a pipe, a redirection, the end of a quote around it.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '|' | '>' | '<' | ';' | '&' | ')' | '#' | '`') => break,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn every_command_line_is_one_that_the_plugin_takes() {
    let (mut checked, mut wrong) = (0, Vec::new());
    for page in pages() {
        if page == Path::new("docs/reference.md") {
            continue;
        }
        let text = fs::read_to_string(&page).unwrap();
        let blocks = blocks(&text);
        let code = blocks.iter().filter(|block| block.language != "text");
        let mut lines: Vec<_> = code.flat_map(|block| command_lines(&block.text)).collect();
        let prose = text.replace("\\|", "|");
        let spans = prose.split('`').skip(1).step_by(2);
        lines.extend(
            spans
                .filter(|span| !span.contains('\n'))
                .flat_map(command_lines),
        );
        for line in lines {
            if line.iter().any(|word| word.contains('…')) {
                continue;
            }
            checked += 1;
            let args = line.iter().skip(2).map(OsString::from);
            let args = std::iter::once(OsString::from("kubectl-octopus_argo")).chain(args);
            if let Parsed::Wrong(text) = cli::parse(args) {
                wrong.push(format!("{}: {}\n{text}", page.display(), line.join(" ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 20, "only {checked} command lines were found");
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if file.contains("://") || target.contains(' ') {
                continue;
            }
            let path = match file {
                "" => page.clone(),
                file => page.parent().unwrap().join(file),
            };
            let there = if anchor.is_empty() {
                path.exists()
            } else {
                fs::read_to_string(&path).is_ok_and(|text| has_heading(&text, anchor))
            };
            if !there {
                wrong.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "links to nowhere:\n{}", wrong.join("\n"));
}

/// Whether a heading of the page has this anchor, as GitHub makes it.
fn has_heading(page: &str, anchor: &str) -> bool {
    page.lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter_map(|c| match c {
                ' ' => Some('-'),
                c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                _ => None,
            });
            kept.collect::<String>() == anchor
        })
}

/// The Rust sources below a directory.
fn sources(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn every_environment_variable_is_documented() {
    let page = fs::read_to_string("docs/environment.md").unwrap();
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    let mut found = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for marker in ["env.get(\"", "_VARIABLE: &str = \"", " VARIABLE: &str = \""] {
            for rest in text.split(marker).skip(1) {
                let name = rest.split('"').next().unwrap();
                let there =
                    page.contains(&format!("`{name}`")) || page.contains(&format!("`{name}="));
                assert!(there, "{name} ({}) is not in the page", file.display());
                found += 1;
            }
        }
    }
    assert!(found > 7, "only {found} variables were found");
}

#[test]
fn the_pictures_show_what_is_printed() {
    let Some(python) = real::find("python3") else {
        return;
    };
    let sandbox = Sandbox::new();
    let binary = real::binary().to_str().unwrap();
    let out = sandbox.path().to_str().unwrap();
    let args = ["scripts/picture.py", "--binary", binary, "--out", out];
    let output = real::run(&python, &args, "", |_| {});
    assert!(output.status.success(), "{output:?}");
    let mut drawn = 0;
    for entry in fs::read_dir(sandbox.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let shown = fs::read_to_string(format!("docs/{name}")).unwrap_or_default();
        assert!(
            shown == sandbox.read(&name),
            "docs/{name} is not what is printed: run python3 scripts/picture.py"
        );
        drawn += 1;
    }
    assert!(drawn > 0);
}
