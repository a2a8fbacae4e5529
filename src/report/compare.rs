//! What a comparison of two states found.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::findings::{self, Mark, RuleInfo, ShownFinding};
use super::xml::escape;
use super::{Style, markdown, printable};
use crate::model::Severity;
use crate::review::{Danger, Direction, Review, ReviewedChange, SettingChange};
use crate::text::Source;

/// The most words of one kind in a sentence.
const MOST_WORDS: usize = 4;

/// The most rows of a table that is not collapsed.
const MOST_OPEN_ROWS: usize = 30;

/// The rules of the formats for code scanning, with what each says.
const RULES: [(&str, Severity, &str); 3] = [
    (
        "permission-gained",
        Severity::Warning,
        "Someone may do more than before",
    ),
    (
        "permission-lost",
        Severity::Note,
        "Someone may do less than before",
    ),
    (
        "permission-undecided",
        Severity::Warning,
        "Whether someone may do more or less could not be determined",
    ),
];

/// Lines for people: `!` is dangerous, `+` gained, `-` lost, `?` undecided.
pub fn text(review: &Review<'_>, wide: bool, style: Style) -> String {
    let style = style.or_page_width();
    let mut out = String::new();
    for setting in &review.settings {
        let line = format!("{} {}", sign_of(setting), said(setting));
        let line = style.folded(&printable(&line), 2);
        let _ = writeln!(out, "{}", style.strong(&line));
    }
    for account in &review.accounts {
        let sign = sign(account.direction);
        let line = format!("{sign} account {} {}", account.account, account.text);
        let line = style.folded(&printable(&line), 2);
        let _ = writeln!(out, "{}", paint(account.direction, &line, style));
    }
    for change in &review.changes {
        let line = match change.danger.as_str() {
            Some(why) => format!("! {} [{why}]", sentence(change)),
            None => format!("{} {}", sign(change.direction), sentence(change)),
        };
        let line = style.folded(&printable(&line), 2);
        let painted = match change.danger {
            Danger::None => paint(change.direction, &line, style),
            _ => style.bad(&line),
        };
        let _ = writeln!(out, "{painted}");
        for detail in details(change, wide) {
            let line = format!("    {}", printable(&detail));
            let _ = writeln!(out, "{}", style.folded(&line, 2));
        }
    }
    out
}

/// What all of it comes to, in one line.
pub fn summary(review: &Review<'_>) -> String {
    if review.is_alike() {
        return "no difference: both states make the same decisions for everyone".to_owned();
    }
    let count = |direction| {
        let changes = review
            .changes
            .iter()
            .filter(|change| change.direction == direction);
        let accounts = review
            .accounts
            .iter()
            .filter(|one| one.direction == direction);
        changes.count() + accounts.count()
    };
    let dangerous = review
        .changes
        .iter()
        .filter(|change| change.danger != Danger::None);
    let mut words = vec![
        format!("{} gained", count(Direction::Gained)),
        format!("{} lost", count(Direction::Lost)),
    ];
    let undecided =
        count(Direction::Undecided) + review.settings.iter().filter(|one| one.undecided).count();
    if undecided > 0 {
        words.push(format!("{undecided} undecided"));
    }
    match dangerous.count() {
        0 => {}
        count => words.push(format!("{count} to review first")),
    }
    words.join(", ")
}

fn sign(direction: Direction) -> char {
    match direction {
        Direction::Gained => '+',
        Direction::Lost => '-',
        Direction::Undecided => '?',
    }
}

fn sign_of(setting: &SettingChange) -> char {
    if setting.undecided { '?' } else { '~' }
}

fn paint(direction: Direction, line: &str, style: Style) -> String {
    match direction {
        Direction::Gained => style.good(line),
        Direction::Lost => style.warn(line),
        Direction::Undecided => style.bad(line),
    }
}

fn said(setting: &SettingChange) -> String {
    let shown = |value: &str| {
        if value.is_empty() {
            "not set".to_owned()
        } else {
            value.to_owned()
        }
    };
    format!(
        "{}: {} → {}",
        setting.name,
        shown(&setting.before),
        shown(&setting.after)
    )
}

