//! A command as it is for one instance: what was not given comes from the configuration.

use super::doctor::ClusterArgs;
use super::{
    AccountCommand, AppsCommand, Argocd, ChangeArgs, Command, DeliveryArgs, Fleet, GatewayCommand,
    Given, Input, Kubectl, OwnerArgs, TokenCommand,
};
use crate::model::{Instance, LintSettings};

// The id of an option is the name of its field: a name that no field has does not compile.

/// Gives an option the configuration's value, unless it was given.
macro_rules! set {
    ($fill:ident, $($group:ident).+, $value:expr $(,)?) => {
        set!(@ value $fill, [$($group)+] $value, $($group).+)
    };
    (@ $how:ident $fill:ident, [$_first:ident $($rest:ident)+] $value:expr, $into:expr) => {
        set!(@@ $how $fill, [$($rest)+] $value, $into)
    };
    (@@ $how:ident $fill:ident, [$_first:ident $($rest:ident)+] $value:expr, $into:expr) => {
        set!(@@ $how $fill, [$($rest)+] $value, $into)
    };
    (@@ $how:ident $fill:ident, [$field:ident] $value:expr, $into:expr) => {
        $fill.$how(stringify!($field), &mut $into, $value)
    };
}

/// The same for an option that may be absent.
macro_rules! set_option {
    ($fill:ident, $($group:ident).+, $value:expr $(,)?) => {
        set!(@ option $fill, [$($group)+] $value, $($group).+)
    };
}

/// Whether any of these options of a group was given.
macro_rules! any_given {
    ($given:expr, $group:ident { $($field:ident),+ }) => {{
        let _ = |group: &$group| { $(let _ = &group.$field;)+ };
        $given.first(&[$(stringify!($field)),+]).is_some()
    }};
}

impl Command {
    /// Which instances are meant; `None` for commands that have to do with none.
    pub fn fleet(&self) -> Option<Fleet> {
        Some(match self {
            Self::Render(args) => args.fleet.clone(),
            Self::Diff(args) => args.fleet.clone(),
            Self::Check(args) => args.fleet.clone(),
            Self::Can(args) => args.fleet.clone(),
            Self::WhoCan(args) => args.fleet.clone(),
            Self::Matrix(args) => args.fleet.clone(),
            Self::Lint(args) => args.fleet.clone(),
            Self::Apps(args) => match &args.command {
                Some(AppsCommand::Annotate(args)) => args.fleet.clone(),
                None => args.list.fleet.clone(),
            },
            Self::Doctor(args) => Fleet::from(&args.one),
            Self::Verify(args) => args.fleet.clone(),
            Self::Account(command) => Fleet::from(match command {
                AccountCommand::List(args) => &args.one,
                AccountCommand::Get(args) => &args.one,
                AccountCommand::CanI(args) => &args.one,
                AccountCommand::UpdatePassword(args) => &args.one,
            }),
            Self::Token(command) => match command {
                TokenCommand::Create(args) => args.fleet.clone(),
                TokenCommand::Rotate(args) => args.fleet.clone(),
                TokenCommand::List(args) => Fleet::from(&args.one),
                TokenCommand::Prune(args) => Fleet::from(&args.one),
                TokenCommand::Delete(args) => Fleet::from(&args.one),
                TokenCommand::Inspect(_) => return None,
            },
            Self::Gateway(command) => match command {
                GatewayCommand::Secret(args) => args.fleet.clone(),
                GatewayCommand::Values(args) => args.fleet.clone(),
                GatewayCommand::Application(args) => args.fleet.clone(),
                GatewayCommand::Command(args) => args.fleet.clone(),
            },
            Self::Compare(_) | Self::Completion(_) | Self::Man(_) | Self::Version(_) => {
                return None;
            }
        })
    }

