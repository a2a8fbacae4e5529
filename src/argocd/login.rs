//! Which login goes with a call.
//!
//! argocd takes token and TLS settings from its current context, whatever server its command line
//! names: without care the login for one server would be sent to another.

use std::path::PathBuf;

use super::client::Client;
use super::context::remembered;
use super::options::Options;
use crate::error::Result;

/// The name under which argocd remembers a server that it reaches by port-forward.
const PORT_FORWARD: &str = "port-forward";

/// The login for the server that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// The login that argocd chooses itself, because it is the only one or was named.
    Chosen,
    /// That of another context than the current one.
    OfContext(String),
    /// There is none: argocd would send that of its current context to this server.
    Missing(String),
}

impl Client<'_> {
    fn option(&self, name: &str) -> Option<String> {
        let value = self.setup.options.as_ref()?.get(name)?;
        Some(value.expose().to_owned())
    }

    fn is_on(&self, flag: bool, name: &str) -> bool {
        let options = self.setup.options.as_ref();
        flag || options.is_some_and(|options| options.is_on(name))
    }

    /// The context of argocd's configuration that was named, if one was.
    pub fn named_context(&self) -> Option<String> {
        let named = self.setup.connection.context.clone();
        named.or_else(|| self.option("argocd-context"))
    }

    /// The server that was named, if one was: by an option, or by a variable of argocd's.
    fn named_server(&self) -> Option<String> {
        let connection = &self.setup.connection;
        if self.is_on(connection.port_forward, PORT_FORWARD) {
            return Some(PORT_FORWARD.to_owned());
        }
        let server = connection.server.clone().or_else(|| self.option("server"));
        server.or_else(|| self.setup.server_variable.clone())
    }

    /// Returns the server's name as argocd would remember it.
    fn remembered_server(&self) -> Option<String> {
        let root = self.setup.connection.grpc_web_root_path.clone();
        let root = root.or_else(|| self.option("grpc-web-root-path"));
        let server = self.named_server()?;
        if server == PORT_FORWARD {
            return Some(server);
        }
        Some(remembered(&server, root.as_deref()))
    }

    /// Whether a token is presented, by us or by a variable of argocd's.
    pub fn presents_a_token(&self) -> bool {
        self.presented().is_some() || self.option("auth-token").is_some()
    }

    /// The login that argocd should use where no token is presented.
    pub fn login(&self) -> Login {
        let logins = &self.setup.logins;
        let (None, Some(server), false) = (
            self.named_context(),
            self.remembered_server(),
            self.asks_for_core(),
        ) else {
            return Login::Chosen;
        };
        match logins.context_of(&server) {
            Some(context) if context == logins.current => Login::Chosen,
            Some(context) => Login::OfContext(context.to_owned()),
            // Without any login argocd itself says that there is none.
            None if !logins.unreadable && !logins.servers.contains_key(&logins.current) => {
                Login::Chosen
            }
            None => Login::Missing(self.named_server().unwrap_or(server)),
        }
    }

    /// The context whose login counts; nothing where that is argocd's current one, or a token is
    /// presented.
    pub fn other_context(&self) -> Option<String> {
        if self.presents_a_token() {
            return None;
        }
        let context = match self.login() {
            Login::OfContext(context) => Some(context),
            _ => self.named_context(),
        };
        context.filter(|context| *context != self.setup.logins.current)
    }

    /// The directory that argocd should take its configuration from when a token is presented: it
    /// has the settings of the server that is meant, and no login. Nothing where argocd has no
    /// configuration that could interfere.
    pub(super) fn own_config(&self) -> Result<Option<PathBuf>> {
        let logins = &self.setup.logins;
        let interferes = !logins.servers.is_empty() || logins.unreadable;
        if !interferes || self.asks_for_core() {
            return Ok(None);
        }
        let content = match (self.named_context(), self.remembered_server()) {
            (Some(context), _) => match logins.without_login(&context) {
                // argocd itself says that there is no such context.
                None => return Ok(None),
                login_free => login_free,
            },
            (None, Some(server)) => {
                let context = logins.context_of(&server);
                context.and_then(|context| logins.without_login(context))
            }
            // Which server that is only argocd can say, and a token beats its login.
            (None, None) if logins.unreadable => return Ok(None),
            (None, None) => logins.without_login(&logins.current),
        };
        let directory = self.own_config.directory(content.as_ref())?;
        Ok(Some(directory.to_owned()))
    }

    /// The options that argocd takes from its environment, where they must be others than those
    /// that the user has set: a token of ours beats theirs, and so does a configuration of ours.
    pub(super) fn own_options(&self, own_config: bool) -> Option<Options> {
        let options = self.setup.options.as_ref()?;
        let mut own = options.clone();
        if self.presents.is_some() {
            own = own.without("auth-token");
        }
        if own_config {
            own = own.without("config");
        }
        (own.text() != options.text()).then_some(own)
    }

    /// Whether argocd speaks plain text to the server that is meant.
    pub(super) fn speaks_plain_text(&self) -> bool {
        if self.is_on(self.setup.connection.plaintext, "plaintext") {
            return true;
        }
        let logins = &self.setup.logins;
        let by_server = || {
            let server = self.remembered_server()?;
            logins.context_of(&server).map(str::to_owned)
        };
        let context = self.named_context().or_else(by_server);
        let context = context.unwrap_or_else(|| logins.current.clone());
        logins.is_plain_text(&context)
    }

    /// The server that a login or a token goes to, for people; nothing where only argocd knows.
    pub fn server_shown(&self) -> Option<String> {
        if self.asks_for_core() {
            return None;
        }
        let logins = &self.setup.logins;
        let context = self.named_context();
        match (self.named_server(), context) {
            (Some(server), _) if server == PORT_FORWARD => {
                Some("a pod of the cluster (port-forward)".to_owned())
            }
            (Some(server), _) => Some(server),
            (None, Some(context)) => {
                let server = logins.server_of(&context)?;
                Some(format!("{server} (context {context} of argocd)"))
            }
            (None, None) => {
                let server = logins.server_of(&logins.current)?;
                Some(format!("{server} (current context of argocd)"))
            }
        }
    }
}