/// `alice gains: delete, sync applications web/*`.
fn sentence(change: &ReviewedChange<'_>) -> String {
    let verb = match change.direction {
        Direction::Gained => "gains",
        Direction::Lost => "loses",
        Direction::Undecided => "may gain or lose",
    };
    let subject = &change.subject;
    let permissions = &change.permissions;
    let actions = list(permissions.iter().map(|one| one.action.as_str()));
    let resources = list(permissions.iter().map(|one| one.resource));
    let objects = list(permissions.iter().map(|one| one.objects.as_str()));
    match &change.role {
        Some(role) if permissions.len() > 1 => {
            let count = permissions.len();
            format!("{subject} {verb}: {count} permissions of {role}, on {resources}")
        }
        _ if permissions
            .iter()
            .any(|one| one.resource != permissions[0].resource) =>
        {
            format!("{subject} {verb}: {actions} on {resources}: {objects}")
        }
        _ => format!("{subject} {verb}: {actions} {resources} {objects}"),
    }
}

/// The first of some words, each once, and how many there are more.
fn list<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut once: Vec<&str> = Vec::new();
    for word in words {
        if !once.contains(&word) {
            once.push(word);
        }
    }
    let shown = if once.len() > MOST_WORDS + 1 {
        MOST_WORDS
    } else {
        once.len()
    };
    let mut text = once[..shown].join(", ");
    if shown < once.len() {
        let _ = write!(text, " and {} more", once.len() - shown);
    }
    text
}

/// The request that shows it, and what decides it on both sides.
fn details(change: &ReviewedChange<'_>, wide: bool) -> Vec<String> {
    let Some(witness) = &change.witness else {
        return vec![format!("neither shown nor ruled out: {}", change.line)];
    };
    let [before, after] = &change.decided_by;
    let resource = change.permissions.first().map_or("", |one| one.resource);
    let mut lines = vec![
        format!(
            "for example {} {resource} {}",
            witness.action, witness.object
        ),
        format!("before: {before}"),
        format!("after: {after}"),
    ];
    lines.extend(change.through.iter().map(|line| format!("through: {line}")));
    if wide && !change.line.is_empty() && ![before, after].contains(&&change.line) {
        lines.push(format!("because of {}", change.line));
    }
    lines
}

/// A versioned JSON document.
pub fn json(review: &Review<'_>) -> Value {
    let settings: Vec<Value> = review
        .settings
        .iter()
        .map(|one| {
            json!({
                "name": one.name,
                "before": one.before,
                "after": one.after,
                "undecided": one.undecided,
            })
        })
        .collect();
    let accounts: Vec<Value> = review
        .accounts
        .iter()
        .map(|one| {
            json!({
                "account": one.account,
                "change": one.direction.as_str(),
                "text": one.text,
            })
        })
        .collect();
    let changes: Vec<Value> = review.changes.iter().map(item).collect();
    json!({
        "schema": "compare/v1",
        "alike": review.is_alike(),
        "settings": settings,
        "accounts": accounts,
        "changes": changes,
        "notes": review.notes,
    })
}

fn item(change: &ReviewedChange<'_>) -> Value {
    let witness = change.witness.as_ref();
    let permissions: Vec<Value> = change
        .permissions
        .iter()
        .map(|one| {
            json!({
                "resource": one.resource,
                "action": one.action,
                "objects": one.objects,
            })
        })
        .collect();
    json!({
        "subject": change.subject,
        "change": change.direction.as_str(),
        "danger": change.danger.as_str(),
        "role": change.role,
        "permissions": permissions,
        "through": change.through,
        "example": witness.map(|one| json!({"action": one.action, "object": one.object})),
        "before": change.decided_by[0],
        "after": change.decided_by[1],
        "line": change.line,
    })
}

