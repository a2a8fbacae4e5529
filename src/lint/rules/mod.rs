//! The rules, one a file. A new one needs its file, its line here and its page in `docs/rules/`.

use super::rule::Rule;

mod helpers;
mod prelude;

/// Declares the modules and lists their rules.
macro_rules! rules {
    ($($module:ident :: $name:ident,)*) => {
        $(mod $module;)*

        pub(super) use broken_pattern::undecided;

        /// Every rule.
        pub const ALL: &[&dyn Rule] = &[$(&$module::$name,)*];
    };
}

rules! {
    account_without_permission::AccountWithoutPermission,
    action_of_other_resource::ActionOfOtherResource,
    action_without_path::ActionWithoutPath,
    annotated_applicationset::AnnotatedApplicationset,
    anonymous_access::AnonymousAccess,
    space_before_comma::SpaceBeforeComma,
    broken_pattern::BrokenPattern,
    cluster_by_name::ClusterByName,
    deep_grouping::DeepGrouping,
    defeated_deny::DefeatedDeny,
    deny_on_builtin_role::DenyOnBuiltinRole,
    deny_on_default_role::DenyOnDefaultRole,
    disabled_account_with_rules::DisabledAccountWithRules,
    disabled_auth::DisabledAuth,
    duplicate_key::DuplicateKey,
    duplicate_line::DuplicateLine,
    duplicate_source_name::DuplicateSourceName,
    empty_default_role::EmptyDefaultRole,
    folded_policy::FoldedPolicy,
    foreign_project_rule::ForeignProjectRule,
    glob_in_regex_mode::GlobInRegexMode,
    grouping_cycle::GroupingCycle,
    ignored_helm_path::IgnoredHelmPath,
    ignored_values_file::IgnoredValuesFile,
    image_path_without_value::ImagePathWithoutValue,
    incomplete_octopus_scope::IncompleteOctopusScope,
    integration_login::IntegrationLogin,
    invalid_enabled_value::InvalidEnabledValue,
    invalid_policy_line::InvalidPolicyLine,
    invalid_scopes::InvalidScopes,
    malformed_account_key::MalformedAccountKey,
    managed_argocd_secret::ManagedArgocdSecret,
    misleading_pattern::MisleadingPattern,
    misplaced_setting::MisplacedSetting,
    missing_logs::MissingLogs,
    missing_part_of_label::MissingPartOfLabel,
    missing_subresources::MissingSubresources,
    misspelt_values_key::MisspeltValuesKey,
    noncanonical_capabilities::NoncanonicalCapabilities,
    not_a_string::NotAString,
    object_without_project::ObjectWithoutProject,
    octopus_value_not_a_slug::OctopusValueNotASlug,
    operator_owned_edit::OperatorOwnedEdit,
    over_broad_integration::OverBroadIntegration,
    partly_unknown_policy::PartlyUnknownPolicy,
    plain_keys_on_named_source::PlainKeysOnNamedSource,
    pruned_by_apply::PrunedByApply,
    regex_disables_builtin::RegexDisablesBuiltin,
    registry_on_eks_cluster::RegistryOnEksCluster,
    repeated_builtin::RepeatedBuiltin,
    replaced_policy::ReplacedPolicy,
    repository_outside_project::RepositoryOutsideProject,
    reversed_grouping::ReversedGrouping,
    role_with_dot::RoleWithDot,
    role_with_space::RoleWithSpace,
    second_configmap::SecondConfigmap,
    shadowed_integration::ShadowedIntegration,
    shared_octopus_target::SharedOctopusTarget,
    slash_in_object::SlashInObject,
    subsumed_line::SubsumedLine,
    trailing_comment::TrailingComment,
    unanchored_regex::UnanchoredRegex,
    unbound_group::UnboundGroup,
    undefined_role::UndefinedRole,
    unknown_account::UnknownAccount,
    unknown_action::UnknownAction,
    unknown_capability::UnknownCapability,
    unknown_default_role::UnknownDefaultRole,
    unknown_effect::UnknownEffect,
    unknown_image_alias::UnknownImageAlias,
    unknown_match_mode::UnknownMatchMode,
    unknown_octopus_annotation::UnknownOctopusAnnotation,
    unknown_octopus_source::UnknownOctopusSource,
    unknown_project::UnknownProject,
    unknown_resource::UnknownResource,
    unnamed_octopus_source::UnnamedOctopusSource,
    unread_key::UnreadKey,
    unreadable_application::UnreadableApplication,
    unsupported_overlay_key::UnsupportedOverlayKey,
    unused_role::UnusedRole,
    unwritable_octopus_source::UnwritableOctopusSource,
    widened_admin::WidenedAdmin,
    wildcard_subject::WildcardSubject,
    writing_default_role::WritingDefaultRole,
    writing_readonly_role::WritingReadonlyRole,
}
