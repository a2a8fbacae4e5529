use serde_json::{Map, json};

use super::*;
use crate::model::{AccountName, MatchMode, ProjectName};

fn quote(text: &str) -> String {
    format!("\"{}\"", text.escape_default())
}

fn engine(overrides: &[(&str, &str)]) -> Result<Engine> {
    let overrides = overrides.iter().map(|(name, text)| Override {
        name: (*name).to_owned(),
        path: format!("own/{name}"),
        text: (*text).to_owned(),
    });
    Engine::new(quote, overrides.collect())
}

fn variables(wanted: Wanted, extra: &serde_json::Value) -> Variables {
    let account = AccountName::new("octopus").unwrap();
    Variables {
        policy_key: account.policy_key(),
        account,
        namespace: "argocd".to_owned(),
        wanted,
        extra: extra.as_object().cloned().unwrap_or_else(Map::new),
    }
}

#[test]
fn the_rules_are_the_documented_ones() {
    let rendered = engine(&[])
        .unwrap()
        .data(Which::RbacCm, &variables(Wanted::default(), &json!({})));
    assert_eq!(
        rendered.unwrap().text,
        "\"policy.octopus.csv\": |\n  \
           p, octopus, applications, get, *, allow\n  \
           p, octopus, clusters, get, *, allow\n  \
           p, octopus, logs, get, */*, allow\n"
    );
}

#[test]
fn regex_rules_are_anchored_and_project_names_escaped() {
    let wanted = Wanted {
        allow_sync: true,
        projects: vec![ProjectName::new("team.a").unwrap()],
        match_mode: MatchMode::Regex,
    };
    let rendered = engine(&[])
        .unwrap()
        .data(Which::RbacCm, &variables(wanted, &json!({})))
        .unwrap();
    let rules: Vec<_> = rendered.text.lines().skip(1).map(str::trim).collect();
    assert_eq!(
        rules,
        [
            "p, octopus, ^applications$, ^get$, ^team\\.a/.*, allow",
            "p, octopus, ^clusters$, ^get$, .*, allow",
            "p, octopus, ^logs$, ^get$, ^team\\.a/.*, allow",
            "p, octopus, ^applications$, ^sync$, ^team\\.a/.*, allow",
        ]
    );
}

#[test]
fn a_missing_value_is_named_with_template_and_line() {
    for (text, line) in [
        ("a: 1\nb: {{ colour }}\n", 2),
        ("{% if colour %}{% endif %}\n", 1),
        ("\n\n{% for x in colour %}{% endfor %}\n", 3),
    ] {
        let engine = engine(&[("argocd-cm.data.yaml.j2", text)]).unwrap();
        let error = engine
            .data(Which::Cm, &variables(Wanted::default(), &json!({})))
            .unwrap_err();
        let at = format!("own/argocd-cm.data.yaml.j2:{line}:1");
        assert_eq!(error.to_string(), format!("{at}: no value for `colour`"));
    }
}

#[test]
fn a_missing_value_inside_an_include_is_found_there() {
    let engine = engine(&[("policy.csv.j2", "# one\np, {{ who }}, a, b, c, allow\n")]).unwrap();
    let error = engine
        .patch(Which::RbacCm, &variables(Wanted::default(), &json!({})))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "own/policy.csv.j2:2:1: no value for `who`"
    );
}

#[test]
fn a_template_that_does_not_parse_is_named_with_its_line() {
    let error = engine(&[("patch.yaml.j2", "a: 1\n{% if %}\n")])
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .starts_with("own/patch.yaml.j2:2:1: this template cannot"),
        "{error}"
    );
}

#[test]
fn values_are_quoted_by_the_engine_and_nothing_switches_it_off() {
    let extra = json!({"evil": "x\n  key: value", "n": 3, "list": ["a"]});
    let text = "k: {{ evil }}\nn: {{ n }}\n{% for l in list %}l: {{ l }}\n{% endfor %}";
    let rendered = engine(&[("argocd-cm.data.yaml.j2", text)])
        .unwrap()
        .data(Which::Cm, &variables(Wanted::default(), &extra))
        .unwrap();
    assert_eq!(rendered.text, "k: \"x\\n  key: value\"\nn: 3\nl: \"a\"\n");
    for off in ["{{ evil | safe }}", "{{ evil | e }}", "{{ list }}"] {
        let engine = engine(&[("argocd-cm.data.yaml.j2", off)]);
        let rendered =
            engine.and_then(|e| e.data(Which::Cm, &variables(Wanted::default(), &extra)));
        assert!(rendered.is_err(), "{off}");
    }
}

#[test]
fn a_policy_field_is_quoted_for_csv_and_takes_no_line_break() {
    let text = "p, {{ who }}, a, b, c, allow\n";
    let render = |who: &str| {
        engine(&[("policy.csv.j2", text)]).unwrap().data(
            Which::RbacCm,
            &variables(Wanted::default(), &json!({"who": who})),
        )
    };
    assert!(
        render("a,\"b")
            .unwrap()
            .text
            .ends_with("p, \"a,\"\"b\", a, b, c, allow\n")
    );
    let error = render("a\np, x").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("cannot be part of a policy line"),
        "{error}"
    );
}

#[test]
fn our_own_variables_cannot_be_set() {
    for name in ["account", "name", "policy_key"] {
        let extra = json!({name: "x"});
        let engine = engine(&[]).unwrap();
        let error = engine
            .data(Which::Cm, &variables(Wanted::default(), &extra))
            .unwrap_err();
        assert_eq!(error.code(), crate::error::Code::USAGE);
    }
}

#[test]
fn a_template_that_asks_for_too_much_is_an_error() {
    let hostile = [
        "{{ \"%1000000000d\"|format(1) }}",
        "{{ range(90000)|join(range(90000)|join(range(90000)|join)) }}",
        "{% set ns = namespace(x='xxxxxxxxxxxxxxxx') %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
        "{% macro m(x) %}{{ m(x ~ x) }}{% endmacro %}{{ m('xxxxxxxxxxxxxxxx') }}",
        "{% for i in range(90000) %}{% for j in range(90000) %}x{% endfor %}{% endfor %}",
        "{{ ('x' * 1000000)|replace('x', 'y' * 1000000) }}",
    ];
    for text in hostile {
        let rendered = engine(&[("policy.csv.j2", text)])
            .unwrap()
            .data(Which::RbacCm, &variables(Wanted::default(), &json!({})));
        let error = rendered.unwrap_err().to_string();
        assert!(error.contains("cannot be rendered"), "{text}: {error}");
    }
}
