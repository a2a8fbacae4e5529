//! Which of the configuration's Argo CDs a command is for.

use std::path::{Path, PathBuf};

use crate::argocd::server_variable;
use crate::cli::{Argocd, Command, Fleet, Given, TokenCommand};
use crate::commands::context::Context;
use crate::config;
use crate::error::{Error, Kind, Result};
use crate::model::{Configuration, Defaults, Instance, LintSettings, spelling};

/// What a command is for.
pub(crate) enum ChosenInstances {
    /// One Argo CD, or whatever the command line itself names.
    One(Box<Command>),
    /// Several of the configuration.
    Several(Box<Several>),
}

/// Several Argo CDs.
pub(crate) struct Several {
    /// The instances, in the configuration's order, each with the command as it is for it.
    pub(crate) members: Vec<Member>,
    /// What the configuration says.
    pub(crate) configuration: Configuration,
    /// Where it is.
    pub(crate) path: PathBuf,
}

/// One of several Argo CDs.
pub(crate) struct Member {
    pub(crate) instance: Instance,
    pub(crate) command: Command,
}

/// Reads the configuration, if there is one, and fills in what was not given.
pub(crate) fn choose(
    mut command: Command,
    given: &Given,
    context: &mut Context<'_, '_>,
) -> Result<ChosenInstances> {
    let Some(fleet) = command.fleet() else {
        return Ok(ChosenInstances::One(Box::new(command)));
    };
    let asked = fleet.all || !fleet.instance.is_empty();
    let Some(path) = locate(&fleet, context) else {
        if asked {
            return Err(no_configuration(context));
        }
        return Ok(ChosenInstances::One(Box::new(command)));
    };
    let is_found = fleet.config.is_none() && context.host.env.get(config::VARIABLE).is_none();
    let choice = if is_found {
        config::Choice::Found
    } else {
        config::Choice::Named
    };
    let configuration = config::read(&path, &context.host.directory, choice).map_err(|error| {
        if asked || !is_found {
            return error;
        }
        error.hint("--config FILE names another configuration, --config /dev/null an empty one")
    })?;
    if !asked {
        if is_found {
            refuse_found_connection(&command, &configuration.defaults, given, &path)?;
        }
        let says_something = configuration.defaults != Defaults::default()
            || matches!(command, Command::Lint(_)) && configuration.lint != LintSettings::default();
        if says_something {
            context.note(format!("with the defaults of {}", path.display()));
        }
        let defaults = Instance::from(&configuration.defaults);
        command.configure(given, &defaults, &configuration.lint);
        return Ok(ChosenInstances::One(Box::new(command)));
    }
    let chosen = select(&fleet, &configuration, &path)?;
    for instance in &chosen {
        refuse_elsewhere(&command, instance, given, context)?;
    }
    // A directory with a file for each instance may be for one of them, too.
    let asks_argocd = matches!(command, Command::Token(_) | Command::Verify(_));
    let in_directories = asks_argocd && given.first(&["output_dir", "token_dir"]).is_some();
    if let ([instance], false) = (chosen.as_slice(), fleet.all || in_directories) {
        command.configure(given, instance, &configuration.lint);
        return Ok(ChosenInstances::One(Box::new(command)));
    }
    refuse_for_several(&command, given)?;
    let members = chosen.into_iter().map(|instance| {
        let mut own = command.clone();
        own.configure(given, instance, &configuration.lint);
        Member {
            instance: instance.clone(),
            command: own,
        }
    });
    Ok(ChosenInstances::Several(Box::new(Several {
        members: members.collect(),
        configuration,
        path,
    })))
}

/// The configuration's path: the option's, the variable's, or the one that holds here.
fn locate(fleet: &Fleet, context: &Context<'_, '_>) -> Option<PathBuf> {
    fleet
        .config
        .clone()
        .or_else(|| Some(context.host.env.get(config::VARIABLE)?.into()))
        .or_else(|| config::find(&context.host.directory))
}

fn no_configuration(context: &Context<'_, '_>) -> Error {
    Error::usage(format!(
        "there is no {} in {} or above it in its Git repository",
        config::FILE_NAME,
        context.host.directory.display()
    ))
    .hint("name it with --config FILE")
    .hint("the smallest one: instances: [{name: prod, files: [prod/argocd-cm.yaml, prod/argocd-rbac-cm.yaml]}]")
}

/// The instances that are asked for, in the configuration's order, each once.
fn select<'c>(
    fleet: &Fleet,
    configuration: &'c Configuration,
    path: &Path,
) -> Result<Vec<&'c Instance>> {
    let all = &configuration.instances;
    if all.is_empty() {
        return Err(Error::new(
            Kind::Input,
            format!("{} has no instances", path.display()),
        )
        .hint("add them: instances: [{name: prod, namespace: argocd, files: [prod/argocd-cm.yaml, prod/argocd-rbac-cm.yaml]}]"));
    }
    if fleet.all {
        return Ok(all.iter().collect());
    }
    for name in &fleet.instance {
        if !all.iter().any(|instance| instance.name == *name) {
            let names: Vec<&str> = all.iter().map(|instance| instance.name.as_str()).collect();
            let error = Error::usage(format!(
                "{} has no instance `{}`",
                path.display(),
                name.escape_debug()
            ));
            return Err(match spelling::meant(name, names.iter().copied()) {
                Some(meant) => error.hint(format!("did you mean `{meant}`?")),
                None if names.len() <= 10 => {
                    error.hint(format!("its instances: {}", names.join(", ")))
                }
                None => error,
            });
        }
    }
    let chosen = all
        .iter()
        .filter(|instance| fleet.instance.contains(&instance.name));
    Ok(chosen.collect())
}

