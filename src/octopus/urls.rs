//! Addresses that the gateway is told: what is wrong with one is known long before its pod fails.

use crate::error::{Error, Result};

/// An address of a gRPC server: `grpc://HOST[:PORT]`.
///
/// # Errors
/// [`crate::error::Kind::Usage`], with what was probably meant.
pub(super) fn grpc(option: &str, url: &str, needs_port: bool) -> Result<()> {
    let wrong = |what: &str| Error::usage(format!("{option} `{}`: {what}", url.escape_debug()));
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(wrong("it has no scheme").hint(format!("write grpc://{url}")));
    };
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if scheme != "grpc" {
        return Err(wrong("the gateway speaks gRPC").hint(if needs_port {
            format!("write grpc://{host}:8443")
        } else {
            format!("write grpc://{rest}")
        }));
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    authority_is_plain(authority).map_err(&wrong)?;
    if !path.is_empty() || rest.contains(['?', '#']) {
        return Err(wrong("it has a path, which gRPC does not support")
            .hint("a server below a path is reached with --grpc-web-root-path"));
    }
    if rest.ends_with('/') {
        return Err(wrong("it ends with a slash").hint(format!("write grpc://{authority}")));
    }
    if needs_port && !has_port(authority) {
        return Err(wrong("it has no port").hint(format!(
            "Octopus Deploy usually listens at grpc://{authority}:8443"
        )));
    }
    Ok(())
}

/// An address for people and REST: `https://HOST[:PORT][/PATH]`.
///
/// # Errors
/// [`crate::error::Kind::Usage`].
pub(super) fn web(option: &str, url: &str) -> Result<()> {
    let wrong = |what: &str| Error::usage(format!("{option} `{}`: {what}", url.escape_debug()));
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(wrong("it has no scheme").hint(format!("write https://{url}")));
    };
    if !matches!(scheme, "https" | "http") {
        return Err(wrong("it is not a URL for a browser").hint("write https://HOST"));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority_is_plain(authority).map_err(&wrong)?;
    if rest.contains(['?', '#']) || rest.contains(char::is_whitespace) {
        return Err(wrong("it has more than a host and a path"));
    }
    Ok(())
}

/// `HOST` or `HOST:PORT`, and nothing that is a secret.
fn authority_is_plain(authority: &str) -> Result<(), &'static str> {
    if authority.contains('@') {
        return Err("it holds a name or a password; the gateway gets tokens from Secrets");
    }
    let (host, port) = match authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((host, port)) => {
            if host.parse::<std::net::Ipv6Addr>().is_err() {
                return Err("its host is not an IPv6 address");
            }
            return match port.strip_prefix(':') {
                None if port.is_empty() => Ok(()),
                Some(port) => port_is_one(port),
                None => Err("its port cannot be read"),
            };
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == '_';
    if host.is_empty() {
        return Err("it has no host");
    }
    if !host.chars().all(fits) {
        return Err("its host has an invalid character");
    }
    port.map_or(Ok(()), port_is_one)
}

fn port_is_one(port: &str) -> Result<(), &'static str> {
    let digits = port.chars().all(|c| c.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(1..) if digits => Ok(()),
        _ => Err("its port is not between 1 and 65535"),
    }
}

fn has_port(authority: &str) -> bool {
    authority
        .rsplit(']')
        .next()
        .is_some_and(|rest| rest.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_grpc_servers() {
        for fine in [
            "grpc://a.b:8443",
            "grpc://10.0.0.1:1",
            "grpc://[::1]:8443",
            "grpc://a-b_c:65535",
        ] {
            grpc("--x", fine, true).unwrap();
        }
        grpc(
            "--x",
            "grpc://argocd-server.argocd.svc.cluster.local",
            false,
        )
        .unwrap();
        for (url, said) in [
            ("a.b:8443", "no scheme"),
            ("https://a.b", "speaks gRPC"),
            ("grpcs://a.b:1", "speaks gRPC"),
            ("grpc://", "no host"),
            ("grpc://a.b", "no port"),
            ("grpc://a.b:8443/", "ends with a slash"),
            ("grpc://a.b:8443/x", "has a path"),
            ("grpc://a.b:8443?x", "its port is not between"),
            ("grpc://u:p@a.b:8443", "a name or a password"),
            ("grpc://a.b:0", "its port is not between"),
            ("grpc://a.b:65536", "its port is not between"),
            ("grpc://a.b:+1", "its port is not between"),
            ("grpc://a b:1", "invalid character"),
            ("grpc://[::x]:1", "not an IPv6"),
            ("grpc://[::1]", "no port"),
            ("grpc://[::1]x", "cannot be read"),
            ("grpc://a\n:1", "invalid character"),
        ] {
            let error = grpc("--x", url, true).unwrap_err().to_string();
            assert!(error.contains(said), "{url}: {error}");
            assert!(!error.contains('\n'));
        }
    }

    #[test]
    fn addresses_for_browsers() {
        for fine in ["https://a.b", "http://localhost:8080", "https://a.b/argo/"] {
            web("--x", fine).unwrap();
        }
        for (url, said) in [
            ("a.b", "no scheme"),
            ("grpc://a.b", "not a URL for a browser"),
            ("https://u@a.b", "a name or a password"),
            ("https://a.b?x=1", "more than a host"),
            ("https:///x", "no host"),
            ("https://a.b/x y", "more than a host"),
        ] {
            let error = web("--x", url).unwrap_err().to_string();
            assert!(error.contains(said), "{url}: {error}");
        }
    }
}
