//! Values, Application, command.

use kubectl_octopus_argo::model::{FieldKind, Gateway};
use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::{FULL, gateway, parsed, silent_about, token};
use crate::common::Sandbox;

#[test]
fn values_name_the_secrets() {
    let sandbox = Sandbox::new();
    let run = gateway(&sandbox, "values").args(FULL).run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
# Values of the Octopus Argo CD gateway (chart octopusdeploy/octopus-argocd-gateway-chart).
registration:
  octopus:
    name: prod
    serverApiUrl: https://example.octopus.app
    serverAccessTokenSecretName: octopus-server-access-token
    serverAccessTokenSecretKey: OCTOPUS_SERVER_ACCESS_TOKEN
    spaceId: Spaces-1
    environments:
    - dev
    - production
gateway:
  octopus:
    serverGrpcUrl: grpc://example.octopus.app:8443
  argocd:
    serverGrpcUrl: grpc://argocd-server.argocd.svc.cluster.local
    authenticationTokenSecretName: argocd-auth-token
    authenticationTokenSecretKey: ARGOCD_AUTH_TOKEN
---- stderr
note: the gateway verifies Argo CD's certificate, which is self-signed by default: name it with --certificate-secret
next: helm upgrade --install octopus-gateway oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart --namespace octopus-gateway --create-namespace -f values.yaml
---- exit code 0

"#]]
    );
}

#[test]
fn the_application_holds_the_same_values_and_stands_still() {
    let sandbox = Sandbox::new();
    let values = gateway(&sandbox, "values").args(FULL).run().stdout_of(0);
    let run = gateway(
        &sandbox,
        "application --chart-version 1.2.3 --application-project platform -n argo",
    )
    .args(FULL)
    .args("--argocd-grpc-url grpc://argocd-server.argocd.svc.cluster.local")
    .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: octopus-gateway
  namespace: argo
spec:
  project: platform
  destination:
    server: https://kubernetes.default.svc
    namespace: octopus-gateway
  source:
    repoURL: registry-1.docker.io/octopusdeploy
    chart: octopus-argocd-gateway-chart
    targetRevision: "1.2.3"
    helm:
      releaseName: octopus-gateway
      valuesObject:
        # Values of the Octopus Argo CD gateway (chart octopusdeploy/octopus-argocd-gateway-chart).
        registration:
          octopus:
            name: prod
            serverApiUrl: https://example.octopus.app
            serverAccessTokenSecretName: octopus-server-access-token
            serverAccessTokenSecretKey: OCTOPUS_SERVER_ACCESS_TOKEN
            spaceId: Spaces-1
            environments:
            - dev
            - production
        gateway:
          octopus:
            serverGrpcUrl: grpc://example.octopus.app:8443
          argocd:
            serverGrpcUrl: grpc://argocd-server.argocd.svc.cluster.local
            authenticationTokenSecretName: argocd-auth-token
            authenticationTokenSecretKey: ARGOCD_AUTH_TOKEN
        # Argo CD keeps the release as Git has it; the gateway's own updater would fight that.
        autoUpdate:
          enabled: false
  syncPolicy:
    syncOptions:
    - CreateNamespace=true
---- stderr
note: the gateway verifies Argo CD's certificate, which is self-signed by default: name it with --certificate-secret
next: make the Secrets that it names, then commit it, or: kubectl apply --server-side -n argo -f -; it installs octopus-gateway
---- exit code 0

"#]]
    );
    let application = parsed(&run.stdout);
    let mut inside = application["spec"]["source"]["helm"]["valuesObject"].clone();
    assert_eq!(inside["autoUpdate"], json!({"enabled": false}));
    inside.as_object_mut().unwrap().remove("autoUpdate");
    assert_eq!(inside, parsed(&values));
}

