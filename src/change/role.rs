//! What has to change in an `AppProject`: the role whose tokens Octopus uses.

use serde_json::{Map, Value, json};

use super::{Goal, KeyChange, Plan, WantedRule, pruned, rules};
use crate::error::{Error, Result};
use crate::model::{Location, Source};
use crate::render::Rendered;
use crate::text::NoteLevel;
use crate::yaml::{Document, Edit, Node, Step, Stream};

/// The role that is wanted in one project, as its template said it.
#[derive(Clone, Debug, PartialEq)]
pub struct DesiredRole {
    project: String,
    name: String,
    value: Value,
    rules: Vec<WantedRule>,
}

/// An `AppProject` in its place.
#[derive(Clone, Copy, Debug)]
pub struct ProjectObject<'a> {
    /// The document it is in.
    pub document: &'a Document,
    /// The document's index.
    pub index: usize,
    /// The way from the document's root to the object.
    pub route: &'a [Step],
    /// The object.
    pub node: &'a Node,
}

/// What happens to one `AppProject`.
#[derive(Clone, Debug)]
pub struct RolePlan {
    /// What changes, and what to say.
    pub plan: Plan,
    /// The edits of the text.
    pub edits: Vec<Edit>,
    /// The whole list of roles afterwards, because a merge patch replaces lists; `None` where
    /// there is none.
    pub roles: Option<Value>,
}

impl DesiredRole {
    /// Reads what the template rendered. Argo CD rejects a project in which a role has a rule for
    /// anyone else or for objects outside of the project.
    pub fn read(rendered: &Rendered, project: &str, name: &str) -> Result<Self> {
        let source = Source::new(format!("{} (rendered)", rendered.template), &*rendered.text);
        let stream = Stream::parse(source)?;
        let value = match (
            stream.documents(),
            stream.documents().first().and_then(Document::root),
        ) {
            ([document], Some(root)) => document.to_json(root)?,
            _ => Value::Null,
        };
        let wrong = |what: &str| {
            Error::input(format!("{}: {what}", rendered.template))
                .hint("the built-in template appproject-role.yaml.j2 shows the shape")
        };
        if value.get("name").and_then(Value::as_str) != Some(name) {
            return Err(wrong(&format!("this template gives no role `{name}`")));
        }
        let policies = value.get("policies").and_then(Value::as_array);
        let lines: Option<Vec<&str>> =
            policies.and_then(|lines| lines.iter().map(Value::as_str).collect());
        let lines = lines.filter(|lines| !lines.is_empty());
        let lines = lines.ok_or_else(|| wrong("`policies` is not a list of rules"))?;
        let rules = rules("policies", &lines.join("\n"), &rendered.template)?;
        let subject = format!("proj:{project}:{name}");
        let within = format!("{project}/");
        for WantedRule { line, fields } in &rules {
            if fields[0] != subject || !fields[3].starts_with(&within) || line.contains('"') {
                return Err(wrong(&format!(
                    "Argo CD rejects this rule of a role: {line}: its subject is {subject}, its object begins with {within}, and nothing is quoted"
                )));
            }
        }
        Ok(Self {
            project: project.to_owned(),
            name: name.to_owned(),
            value,
            rules,
        })
    }

    /// The plan for a goal. Other roles, groups and tokens stay as they are.
    pub fn plan(&self, object: ProjectObject<'_>, goal: Goal) -> Result<RolePlan> {
        let spec = object.node.get("spec");
        let node = spec.and_then(|spec| spec.get("roles"));
        let roles = match node {
            Some(node) if !node.is_null() => Some(node.items().ok_or_else(|| {
                Error::input("`spec.roles` is not a list")
                    .at(object.document.location(node.span().start))
            })?),
            _ => None,
        };
        let items = roles.unwrap_or_default();
        let index = items
            .iter()
            .position(|role| role.get("name").and_then(Node::as_str) == Some(&self.name));
        let mut list = match node.map(|node| object.document.to_json(node)).transpose()? {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        };
        let mut found = RolePlan {
            plan: Plan::default(),
            edits: Vec::new(),
            roles: None,
        };
        match (goal, index) {
            (Goal::Present { .. }, None) => {
                self.add(&mut found.plan);
                found.edits.push(Edit::Set {
                    document: object.index,
                    route: object.to(&["roles"], Some(list.len())),
                    value: self.value.clone(),
                });
                list.push(self.value.clone());
            }
            (Goal::Present { .. }, Some(index)) => {
                let after = self.merge(object.document, &items[index], &mut found.plan)?;
                if let Some(after) = after {
                    let mut route = object.to(&["roles"], Some(index));
                    route.push(Step::key("policies"));
                    found.edits.push(Edit::Set {
                        document: object.index,
                        route,
                        value: after.clone(),
                    });
                    if let Some(role) = list[index].as_object_mut() {
                        role.insert("policies".to_owned(), after);
                    }
                }
            }
            (Goal::Absent, Some(index)) => {
                self.remove(object, &items[index], &list[index], &mut found.plan);
                let remove = Edit::Remove {
                    document: object.index,
                    route: object.to(&["roles"], Some(index)),
                };
                found.edits = pruned(vec![remove], object.document, object.route.len() + 1);
                found.edits.push(self.forget_tokens(object));
                list.remove(index);
            }
            (Goal::Absent, None) => {}
        }
        found.roles = (!list.is_empty()).then(|| list.into());
        Ok(found)
    }

