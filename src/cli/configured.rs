//! A command as it is for one instance: what was not given comes from the configuration.

use super::{
    AccountCommand, AppsCommand, Argocd, ChangeArgs, Command, DeliveryArgs, Fleet, GatewayCommand,
    Given, Input, Mode, OwnerArgs, TokenCommand,
};
use crate::model::{Instance, LintSettings, MatchMode};

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
    #[expect(clippy::too_many_lines, reason = "a table of commands")]
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
                fill.version(&mut args.argocd_version);
            }
            Self::Can(args) => {
                fill.input(&mut args.input);
                fill.version(&mut args.argocd_version);
            }
            Self::WhoCan(args) => {
                fill.input(&mut args.input);
                fill.version(&mut args.argocd_version);
            }
            Self::Matrix(args) => {
                fill.input(&mut args.input);
                fill.version(&mut args.argocd_version);
            }
            Self::Lint(args) => {
                fill.input(&mut args.input);
                fill.version(&mut args.argocd_version);
                let account = instance.account.clone().map(|name| vec![name]);
                fill.value(
                    "account",
                    &mut args.account,
                    lint.accounts.clone().or(account),
                );
                fill.value("select", &mut args.select, lint.select.clone());
                fill.value("ignore", &mut args.ignore, lint.ignore.clone());
                fill.value("fail_on", &mut args.fail_on, lint.fail_on);
            }
            Self::Apps(args) => match &mut args.command {
                Some(AppsCommand::Annotate(args)) => fill.input(&mut args.input),
                None => {
                    let args = &mut args.list;
                    fill.input(&mut args.input);
                    fill.version(&mut args.argocd_version);
                    fill.value("account", &mut args.account, instance.account.clone());
                }
            },
            Self::Verify(args) => {
                fill.input(&mut args.input);
                fill.argocd(&mut args.argocd);
                fill.permissions(&mut args.allow_sync, &mut args.project);
                if args.role.is_none() {
                    fill.value("account", &mut args.account, instance.account.clone());
                }
            }
            Self::Doctor(args) => {
                fill.value("account", &mut args.account, instance.account.clone());
                fill.permissions(&mut args.allow_sync, &mut args.project);
                let gateway = &instance.gateway;
                let namespace = gateway.namespace.clone();
                fill.value("gateway_namespace", &mut args.gateway_namespace, namespace);
                fill.value(
                    "secret_name",
                    &mut args.secret_name,
                    gateway.token_secret.clone(),
                );
                fill.value(
                    "secret_key",
                    &mut args.secret_key,
                    gateway.token_key.clone(),
                );
                let namespace = instance.namespace.as_ref();
                fill.option("namespace", &mut args.namespace, namespace);
                if given.first(&["kubeconfig"]).is_none() {
                    let context = instance.context.as_ref();
                    fill.option("context", &mut args.cluster.context, context);
                }
                fill.argocd(&mut args.argocd);
            }
            Self::Account(command) => fill.of_account(command),
            Self::Token(command) => fill.of_token(command),
            Self::Gateway(command) => {
                let (args, input) = match command {
                    GatewayCommand::Secret(args) => {
                        fill.option("account", &mut args.account, instance.account.as_ref());
                        let namespace = instance.namespace.as_ref();
                        fill.option("namespace", &mut args.namespace, namespace);
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
                fill.option("template_dir", &mut args.template_dir, templates);
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

    fn version(&self, into: &mut Option<String>) {
        self.option(
            "argocd_version",
            into,
            self.instance.argocd_version.as_ref(),
        );
    }

    fn permissions(&self, sync: &mut bool, projects: &mut Vec<String>) {
        let permissions = &self.instance.permissions;
        self.value("allow_sync", sync, permissions.sync);
        self.value("project", projects, permissions.projects.clone());
    }

    fn input(&self, input: &mut Input) {
        let instance = self.instance;
        if input.sample {
            // The built-in example is an Argo CD of its own.
            return;
        }
        let elsewhere = ["filename", "live", "sample", "fresh"];
        if self.given.first(&elsewhere).is_none() {
            input.filename.clone_from(&instance.files);
            input.recursive = instance.recursive;
        }
        if !input.all_namespaces {
            self.option(
                "namespace",
                &mut input.namespace,
                instance.namespace.as_ref(),
            );
        }
        self.option("form", &mut input.form, instance.form.as_ref());
        self.option(
            "values_root",
            &mut input.values_root,
            instance.values_root.as_ref(),
        );
        // Where anything of the connection is given, all of it is.
        // Hints name the context too.
        if self
            .given
            .first(&["cluster", "user", "kubeconfig"])
            .is_none()
        {
            let context = &mut input.kubectl.context;
            self.option("context", context, instance.context.as_ref());
        }
    }

    fn change(&self, change: &mut ChangeArgs) {
        let instance = self.instance;
        self.value("account", &mut change.account, instance.account.clone());
        self.permissions(&mut change.allow_sync, &mut change.project);
        self.option(
            "policy_key",
            &mut change.policy_key,
            instance.policy_key.as_ref(),
        );
        let mode = instance.match_mode.map(|mode| match mode {
            MatchMode::Glob => Mode::Glob,
            MatchMode::Regex => Mode::Regex,
        });
        self.option("match_mode", &mut change.match_mode, mode.as_ref());
        let templates = instance.template_dir.as_ref();
        self.option("template_dir", &mut change.template_dir, templates);
    }

    /// Who names a server on the command line says all of how it is reached: half of one
    /// connection and half of another could send a token where it does not belong.
    fn argocd(&self, argocd: &mut Argocd) {
        let of_a_server = ["server", "argocd_context", "port_forward", "core"];
        if self.given.first(&of_a_server).is_some() {
            return;
        }
        let from = &self.instance.argocd;
        self.option(
            "argocd_context",
            &mut argocd.argocd_context,
            from.context.as_ref(),
        );
        self.option("server", &mut argocd.server, from.server.as_ref());
        self.option(
            "argocd_config",
            &mut argocd.argocd_config,
            from.config.as_ref(),
        );
        self.value("grpc_web", &mut argocd.grpc_web, from.grpc_web);
        let root = &mut argocd.grpc_web_root_path;
        self.option("grpc_web_root_path", root, from.grpc_web_root_path.as_ref());
        self.value("insecure", &mut argocd.insecure, from.insecure);
        self.value("plaintext", &mut argocd.plaintext, from.plaintext);
        self.value("port_forward", &mut argocd.port_forward, from.port_forward);
        let namespace = from.port_forward_namespace.as_ref();
        let namespace = namespace.or(self.instance.namespace.as_ref());
        if argocd.port_forward {
            let into = &mut argocd.port_forward_namespace;
            self.option("port_forward_namespace", into, namespace);
        }
        let context = from.kube_context.as_ref();
        let context = context.or(self
            .instance
            .context
            .as_ref()
            .filter(|_| argocd.port_forward));
        self.option("kube_context", &mut argocd.kube_context, context);
        self.option(
            "server_crt",
            &mut argocd.server_crt,
            from.server_crt.as_ref(),
        );
        self.option(
            "client_crt",
            &mut argocd.client_crt,
            from.client_crt.as_ref(),
        );
        let key = &mut argocd.client_crt_key;
        self.option("client_crt_key", key, from.client_crt_key.as_ref());
    }

    fn owner(&self, owner: &mut OwnerArgs) {
        if owner.role.is_none() {
            self.option(
                "account",
                &mut owner.account,
                self.instance.account.as_ref(),
            );
        } else {
            let projects = self.instance.permissions.projects.clone();
            self.value("project", &mut owner.project, projects);
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
        self.value("secret_name", &mut delivery.secret_name, name.clone());
        if !of_projects {
            let key = gateway.token_key.as_ref();
            self.option("secret_key", &mut delivery.secret_key, key);
        }
        self.option(
            "secret_namespace",
            &mut delivery.secret_namespace,
            gateway.namespace.as_ref(),
        );
    }

    fn of_account(&self, command: &mut AccountCommand) {
        let account = || self.instance.account.clone();
        match command {
            AccountCommand::List(args) => {
                self.value("account", &mut args.account, account());
                self.argocd(&mut args.argocd);
            }
            AccountCommand::Get(args) => {
                self.value("account", &mut args.account, account());
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
                self.permissions(&mut args.allow_sync, &mut args.owner.project);
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
