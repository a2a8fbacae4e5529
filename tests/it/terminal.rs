//! Reports in terminals, which are as wide as they are, and in files.

use crate::common::Sandbox;

const LIVE: &str = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: argocd-cm, labels: {app.kubernetes.io/part-of: argocd}}
  data:
    accounts.octopus: apiKey
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: argocd-rbac-cm, labels: {app.kubernetes.io/part-of: argocd}}
  data:
    policy.default: role:readonly
    policy.csv: |
      p, role:platform-administrators, applications, *, */*, allow
      p, role:platform-administrators, exec, create, team-alpha-production/*, allow
      p, role:dev, applications, sync, team-alpha-production/checkout-service, allow
      p, role:dev, applicationz, sync, team-alpha-production/checkout-service, allow
      g, acme-corporation:platform-team, role:platform-administrators
      g, acme-corporation:developers, role:dev
";

const APPS: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: checkout-service-production
  annotations:
    argo.octopus.com/project: checkout-service
    argo.octopus.com/environment: production
spec:
  project: team-alpha-production
  source:
    repoURL: https://git.example.com/team-alpha/deployments.git
    path: services/checkout
    targetRevision: main
";

const COMMANDS: [&str; 9] = [
    "check -f live.yaml",
    "check -f live.yaml -v",
    "compare live.yaml new.yaml",
    "matrix -f live.yaml",
    "who-can sync app team-alpha-production/checkout-service -f live.yaml",
    "lint -f live.yaml",
    "apps -f apps.yaml",
    "can acme-corporation:developers sync app team-alpha-production/checkout-service -f live.yaml",
    "diff -f live.yaml",
];

fn sandbox() -> Sandbox {
    let new = LIVE
        .replace("role:readonly", "")
        .replace("exec, create", "exec, *");
    Sandbox::new()
        .with("live.yaml", LIVE)
        .with("new.yaml", new)
        .with("apps.yaml", APPS)
}

/// The lines of a report without what `lint` marks and the texts that `diff` shows.
fn longest(stdout: &str) -> usize {
    let lines = stdout
        .lines()
        .filter(|line| !line.starts_with(['+', '-', ' ', '|']));
    lines
        .map(|line| line.chars().count())
        .max()
        .unwrap_or_default()
}

#[test]
fn no_report_is_wider_than_the_terminal() {
    let sandbox = sandbox();
    for command in COMMANDS {
        for width in [80, 100] {
            let run = sandbox
                .command(command)
                .args("--color never")
                .columns(width)
                .run();
            assert!(longest(&run.stdout) <= width, "{command}:\n{}", run.stdout);
            assert!(!run.stdout.is_empty(), "{command}: {}", run.stderr);
        }
    }
}

#[test]
fn no_line_of_a_report_is_longer_than_120_characters() {
    let sandbox = sandbox();
    // The columns of `apps` and `matrix` are as wide as what is in them.
    let narrow = |command: &&&str| !command.starts_with("apps") && !command.starts_with("matrix");
    for command in COMMANDS.iter().filter(narrow) {
        let run = sandbox.command(command).run();
        assert!(longest(&run.stdout) < 120, "{command}:\n{}", run.stdout);
    }
}

#[test]
fn a_report_in_a_narrow_terminal() {
    let sandbox = sandbox();
    let run = |command: &str| {
        sandbox
            .command(command)
            .args("--color never -q")
            .columns(80)
            .run()
    };
    snapbox::assert_data_eq!(
        run("apps -f apps.yaml").stdout,
        snapbox::str![[r#"
APPLICATION   checkout-service-production
SOURCE        1
REPO          https://git.example.com/team-alpha/deployments.git
PATH          services/checkout
REVISION      main
PROJECT       checkout-service
ENVIRONMENT   production
TENANT        -
UPDATED       yes

"#]]
    );
    snapbox::assert_data_eq!(
        run("compare live.yaml new.yaml").stdout,
        snapbox::str![[r#"
~ policy.default: role:readonly → not set
- (everybody) loses: 10 permissions of role:readonly, on applications,
  applicationsets, certificates, clusters and 6 more
    for example get applications some-project/some-app
    before: default role role:readonly: built-in policy:1: p, role:readonly,
      applications, get, */*, allow
    after: no rule

"#]]
    );
    snapbox::assert_data_eq!(
        run("matrix -f live.yaml --subject role:dev").stdout,
        snapbox::str![[r#"
SUBJECT        RESOURCE            OBJECT                        ACTIONS  EFFECT
(everybody)    has role:readonly
role:dev       applications        team-alpha-production/        sync     allow
                                   checkout-service
role:dev       applicationz        team-alpha-production/        sync     none
                                   checkout-service
role:readonly  applications        */*                           get      allow
role:readonly  applicationsets     */*                           get      allow
role:readonly  certificates        *                             get      allow
role:readonly  clusters            *                             get      allow
role:readonly  repositories        *                             get      allow
role:readonly  write-repositories  *                             get      allow
role:readonly  projects            *                             get      allow
role:readonly  accounts            *                             get      allow
role:readonly  gpgkeys             *                             get      allow
role:readonly  logs                */*                           get      allow

"#]]
    );
}
