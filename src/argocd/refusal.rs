//! Why argocd, or the server behind it, said no: recognised from what it says, because its exit
//! code tells little. The texts are those of Argo CD 2.14 to 3.6.

use std::fmt;

use super::commands::HintCommands;
use crate::model::TokenOwner;

/// Why argocd said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// No one is logged in, or the login is no longer good.
    NotLoggedIn,
    /// The token that was presented has ended.
    TokenExpired,
    /// The token that was presented has been revoked, or was never made here.
    TokenRevoked,
    /// What was presented is not a token of this server.
    TokenInvalid,
    /// The token that was presented is from the future: two clocks differ.
    TokenNotYetValid,
    /// The account of the presented token is disabled.
    AccountDisabled,
    /// The caller may not do this.
    PermissionDenied,
    /// There is no such account.
    UnknownAccount(String),
    /// The account has no token with this id.
    UnknownToken,
    /// There is no such project.
    UnknownProject,
    /// The project has no such role.
    UnknownRole,
    /// The account may not have tokens.
    NoApiKey,
    /// A token with this id exists.
    DuplicateId,
    /// Someone changed the same object at the same time.
    LostRace,
    /// The server has no such action or resource; what it does have.
    NoSuchWord(String),
    /// The caller's own password is not this one.
    WrongPassword,
    /// The new password does not match this expression.
    WeakPassword(String),
    /// An SSO login must be fresh to change a password.
    StaleLogin,
    /// argocd does not take this as a duration.
    BadDuration,
    /// No server was named.
    NoServer,
    /// argocd's configuration has no such context.
    UnknownContext,
    /// The server was not reached.
    Unreachable,
    /// The server's certificate is not trusted.
    Untrusted,
    /// The server's certificate has ended, or has not begun.
    CertificateTime,
    /// The server's certificate is for other names: these, or none that a host can have.
    WrongName(Option<String>),
    /// The server wants a certificate of the caller's, or another one.
    ClientCertificate,
    /// Something between argocd and the server does not speak HTTP/2 as gRPC needs it.
    NeedsGrpcWeb,
    /// Something that is not Argo CD answered with this HTTP status.
    HttpStatus(u16),
    /// TLS to a server that speaks none.
    NotTls,
    /// No pod of the server to forward a port to, or no cluster.
    NoCluster,
    /// `accounts.<name>.enabled` of argocd-cm is not a boolean; its value.
    BrokenEnabled(String),
    /// A line of argocd-rbac-cm does not load; the line.
    BrokenPolicy(String),
    /// argocd wanted to ask something.
    NeedsTerminal,
    /// This argocd does not know the command or flag.
    TooOld,
    /// A signal ended it.
    Killed,
    /// Something else.
    Other,
}

/// A no of argocd, with everything it said.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// argocd's own words, without secrets.
    pub message: String,
    /// The call, without secrets.
    pub call: String,
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Whether it put something on stdout before that.
    pub printed: bool,
    /// Whose tokens the call was about, if about anyone's.
    pub owner: Option<TokenOwner>,
    /// The commands that hints name.
    pub commands: HintCommands,
}

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// The HTTP status of an answer that was not gRPC, and whether it was asked for gRPC-Web.
fn http_status(message: &str) -> Option<(u16, bool)> {
    let after = |text: &str| message.split_once(text).map(|(_, rest)| rest);
    let (rest, web) = match after("HTTP status code received from server: ") {
        Some(rest) => (rest, false),
        None => (after(" failed with status code ")?, true),
    };
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((digits.parse().ok()?, web))
}

/// The outermost gRPC code of a message.
fn rpc_code(message: &str) -> &str {
    between(message, "rpc error: code = ", " desc = ").unwrap_or("")
}

