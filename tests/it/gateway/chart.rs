//! Values of the chart as helm takes them, what Argo CD says of itself, and values that somebody has.

use std::process::Command;

use serde_json::json;
use snapbox::{assert_data_eq, str};

use super::{FULL, gateway, parsed};
use crate::common::{Sandbox, real};

#[test]
fn set_and_values_are_laid_over_and_shown() {
    let sandbox = Sandbox::new().with(
        "v.yaml",
        "gateway:\n  octopus: {keepAlive: {intervalSeconds: 20}}\nresources:\n  limits: {memory: 64Mi}\n",
    );
    let run = gateway(&sandbox, "values --replicas 1 --values v.yaml")
        .args(FULL)
        .args("--set replicaCount=2,extraEnv[0].name=A,extraEnv[0].value=b")
        .args("--set registration.octopus.environments={dev,test}")
        .run();
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
    - test
gateway:
  octopus:
    serverGrpcUrl: grpc://example.octopus.app:8443
    keepAlive:
      intervalSeconds: 20
  argocd:
    serverGrpcUrl: grpc://argocd-server.argocd.svc.cluster.local
    authenticationTokenSecretName: argocd-auth-token
    authenticationTokenSecretKey: ARGOCD_AUTH_TOKEN
replicaCount: 2
resources:
  limits:
    memory: 64Mi
extraEnv:
- name: A
  value: b
---- stderr
note: registration.octopus.environments is ["dev","test"], not ["dev","production"]: --set or --values
note: gateway.octopus.keepAlive.intervalSeconds is 20: --set or --values
note: replicaCount is 2, not 1: --set or --values
note: resources.limits.memory is "64Mi": --set or --values
note: extraEnv is [{"name":"A","value":"b"}]: --set or --values
note: the gateway verifies Argo CD's certificate, which is self-signed by default: name it with --certificate-secret
next: helm upgrade --install octopus-gateway oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart --namespace octopus-gateway --create-namespace -f values.yaml
---- exit code 0

"#]]
    );
    let command = gateway(&sandbox, "command")
        .args(FULL)
        .args("--set metrics.port=null")
        .run();
    assert!(
        command
            .stdout_of(0)
            .contains("--set-json metrics.port=null")
    );
    let application = gateway(
        &sandbox,
        "application --chart-version 1.0.0 --values v.yaml",
    )
    .args(FULL)
    .run()
    .stdout_of(0);
    assert_eq!(
        parsed(&application)["spec"]["source"]["helm"]["valuesObject"]["resources"],
        json!({"limits": {"memory": "64Mi"}})
    );
}

#[test]
fn what_would_not_work_is_refused() {
    for (line, said) in [
        ("--set replicaCount", "`replicaCount` has no value"),
        ("--set registration.x", "`x` has no value"),
        (
            "--set registration.octopus.name.x=1",
            "`name` is not a mapping",
        ),
        (
            "--set gateway.argocd.authenticationToken=abc",
            "are mutually exclusive",
        ),
        ("--set gateway.octopus.serverGrpcUrl=null", "is missing"),
        (
            "--set gateway.argocd.projectAuthenticationSecretName=p",
            "the account's token and tokens of projects are mutually exclusive",
        ),
    ] {
        gateway(&Sandbox::new(), "values")
            .args(FULL)
            .args(line)
            .run()
            .refused(2, said);
    }
    let sandbox = Sandbox::new().with("v.yaml", "- a\n");
    gateway(&sandbox, "values --values v.yaml")
        .args(FULL)
        .run()
        .refused(3, "names and their values are expected");
}

#[test]
fn a_secret_that_is_laid_over_is_not_shown() {
    let run = gateway(&Sandbox::new(), "values --set podPassword=geheim")
        .args(FULL)
        .run();
    assert_eq!(run.code, 0);
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
warning: podPassword is ***: --set or --values; these values hold a secret, which helm keeps in the cluster with every release
note: the gateway verifies Argo CD's certificate, which is self-signed by default: name it with --certificate-secret
next: helm upgrade --install octopus-gateway oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart --namespace octopus-gateway --create-namespace -f values.yaml

"#]]
    );
    assert!(!run.stderr.contains("geheim"));
}