#[test]
fn the_command_is_one_command_with_every_value_in_a_word() {
    let sandbox = Sandbox::new();
    let run = gateway(&sandbox, "command --chart-version 1.2.3")
        .args(FULL)
        .arg("--name")
        .arg("it's $(me)")
        .run();
    run.refused(2, "cannot be used multiple times");
    let full = FULL.replace("--name prod ", "");
    let run = gateway(&sandbox, "command --chart-version 1.2.3")
        .args(&full)
        .arg("--name")
        .arg("it's $(me), \"you\"")
        .run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
helm upgrade --install octopus-gateway oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart /
  --namespace octopus-gateway --create-namespace --version 1.2.3 /
  --set-json 'registration.octopus.name="it'/''s $(me), /"you/""' /
  --set-json 'registration.octopus.serverApiUrl="https://example.octopus.app"' /
  --set-json 'registration.octopus.serverAccessTokenSecretName="octopus-server-access-token"' /
  --set-json 'registration.octopus.serverAccessTokenSecretKey="OCTOPUS_SERVER_ACCESS_TOKEN"' /
  --set-json 'registration.octopus.spaceId="Spaces-1"' /
  --set-json 'registration.octopus.environments=["dev","production"]' /
  --set-json 'gateway.octopus.serverGrpcUrl="grpc://example.octopus.app:8443"' /
  --set-json 'gateway.argocd.serverGrpcUrl="grpc://argocd-server.argocd.svc.cluster.local"' /
  --set-json 'gateway.argocd.authenticationTokenSecretName="argocd-auth-token"' /
  --set-json 'gateway.argocd.authenticationTokenSecretKey="ARGOCD_AUTH_TOKEN"'
---- stderr
note: the gateway verifies Argo CD's certificate, which is self-signed by default: name it with --certificate-secret
note: --atomic is left out: what it rolls back stays registered in Octopus Deploy, to be deleted there by hand
next: make the Secrets that it names, then run it with the kubeconfig of the gateway's cluster
---- exit code 0

"#]]
    );
}