/// Variables of argocd that say which server is meant would send one instance's token to another.
fn refuse_elsewhere(
    command: &Command,
    instance: &Instance,
    given: &Given,
    context: &Context<'_, '_>,
) -> Result<()> {
    let of_a_server = ["server", "argocd_context", "port_forward", "core"];
    let asks_argocd = matches!(
        command,
        Command::Account(_) | Command::Token(_) | Command::Verify(_) | Command::Doctor(_)
    );
    if !asks_argocd || given.first(&of_a_server).is_some() || !instance.argocd.names_a_server() {
        return Ok(());
    }
    let variable = server_variable(context.host)?;
    match variable {
        None => Ok(()),
        Some(variable) => Err(Error::usage(format!(
            "{variable} names a server, and so does the instance {}",
            instance.name
        ))
        .hint("one's token must not reach the other: unset the variable, or leave --instance and --all out")),
    }
}

/// The settings of a connection: the option that each follows, its key, and whether it is set. A name that no field
/// has does not compile.
macro_rules! connection_settings {
    ($from:expr; $($option:ident: $field:ident $key:literal,)*) => {{
        let _ = |options: &Argocd| { $(let _ = &options.$option;)* };
        [$((stringify!($option), concat!("argocd.", $key), $from.$field.is_some()),)*]
    }};
}

/// A configuration that lies in a directory may be a stranger's: it does not decide where a token
/// or a login reaches.
fn refuse_found_connection(
    command: &Command,
    defaults: &Defaults,
    given: &Given,
    path: &Path,
) -> Result<()> {
    let asks_argocd = match command {
        Command::Account(_) | Command::Verify(_) | Command::Doctor(_) => true,
        Command::Token(command) => !matches!(command, TokenCommand::Inspect(_)),
        _ => false,
    };
    if !asks_argocd {
        return Ok(());
    }
    let set = connection_settings! { defaults.argocd;
        server: server "server",
        argocd_context: context "context",
        argocd_config: config "config",
        grpc_web: grpc_web "grpcWeb",
        grpc_web_root_path: grpc_web_root_path "grpcWebRootPath",
        insecure: insecure "insecure",
        plaintext: plaintext "plaintext",
        port_forward: port_forward "portForward",
        port_forward_namespace: port_forward_namespace "portForwardNamespace",
        kube_context: kube_context "kubeContext",
        server_crt: server_crt "serverCrt",
        client_crt: client_crt "clientCrt",
        client_crt_key: client_crt_key "clientCrtKey",
    };
    // They say which cluster and which pod a port is forwarded to.
    let is_forwarded = given.has("port_forward");
    let (context, namespace) = (defaults.context.is_some(), defaults.namespace.is_some());
    let forwarded = [
        ("kube_context", "context", is_forwarded && context),
        (
            "port_forward_namespace",
            "namespace",
            is_forwarded && namespace,
        ),
    ];
    let mut set = set.iter().chain(&forwarded);
    let Some((_, key, _)) = set.find(|(id, _, set)| *set && !given.has(id)) else {
        return Ok(());
    };
    let path = path.display();
    Err(Error::usage(format!(
        "{path} was found here, not named, and its defaults.{key} would decide where a token goes"
    ))
    .hint(format!("if you trust it, name it: --config {path}"))
    .hint("for one of its instances: --instance NAME; for none of it: --config /dev/null"))
}

/// What belongs to one Argo CD cannot be said of several.
fn refuse_for_several(command: &Command, given: &Given) -> Result<()> {
    const SINGLE: [&str; 19] = [
        "filename",
        "sample",
        "fresh",
        "context",
        "cluster",
        "user",
        "server",
        "argocd_context",
        "port_forward",
        "kube_context",
        "core",
        "output_file",
        "token_file",
        "id",
        "old",
        "explain",
        "name",
        "release",
        "argocd_grpc_url",
    ];
    // `can --explain` is about all of them; `lint --explain` about none.
    let single = SINGLE
        .iter()
        .copied()
        .filter(|id| *id != "explain" || matches!(command, Command::Lint(_)));
    let ids: Vec<&str> = single.collect();
    match given.first(&ids) {
        None => Ok(()),
        Some(id) => Err(Error::usage(format!(
            "--{} is for one Argo CD, but several instances were given",
            id.replace('_', "-")
        ))
        .hint("set it for each instance in the configuration, or choose one: --instance NAME")),
    }
}
