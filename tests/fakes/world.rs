//! An Argo CD small enough for tests: accounts, project roles, their tokens, and rules.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::words::{Words, matches};
use super::{Answer, locked};

#[derive(Deserialize, Serialize)]
struct World {
    /// Who argocd is logged in as; nobody where it is null.
    login: Option<String>,
    #[serde(default)]
    accounts: BTreeMap<String, Account>,
    /// Roles of projects: `project/role`.
    #[serde(default)]
    roles: BTreeMap<String, Vec<Token>>,
    /// `subject, action, resource, object`; `*` in an object stands for any text.
    #[serde(default)]
    allow: Vec<[String; 4]>,
    #[serde(default)]
    applications: Vec<String>,
    #[serde(default)]
    clusters: Vec<String>,
    version: String,
    /// Claims that are added to, or stand in place of, those of every token made.
    #[serde(default)]
    claims: serde_json::Map<String, Value>,
    /// The id under which every token is registered, whatever was asked for.
    #[serde(default)]
    registers: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct Account {
    enabled: bool,
    capabilities: Vec<String>,
    #[serde(default)]
    tokens: Vec<Token>,
    #[serde(default)]
    password: String,
}

#[derive(Clone, Deserialize, Serialize)]
struct Token {
    id: String,
    iat: i64,
    exp: i64,
}

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(now.expect("after 1970").as_secs()).expect("before the end of time")
}