#[test]
fn an_inline_token_is_asked_for_and_makes_the_values_a_secret() {
    let token = token("octopus:apiKey", None);
    let sandbox = Sandbox::new().with("t", &token);
    let run = gateway(&sandbox, "values --inline-token --token-file t")
        .args(FULL)
        .run();
    silent_about(&run, &token);
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
warning: these values hold the token: they are a secret, and helm keeps them in the cluster with every release
note: the gateway verifies Argo CD's certificate, which is self-signed by default: name it with --certificate-secret
next: helm upgrade --install octopus-gateway oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart --namespace octopus-gateway --create-namespace -f values.yaml

"#]]
    );
    let values = parsed(&run.stdout_of(0));
    assert_eq!(values["gateway"]["argocd"]["authenticationToken"], token);
    assert!(
        values["gateway"]["argocd"]
            .get("authenticationTokenSecretName")
            .is_none()
    );
    let run = gateway(
        &sandbox,
        "values --inline-token --token-file t --output-file v.yaml",
    )
    .args(FULL)
    .run();
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(sandbox.path().join("v.yaml"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let both = gateway(
        &sandbox,
        "values --inline-token --token-file t --token-secret s",
    )
    .args(FULL)
    .run();
    both.refused(2, "name two tokens");
    gateway(
        &sandbox,
        "values --inline-token --token-file t --set gateway.argocd.authenticationToken=x",
    )
    .args(FULL)
    .run()
    .refused(2, "--inline-token and --set or --values name two tokens");
    let run = gateway(&sandbox, "application --inline-token")
        .args(FULL)
        .run();
    run.refused(2, "unexpected argument '--inline-token'");
}

#[test]
fn what_excludes_each_other_is_refused_with_the_reason() {
    for (line, said) in [
        (
            "--insecure --plaintext",
            "there is no certificate that --insecure could ignore",
        ),
        (
            "--token-secret a --project-token-secret b",
            "either the account's token or tokens of projects",
        ),
        (
            "--token-key a --project-token-secret b",
            "either the account's token or tokens of projects",
        ),
        (
            "--argocd-grpc-url https://argocd",
            "the gateway speaks gRPC",
        ),
        (
            "--argocd-grpc-url grpc://argocd/argo",
            "--grpc-web-root-path",
        ),
        ("--argocd-web-url argocd.example.com", "no scheme"),
        ("--token-secret Token", "cannot be the name of an object"),
        ("--token-key a/b", "cannot be the name of a key of a Secret"),
        ("-n a.b", "cannot be the name of a namespace"),
        ("--space 1", "not the ID of a space"),
        (
            "--octopus-plaintext --octopus-thumbprint ab",
            "no certificate that --octopus-thumbprint could pin",
        ),
        ("--template-set gateway=x", "a variable of our own"),
    ] {
        let line_of = |full: &str| format!("{full} {line}");
        let full = if line.starts_with("--space") {
            FULL.replace(" --space Spaces-1", "")
        } else {
            FULL.to_owned()
        };
        let run = gateway(&Sandbox::new(), "values")
            .args(&line_of(&full))
            .run();
        assert!(run.stderr.contains(said), "{line}: {}", run.stderr);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{line}");
    }
    let run = gateway(&Sandbox::new(), "values --name x").run();
    run.refused(
        2,
        "the gateway needs more options: --octopus-url, --octopus-grpc-url, --space",
    );
    let full = FULL.replace(":8443", "");
    gateway(&Sandbox::new(), "command")
        .args(&full)
        .run()
        .refused(2, "grpc://example.octopus.app:8443");
}

/// Half an option: without a place in the template, or without its key among the chart's.
#[test]
fn every_option_is_in_the_values_and_known_to_the_judge() {
    let run = |command: &str, option: &str| {
        let run = gateway(&Sandbox::new(), command)
            .args(FULL)
            .args(option)
            .run();
        assert_eq!(run.code, 0, "{option}: {}", run.stderr);
        run.stdout
    };
    let plain = run("application", "--chart-version 1.0.0");
    for field in Gateway::FIELDS {
        let value = match field.kind {
            FieldKind::Text => match field.name {
                "octopus_thumbprint" => "0123456789abcdef0123456789abcdef01234567",
                "grpc_web_root_path" => "/other",
                "chart_version" => "2.0.0",
                _ => "other",
            },
            FieldKind::Namespace | FieldKind::ObjectName | FieldKind::List => "other",
            FieldKind::SecretKey => "OTHER",
            FieldKind::WebUrl => "https://other.example",
            FieldKind::GrpcUrl { .. } => "grpc://other:8443",
            FieldKind::Number => "7",
            FieldKind::Switch => "",
            FieldKind::Choice => "false",
        };
        let given = format!("--{}", field.option);
        if FULL.contains(&format!("{given} ")) {
            continue;
        }
        let option = match value {
            "" => given.clone(),
            value => format!("{given}={value}"),
        };
        let version = if field.name == "chart_version" {
            ""
        } else {
            "--chart-version 1.0.0"
        };
        assert_ne!(
            run("application", &format!("{version} {option}")),
            plain,
            "{given} changes nothing: use it in templates/gateway-values.yaml.j2"
        );
        let judged = Sandbox::new()
            .with("values.yaml", run("values", &option))
            .command("gateway values --check -f values.yaml")
            .run();
        assert!(
            !judged.stdout.contains("the chart has no"),
            "{given}: add its key to src/octopus/gateway/chart.rs\n{}",
            judged.stdout
        );
    }
}

#[test]
fn choices_about_tls_are_explained() {
    let verified = "note: the gateway verifies Argo CD's certificate, which is self-signed by default: name it with --certificate-secret\n";
    let insecure = "warning: --insecure: anyone who answers as Argo CD gets the token; --certificate-secret names what to trust instead\n";
    let plaintext = "warning: --plaintext: anyone in between can read the token; Argo CD's server must run with server.insecure\n";
    let unused = "note: the certificates of --certificate-secret apply to Octopus Deploy only: Argo CD's certificate is not verified\n";
    let keep_alive = "note: --keep-alive 0: a load balancer that closes idle connections will cut this one off\n";
    let grpc_web = "note: --grpc-web-root-path includes --grpc-web\n";
    for (line, said) in [
        ("", verified.to_owned()),
        ("--certificate-secret c", String::new()),
        ("--insecure", insecure.to_owned()),
        ("--plaintext", plaintext.to_owned()),
        (
            "--insecure --certificate-secret c",
            format!("{insecure}{unused}"),
        ),
        (
            "--certificate-secret c --keep-alive 0",
            keep_alive.to_owned(),
        ),
        ("--certificate-secret c --grpc-web", String::new()),
        (
            "--certificate-secret c --grpc-web-root-path /argo",
            String::new(),
        ),
        (
            "--certificate-secret c --grpc-web --grpc-web-root-path /argo",
            grpc_web.to_owned(),
        ),
    ] {
        let run = gateway(&Sandbox::new(), "values")
            .args(FULL)
            .args(line)
            .run();
        let (notes, _) = run.stderr.split_once("next: ").expect("a next step");
        assert_eq!(notes, said, "{line}");
        let argocd = parsed(&run.stdout_of(0))["gateway"]["argocd"].clone();
        for flag in ["insecure", "plaintext"] {
            let on = line.contains(flag);
            assert_eq!(argocd.get(flag), on.then_some(&json!(true)), "{line}");
        }
    }
}

#[test]
fn the_configuration_says_what_flags_would() {
    let sandbox = Sandbox::new().with(
        "octopus-argo.yaml",
        "defaults:\n  gateway: {octopusUrl: 'https://example.octopus.app', octopusGrpcUrl: 'grpc://example.octopus.app:8443', spaces: [Spaces-1]}\n\
         instances:\n\
         - {name: a, gateway: {name: prod, environments: [dev, production]}}\n\
         - {name: b, namespace: argo, gateway: {name: b, grpcWebRootPath: argo, insecure: true, projectTokenSecret: p}}\n\
         - {name: c}\n",
    );
    let configured = gateway(&sandbox, "values --instance a").run().stdout_of(0);
    assert_eq!(
        configured,
        gateway(&Sandbox::new(), "values").args(FULL).run().stdout
    );
    let b = parsed(
        &gateway(&sandbox, "values --instance b --argocd-grpc-url grpc://x")
            .run()
            .stdout_of(0),
    );
    let argocd = &b["gateway"]["argocd"];
    assert_eq!(argocd["serverGrpcUrl"], "grpc://x");
    // Who names a server says how it is reached: `insecure` was said of another.
    assert_eq!(argocd.get("insecure"), None);
    assert_eq!(argocd["grpcWebRootPath"], "argo");
    let run = gateway(&sandbox, "values --all --output-dir v").run();
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
b: warning: --insecure: anyone who answers as Argo CD gets the token; --certificate-secret names what to trust instead
c: error: the gateway needs more options: --name
c:   hint: example: --name prod --octopus-url https://o.example --octopus-grpc-url grpc://o.example:8443 --space Spaces-1
c:   hint: or set it in the configuration: gateway: {name: prod, octopusUrl: …, octopusGrpcUrl: …, spaces: [Spaces-1]}
c:   hint: --register=false is for a gateway that is registered with Octopus Deploy elsewhere

"#]]
    );
    assert_eq!(run.code, 2);
    assert_eq!(sandbox.read("v/a.values.yaml"), configured);
    assert!(
        sandbox
            .read("v/b.values.yaml")
            .contains("grpc://argocd-server.argo.svc.cluster.local")
    );
    let out = gateway(&sandbox, "application --instance a,b --chart-version 1.0.0")
        .run()
        .stdout_of(0);
    assert_eq!(out.matches("kind: Application\n").count(), 2, "{out}");
    assert_eq!(out.matches("---\n# ").count(), 2, "{out}");
    gateway(&sandbox, "values --all")
        .run()
        .refused(2, "do not fit into one stream");
    gateway(&sandbox, "secret --all")
        .run()
        .refused(2, "a token belongs to one Argo CD");
}

