//! The cases of Octopus's pages on annotations, right and wrong, in our own words.

use crate::common::Sandbox;

/// Runs `apps` over one Application and returns each source with its answer, and the rules that
/// found something.
fn apps(annotations: &str, sources: &str) -> (Vec<String>, Vec<String>) {
    let annotations: String = annotations
        .lines()
        .map(|line| format!("    argo.octopus.com/{line}\n"))
        .collect();
    let text = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: book\n  annotations:\n{annotations}spec:\n  project: default\n{sources}"
    );
    let run = Sandbox::new()
        .with("app.yaml", text)
        .command("apps -q -f app.yaml -o json")
        .run();
    let report: serde_json::Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    let list = |key: &str| report[key].as_array().unwrap().clone();
    let sources = list("sources").into_iter().map(|row| {
        format!(
            "{} {}",
            row["source"].as_str().unwrap(),
            row["updated"]["answer"].as_str().unwrap()
        )
    });
    let rules = list("findings")
        .into_iter()
        .map(|finding| finding["rule"].as_str().unwrap().to_owned());
    (sources.collect(), rules.collect())
}

#[track_caller]
fn expect(annotations: &str, sources: &str, answers: &[&str], rules: &[&str]) {
    let (found, findings) = apps(annotations, sources);
    assert_eq!(
        (found.as_slice(), findings.as_slice()),
        (
            answers
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .as_slice(),
            rules
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .as_slice(),
        )
    );
}

const PAIR: &str = "project: book-api\nenvironment: staging";

fn named(name: &str) -> String {
    format!("project.{name}: book-api\nenvironment.{name}: staging")
}

const SINGLE: &str = "  source:\n    repoURL: https://git.example.com/book.git\n    targetRevision: HEAD\n    path: ./\n";

fn named_single() -> String {
    format!("{SINGLE}    name: main\n")
}

/// Two sources, by their names; an empty one is none.
fn pair_of(first: &str, second: &str) -> String {
    let name = |name: &str| match name {
        "" => String::new(),
        name => format!("      name: {name}\n"),
    };
    format!(
        "  sources:\n    - repoURL: https://git.example.com/book-1.git\n      path: ./\n{}    - repoURL: https://git.example.com/book-2.git\n      path: ./\n{}",
        name(first),
        name(second)
    )
}

#[test]
fn one_source_without_a_name() {
    expect(PAIR, SINGLE, &["1 yes"], &[]);
    expect(&format!("{PAIR}\ntenant: acme"), SINGLE, &["1 yes"], &[]);
    expect(
        &named("main"),
        SINGLE,
        &["1 no"],
        &["unknown-octopus-source"; 2],
    );
    expect(
        "project: book-api",
        SINGLE,
        &["1 no"],
        &["incomplete-octopus-scope"],
    );
    expect(
        "project: book-api\nenviroment: staging",
        SINGLE,
        &["1 no"],
        &["incomplete-octopus-scope", "unknown-octopus-annotation"],
    );
}

#[test]
fn one_source_with_a_name() {
    expect(&named("main"), &named_single(), &["main yes"], &[]);
    expect(
        PAIR,
        &named_single(),
        &["main no"],
        &["plain-keys-on-named-source"; 2],
    );
    expect(
        &named("Main"),
        &named_single(),
        &["main no"],
        &["unknown-octopus-source"; 2],
    );
}

#[test]
fn several_sources() {
    let both = format!("{}\n{}", named("one"), named("two"));
    expect(&both, &pair_of("one", "two"), &["one yes", "two yes"], &[]);
    expect(
        &named("two"),
        &pair_of("one", "two"),
        &["one no", "two yes"],
        &[],
    );
    expect(
        &named("two"),
        &pair_of("", "two"),
        &["1 no", "two yes"],
        &[],
    );
    expect(
        PAIR,
        &pair_of("", ""),
        &["1 no", "2 no"],
        &["unnamed-octopus-source"; 2],
    );
    expect(
        PAIR,
        &pair_of("one", "two"),
        &["one no", "two no"],
        &["unnamed-octopus-source"; 2],
    );
    expect(
        &named("one"),
        &pair_of("one", "one"),
        &["one no", "one no"],
        &["duplicate-source-name"],
    );
}