/// What is printed is what the real helm makes of our values, the user's files and `--set`.
#[test]
fn the_real_helm_lays_over_the_same() {
    let Some(helm) = real::find("helm") else {
        return;
    };
    let files = "a: {b: null, c: [1, 2], d: {e: x}}\nreplicaCount: 3\n";
    let sandbox = Sandbox::new()
        .with(
            "chart/Chart.yaml",
            "apiVersion: v2\nname: gateway\nversion: 1.0.0\n",
        )
        .with("chart/values.yaml", "a: {b: 1}\n")
        .with(
            "chart/templates/all.yaml",
            "values: {{ toJson .Values | quote }}\n",
        )
        .with("over.yaml", files)
        .with("more.yaml", "a: {c: [3], d: null}\n");
    let plain = gateway(&sandbox, "values").args(FULL).run().stdout_of(0);
    std::fs::write(sandbox.path().join("plain.yaml"), plain).unwrap();
    let made = |args: &[&str]| {
        let args = [&["template", "r", "chart"], args].concat();
        let output = real::run(&helm, &args, "", |command: &mut Command| {
            command.current_dir(sandbox.path());
        });
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let text = String::from_utf8(output.stdout).unwrap();
        parsed(parsed(&text)["values"].as_str().unwrap())
    };
    for set in [
        "x={},y={1,true,a b},z=01",
        "a.c[1].k=v,a.c[3]=null",
        r"pod\.label=1\,2,n=-5,t=TRUE,f=1.5,big=99999999999999999999",
        "registration.octopus.environments={dev,test},replicaCount=0",
        "l[0][1]=2,l[1].m=,e=x=y",
    ] {
        let ours = gateway(
            &sandbox,
            "values --values over.yaml --values more.yaml --set",
        )
        .arg(set)
        .args(FULL)
        .run()
        .stdout_of(0);
        std::fs::write(sandbox.path().join("ours.yaml"), ours).unwrap();
        let theirs = made(&[
            "-f",
            "plain.yaml",
            "-f",
            "over.yaml",
            "-f",
            "more.yaml",
            "--set",
            set,
        ]);
        assert_eq!(made(&["-f", "ours.yaml"]), theirs, "{set}");
    }
}

const CM: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argo}\n\
     data:\n  url: https://argocd.example.com/argo/\n";
const PARAMS: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cmd-params-cm, namespace: argo}\n\
     data:\n  server.insecure: \"true\"\n  server.rootpath: argo\n";

#[test]
fn what_argo_cd_says_of_itself_chooses_how_it_is_reached() {
    let sandbox = Sandbox::new()
        .with("cm.yaml", CM)
        .with("params.yaml", PARAMS);
    let run = gateway(&sandbox, "values -f cm.yaml -f params.yaml")
        .args(FULL)
        .run();
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
  argocd:
    webUiUrl: https://argocd.example.com/argo
gateway:
  octopus:
    serverGrpcUrl: grpc://example.octopus.app:8443
  argocd:
    serverGrpcUrl: grpc://argocd-server.argo.svc.cluster.local
    plaintext: true
    grpcWebRootPath: /argo
    authenticationTokenSecretName: argocd-auth-token
    authenticationTokenSecretKey: ARGOCD_AUTH_TOKEN
---- stderr
note: --argocd-web-url https://argocd.example.com/argo, because of url in cm.yaml:5:8
note: --grpc-web-root-path /argo, because of server.rootpath in params.yaml:6:20
note: --plaintext, because of server.insecure in params.yaml:5:21
warning: --plaintext: anyone in between can read the token; Argo CD's server must run with server.insecure
next: helm upgrade --install octopus-gateway oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart --namespace octopus-gateway --create-namespace -f values.yaml
---- exit code 0

"#]]
    );
    // Options win, and what they contradict is said.
    let run = gateway(
        &sandbox,
        "values -f cm.yaml -f params.yaml --insecure --grpc-web --argocd-web-url https://other",
    )
    .args(FULL)
    .run();
    let (notes, _) = run.stderr.split_once("next: ").unwrap();
    assert_data_eq!(
        notes,
        str![[r#"
warning: the server speaks plain text (server.insecure in params.yaml:5:21); without --plaintext: `authentication handshake failed: EOF`
warning: --insecure: anyone who answers as Argo CD gets the token; --certificate-secret names what to trust instead

"#]]
    );
    let values = parsed(&run.stdout_of(0));
    assert_eq!(
        values["registration"]["argocd"]["webUiUrl"],
        "https://other"
    );
    let argocd = &values["gateway"]["argocd"];
    assert_eq!(argocd["grpcWeb"], true);
    assert_eq!(argocd["plaintext"], json!(null));
    assert_eq!(
        argocd["serverGrpcUrl"],
        "grpc://argocd-server.argo.svc.cluster.local"
    );
    let outside =
        "values -f cm.yaml -f params.yaml --argocd-grpc-url grpc://argocd.example.com:443";
    let values = parsed(&gateway(&sandbox, outside).args(FULL).run().stdout_of(0));
    assert_eq!(
        values["gateway"]["argocd"]["serverGrpcUrl"],
        "grpc://argocd.example.com:443"
    );
}

#[test]
fn a_fault_is_in_the_last_file_that_leads_to_it() {
    let sandbox = Sandbox::new()
        .with(
            "a.yaml",
            "registration: {octopus: {name: prod, serverApiUrl: https://example.octopus.app, spaceId: Spaces-1, serverAccessTokenSecretName: s, serverAccessTokenSecretKey: k}}\n\
             gateway:\n  serverCertificateSecretName: ca\n  octopus: {serverGrpcUrl: grpc://example.octopus.app:8443}\n  argocd:\n    serverGrpcUrl: grpc://argocd-server\n    \
             authenticationTokenSecretName: c\n    authenticationTokenSecretKey: d\n    grpcWeb: \"true\"\n    plainText: true\n",
        )
        .with("b.yaml", "gateway:\n  argocd:\n    plainText: true\n");
    let run = gateway(&sandbox, "values --check -f a.yaml -f b.yaml").run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
warning: the chart has no `gateway.argocd.plainText`
  --> b.yaml:3:5
  help: did you mean `gateway.argocd.plaintext`?
warning: `gateway.argocd.grpcWeb` is not a boolean
  --> a.yaml:9:5
  help: write true or false without quotes: a template takes any string for true, "false" as well
---- stderr
warning: 0 errors, 2 warnings, 0 notes
---- exit code 1

"#]]
    );
}

