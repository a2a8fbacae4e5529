//! The client: how argocd is run, and what every call has in common.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::commands::HintCommands;
use super::context::Logins;
use super::options::Options;
use super::own_config::OwnConfig;
use crate::model::Connection;
use crate::process::{Invocation, Masks, Runner, Stdin};
use crate::text::Secret;

/// The variable that argocd takes its token from.
pub const TOKEN_VARIABLE: &str = "ARGOCD_AUTH_TOKEN";

/// The variable that argocd takes further options from.
pub const OPTIONS_VARIABLE: &str = "ARGOCD_OPTS";

/// The variable that names the directory of argocd's configuration.
pub(super) const CONFIG_VARIABLE: &str = "ARGOCD_CONFIG_DIR";

/// How argocd is run.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The program: a name looked up in PATH, or a path.
    pub program: PathBuf,
    /// The flags that are passed through.
    pub connection: Connection,
    /// `ARGOCD_OPTS`, where it is set.
    pub options: Option<Options>,
    /// `ARGOCD_AUTH_TOKEN`, where it is set: what argocd presents unless we present another.
    pub token: Option<Secret>,
    /// How long a call may take.
    pub timeout: Duration,
    /// The commands that hints name.
    pub commands: HintCommands,
    /// argocd's logins.
    pub logins: Logins,
    /// `ARGOCD_SERVER`, where it is set.
    pub server_variable: Option<String>,
}

/// Runs argocd.
#[derive(Clone)]
pub struct Client<'a> {
    pub(super) runner: &'a dyn Runner,
    pub(super) setup: Setup,
    /// The token that we present, instead of argocd's own login.
    pub(super) presents: Option<Secret>,
    pub(super) masks: Masks,
    pub(super) own_config: OwnConfig,
}

impl<'a> Client<'a> {
    /// A client with argocd's own login: its configuration and its variables.
    pub fn new(runner: &'a dyn Runner, setup: Setup) -> Self {
        let mut masks = Masks::default();
        if let Some(secret) = &setup.token {
            masks.add(secret);
        }
        for secret in setup.options.iter().flat_map(Options::secrets) {
            masks.add(&secret);
        }
        for header in &setup.connection.headers {
            // A server's answer may quote the value, or only the credential in it.
            let value = header.split_once(':').map_or("", |(_, value)| value);
            for secret in [header.as_str(), value].into_iter().chain(value.split(' ')) {
                if secret.len() >= 8 || secret == header {
                    masks.add(&Secret::new(secret));
                }
            }
        }
        Self {
            runner,
            setup,
            presents: None,
            masks,
            own_config: OwnConfig::default(),
        }
    }

    /// The same, presenting this token instead of argocd's own login.
    #[must_use]
    pub fn presenting(&self, token: &Secret) -> Self {
        let mut client = self.clone();
        client.masks.add(token);
        client.presents = Some(token.clone());
        client
    }

    /// Lets no call take longer than this.
    pub fn limit_time(&mut self, most: Duration) {
        self.setup.timeout = self.setup.timeout.min(most);
    }

    /// The token that is presented, where it is known: ours, or the variable's.
    pub fn presented(&self) -> Option<&Secret> {
        self.presents.as_ref().or(self.setup.token.as_ref())
    }

    /// The commands that hints name, for the same server.
    pub fn commands(&self) -> &HintCommands {
        &self.setup.commands
    }

    /// Starts the programs.
    pub fn runner(&self) -> &'a dyn Runner {
        self.runner
    }

    /// Waits; false if the user asks to stop.
    pub fn pause(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        loop {
            if self.runner.interrupted() {
                return false;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(Duration::from_millis(20)));
        }
    }

    /// What must not be shown.
    pub fn masks(&self) -> &Masks {
        &self.masks
    }

    /// Whether flags or `ARGOCD_OPTS` ask for core mode, in which authorisation is off. argocd's
    /// configuration may do so too: [`is_core`].
    pub fn asks_for_core(&self) -> bool {
        let opts = self.setup.options.as_ref();
        self.setup.connection.core || opts.is_some_and(|options| options.is_on("core"))
    }

    /// Which configuration of argocd was named, if one was.
    pub fn named_config(&self) -> Option<PathBuf> {
        let opts = self.setup.options.as_ref();
        let by_option = || Some(opts?.get("config")?.expose().into());
        self.setup.connection.config.clone().or_else(by_option)
    }

    /// argocd's logins.
    pub fn logins(&self) -> &Logins {
        &self.setup.logins
    }

    /// A call: the words, the connection, never a prompt.
    pub(super) fn call<I: Into<OsString>>(&self, words: impl IntoIterator<Item = I>) -> Invocation {
        let mut call = Invocation::new(&self.setup.program)
            .args(words)
            .args(self.setup.connection.flags.iter())
            .args(["--prompts-enabled=false"]);
        call.timeout = Some(self.setup.timeout);
        call.stdin = Stdin::Closed;
        call.masks = self.masks.clone();
        if let Some(token) = &self.presents {
            call = call.env(TOKEN_VARIABLE, token.clone());
        }
        call
    }

    /// The command by which the user does the same by hand: the words and the connection, and
    /// nothing secret.
    pub fn by_hand(&self, words: &[&str]) -> String {
        let mut call = Invocation::new("argocd")
            .args(words)
            .args(self.setup.connection.flags.iter());
        call.masks = self.masks.clone();
        call.to_string()
    }
}

impl std::fmt::Debug for Client<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("setup", &self.setup)
            .finish_non_exhaustive()
    }
}
