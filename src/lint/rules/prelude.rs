//! What rules need.

pub(super) use std::collections::{HashMap, HashSet};

pub(super) use super::helpers::{
    integrations, is_folded, is_of_cm, is_placeholder, looks_like_glob, managed_keys, means_nobody,
    meant_bool,
};
pub(super) use crate::input::Content;
pub(super) use crate::lint::apps::{App, applications};
pub(super) use crate::lint::edit::{EditLine, EditSpot};
pub(super) use crate::lint::finding::{Findings, FixEdit, FixTarget};
pub(super) use crate::lint::pattern::{self, Pattern, RuleGlob};
pub(super) use crate::lint::rule::rule;
pub(super) use crate::lint::vocabulary;
pub(super) use crate::model::spelling;
pub(super) use crate::model::{
    API_KEY, Capabilities, DEFAULT_ROLE_KEY, LOGIN, MATCH_MODE_KEY, POLICY_KEY, Source, Which,
    parse_bool,
};
pub(super) use crate::octopus::apps::{
    AnnotationField, Application, Key, MappingVerdict, Unwritable, annotation, images, is_slug,
    is_templated, mapping, mappings, repository, slug_of,
};
pub(super) use crate::rbac::glob::{self, Panicked};
pub(super) use crate::rbac::vocabulary::{RESOURCES, actions, resolve_resource};
pub(super) use crate::rbac::{
    Decision, Enforcer, Line, MAX_HOPS, MatchMode, Policy as Rule, Request, Value, Verdict,
    is_policy_key, looks_like_group, project_role,
};
pub(super) use crate::site::{
    AccountKey, AppProject, DataShape, Ignored, Located, OLD_PATHS, Object, PARAMS, PART_OF, Place,
    SCOPES_KEY, Setting, Settings, SettingsForm, Site, Spot, WholePolicy, account_key, entries,
    is_kustomization,
};
pub(super) use crate::yaml::{Document, Node, ScalarType, Step, Stream};