    /// Fills in what was not given: from `instance`, and for `lint` from its own section.
    pub fn configure(&mut self, given: &Given, instance: &Instance, lint: &LintSettings) {
        let fill = Fill { given, instance };
        match self {
            Self::Render(args) => {
                fill.input(&mut args.input);
                fill.change(&mut args.change);
            }
            Self::Diff(args) => {
                fill.input(&mut args.input);
                fill.change(&mut args.change);
            }
            Self::Check(args) => {
                fill.input(&mut args.input);
                fill.change(&mut args.change);
                set_option!(fill, args.argocd_version, instance.argocd_version.as_ref());
            }
            Self::Can(args) => {
                fill.input(&mut args.input);
                set_option!(fill, args.argocd_version, instance.argocd_version.as_ref());
            }
            Self::WhoCan(args) => {
                fill.input(&mut args.input);
                set_option!(fill, args.argocd_version, instance.argocd_version.as_ref());
            }
            Self::Matrix(args) => {
                fill.input(&mut args.input);
                set_option!(fill, args.argocd_version, instance.argocd_version.as_ref());
            }
            Self::Lint(args) => {
                fill.input(&mut args.input);
                set_option!(fill, args.argocd_version, instance.argocd_version.as_ref());
                let account = instance.account.clone().map(|name| vec![name]);
                set!(fill, args.account, lint.accounts.clone().or(account),);
                set!(fill, args.select, lint.select.clone());
                set!(fill, args.ignore, lint.ignore.clone());
                set!(fill, args.fail_on, lint.fail_on);
            }
            Self::Apps(args) => match &mut args.command {
                Some(AppsCommand::Annotate(args)) => fill.input(&mut args.input),
                None => {
                    let args = &mut args.list;
                    fill.input(&mut args.input);
                    set_option!(fill, args.argocd_version, instance.argocd_version.as_ref());
                    set!(fill, args.account, instance.account.clone());
                }
            },
            Self::Verify(args) => {
                fill.input(&mut args.input);
                fill.argocd(&mut args.argocd);
                set!(fill, args.allow_sync, instance.permissions.sync);
                set!(fill, args.project, instance.permissions.projects.clone());
                if args.role.is_none() {
                    set!(fill, args.account, instance.account.clone());
                }
            }
            Self::Doctor(args) => {
                set!(fill, args.account, instance.account.clone());
                set!(fill, args.allow_sync, instance.permissions.sync);
                set!(fill, args.project, instance.permissions.projects.clone());
                let gateway = &instance.gateway;
                let namespace = gateway.namespace.clone();
                set!(fill, args.gateway_namespace, namespace);
                set!(fill, args.secret_name, gateway.token_secret.clone(),);
                set!(fill, args.secret_key, gateway.token_key.clone(),);
                let namespace = instance.namespace.as_ref();
                set_option!(fill, args.namespace, namespace);
                if !any_given!(given, ClusterArgs { kubeconfig }) {
                    let context = instance.context.as_ref();
                    set_option!(fill, args.cluster.context, context);
                }
                fill.argocd(&mut args.argocd);
            }
            Self::Account(command) => fill.of_account(command),
            Self::Token(command) => fill.of_token(command),
            Self::Gateway(command) => {
                let (args, input) = match command {
                    GatewayCommand::Secret(args) => {
                        set_option!(fill, args.account, instance.account.as_ref());
                        let namespace = instance.namespace.as_ref();
                        set_option!(fill, args.namespace, namespace);
                        (&mut args.gateway, None)
                    }
                    // The files of --check are values of the gateway, and no others.
                    GatewayCommand::Values(args) if args.check => (&mut args.chart.gateway, None),
                    GatewayCommand::Values(args) => args.chart.parts(),
                    GatewayCommand::Application(args) => args.chart.parts(),
                    GatewayCommand::Command(args) => args.chart.parts(),
                };
                args.told.0.follow(&instance.gateway);
                if let Some(input) = input {
                    fill.input(input);
                }
                let templates = instance.template_dir.as_ref();
                set_option!(fill, args.template_dir, templates);
            }
            Self::Compare(_) | Self::Completion(_) | Self::Man(_) | Self::Version(_) => {}
        }
    }
}

/// Fills single values in.
struct Fill<'a> {
    given: &'a Given,
    instance: &'a Instance,
}