fn claims_of(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

/// The id of a token.
pub(crate) fn id_of(token: &str) -> Option<String> {
    Some(claims_of(token)?["jti"].as_str()?.to_owned())
}

/// Answers a call, and lets it have its effect.
pub(crate) fn answer(directory: &Path, argv: &[String]) -> Answer {
    locked(directory, || {
        let path = directory.join("world.json");
        let text = std::fs::read_to_string(&path).expect("world.json is there");
        let mut world: World = serde_json::from_str(&text).expect("world.json is a world");
        let answer = world.call(directory, argv).unwrap_or_else(|answer| answer);
        let now = serde_json::to_string_pretty(&world).expect("a world is JSON");
        if now != text {
            // Whole or not at all: a test may kill the fake at any time.
            let next = directory.join(format!("world.{}", std::process::id()));
            std::fs::write(&next, now).expect("a world can be written");
            std::fs::rename(&next, &path).expect("a world can take its place");
        }
        answer
    })
}

fn rpc(code: &str, text: &str) -> Answer {
    Answer::fatal(20, &format!("rpc error: code = {code} desc = {text}"))
}

fn pretty(value: &Value) -> Answer {
    Answer::ok(format!("{value:#}\n"))
}

impl World {
    #[expect(clippy::too_many_lines, reason = "a table: a call and its answer")]
    fn call(&mut self, directory: &Path, argv: &[String]) -> Result<Answer, Answer> {
        let words = Words(argv);
        match words.plain()[..] {
            ["version"] => Ok(pretty(&json!({
                "client": {"Version": "v3.5.1"}, "server": {"Version": self.version}
            }))),
            ["account", "get-user-info"] => Ok(match self.caller() {
                Ok(name) => pretty(&json!({"loggedIn": true, "username": name, "iss": "argocd"})),
                Err(_) => Answer::ok("{}\n"),
            }),
            ["account", "list"] => {
                let caller = self.caller()?;
                let seen = self.accounts.iter();
                let seen = seen.filter(|(name, _)| caller == "admin" || **name == caller);
                Ok(pretty(&seen.map(|(n, a)| shown(n, a)).collect()))
            }
            ["account", "get"] => {
                let name = words.flag("--account").unwrap_or_default();
                self.may("get", name)?;
                Ok(pretty(&shown(name, self.account(name)?)))
            }
            ["account", "can-i", action, resource, object] => {
                let caller = self.caller()?;
                Ok(self.can_i(&caller, action, resource, object))
            }
            ["account", "generate-token"] => {
                let name = words.flag("--account").unwrap_or_default().to_owned();
                self.may("update", &name)?;
                let id = words.flag("--id").expect("ids are explicit").to_owned();
                let span = words.flag("--expires-in");
                let registers = self.registers.clone();
                let account = self.account(&name)?;
                let failed = "failed to update account with new token";
                if account.tokens.iter().any(|token| token.id == id) {
                    let text = format!("{failed}: account already has token with id '{id}'");
                    return Err(rpc("Unknown", &text));
                }
                if !account.capabilities.iter().any(|word| word == "apiKey") {
                    let text = format!("account '{name}' does not have apiKey capability");
                    return Err(rpc("Unknown", &format!("{failed}: {text}")));
                }
                let token = Token::new(registers.unwrap_or(id), span);
                account.tokens.insert(0, token.clone());
                Ok(self.signed(directory, &format!("{name}:apiKey"), &token))
            }
            ["account", "delete-token", id] => {
                let name = words.flag("--account").unwrap_or_default();
                self.may("update", name)?;
                let account = self.account(name)?;
                let Some(at) = account.tokens.iter().position(|token| token.id == id) else {
                    let text = format!("token with id '{id}' does not exist");
                    return Err(rpc("NotFound", &text));
                };
                account.tokens.remove(at);
                Ok(Answer::ok(""))
            }
            ["proj", "role", "create-token", project, role] => {
                self.may("update", project)?;
                let id = words.flag("-i").expect("ids are explicit").to_owned();
                let tokens = self.role(project, role)?;
                if tokens.iter().any(|token| token.id == id) {
                    let text = format!("Token id '{id}' has been used. ");
                    return Err(rpc("InvalidArgument", &text));
                }
                let token = Token::new(id, words.flag("-e"));
                tokens.insert(0, token.clone());
                Ok(self.signed(directory, &format!("proj:{project}:{role}"), &token))
            }
            ["proj", "role", "list-tokens", project, role] => {
                self.may("get", project)?;
                let tokens = self.role(project, role)?;
                if tokens.is_empty() {
                    return Ok(Answer::ok(format!("No tokens for {project}.{role}\n")));
                }
                let mut table = "ID    ISSUED AT    EXPIRES AT\n".to_owned();
                for Token { id, iat, exp } in tokens {
                    writeln!(table, "{id}    {iat}    {exp}").expect("a text takes all");
                }
                Ok(Answer::ok(table))
            }
            ["proj", "role", "delete-token", project, role, second] => {
                self.may("update", project)?;
                let second: i64 = second.parse().expect("a second");
                let tokens = self.role(project, role)?;
                if let Some(at) = tokens.iter().position(|token| token.iat == second) {
                    tokens.remove(at);
                }
                Ok(Answer::ok(""))
            }
            ["app", "list"] => {
                let caller = self.caller()?;
                let mut seen = String::new();
                for app in &self.applications {
                    if self.allowed(&caller, "get", "applications", app) {
                        writeln!(seen, "argocd/{app}").expect("a text takes all");
                    }
                }
                Ok(Answer::ok(seen))
            }
            ["cluster", "list"] => {
                let caller = self.caller()?;
                let mut seen = String::new();
                for cluster in &self.clusters {
                    if self.allowed(&caller, "get", "clusters", cluster) {
                        writeln!(seen, "{cluster}").expect("a text takes all");
                    }
                }
                Ok(Answer::ok(seen))
            }
            ["account", "update-password"] => self.update_password(&words),
            _ => Err(Answer {
                code: 1,
                stdout: "Manage account settings\n\nUsage:\n".to_owned(),
                stderr: String::new(),
            }),
        }
    }

    /// Who calls: the token's subject, or argocd's own login.
    fn caller(&self) -> Result<String, Answer> {
        let session = |text: &str| rpc("Unauthenticated", text);
        let option = std::env::var("ARGOCD_OPTS").ok().and_then(|opts| {
            let (_, token) = opts.split_once("--auth-token ")?;
            Some(token.split(' ').next()?.to_owned())
        });
        let variable = std::env::var("ARGOCD_AUTH_TOKEN").ok();
        let Some(token) = option.or(variable).filter(|token| !token.is_empty()) else {
            return self
                .login
                .clone()
                .ok_or_else(|| session("no session information"));
        };
        let invalid = |text: &str| session(&format!("invalid session: {text}"));
        let claims = claims_of(&token).ok_or_else(|| invalid("token is malformed: x"))?;
        let (sub, id) = (&claims["sub"], &claims["jti"]);
        let (sub, id) = (sub.as_str().unwrap_or(""), id.as_str().unwrap_or(""));
        if claims["exp"].as_i64().is_some_and(|exp| exp <= now()) {
            return Err(invalid("token has invalid claims: token is expired"));
        }
        if let Some(role) = sub.strip_prefix("proj:") {
            let tokens = self.roles.get(&role.replace(':', "/"));
            if tokens.is_some_and(|tokens| tokens.iter().any(|token| token.id == id)) {
                return Ok(sub.to_owned());
            }
            return Err(invalid("token does not exist in project"));
        }
        let name = sub.split(':').next().unwrap_or_default();
        let Some(account) = self.accounts.get(name) else {
            let text = format!("rpc error: code = NotFound desc = account '{name}' does not exist");
            return Err(invalid(&text));
        };
        if !account.enabled {
            return Err(invalid(&format!("account {name} is disabled")));
        }
        if !account.tokens.iter().any(|token| token.id == id) {
            return Err(invalid(&format!(
                "account {name} does not have token with id {id}"
            )));
        }
        Ok(name.to_owned())
    }

    /// Lets the administrator and the account itself pass.
    fn may(&self, action: &str, name: &str) -> Result<(), Answer> {
        let caller = self.caller()?;
        if caller == "admin" || caller == name {
            return Ok(());
        }
        let text = format!("permission denied: accounts, {action}, {name}, sub: {caller}");
        Err(rpc("PermissionDenied", &text))
    }

    fn account(&mut self, name: &str) -> Result<&mut Account, Answer> {
        let missing = rpc("NotFound", &format!("account '{name}' does not exist"));
        self.accounts.get_mut(name).ok_or(missing)
    }

    fn role(&mut self, project: &str, role: &str) -> Result<&mut Vec<Token>, Answer> {
        let known = |key: &&String| key.starts_with(&format!("{project}/"));
        if !self.roles.keys().any(|key| known(&key)) {
            let text = format!("appprojects.argoproj.io \"{project}\" not found");
            return Err(rpc("NotFound", &text));
        }
        let text = format!("project '{project}' does not have role '{role}'");
        let tokens = self.roles.get_mut(&format!("{project}/{role}"));
        tokens.ok_or_else(|| rpc("NotFound", &text))
    }

    fn allowed(&self, subject: &str, action: &str, resource: &str, object: &str) -> bool {
        self.allow.iter().any(|[sub, act, res, pattern]| {
            sub == subject
                && (act == action || act == "*")
                && (res == resource || res == "*")
                && matches(pattern, object)
        })
    }

    fn can_i(&self, caller: &str, action: &str, resource: &str, object: &str) -> Answer {
        const ACTIONS: &str = "get create update delete sync override action invoke";
        const RESOURCES: &str = "clusters projects applications applicationsets repositories \
            write-repositories certificates accounts gpgkeys logs exec extensions";
        for (word, known) in [(action, ACTIONS), (resource, RESOURCES)] {
            if !known.split_whitespace().any(|other| other == word) {
                let known: Vec<_> = known.split_whitespace().collect();
                let text = format!("[{}] does not contain {word}", known.join(" "));
                return rpc("InvalidArgument", &text);
            }
        }
        let yes = self.allowed(caller, action, resource, object);
        Answer::ok(if yes { "yes\n" } else { "no\n" })
    }

    /// The token as it is printed; it is noted, so that tests can look for it.
    fn signed(&self, directory: &Path, sub: &str, token: &Token) -> Answer {
        let mut claims = json!({"iss": "argocd", "sub": sub});
        if token.exp > 0 {
            claims["exp"] = token.exp.into();
        }
        claims["nbf"] = token.iat.into();
        claims["iat"] = token.iat.into();
        claims["jti"] = token.id.clone().into();
        for (name, value) in &self.claims {
            claims[name] = value.clone();
        }
        let part = |text: String| URL_SAFE_NO_PAD.encode(text);
        let secret = format!("signature-of-{}-{}", std::process::id(), token.id);
        let head = part(r#"{"alg":"HS256","typ":"JWT"}"#.to_owned());
        let token = format!("{head}.{}.{}", part(claims.to_string()), part(secret));
        let path = directory.join("made");
        let made = std::fs::read_to_string(&path).unwrap_or_default();
        // Whole or not at all, as the world itself.
        let next = directory.join(format!("made.{}", std::process::id()));
        std::fs::write(&next, format!("{made}{token}\n")).expect("made can be written");
        std::fs::rename(&next, &path).expect("made can take its place");
        Answer::ok(format!("{token}\n"))
    }

    fn update_password(&mut self, words: &Words<'_>) -> Result<Answer, Answer> {
        use std::io::Write;
        let caller = self.caller()?;
        let name = words.flag("--account").unwrap_or_default().to_owned();
        #[cfg(unix)]
        let terminal = rustix::termios::isatty(std::io::stdin());
        #[cfg(not(unix))]
        let terminal = false;
        print!("*** Enter password of currently logged in user ({caller}): ");
        let _ = std::io::stdout().flush();
        if !terminal {
            return Err(Answer::fatal(20, "inappropriate ioctl for device"));
        }
        let read = || {
            let mut line = String::new();
            std::io::stdin()
                .read_line(&mut line)
                .expect("a line is typed");
            println!();
            line.trim_end_matches('\n').to_owned()
        };
        let current = read();
        let new = loop {
            print!("*** Enter new password for user {name}: ");
            let _ = std::io::stdout().flush();
            let new = read();
            print!("*** Confirm new password for user {name}: ");
            let _ = std::io::stdout().flush();
            if read() == new {
                break new;
            }
        };
        let known = self.account(&caller)?.password.clone();
        if known != current {
            return Err(rpc("InvalidArgument", "current password does not match"));
        }
        self.may("update", &name)?;
        self.account(&name)?.password = new;
        Ok(Answer::ok("Password updated\n"))
    }
}

impl Token {
    fn new(id: String, span: Option<&str>) -> Self {
        let seconds = span.map_or(0, |span| {
            let (number, unit) = span.split_at(span.len() - 1);
            let unit = match unit {
                "d" => 86_400,
                "h" => 3_600,
                "m" => 60,
                _ => 1,
            };
            number.parse::<i64>().expect("a number") * unit
        });
        let iat = now();
        let exp = if seconds == 0 { 0 } else { iat + seconds };
        Self { id, iat, exp }
    }
}

/// An account as `-o json` shows it: without what is false, zero or empty.
fn shown(name: &str, account: &Account) -> Value {
    let mut value = json!({"name": name});
    if account.enabled {
        value["enabled"] = true.into();
    }
    if !account.capabilities.is_empty() {
        value["capabilities"] = json!(account.capabilities);
    }
    if !account.tokens.is_empty() {
        let token = |token: &Token| {
            let mut value = json!({"id": token.id, "issuedAt": token.iat});
            if token.exp > 0 {
                value["expiresAt"] = token.exp.into();
            }
            value
        };
        value["tokens"] = account.tokens.iter().map(token).collect();
    }
    value
}