    /// Takes the role's tokens out of the status, where `kubectl replace` writes that too: listed
    /// there, they would work again with the next role of the name.
    fn forget_tokens(&self, object: ProjectObject<'_>) -> Edit {
        let keys = ["status", "jwtTokensByRole", &self.name].map(Step::key);
        Edit::Remove {
            document: object.index,
            route: object.route.iter().cloned().chain(keys).collect(),
        }
    }

    fn key(&self) -> String {
        format!("spec.roles[{}].policies", self.name)
    }

    fn add(&self, plan: &mut Plan) {
        let lines: Vec<&str> = self.rules.iter().map(|rule| rule.line.as_str()).collect();
        plan.changes.push(KeyChange {
            key: self.key(),
            before: None,
            after: Some(lines.join("\n")),
        });
    }

    /// The role's rules afterwards, if they change: what is wanted stays as it is written, the rest
    /// goes, what is missing comes behind.
    fn merge(&self, document: &Document, role: &Node, plan: &mut Plan) -> Result<Option<Value>> {
        let node = role.get("policies").filter(|node| !node.is_null());
        let place = |node: &Node| -> Location { document.location(node.span().start) };
        let mut before: Vec<(&str, Option<WantedRule>)> = Vec::new();
        if let Some(node) = node {
            let items = node.items().ok_or_else(|| {
                Error::input("`policies` of a role is not a list").at(place(node))
            })?;
            for item in items {
                let line = item.as_str().ok_or_else(|| {
                    Error::input("a rule of a role is not a string").at(place(item))
                })?;
                let read = rules("policies", line, "policies").ok();
                before.push((line, read.and_then(|mut rules| rules.pop())));
            }
        }
        let wanted = |rule: &WantedRule| self.rules.iter().any(|want| want.fields == rule.fields);
        let mut after: Vec<&str> = Vec::new();
        let mut held: Vec<&WantedRule> = Vec::new();
        for (line, rule) in &before {
            match rule {
                Some(found) if wanted(found) && held.iter().all(|h| h.fields != found.fields) => {
                    held.push(found);
                    after.push(line);
                }
                _ => {}
            }
        }
        let missing = self
            .rules
            .iter()
            .filter(|rule| held.iter().all(|held| held.fields != rule.fields));
        after.extend(missing.map(|rule| rule.line.as_str()));
        let lines: Vec<&str> = before.iter().map(|(line, _)| *line).collect();
        if lines == after {
            return Ok(None);
        }
        plan.changes.push(KeyChange {
            key: self.key(),
            before: Some(lines.join("\n")),
            after: Some(after.join("\n")),
        });
        Ok(Some(json!(after)))
    }

    fn remove(&self, object: ProjectObject<'_>, role: &Node, value: &Value, plan: &mut Plan) {
        let texts = |key: &str| -> Vec<&str> {
            let list = value.get(key).and_then(Value::as_array);
            list.into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect()
        };
        let place = object.document.location(role.span().start);
        let groups = texts("groups");
        if !groups.is_empty() {
            plan.say(
                NoteLevel::Note,
                format!(
                    "{place}: removed with the role, and render had not added them: its groups {}",
                    groups.join(", ")
                ),
            );
        }
        let in_status = object
            .node
            .get("status")
            .and_then(|status| status.get("jwtTokensByRole"))
            .and_then(|roles| roles.get(&self.name))
            .and_then(|role| role.get("items"))
            .and_then(Node::items);
        let in_spec = value.get("jwtTokens").and_then(Value::as_array);
        let tokens = in_spec
            .map_or(0, Vec::len)
            .max(in_status.map_or(0, <[Node]>::len));
        if tokens > 0 {
            let (tokens, verb, them) = if tokens == 1 {
                ("its token".to_owned(), "goes", "it")
            } else {
                (format!("its {tokens} tokens"), "go", "them")
            };
            let (name, project) = (&self.name, &self.project);
            plan.say(
                NoteLevel::Warning,
                format!(
                    "{tokens} {verb} on authenticating without the role {name} of project {project}, as the default role"
                ),
            );
            plan.say(
                NoteLevel::Warning,
                format!(
                    "revoke {them} while the role is there: argocd proj role list-tokens {project} {name}, then \
                     argocd proj role delete-token {project} {name} ISSUED-AT"
                ),
            );
        }
        plan.changes.push(KeyChange {
            key: self.key(),
            before: Some(texts("policies").join("\n")),
            after: None,
        });
    }
}

impl ProjectObject<'_> {
    fn to(self, keys: &[&str], index: Option<usize>) -> Vec<Step> {
        let keys = ["spec"].iter().chain(keys).map(|key| Step::key(*key));
        let index = index.map(Step::Index);
        self.route
            .iter()
            .cloned()
            .chain(keys)
            .chain(index)
            .collect()
    }
}

/// The merge patch for an `AppProject`.
pub fn roles_patch(name: &str, version: Option<&str>, plan: &RolePlan) -> Value {
    if plan.plan.changes.is_empty() {
        return json!({});
    }
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), name.into());
    if let Some(version) = version {
        metadata.insert("resourceVersion".to_owned(), version.into());
    }
    json!({"metadata": metadata, "spec": {"roles": plan.roles}})
}