impl Fill<'_> {
    fn value<T>(&self, id: &str, into: &mut T, value: Option<T>) {
        if let Some(value) = value
            && !self.given.has(id)
        {
            *into = value;
        }
    }

    fn option<T: Clone>(&self, id: &str, into: &mut Option<T>, value: Option<&T>) {
        self.value(id, into, value.cloned().map(Some));
    }

    fn input(&self, input: &mut Input) {
        let instance = self.instance;
        if input.sample {
            // The built-in example is an Argo CD of its own.
            return;
        }
        let elsewhere = any_given!(
            self.given,
            Input {
                filename,
                live,
                sample
            }
        ) || any_given!(self.given, ChangeArgs { fresh });
        if !elsewhere {
            input.filename.clone_from(&instance.files);
            input.recursive = instance.recursive;
        }
        if !input.all_namespaces {
            set_option!(self, input.namespace, instance.namespace.as_ref(),);
        }
        set_option!(self, input.form, instance.form.as_ref());
        set_option!(self, input.values_root, instance.values_root.as_ref(),);
        // Where anything of the connection is given, all of it is.
        // Hints name the context too.
        if !any_given!(
            self.given,
            Kubectl {
                cluster,
                user,
                kubeconfig
            }
        ) {
            set_option!(self, input.kubectl.context, instance.context.as_ref());
        }
    }

    fn change(&self, change: &mut ChangeArgs) {
        let instance = self.instance;
        set!(self, change.account, instance.account.clone());
        set!(self, change.allow_sync, self.instance.permissions.sync);
        set!(
            self,
            change.project,
            self.instance.permissions.projects.clone()
        );
        set_option!(self, change.policy_key, instance.policy_key.as_ref(),);
        set_option!(self, change.match_mode, instance.match_mode.as_ref());
        let templates = instance.template_dir.as_ref();
        set_option!(self, change.template_dir, templates);
    }

    /// Who names a server on the command line says all of how it is reached: half of one
    /// connection and half of another could send a token where it does not belong.
    fn argocd(&self, argocd: &mut Argocd) {
        if any_given!(
            self.given,
            Argocd {
                server,
                argocd_context,
                port_forward,
                core
            }
        ) {
            return;
        }
        let from = &self.instance.argocd;
        set_option!(self, argocd.argocd_context, from.context.as_ref(),);
        set_option!(self, argocd.server, from.server.as_ref());
        set_option!(self, argocd.argocd_config, from.config.as_ref(),);
        set!(self, argocd.grpc_web, from.grpc_web);
        let root = from.grpc_web_root_path.as_ref();
        set_option!(self, argocd.grpc_web_root_path, root);
        set!(self, argocd.insecure, from.insecure);
        set!(self, argocd.plaintext, from.plaintext);
        set!(self, argocd.port_forward, from.port_forward);
        let namespace = from.port_forward_namespace.as_ref();
        let namespace = namespace.or(self.instance.namespace.as_ref());
        if argocd.port_forward {
            set_option!(self, argocd.port_forward_namespace, namespace);
        }
        let context = from.kube_context.as_ref();
        let context = context.or(self
            .instance
            .context
            .as_ref()
            .filter(|_| argocd.port_forward));
        set_option!(self, argocd.kube_context, context);
        set_option!(self, argocd.server_crt, from.server_crt.as_ref(),);
        set_option!(self, argocd.client_crt, from.client_crt.as_ref(),);
        set_option!(self, argocd.client_crt_key, from.client_crt_key.as_ref());
    }

    fn owner(&self, owner: &mut OwnerArgs) {
        if owner.role.is_none() {
            set_option!(self, owner.account, self.instance.account.as_ref(),);
        } else {
            let projects = self.instance.permissions.projects.clone();
            set!(self, owner.project, projects);
        }
    }

    /// The Secret is the one that the gateway reads.
    fn delivery(&self, delivery: &mut DeliveryArgs, of_projects: bool) {
        let gateway = &self.instance.gateway;
        let name = if of_projects {
            &gateway.project_token_secret
        } else {
            &gateway.token_secret
        };
        set!(self, delivery.secret_name, name.clone());
        if !of_projects {
            let key = gateway.token_key.as_ref();
            set_option!(self, delivery.secret_key, key);
        }
        set_option!(self, delivery.secret_namespace, gateway.namespace.as_ref(),);
    }

    fn of_account(&self, command: &mut AccountCommand) {
        let account = || self.instance.account.clone();
        match command {
            AccountCommand::List(args) => {
                set!(self, args.account, account());
                self.argocd(&mut args.argocd);
            }
            AccountCommand::Get(args) => {
                set!(self, args.account, account());
                self.argocd(&mut args.argocd);
            }
            AccountCommand::CanI(args) => self.argocd(&mut args.argocd),
            // Whose password changes is never taken from a file.
            AccountCommand::UpdatePassword(args) => self.argocd(&mut args.argocd),
        }
    }

    fn of_token(&self, command: &mut TokenCommand) {
        match command {
            TokenCommand::Create(args) => {
                self.owner(&mut args.owner);
                self.delivery(&mut args.delivery, args.owner.role.is_some());
                self.argocd(&mut args.argocd);
            }
            TokenCommand::Rotate(args) => {
                self.owner(&mut args.owner);
                self.delivery(&mut args.delivery, args.owner.role.is_some());
                self.argocd(&mut args.argocd);
                set!(self, args.allow_sync, self.instance.permissions.sync);
                set!(
                    self,
                    args.owner.project,
                    self.instance.permissions.projects.clone()
                );
            }
            TokenCommand::List(args) => {
                self.owner(&mut args.owner);
                self.argocd(&mut args.argocd);
            }
            TokenCommand::Prune(args) => {
                self.owner(&mut args.owner);
                self.argocd(&mut args.argocd);
            }
            TokenCommand::Delete(args) => {
                self.owner(&mut args.owner);
                self.argocd(&mut args.argocd);
            }
            TokenCommand::Inspect(_) => {}
        }
    }
}
