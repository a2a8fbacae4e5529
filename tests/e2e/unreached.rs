//! What is at the address is not Argo CD: the real argocd's words for it, and what the plugin advises.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::system::{Session, cluster};

/// An odd server, killed when it is dropped.
struct Odd {
    child: Child,
    port: u16,
}

impl Odd {
    fn start(user: &Session, kind: &str, certificate: &str) -> Self {
        let mut command = Command::new("python3");
        command
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/e2e/system/odd_server.py"
            ))
            .args([
                kind,
                &format!("{certificate}.crt"),
                &format!("{certificate}.key"),
            ])
            .current_dir(user.path())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Self { child, port }
    }
}

impl Drop for Odd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Certificates of an authority of ours: a good one, one that has expired, one for another name and one for none.
const CERTIFICATES: &str = r#"set -e
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -subj /CN=odd
make() {
  openssl req -newkey rsa:2048 -nodes -keyout $1.key -subj /CN=$1 |
    openssl x509 -req -CA ca.crt -CAkey ca.key -out $1.crt -days $2 -set_serial $RANDOM -extfile <(echo "subjectAltName=$3")
}
make good 2 IP:127.0.0.1,DNS:localhost
make expired -1 IP:127.0.0.1
make other 2 DNS:argocd.example.com
make none 2 email:nobody@example.com"#;

/// What is at the address; its certificate; the options; argocd's words; the advice.
const SERVERS: &str = "\
eof  | good    |                       | error creating connection | use --plaintext
tls  | good    | --server-crt ca.crt   | missing selected ALPN     | gRPC: --grpc-web
464  | good    | --server-crt ca.crt   | 464                       | gRPC: --grpc-web
464  | good    | --insecure --grpc-web | 464                       | target group
403  | good    | --server-crt ca.crt   | 403 (Forbidden)           | a proxy in front
401  | good    | --insecure --grpc-web | 401                       | a proxy in front
404  | good    | --server-crt ca.crt   | 404 (Not Found)           | --grpc-web-root-path
503  | good    | --server-crt ca.crt   | 503 (Service Unavailable) | pods of argocd-server
200  | good    |                       | unknown authority         | --server-crt FILE
200  | expired | --server-crt ca.crt   | has expired               | renew the server's certificate
200  | other   | --server-crt ca.crt   | any IP SANs               | by a DNS name
200  | none    | --server-crt ca.crt   | any IP SANs               | by a DNS name
";

#[test]
fn the_advice_fits_what_is_at_the_address() {
    let Some(cluster) = cluster() else { return };
    let user = Session::new(cluster).with_env("NO_PROXY", "*");
    user.run(CERTIFICATES).ok();
    let claims = r#"{"iss":"argocd","sub":"octopus:apiKey","jti":"octopus-1","iat":1,"nbf":1}"#;
    let encode = "base64 -w 0 | tr -d = | tr '/+' '_-'";
    let token = user
        .run(&format!(
            r#"printf '%s.%s.c2ln' "$(printf '{{"alg":"HS256","typ":"JWT"}}' | {encode})" "$(printf '%s' '{claims}' | {encode})""#
        ))
        .ok();
    let advises = |options: &str, words: &str, advice: &str| {
        let verify = "kubectl octopus-argo verify --token-file - --timeout 60s --server";
        let run = user.run_with_stdin(&format!("{verify} {options}"), &token);
        run.refused(4, &[words, advice]);
        assert!(!run.stderr.contains(&token), "{}", run.stderr);
    };
    for line in SERVERS.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [kind, certificate, options, words, advice] = cells[..] else {
            panic!("{line}");
        };
        let odd = Odd::start(&user, kind, certificate);
        advises(&format!("127.0.0.1:{} {options}", odd.port), words, advice);
    }
    let odd = Odd::start(&user, "200", "other");
    advises(
        &format!("localhost:{} --server-crt ca.crt", odd.port),
        "not localhost",
        "(argocd.example.com)",
    );
    advises("127.0.0.1:9", "connection refused", "nothing listens there");
    // A machine without DNS times out instead.
    advises(
        "argocd.nowhere.invalid",
        "lookup argocd.nowhere.invalid",
        "--port-forward",
    );
}
