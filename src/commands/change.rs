//! The change of `render`, `diff` and `check`, from arguments to plain values.

use super::context::Context;
use crate::change::{
    ChangeRequest, Commands, Goal, NarrowedCommand, Next, UncheckedChange, template_overrides,
    template_values,
};
use crate::cli::{self, ChangeArgs, Words, change_options, kubectl_flags, render_command};
use crate::error::Result;
use crate::site::{NamespaceScope, Selector};

/// The change that the arguments ask for, with the templates and values of their files.
pub(crate) fn request(
    args: &ChangeArgs,
    input: &cli::Input,
    context: &Context<'_, '_>,
) -> Result<ChangeRequest> {
    let base = &context.host.directory;
    let unlocked = ChangeArgs {
        strip_resource_version: true,
        ..args.clone()
    };
    ChangeRequest::new(UncheckedChange {
        account: args.account.clone(),
        goal: if args.absent {
            Goal::Absent
        } else {
            Goal::Present {
                enable: args.enable,
            }
        },
        only: args.only,
        policy_key: args.policy_key.clone(),
        projects: args.project.clone(),
        allow_sync: args.allow_sync,
        match_mode: args.match_mode,
        extra: template_values(&args.template_set, &args.template_values, base)?,
        overrides: template_overrides(args.template_dir.as_deref(), base)?,
        commands: Commands {
            change: change_options(args),
            kubectl: kubectl_flags(input),
            unlocked_render: render_command(&unlocked, input),
        },
    })
}

/// The objects that the options ask for.
pub(crate) fn selector(args: &cli::Input) -> Selector {
    let scope = match &args.namespace {
        Some(namespace) => NamespaceScope::Namespace(namespace.clone()),
        None if args.all_namespaces => NamespaceScope::All,
        None => NamespaceScope::Only,
    };
    Selector {
        scope,
        values_root: args.values_root.clone(),
    }
}

/// Returns the next step, with command lines like the one that was typed.
pub(super) fn next<'a>(
    input: &'a cli::Input,
    change: &'a ChangeArgs,
    request: &'a ChangeRequest,
) -> Next<'a> {
    let command = |verb: &str, narrowed: NarrowedCommand| {
        let (mut input, mut change) = (input.clone(), change.clone());
        if let Some(namespace) = narrowed.namespace.filter(|_| input.all_namespaces) {
            input.all_namespaces = false;
            input.namespace = Some(namespace);
        }
        if let Some(project) = narrowed.project {
            change.project = vec![project];
        }
        let mut words = Words::new(verb, &input);
        for (name, value) in narrowed.options {
            match value {
                Some(value) => words.option(name, &value),
                None => words.flag(name),
            }
        }
        words.change(&change);
        words.line(&input)
    };
    let namespace = input.namespace.as_deref();
    Next::new(request, namespace, input.form, Box::new(command))
}
