//! Which sources of which Applications a deployment updates, and what the account may do with them.

use serde::Serialize;

use crate::error::Result;
use crate::model::spelling;
use crate::octopus::apps::{
    Application, Deployment, Mapping, MappingVerdict, Match, is_templated, mappings,
};
use crate::rbac::{Claims, Decision, Server, Verdict};
use crate::site::{ArgoCd, Object};
use crate::text::{Note, counted};

/// Whether a deployment updates a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", content = "why", rename_all = "lowercase")]
pub enum Updated {
    /// It does.
    Yes,
    /// It does where something holds that is decided later.
    If(String),
    /// It does not, and this is why.
    No(String),
}

impl Updated {
    /// In words.
    pub fn text(&self) -> String {
        match self {
            Self::Yes => "yes".to_owned(),
            Self::If(what) => format!("if {what}"),
            Self::No(why) => format!("no: {why}"),
        }
    }
}

/// Whether the account may do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Right {
    /// Whether it may.
    pub allowed: bool,
    /// The line that decided, or that there is none.
    pub why: String,
}

/// One source of one Application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceRow {
    /// The Application's or ApplicationSet's name.
    pub application: String,
    /// Which of the two it is.
    pub kind: &'static str,
    /// Its namespace, if it names one.
    pub namespace: Option<String>,
    /// Its AppProject.
    pub app_project: String,
    /// The source's name, or its number counted from 1.
    pub source: String,
    /// The repository.
    pub repo: String,
    /// The directory or chart, or the name that other sources use it by.
    pub path: String,
    /// The branch, tag or commit.
    pub revision: String,
    /// The Octopus project.
    pub project: Option<String>,
    /// The Octopus environment.
    pub environment: Option<String>,
    /// The Octopus tenant.
    pub tenant: Option<String>,
    /// The only step that may update it.
    pub step: Option<String>,
    /// Whether a deployment updates it.
    pub updated: Updated,
    /// Whether the account may read the Application; `None` where no policy was read.
    pub get: Option<Right>,
    /// Whether the account may sync the Application; `None` where no policy was read.
    pub sync: Option<Right>,
    /// Where the Application is.
    pub place: String,
}

impl SourceRow {
    /// Whether a deployment updates the source, perhaps.
    pub fn is_updated(&self) -> bool {
        !matches!(self.updated, Updated::No(_))
    }
}

/// The policy of the Argo CD that the Applications belong to.
pub struct Rights<'f> {
    argocd: ArgoCd<'f>,
    server: Server,
    claims: Claims,
}

impl<'f> Rights<'f> {
    /// The rights of an account under the policy of an Argo CD.
    ///
    /// # Errors
    /// A policy that does not load.
    pub fn new(argocd: ArgoCd<'f>, account: &str) -> Result<Self> {
        let server = argocd.server(argocd.policy_set())?;
        Ok(Self {
            argocd,
            server,
            claims: Claims::in_scopes(account, &[], None),
        })
    }

    /// Decides an action on an Application; `None` where that depends on a name that is filled in
    /// later.
    pub fn of(&self, application: &Application<'_>, action: &str) -> Option<Right> {
        let object = self.object(application);
        let answer = self
            .server
            .decide(&self.claims, "applications", action, &object);
        if let Some(place) = self.argocd.disables_auth() {
            let why = format!("{place}: server.disable.auth is set");
            return Some(Right { allowed: true, why });
        }
        let allowed = answer.allowed();
        if !allowed && is_templated(&object) {
            return None;
        }
        let why = match answer.decision {
            Decision::ByDefaultRole(line)
            | Decision::BySubject(
                Verdict::Allowed(line) | Verdict::Denied(line) | Verdict::Failed(line),
            ) => self.argocd.describe(answer.enforcer, line),
            Decision::BySubject(Verdict::Nothing) => "no rule".to_owned(),
        };
        Some(Right { allowed, why })
    }

    /// The object that a policy is asked about.
    pub fn object(&self, application: &Application<'_>) -> String {
        application.rbac_object(&self.argocd.namespace)
    }
}

/// Finds which sources a deployment updates, and what the account may do with their Applications.
pub fn source_rows(
    all: &[(Object<'_>, Application<'_>)],
    deployment: Deployment<'_>,
    rights: Option<&Rights<'_>>,
    account: &str,
) -> Vec<SourceRow> {
    let mut rows = Vec::new();
    for (object, application) in all {
        for mapping in mappings(application) {
            let matched = deployment.compare(mapping.scope);
            if matched != Match::No {
                let asked = (matched == Match::Perhaps).then_some(deployment);
                rows.push(row(object, application, &mapping, asked, rights, account));
            }
        }
        if application.sources.is_empty() && deployment.is_any() {
            rows.push(without_source(object, application));
        }
    }
    rows
}