#[test]
fn values_are_slugs() {
    expect(
        "project: Book API\nenvironment: staging",
        SINGLE,
        &["1 no"],
        &["octopus-value-not-a-slug"],
    );
    expect(
        "project: ${PROJECT}\nenvironment: staging",
        SINGLE,
        &["1 yes"],
        &[],
    );
}

#[test]
fn sources_that_take_no_commits() {
    let revision = |revision: &str| SINGLE.replace("HEAD", revision);
    for pinned in [
        "v2.0.1",
        "refs/tags/stable",
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "'1.*'",
    ] {
        expect(
            PAIR,
            &revision(pinned),
            &["1 no"],
            &["unwritable-octopus-source"],
        );
    }
    for branch in ["main", "release-1.2", "refs/heads/main"] {
        expect(PAIR, &revision(branch), &["1 yes"], &[]);
    }
    let chart = SINGLE.replace("path: ./", "chart: book");
    expect(PAIR, &chart, &["1 no"], &["unwritable-octopus-source"]);
    let oci = SINGLE.replace("https://git", "oci://registry");
    expect(PAIR, &oci, &["1 no"], &["unwritable-octopus-source"]);
}

/// A Helm source and a Git source with its values.
const CHART_AND_VALUES: &str = "  sources:
    - repoURL: https://git.example.com/chart.git
      path: chart
      name: chart
      helm:
        valueFiles:
          - values.yaml
          - $prod/values.yaml
    - repoURL: https://git.example.com/values.git
      ref: prod
      name: values
";

const TEMPLATE: &str = "'docker.io/{{ .Values.image.name }}:{{ .Values.image.tag }}'";

#[test]
fn images_of_helm_charts() {
    let image = |key: &str| format!("{}\nimage-replace-paths{key}: {TEMPLATE}", named("values"));
    let answers = ["chart no", "values yes"];
    expect(&image(".chart"), CHART_AND_VALUES, &answers, &[]);
    // The older meaning: a `ref`.
    expect(&image(".prod"), CHART_AND_VALUES, &answers, &[]);
    expect(
        &image(".values"),
        CHART_AND_VALUES,
        &answers,
        &["unknown-image-alias"],
    );
    expect(
        &image(".charts"),
        CHART_AND_VALUES,
        &answers,
        &["unknown-image-alias"],
    );
    expect(
        &image(""),
        CHART_AND_VALUES,
        &answers,
        &["unnamed-octopus-source"],
    );
    let alias = |file: &str| format!("{}\nimage-replace-alias.base: {file}", image(".base"));
    expect(
        &alias("values.yaml"),
        CHART_AND_VALUES,
        &answers,
        &["ignored-values-file"],
    );
    expect(
        &alias("other.yaml"),
        CHART_AND_VALUES,
        &answers,
        &[
            "unknown-image-alias",
            "ignored-values-file",
            "ignored-values-file",
        ],
    );
    let absolute = "https://git.example.com/chart.git/HEAD/chart/values.yaml";
    expect(
        &alias(absolute),
        CHART_AND_VALUES,
        &answers,
        &["ignored-values-file"],
    );
    let bare = format!("{}\nimage-replace-paths.chart: image.tag", named("values"));
    expect(
        &bare,
        CHART_AND_VALUES,
        &answers,
        &["image-path-without-value"],
    );
}

#[test]
fn images_are_looked_up_in_the_values_that_were_read() {
    let app = |template: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: book\n  annotations:\n    argo.octopus.com/project: book\n    argo.octopus.com/environment: staging\n    argo.octopus.com/image-replace-paths: \"{template}\"\nspec:\n  source:\n    repoURL: https://git.example.com/book.git\n    path: charts/book\n    helm: {{valueFiles: [values.yaml]}}\n"
        )
    };
    let lint = |template: &str, values: &str| {
        Sandbox::new()
            .with("app.yaml", app(template))
            .with("charts/book/values.yaml", values)
            .command("lint -q -f app.yaml -f charts/book/values.yaml --select image-path-without-value --fail-on note")
            .run()
    };
    let values = "image: {name: book, tag: '1'}\nsidecar: {image: 'proxy:2'}\n";
    assert_eq!(
        lint(
            "{{ .Values.image.name }}:{{.Values.image.tag}}, {{ .Values.sidecar.image }}",
            values
        )
        .code,
        0
    );
    let run = lint("{{ .Values.image.name }}:{{.Values.image.version}}", values);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout
            .contains("`.Values.image.version` has no value in charts/book/values.yaml"),
        "{}",
        run.stdout
    );
}