impl RefusalReason {
    /// Recognises the reason in argocd's own words; `printed` is what it put on stdout.
    pub fn recognise(code: Option<i32>, message: &str, printed: &str) -> Self {
        if code.is_none() {
            return Self::Killed;
        }
        let has = |text: &str| message.contains(text);
        // Broken settings first: they come wrapped into every other kind of error.
        if let Some(value) = between(message, "strconv.ParseBool: parsing \"", "\"") {
            return Self::BrokenEnabled(value.to_owned());
        }
        if has("error creating casbin enforcer") || has("invalid RBAC policy") {
            let line = message.rsplit_once("invalid RBAC policy: ");
            return Self::BrokenPolicy(line.map_or("", |(_, line)| line).trim().to_owned());
        }
        // grpc turns a proxy's status into a code of its own: a proxy's 403 does not come from Argo CD.
        match http_status(message) {
            Some((464, false)) => return Self::NeedsGrpcWeb,
            Some((status, _)) => return Self::HttpStatus(status),
            None => {}
        }
        match rpc_code(message) {
            "Unauthenticated" => return Self::of_session(message),
            "PermissionDenied" => return Self::PermissionDenied,
            "Aborted" => return Self::LostRace,
            "Unavailable" | "DeadlineExceeded" => return Self::of_connection(message),
            _ => {}
        }
        if let Some(name) = between(message, "account '", "' does not exist") {
            return Self::UnknownAccount(name.to_owned());
        }
        let known = [
            ("token with id '", Self::UnknownToken),
            ("does not have role", Self::UnknownRole),
            ("' does not exist in project '", Self::UnknownRole),
            ("the object has been modified", Self::LostRace),
            ("current password does not match", Self::WrongPassword),
            ("SSO token is too old", Self::StaleLogin),
            ("invalid since format", Self::BadDuration),
            ("server address unspecified", Self::NoServer),
            ("current-context unset", Self::UnknownContext),
            ("inappropriate ioctl for device", Self::NeedsTerminal),
            ("unknown flag", Self::TooOld),
            ("unknown shorthand flag", Self::TooOld),
            ("unknown command", Self::TooOld),
        ];
        if has("already has token with id") || (has("Token id") && has("has been used")) {
            return Self::DuplicateId;
        }
        if has("does not have apiKey capability") {
            return Self::NoApiKey;
        }
        if let Some((_, reason)) = known.into_iter().find(|(text, _)| has(text)) {
            return reason;
        }
        if has("appprojects.argoproj.io") && has("not found") {
            return Self::UnknownProject;
        }
        if let Some((_, pattern)) = message.split_once("does not match the following expression: ")
        {
            return Self::WeakPassword(pattern.trim().to_owned());
        }
        if let Some(words) = between(message, "[", "] does not contain ") {
            return Self::NoSuchWord(words.to_owned());
        }
        if has("Context '") && has("undefined") {
            return Self::UnknownContext;
        }
        if message == "EOF" {
            return Self::NeedsTerminal;
        }
        // Wrong usage that says nothing but how to use it.
        if message.is_empty() && code == Some(1) && printed.contains("Usage:") {
            return Self::TooOld;
        }
        Self::of_connection(message)
    }

    fn of_session(message: &str) -> Self {
        let has = |text: &str| message.contains(text);
        if has("token is expired") || has("token has expired") {
            Self::TokenExpired
        } else if has("not valid yet") || has("used before issued") {
            Self::TokenNotYetValid
        } else if has("does not have token with id") {
            Self::TokenRevoked
        } else if has("signature is invalid") || has("token is malformed") {
            Self::TokenInvalid
        } else if has("is disabled") {
            Self::AccountDisabled
        } else if let Some(name) = between(message, "account '", "' does not exist") {
            Self::UnknownAccount(name.to_owned())
        } else if has("does not have 'apiKey' capability") {
            Self::NoApiKey
        } else {
            Self::NotLoggedIn
        }
    }

    fn of_connection(message: &str) -> Self {
        let has = |text: &str| message.contains(text);
        if let Some(names) = between(message, "certificate is valid for ", ", not ") {
            Self::WrongName(Some(names.to_owned()))
        } else if has("doesn't contain any IP SANs")
            || has("certificate is not valid for any names")
            || has("certificate relies on legacy Common Name field")
        {
            Self::WrongName(None)
        } else if has("missing selected ALPN property") || has("tls: no application protocol") {
            Self::NeedsGrpcWeb
        } else if has("remote error: tls: ") && has("certificate") {
            Self::ClientCertificate
        } else if has("certificate has expired or is not yet valid") {
            Self::CertificateTime
        } else if has("x509:") || has("certificate") {
            Self::Untrusted
        } else if has("does not look like a TLS handshake")
            || has("server gave HTTP response to HTTPS client")
            || has("handshake failed: EOF")
            || message.ends_with("error creating connection: EOF")
            || (has("error creating connection") && has("connection reset by peer"))
        {
            Self::NotTls
        } else if has("cannot find pod with selector")
            || has("invalid configuration: no configuration has been provided")
            || has("error creating client config")
            || has("error loading config file")
            || has("kubeconfig")
        {
            Self::NoCluster
        } else if has("Failed to establish connection")
            || has("connection refused")
            || has("no such host")
            || has("i/o timeout")
            // With --grpc-web argocd posts by HTTP.
            || has("desc = Post \"")
            || ["Unavailable", "DeadlineExceeded"].contains(&rpc_code(message))
        {
            Self::Unreachable
        } else {
            Self::Other
        }
    }
}

impl Refusal {
    /// Whether it is certain that the call changed nothing, because it was refused before that.
    pub fn changed_nothing(&self) -> bool {
        if self.printed {
            return false;
        }
        match self.reason {
            RefusalReason::LostRace
            | RefusalReason::DuplicateId
            | RefusalReason::Killed
            | RefusalReason::Other => false,
            // Refused before Argo CD got to see it; of another status that is not certain.
            RefusalReason::HttpStatus(status) => matches!(status, 401 | 403 | 404 | 407 | 464),
            // Exit code 1, or no one who took the call: the connection was never made.
            RefusalReason::Unreachable | RefusalReason::NotTls => {
                self.code == Some(1)
                    || ["connection refused", "no such host"]
                        .iter()
                        .any(|text| self.message.contains(text))
            }
            _ => true,
        }
    }
}

/// argocd's own words, or how it ended where it printed nothing.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            _ if !self.message.is_empty() => write!(f, "argocd: {}", self.message),
            Some(code) => write!(f, "argocd ended with exit code {code} and printed nothing"),
            None => f.write_str("a signal ended argocd"),
        }
    }
}