fn row(
    object: &Object<'_>,
    application: &Application<'_>,
    mapping: &Mapping<'_>,
    asked: Option<Deployment<'_>>,
    rights: Option<&Rights<'_>>,
    account: &str,
) -> SourceRow {
    let source = &application.sources[mapping.source];
    let get = rights.and_then(|rights| rights.of(application, "get"));
    let refused = get.as_ref().filter(|right| !right.allowed);
    let updated = match (mapping.verdict, refused, rights) {
        (MappingVerdict::Updated, Some(right), Some(rights)) => Updated::No(format!(
            "{account} may not get {}: {}",
            rights.object(application),
            right.why
        )),
        (MappingVerdict::Updated, ..) => match asked {
            Some(asked) => Updated::If(condition(mapping, asked)),
            None => Updated::Yes,
        },
        (verdict, ..) => Updated::No(verdict.to_string()),
    };
    let reference = source.reference.map(|name| format!("${name}"));
    let path = source
        .path
        .or(source.chart)
        .map(str::to_owned)
        .or(reference);
    let text = |value: Option<&str>| value.map(str::to_owned);
    SourceRow {
        source: source.label(),
        repo: source.repo_url.to_owned(),
        path: path.unwrap_or_else(|| "-".to_owned()),
        revision: source.revision.unwrap_or("HEAD").to_owned(),
        project: text(mapping.scope.project),
        environment: text(mapping.scope.environment),
        tenant: text(mapping.scope.tenant),
        step: text(mapping.scope.step),
        updated,
        get,
        sync: rights.and_then(|rights| rights.of(application, "sync")),
        ..without_source(object, application)
    }
}

/// The row of an Application that has no source.
fn without_source(object: &Object<'_>, application: &Application<'_>) -> SourceRow {
    let none = || "-".to_owned();
    SourceRow {
        application: application.name.to_owned(),
        kind: application.kind.as_str(),
        namespace: application.namespace.map(str::to_owned),
        app_project: application.project.to_owned(),
        source: none(),
        repo: none(),
        path: none(),
        revision: none(),
        project: None,
        environment: None,
        tenant: None,
        step: None,
        updated: Updated::No("it has no source".to_owned()),
        get: None,
        sync: None,
        place: object.location(object.node.span().start).to_string(),
    }
}

/// Returns the condition under which a scope with values that are filled in later is the one deployed.
fn condition(mapping: &Mapping<'_>, asked: Deployment<'_>) -> String {
    let pairs = [
        (mapping.scope.project, asked.project),
        (mapping.scope.environment, asked.environment),
        (mapping.scope.tenant, asked.tenant),
    ];
    let conditions = pairs.into_iter().filter_map(|(value, asked)| {
        let value = value.filter(|value| is_templated(value))?;
        Some(format!("{value} is {}", asked?))
    });
    conditions.collect::<Vec<_>>().join(" and ")
}

/// Returns what it came to, and where nothing is updated, what there is instead.
pub fn what_is_updated(
    rows: &[SourceRow],
    all: &[(Object<'_>, Application<'_>)],
    asked: Deployment<'_>,
) -> Vec<Note> {
    let count = rows.iter().filter(|row| row.is_updated()).count();
    let sources = counted(rows.len(), "source");
    let is_one = count.max(rows.len()) == 1;
    let verb = if is_one { "is" } else { "are" };
    let mut notes = vec![Note::outcome(
        count > 0,
        if rows.is_empty() {
            "no source has annotations for this deployment".to_owned()
        } else {
            format!("{count} of {sources} {verb} updated")
        },
    )];
    let unsynced = rows
        .iter()
        .filter(|row| row.is_updated())
        .filter(|row| row.sync.as_ref().is_some_and(|right| !right.allowed))
        .count();
    if unsynced > 0 {
        notes.push(Note::new(format!(
            "the account may not sync {unsynced} of them: only steps that trigger a sync need it (render --allow-sync)"
        )));
    }
    if count > 0 {
        return notes;
    }
    let scopes = || {
        all.iter()
            .flat_map(|(_, application)| mappings(application))
    };
    let known = |value: fn(&Mapping<'_>) -> Option<String>| {
        let mut known: Vec<String> = scopes().filter_map(|mapping| value(&mapping)).collect();
        known.sort();
        known.dedup();
        known
    };
    let fields = [
        (
            "project",
            asked.project,
            known(|mapping| mapping.scope.project.map(str::to_owned)),
        ),
        (
            "environment",
            asked.environment,
            known(|mapping| mapping.scope.environment.map(str::to_owned)),
        ),
        (
            "tenant",
            asked.tenant,
            known(|mapping| mapping.scope.tenant.map(str::to_owned)),
        ),
    ];
    for (what, asked, known) in fields {
        let Some(asked) = asked else { continue };
        if known
            .iter()
            .any(|value| value.eq_ignore_ascii_case(asked.trim()))
        {
            continue;
        }
        let meant = spelling::meant(asked, known.iter().map(String::as_str));
        notes.push(Note::new(match meant {
            Some(meant) => format!("no annotation names the {what} {asked}: did you mean {meant}?"),
            None if known.is_empty() => format!("no annotation names any {what}"),
            None => format!(
                "no annotation names the {what} {asked}, only: {}",
                known.join(", ")
            ),
        }));
    }
    notes
}