/// For a comment on a pull request: a table, collapsed where it is long.
pub fn as_markdown(review: &Review<'_>) -> String {
    let mut out = format!("**Argo CD permissions:** {}\n", summary(review));
    let mut rows: Vec<Vec<String>> = Vec::new();
    for setting in &review.settings {
        rows.push(vec!["setting".to_owned(), said(setting), String::new()]);
    }
    for account in &review.accounts {
        let what = format!("account {} {}", account.account, account.text);
        rows.push(vec![
            account.direction.as_str().to_owned(),
            what,
            String::new(),
        ]);
    }
    for change in &review.changes {
        let what = match change.danger.as_str() {
            Some(why) => format!("⚠ {} ({why})", sentence(change)),
            None => sentence(change),
        };
        let why = details(change, false).join("; ");
        rows.push(vec![change.direction.as_str().to_owned(), what, why]);
    }
    if rows.is_empty() {
        return out;
    }
    let headers = ["Change", "What", "Why"];
    let (open, folded) = rows.split_at(rows.len().min(MOST_OPEN_ROWS));
    let _ = write!(out, "\n{}", markdown(&headers, open));
    if !folded.is_empty() {
        let table = markdown(&headers, folded);
        let count = folded.len();
        let _ = write!(
            out,
            "\n<details><summary>{count} more</summary>\n\n{table}\n</details>\n"
        );
    }
    out
}

/// Annotations of GitHub Actions. `first` is the text that is named where no line is.
pub fn github(review: &Review<'_>, first: Option<&Source>) -> String {
    findings::github(&found(review, first))
}

/// A SARIF log. `first` is the text that is named where no line is.
pub fn sarif(review: &Review<'_>, first: Option<&Source>) -> String {
    let rules = RULES.map(|(id, level, summary)| RuleInfo {
        id,
        level,
        summary: summary.to_owned(),
        page: summary,
    });
    findings::sarif(&found(review, first), &rules, env!("CARGO_PKG_VERSION")).to_string()
}

fn found<'r>(review: &'r Review<'_>, first: Option<&'r Source>) -> Vec<ShownFinding<'r>> {
    let finding = |change: &ReviewedChange<'_>, (source, at): (&'r Source, usize)| {
        let (rule, level, _) = RULES[match change.direction {
            Direction::Gained => 0,
            Direction::Lost => 1,
            Direction::Undecided => 2,
        }];
        let is_dangerous = change.danger != Danger::None;
        let rest = &source.text()[at..];
        let end = at + rest.find(['\n', '\r']).unwrap_or(rest.len());
        ShownFinding {
            rule,
            level: if is_dangerous { Severity::Error } else { level },
            message: sentence(change),
            mark: Mark {
                source,
                span: at..end,
                label: String::new(),
            },
            related: Vec::new(),
            help: details(change, false),
            fix: None,
        }
    };
    let changes = review.changes.iter();
    changes
        .filter_map(|change| {
            let place = change.place.or_else(|| Some((first?, 0)))?;
            Some(finding(change, place))
        })
        .collect()
}

/// `JUnit` XML: every difference is a failed case.
pub fn junit(review: &Review<'_>) -> String {
    let settings = review.settings.iter().filter(|one| one.undecided);
    let settings = settings.map(|one| (said(one), String::new()));
    let accounts = review.accounts.iter().map(|one| {
        (
            format!("account {} {}", one.account, one.text),
            String::new(),
        )
    });
    let changes = review
        .changes
        .iter()
        .map(|change| (sentence(change), details(change, false).join("\n")));
    let cases: Vec<_> = settings.chain(accounts).chain(changes).collect();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let count = cases.len();
    let tests = count.max(1);
    let _ = writeln!(
        out,
        "<testsuites name=\"compare\" tests=\"{tests}\" failures=\"{count}\" errors=\"0\">\n  \
         <testsuite name=\"compare\" tests=\"{tests}\" failures=\"{count}\" errors=\"0\">"
    );
    if cases.is_empty() {
        out.push_str("    <testcase classname=\"compare\" name=\"no difference\"/>\n");
    }
    for (name, why) in cases {
        let (name, why) = (escape(&name), escape(&why));
        let _ = writeln!(
            out,
            "    <testcase classname=\"compare\" name=\"{name}\">\n      \
             <failure message=\"{name}\">{why}</failure>\n    </testcase>"
        );
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}
