//! What is wanted, as the templates said it: rendered, parsed again and checked.

use crate::error::{Error, Result};
use crate::model::{AccountName, Data, Source, Which, is_data_key};
use crate::rbac::{Line, Policy, lines};
use crate::render::{Engine, Rendered, Variables};
use crate::yaml::{Node, NodeKind, Stream};

/// The entries that the templates want in the two ConfigMaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// The account.
    pub account: AccountName,
    /// The key that holds the rules.
    pub policy_key: String,
    /// Entries of `argocd-cm`.
    pub cm: Data,
    /// Entries of `argocd-rbac-cm`, the rules among them.
    pub rbac_cm: Data,
    /// The rules, in order.
    pub rules: Vec<WantedRule>,
}

/// One `p` line, as text and as what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedRule {
    /// The line.
    pub line: String,
    /// Subject, resource, action, object, effect.
    pub fields: [String; 5],
}

impl Desired {
    /// Renders the templates and reads what came out.
    pub fn render(engine: &Engine, variables: &Variables) -> Result<Self> {
        let cm = entries(&engine.data(Which::Cm, variables)?)?;
        let rendered = engine.data(Which::RbacCm, variables)?;
        let rbac_cm = entries(&rendered)?;
        let account = variables.account.clone();
        let missing = |key: &str, template: &str| {
            Error::input(format!("{template}: this template gives no key `{key}`"))
                .hint("everything else is built on it; the built-in template shows the shape")
        };
        if cm.get(&account.key()).is_none() {
            return Err(missing(&account.key(), "argocd-cm.data.yaml.j2"));
        }
        let policy_key = variables.policy_key.clone();
        let text = rbac_cm
            .get(&policy_key)
            .ok_or_else(|| missing(&policy_key, &rendered.template))?;
        let rules = rules(&policy_key, text, &rendered.template)?;
        Ok(Self {
            account,
            policy_key,
            cm,
            rbac_cm,
            rules,
        })
    }

    /// The entries of one ConfigMap.
    pub fn data(&self, which: Which) -> &Data {
        match which {
            Which::Cm => &self.cm,
            Which::RbacCm => &self.rbac_cm,
        }
    }
}

/// Reads a rendered text as keys and texts; what a ConfigMap could not hold is refused here, with
/// the template's name.
fn entries(rendered: &Rendered) -> Result<Data> {
    let source = Source::new(format!("{} (rendered)", rendered.template), &*rendered.text);
    let stream = Stream::parse(source.clone()).map_err(|error| {
        Error::from(error)
            .hint("this is what the template rendered; correct the template or its values")
    })?;
    let error = |at: usize, what: String| Error::input(what).at(source.location(at));
    let wrong = |at, what: String| Err(error(at, what));
    let [document] = stream.documents() else {
        return wrong(0, "a template renders one document".to_owned());
    };
    if let Some(double) = document.duplicates().first() {
        return wrong(
            double.second,
            format!("the key `{}` is rendered twice", double.key),
        );
    }
    let Some(NodeKind::Mapping(entries)) = document.root().map(Node::kind) else {
        return wrong(
            0,
            "a template renders keys and strings, as in `data`".to_owned(),
        );
    };
    let read = entries.iter().map(|entry| {
        let start = entry.key.span().start;
        match entry.key.key_text() {
            Some(key) if is_data_key(&key) => match entry.value.shared_str() {
                Some(text) => Ok((key.into_owned(), text)),
                None => Err(error(
                    start,
                    format!("the value of `{key}` is not a string: quote it"),
                )),
            },
            key => {
                let key = key.unwrap_or_default();
                let what = format!("`{}` cannot be a key of a ConfigMap", key.escape_debug());
                Err(error(start, what))
            }
        }
    });
    read.collect()
}

/// The fields of a policy line, as they are compared.
pub(super) fn fields<'p>(policy: &'p Policy<'_>) -> [&'p str; 5] {
    [
        &policy.subject,
        &policy.resource,
        &policy.action,
        &policy.object,
        &policy.effect,
    ]
    .map(|value| &*value.text)
}

pub(super) fn rules(key: &str, text: &str, template: &str) -> Result<Vec<WantedRule>> {
    let mut rules: Vec<WantedRule> = Vec::new();
    for numbered in lines(&key.into(), text) {
        let wrong = |what: &str| {
            Err(
                Error::input(format!("{template}: {what}: {}", numbered.text))
                    .hint("rules are written `p, SUBJECT, RESOURCE, ACTION, OBJECT, allow`"),
            )
        };
        match &numbered.line {
            Line::Blank | Line::Comment => {}
            Line::Policy(policy) => {
                let fields = fields(policy).map(str::to_owned);
                if !rules.iter().any(|rule| rule.fields == fields) {
                    rules.push(WantedRule {
                        line: numbered.text.to_owned(),
                        fields,
                    });
                }
            }
            Line::Grouping(_) => return wrong("a role is never bound to an integration account"),
            Line::Ignored => return wrong("this line would have no effect"),
            Line::Invalid(error) => return wrong(&format!("this rule does not load ({error})")),
        }
    }
    Ok(rules)
}