#[test]
fn templates_of_ones_own_are_checked() {
    let sandbox = Sandbox::new().with(
        "t/gateway-values.yaml.j2",
        "gateway: {argocd: {authenticationTokenSecretName: x}}\nregistration: {octopus: {name: {{ gateway.name }}, region: {{ region }}}}\n",
    );
    let run = gateway(
        &sandbox,
        "application --template-dir t --template-set region=eu --chart-version 1.0.0",
    )
    .args(FULL)
    .run();
    let application = parsed(&run.stdout_of(0));
    let octopus = &application["spec"]["source"]["helm"]["valuesObject"]["registration"]["octopus"];
    assert_eq!(octopus, &json!({"name": "prod", "region": "eu"}));
    for (text, said) in [
        ("- a\n", "is not a mapping"),
        ("a: b\n", "does not say where the one token"),
        (
            "gateway: {argocd: {authenticationToken: x}}\n",
            "an inline token without --inline-token",
        ),
        ("a: 1\na: 2\n", "has the key `a` twice"),
        ("a: {{ nothing }}\n", "no value for `nothing`"),
    ] {
        let sandbox = Sandbox::new().with("t/gateway-values.yaml.j2", text);
        let run = gateway(&sandbox, "values --template-dir t")
            .args(FULL)
            .run();
        run.refused(3, said);
    }
}

#[test]
fn a_space_is_required_unless_somebody_else_registers() {
    let full = FULL.replace(" --space Spaces-1", "");
    gateway(&Sandbox::new(), "values")
        .args(&full)
        .run()
        .refused(2, "the gateway needs more options: --space");
    let values = gateway(
        &Sandbox::new(),
        "values --register=false --octopus-grpc-url grpc://o.example:8443",
    )
    .run()
    .stdout_of(0);
    let values = parsed(&values);
    assert_eq!(values["registration"], json!({"register": false}));
    assert_eq!(
        values["gateway"]["octopus"]["serverGrpcUrl"],
        "grpc://o.example:8443"
    );
}

#[test]
fn an_empty_environment_is_refused() {
    let full = FULL.replace("--environment dev,production", "");
    gateway(&Sandbox::new(), "values")
        .args(&full)
        .arg("--environment")
        .arg("")
        .run()
        .refused(2, "--environment has an empty value");
}

#[test]
fn the_connection_to_octopus_and_the_pods_can_be_said() {
    let run = gateway(
        &Sandbox::new(),
        "values --octopus-thumbprint AB12 --keep-alive 15 --replicas 2 --metrics",
    )
    .args(FULL)
    .run();
    let values = parsed(&run.stdout_of(0));
    let octopus = &values["gateway"]["octopus"];
    assert_eq!(octopus["serverThumbprint"], "AB12");
    assert_eq!(octopus["keepAlive"], json!({"intervalSeconds": 15}));
    assert_eq!(values["replicaCount"], 2);
    assert_eq!(values["metrics"], json!({"enabled": true}));
}
