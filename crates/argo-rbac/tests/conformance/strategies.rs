//! Random policies over a small vocabulary, so that rules meet.

use argo_rbac::MatchMode;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) const NAMES: &[&str] = &["a", "b", "role:c", "role:d", "e", "f", "", "*"];
const GLOBS: &[&str] = &[
    "*",
    "*/*",
    "web/*",
    "web/a*",
    "web/a",
    "*/a",
    "*a",
    "w*b/a",
    "a*a",
    "we?/a",
    "[vw]eb/a",
    "[",
    "{web,pay}/*",
    "{web/a,b",
    "?{}",
    "*eb/*",
    "web*/*",
    "",
    "web/**",
    "pay/*a*",
    "größe/?",
    "*e*",
    "{,}web/a",
    "web/a\\*",
];
const REGEXES: &[&str] = &[
    "*",
    ".*",
    "^web/.*$",
    "^web/a$",
    "web",
    "^web/",
    "a$",
    "^(web|pay)/a$",
    "(",
    "[a-",
    "",
    "^we",
    "^web?/a",
    "^web|pay",
    "(?i)WEB",
    "a{2}",
    "^.*$",
    "^w",
    "^web/[ab]",
];
pub(crate) const RESOURCES: &[&str] = &["applications", "applicationsets", "logs"];
const RESOURCE_PATTERNS: &[&str] = &[
    "applications",
    "applications",
    "applications",
    "applicationsets",
    "app*",
    "*",
    "logs",
    "[",
];
pub(crate) const ACTIONS: &[&str] = &["get", "sync", "action/x"];
const ACTION_PATTERNS: &[&str] = &["get", "get", "get", "sync", "*", "action/*", "?et", "{}?{}"];
pub(crate) const OBJECTS: &[&str] = &[
    "web/a",
    "web/b",
    "pay/a",
    "web/",
    "web",
    "a",
    "",
    "aa",
    "größe/x",
    "web/a/b",
    "web/a\nx",
    "xweb/a",
    "WEB/A",
];
const EFFECTS: &[&str] = &["allow", "allow", "allow", "allow", "deny", "Allow"];

fn quoted(field: &str) -> String {
    format!("\"{}\"", field.replace('"', "\"\""))
}

fn rule(objects: &'static [&'static str]) -> impl Strategy<Value = String> {
    let field = |of: &'static [&'static str]| select(of);
    let object = prop_oneof![
        4 => field(objects).prop_map(String::from),
        1 => "[wepbay/*?a]{0,7}",
    ];
    (
        field(NAMES),
        field(RESOURCE_PATTERNS),
        field(ACTION_PATTERNS),
        object,
        field(EFFECTS),
    )
        .prop_map(|(subject, resource, action, object, effect)| {
            let fields = [subject, resource, action, &object, effect].map(quoted);
            format!("p, {}", fields.join(", "))
        })
}

/// Many rules for one question, so that the group has an index.
fn crowd(objects: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let object = prop_oneof![
        2 => select(objects).prop_map(String::from),
        3 => "(web|pay)/[ab]{0,2}\\*?",
        1 => "\\*(eb/|/)[ab]{0,2}",
    ];
    vec((object, select(EFFECTS)), 0..60).prop_map(|rules| {
        rules
            .into_iter()
            .map(|(object, effect)| {
                let object = quoted(&object);
                format!("p, role:c, applications, get, {object}, {effect}")
            })
            .collect()
    })
}

fn link() -> impl Strategy<Value = String> {
    (select(NAMES), select(NAMES))
        .prop_map(|(subject, role)| format!("g, {}, {}", quoted(subject), quoted(role)))
}

pub(crate) fn policy() -> impl Strategy<Value = (MatchMode, String)> {
    let of = |mode, objects| {
        let lines = (vec(rule(objects), 0..12), vec(link(), 0..8), crowd(objects));
        lines
            .prop_map(|(rules, links, crowd)| [rules, links, crowd].concat())
            .prop_shuffle()
            .prop_map(move |lines| (mode, lines.join("\n")))
    };
    prop_oneof![of(MatchMode::Glob, GLOBS), of(MatchMode::Regex, REGEXES)]
}

pub(crate) fn chain() -> impl Strategy<Value = (MatchMode, String)> {
    // Chains of about ten links, where one link more or less decides.
    (8..13_usize, vec((0..13_usize, 0..13_usize), 0..3)).prop_map(|(length, more)| {
        let name = |at: usize| {
            if at == 0 {
                "a".to_owned()
            } else {
                format!("r{at}")
            }
        };
        let links = (0..length)
            .map(|at| (at, at + 1))
            .chain(more)
            .map(|(from, to)| format!("g, {}, {}", name(from), name(to)));
        let rule = format!("p, {}, applications, get, *, allow", name(length));
        let all: Vec<_> = links.chain([rule]).collect();
        (MatchMode::Glob, all.join("\n"))
    })
}