#[test]
fn helm_values_the_operator_and_eks_say_it_too() {
    let helm =
        "global: {domain: argocd.example.com}\nconfigs:\n  params: {server.insecure: true}\n";
    let operator = "apiVersion: argoproj.io/v1beta1\nkind: ArgoCD\n\
        metadata: {name: openshift-gitops, namespace: openshift-gitops}\n\
        spec: {server: {insecure: true}}\n---\n\
        apiVersion: route.openshift.io/v1\nkind: Route\n\
        metadata: {name: openshift-gitops-server, namespace: openshift-gitops}\n\
        spec: {host: gitops.apps.example.com, to: {name: openshift-gitops-server}}\n---\n\
        apiVersion: route.openshift.io/v1\nkind: Route\n\
        metadata: {name: shop, namespace: shop}\n\
        spec: {host: shop.apps.example.com, to: {name: shop}}\n";
    let eks = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm}\n\
        data: {url: 'https://abc.eks-capabilities.eu-west-1.amazonaws.com'}\n";
    for (text, argocd, web) in [
        (
            helm,
            json!({"serverGrpcUrl": "grpc://argocd-server.argocd.svc.cluster.local", "plaintext": true}),
            "https://argocd.example.com",
        ),
        (
            operator,
            json!({"serverGrpcUrl": "grpc://openshift-gitops-server.openshift-gitops.svc.cluster.local", "plaintext": true}),
            "https://gitops.apps.example.com",
        ),
        (
            eks,
            json!({"serverGrpcUrl": "grpc://abc.eks-capabilities.eu-west-1.amazonaws.com:443", "grpcWebRootPath": "/argo/api"}),
            "https://abc.eks-capabilities.eu-west-1.amazonaws.com",
        ),
    ] {
        let sandbox = Sandbox::new().with("in.yaml", text);
        let run = gateway(&sandbox, "values -f in.yaml").args(FULL).run();
        assert!(run.stderr.contains("because of"), "{}", run.stderr);
        let values = parsed(&run.stdout_of(0));
        assert_eq!(values["registration"]["argocd"]["webUiUrl"], web);
        let mut want = argocd;
        want["authenticationTokenSecretName"] = json!("argocd-auth-token");
        want["authenticationTokenSecretKey"] = json!("ARGOCD_AUTH_TOKEN");
        assert_eq!(values["gateway"]["argocd"], want, "{text}");
    }
}

