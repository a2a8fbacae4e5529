//! An Argo CD: its configuration in a namespace, and a server.

use super::cluster::{find, path};
use super::program::{Program, free_port};
use super::{Cluster, Session};

/// A running argocd-server with a namespace of its own.
pub struct ArgoCd {
    pub namespace: String,
    port: u16,
    tls: bool,
    pub program: Program,
}

impl ArgoCd {
    pub const PASSWORD: &str = "admin-password";
    /// bcrypt of it, at the lowest cost.
    const PASSWORD_HASH: &str = "$2b$04$8XWnSN4kgZOnQTMvWkOYnurgHp4IMGllnUxZ9PXyoG7RCoeHCOLcu";
    /// What the server signs tokens with.
    pub const SIGNATURE: &str = "0123456789abcdef0123456789abcdef";

    /// Installs Argo CD's own base configuration into a new namespace, by `kubectl apply` as most people
    /// do, and starts a server that speaks plain text.
    pub fn install(cluster: &Cluster, namespace: &str) -> Self {
        let session = Session::new(cluster);
        session
            .run(&format!(
                "kubectl create namespace {namespace} && \
                 for file in {}/manifests/base/config/argocd-*.yaml; do kubectl apply -n {namespace} -f $file || exit 1; done",
                cluster.sources.display()
            ))
            .ok();
        let secret = serde_json::json!({"stringData": {
            "admin.password": Self::PASSWORD_HASH,
            "admin.passwordMtime": "2026-01-01T00:00:00Z",
            "server.secretkey": Self::SIGNATURE,
        }});
        session
            .run(&format!(
                "kubectl patch secret -n {namespace} argocd-secret -p '{secret}'"
            ))
            .ok();
        Self::start(cluster, namespace, false)
    }

    /// Starts one more server for a namespace that has a configuration.
    pub fn start(cluster: &Cluster, namespace: &str, tls: bool) -> Self {
        let (port, metrics) = (free_port(), free_port());
        let mut program = Self::program(cluster, namespace, tls, port, metrics);
        let session = Session::new(cluster);
        let reach = Self::reach_of(port, tls);
        let (address, security) = reach.split_once(' ').unwrap();
        let ask = format!("timeout 20 argocd version --short --server {address} {security}");
        program.wait_until("argocd-server", || session.run(&ask).code == 0);
        Self {
            namespace: namespace.to_owned(),
            port,
            tls,
            program,
        }
    }

    fn program(cluster: &Cluster, namespace: &str, tls: bool, port: u16, metrics: u16) -> Program {
        let mut args: Vec<_> = [
            "--address",
            "127.0.0.1",
            "--port",
            &port.to_string(),
            "--metrics-address",
            "127.0.0.1",
            "--metrics-port",
            &metrics.to_string(),
            "--redis",
            &format!("127.0.0.1:{}", cluster.redis),
            "--redisdb",
            &(port % 64).to_string(),
            "--namespace",
            namespace,
            "--kubeconfig",
            cluster.kubeconfig.to_str().unwrap(),
            "--loglevel",
            "warn",
        ]
        .map(str::to_owned)
        .into();
        if !tls {
            args.push("--insecure".to_owned());
        }
        let home = super::janitor::directory().to_str().unwrap();
        Program::start(
            &find("argocd-server").unwrap(),
            &args,
            &[("PATH", &path()), ("HOME", home)],
        )
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server as arguments of `argocd login`: address, and how it is spoken to.
    pub fn reach(&self) -> String {
        Self::reach_of(self.port, self.tls)
    }

    fn reach_of(port: u16, tls: bool) -> String {
        let security = if tls { "--insecure" } else { "--plaintext" };
        format!("127.0.0.1:{port} {security}")
    }
}
