//! argocd's own configuration: whether its context works without a server.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::PathBuf;

use serde::Deserialize;

/// A larger file is not a configuration of argocd.
const LARGEST: usize = 1024 * 1024;

/// Where argocd keeps its configuration (`util/localconfig`): `ARGOCD_CONFIG_DIR`, else `~/.argocd`
/// where there is one, else `XDG_CONFIG_HOME/argocd`, else `~/.config/argocd`; the file `config`.
pub fn config_file<'a>(env: impl Fn(&str) -> Option<&'a OsStr>) -> Option<PathBuf> {
    let directory = |name| env(name).map(PathBuf::from);
    if let Some(own) = directory("ARGOCD_CONFIG_DIR") {
        return Some(own.join("config"));
    }
    let home = directory(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let legacy = home.as_ref().map(|home| home.join(".argocd"));
    if let Some(legacy) = legacy.filter(|legacy| legacy.exists()) {
        return Some(legacy.join("config"));
    }
    let base = directory("XDG_CONFIG_HOME").or_else(|| Some(home?.join(".config")))?;
    Some(base.join("argocd").join("config"))
}

#[derive(Deserialize)]
struct Config {
    #[serde(rename = "current-context", default)]
    current: String,
    #[serde(default)]
    contexts: Vec<ContextEntry>,
    #[serde(default)]
    servers: Vec<ServerEntry>,
    #[serde(skip)]
    entries: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct ContextEntry {
    #[serde(default)]
    name: String,
    #[serde(default)]
    server: String,
}

#[derive(Deserialize)]
struct ServerEntry {
    #[serde(default)]
    server: String,
    #[serde(default)]
    core: bool,
}

/// Whether the named context, or else the current one, works in core mode. What cannot be read
/// is not: argocd refuses it itself, with its own reason.
pub fn is_core(config: &str, context: Option<&str>) -> bool {
    // Hardly any configuration speaks of it, and then there is nothing to read.
    if !config.contains("core") {
        return false;
    }
    let Some(config) = read(config) else {
        return false;
    };
    let name = context.unwrap_or(&config.current);
    config.server_of(name).is_some_and(|(_, core)| core)
}

/// What argocd's configuration says of its logins.
#[derive(Clone, Debug, Default)]
pub struct Logins {
    /// The context whose login counts where none is named; empty where there is none.
    pub current: String,
    /// The server of each context, and whether it works in core mode.
    pub servers: BTreeMap<String, (String, bool)>,
    /// The settings of each server, such as TLS, without its login.
    entries: Vec<serde_json::Value>,
    /// Whether there is a configuration that only argocd may understand.
    pub(super) unreadable: bool,
}

impl Logins {
    /// Reads them; none where the configuration cannot be read.
    pub fn read(config: &str) -> Self {
        let Some(config) = read(config) else {
            return Self {
                unreadable: !config.trim().is_empty(),
                ..Self::default()
            };
        };
        let names = config.contexts.iter().map(|context| &context.name);
        let servers = names.filter_map(|name| {
            let (server, core) = config.server_of(name)?;
            Some((name.clone(), (server.to_owned(), core)))
        });
        let servers = servers.collect();
        Self {
            current: config.current,
            servers,
            entries: config.entries,
            unreadable: false,
        }
    }

    /// Whether the named context, or else the current one, works in core mode.
    pub fn is_core(&self, context: Option<&str>) -> bool {
        let context = self.servers.get(context.unwrap_or(&self.current));
        context.is_some_and(|(_, core)| *core)
    }

    /// The server of a context.
    pub fn server_of(&self, context: &str) -> Option<&str> {
        let (server, _) = self.servers.get(context)?;
        Some(server)
    }

    /// The context whose server is this one, the current one before others; `server` is
    /// [`comparable`].
    pub fn context_of(&self, server: &str) -> Option<&str> {
        let is_it = |name: &str| {
            let known = self.servers.get(name);
            known.is_some_and(|(known, core)| !core && comparable(known) == server)
        };
        if is_it(&self.current) {
            return Some(&self.current);
        }
        let mut names = self.servers.keys().map(String::as_str);
        names.find(|name| is_it(name))
    }

    fn entry(&self, context: &str) -> Option<&serde_json::Value> {
        let server = self.server_of(context)?;
        self.entries.iter().find(|entry| entry["server"] == *server)
    }

    /// Whether argocd speaks plain text to the server of a context.
    pub(super) fn is_plain_text(&self, context: &str) -> bool {
        let entry = self.entry(context);
        entry.is_some_and(|entry| entry["plain-text"] == true)
    }

    /// A configuration for argocd with the server of one context and no login.
    pub(super) fn without_login(&self, context: &str) -> Option<serde_json::Value> {
        let server = self.server_of(context)?;
        let entry = self.entry(context);
        let bare = serde_json::json!({"server": server});
        Some(serde_json::json!({
            "contexts": [{"name": context, "server": server, "user": context}],
            "current-context": context,
            "servers": [entry.unwrap_or(&bare)],
            "users": [{"name": context}],
        }))
    }
}

/// A server as argocd would remember it after a login with this path of gRPC-web: [`comparable`].
pub fn remembered(server: &str, grpc_web_root_path: Option<&str>) -> String {
    let root = grpc_web_root_path.unwrap_or_default().trim_matches('/');
    comparable(&format!("{}/{root}", comparable(server)))
}

/// A server without what makes no difference: the port that is meant anyway, and case.
pub fn comparable(server: &str) -> String {
    let server = server.to_lowercase();
    let server = server.trim_start_matches("https://").trim_end_matches('/');
    match server.split_once('/') {
        Some((host, path)) => format!("{}/{path}", host.trim_end_matches(":443")),
        None => server.trim_end_matches(":443").to_owned(),
    }
}

fn read(config: &str) -> Option<Config> {
    if config.len() > LARGEST {
        return None;
    }
    let mut read: Config = serde_yaml::from_str(config).ok()?;
    let all: serde_json::Value = serde_yaml::from_str(config).ok()?;
    read.entries = all["servers"].as_array().cloned().unwrap_or_default();
    Some(read)
}

impl Config {
    fn server_of(&self, context: &str) -> Option<(&str, bool)> {
        let mut contexts = self.contexts.iter();
        let context = contexts.find(|known| known.name == context)?;
        let mut servers = self.servers.iter();
        let server = servers.find(|server| server.server == context.server);
        Some((&context.server, server.is_some_and(|server| server.core)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "\
contexts:
- {name: kubernetes, server: kubernetes, user: kubernetes}
- name: prod
  server: argocd.example.com
  user: prod
current-context: kubernetes
prompts-enabled: false
servers:
- core: true
  server: kubernetes
- grpc-web-root-path: \"\"
  server: argocd.example.com
users:
- auth-token: eyJ
  name: prod
";

    #[test]
    fn the_context_that_counts_is_looked_at() {
        assert!(is_core(CONFIG, None));
        assert!(!is_core(CONFIG, Some("prod")));
        assert!(!is_core(CONFIG, Some("nowhere")));
        assert!(!is_core("core: [", None));
        assert!(!is_core("", None));
        let logins = Logins::read(CONFIG);
        assert_eq!(logins.current, "kubernetes");
        let prod = ("argocd.example.com".to_owned(), false);
        assert_eq!(logins.servers["prod"], prod);
        let local = ("kubernetes".to_owned(), true);
        assert_eq!(logins.servers["kubernetes"], local);
        assert!(Logins::read("contexts: [").servers.is_empty());
    }

    #[test]
    fn the_file_is_found_where_argocd_looks() {
        let home = tempfile::tempdir().unwrap();
        let find = |variables: &[(&'static str, &OsStr)]| {
            config_file(|name| {
                let mut found = variables.iter().filter(|(known, _)| *known == name);
                found.next().map(|(_, value)| *value)
            })
        };
        let home_variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let at_home = (home_variable, home.path().as_os_str());
        let own = OsStr::new("/own");
        assert_eq!(
            find(&[("ARGOCD_CONFIG_DIR", own), at_home]),
            Some("/own/config".into())
        );
        assert_eq!(
            find(&[("XDG_CONFIG_HOME", own), at_home]),
            Some("/own/argocd/config".into())
        );
        assert_eq!(
            find(&[at_home]),
            Some(home.path().join(".config/argocd/config"))
        );
        std::fs::DirBuilder::new()
            .create(home.path().join(".argocd"))
            .unwrap();
        assert_eq!(
            find(&[("XDG_CONFIG_HOME", own), at_home]),
            Some(home.path().join(".argocd/config"))
        );
        assert_eq!(find(&[]), None);
    }
}