#[test]
fn the_cluster_is_asked_with_live() {
    let run = gateway(&Sandbox::new(), "values --live -n argo")
        .args(FULL)
        .answers(0, &format!("{CM}---\n{PARAMS}"), "")
        .answers(0, "", "")
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let asked = run.ran.iter().map(|words| words.join(" "));
    assert!(
        asked
            .into_iter()
            .all(|line| line.starts_with("kubectl get "))
    );
    assert_data_eq!(
        run.stderr.as_str(),
        str![[r#"
note: --argocd-web-url https://argocd.example.com/argo, because of url in <live>:5:8
note: --grpc-web-root-path /argo, because of server.rootpath in <live>:12:20
note: --plaintext, because of server.insecure in <live>:11:21
warning: --plaintext: anyone in between can read the token; Argo CD's server must run with server.insecure
next: helm upgrade --install octopus-gateway oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart --namespace octopus-gateway --create-namespace -f values.yaml

"#]]
    );
}

#[test]
fn existing_values_are_judged() {
    let sandbox = Sandbox::new().with(
        "values.yaml",
        "registration:\n  octopus:\n    name: prod\n    serverApiUrl: example.octopus.app\n    serverAccessToken: API-VERYSECRET\n    serverAccessTokenSecretName: s\n\
         gateway:\n  octopus:\n    serverGrpcUrl: grpc://example.octopus.app\n  argocd:\n    serverGrpcURL: grpc://argocd-server\n    plainText: true\n    insecure: \"false\"\n    authenticationToken: eyJhbGciOi\n    projectAuthenticationSecretName: p\n    webUiUrl: https://x\n\
         replicaCounts: 2\nimage: {tag: x}\n",
    );
    let run = gateway(&sandbox, "values --check -f values.yaml").run();
    assert!(!run.stdout.contains("VERYSECRET") && !run.stdout.contains("eyJ"));
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
error: the account's token and tokens of projects are mutually exclusive
  --> values.yaml:15:5
  help: leave one of them out
error: no space is named, and at least one is required
  --> values.yaml:2:3
  help: add spaceId: Spaces-1, or registration.register: false if the gateway is registered elsewhere
error: `serverAccessToken` and `serverAccessTokenSecretName` are mutually exclusive
  --> values.yaml:5:5
  help: keep the Secret and leave the inline token out
error: gateway.octopus.serverGrpcUrl `grpc://example.octopus.app`: it has no port
  --> values.yaml:9:5
  help: Octopus Deploy usually listens at grpc://example.octopus.app:8443
error: registration.octopus.serverApiUrl `example.octopus.app`: it has no scheme
  --> values.yaml:4:5
  help: write https://example.octopus.app
warning: the chart has no `gateway.argocd.serverGrpcURL`
  --> values.yaml:11:5
  help: did you mean `gateway.argocd.serverGrpcUrl`?
warning: the chart has no `gateway.argocd.plainText`
  --> values.yaml:12:5
  help: did you mean `gateway.argocd.plaintext`?
warning: the chart has no `gateway.argocd.webUiUrl`
  --> values.yaml:16:5
  help: did you mean `registration.argocd.webUiUrl`?
warning: the chart has no `replicaCounts`
  --> values.yaml:17:1
  help: did you mean `replicaCount`?
warning: `gateway.argocd.insecure` is not a boolean
  --> values.yaml:13:5
  help: write true or false without quotes: a template takes any string for true, "false" as well
warning: `gateway.argocd.authenticationToken` holds a token in clear text
  --> values.yaml:14:5
  help: put it into a Secret and name that: helm keeps values in the cluster with every release
warning: `registration.octopus.serverAccessToken` holds a token in clear text
  --> values.yaml:5:5
  help: put it into a Secret and name that: helm keeps values in the cluster with every release
note: Argo CD's certificate is not verified: anyone in between can read the token
  --> values.yaml:13:5
  help: gateway.serverCertificateSecretName names the certificate to trust instead
---- stderr
warning: 5 errors, 7 warnings, 1 note
---- exit code 1

"#]]
    );
    // What we print ourselves is good.
    let values = gateway(&sandbox, "values").args(FULL).run().stdout_of(0);
    let run = gateway(&sandbox, "values --check -f -").stdin(values).run();
    assert_data_eq!(
        run.snapshot(),
        str![[r#"
---- stdout
note: Argo CD's certificate must be one that is trusted publicly
  --> <stdin>:16:5
  help: gateway.serverCertificateSecretName names another one; Argo CD's own is self-signed
---- stderr
note: 0 errors, 0 warnings, 1 note
---- exit code 0

"#]]
    );
    // Files are merged as helm merges them.
    let run = gateway(&sandbox, "values --check -f values.yaml --set registration.register=false --set gateway.argocd.projectAuthenticationSecretName=null")
        .run();
    assert!(!run.stdout.contains("no space"), "{}", run.stdout);
    gateway(&sandbox, "values --check")
        .run()
        .refused(2, "--check needs values");
    gateway(&sandbox, "values --check -f -")
        .stdin("kind: Application\n")
        .run()
        .refused(3, "holds no values");
}
