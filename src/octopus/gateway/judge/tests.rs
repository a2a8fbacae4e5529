//! What the judge says of values.

use serde_json::json;

use super::*;

fn texts(values: &Value) -> Vec<String> {
    let faults = judge(values).into_iter();
    faults
        .map(|fault| format!("{}: {}", fault.gravity.as_str(), fault.text))
        .collect()
}

fn good() -> Value {
    json!({
        "registration": {"octopus": {
            "name": "prod", "serverApiUrl": "https://example.octopus.app", "spaceId": "Spaces-1",
            "serverAccessTokenSecretName": "a", "serverAccessTokenSecretKey": "b",
        }},
        "gateway": {
            "serverCertificateSecretName": "ca",
            "octopus": {"serverGrpcUrl": "grpc://example.octopus.app:8443"},
            "argocd": {
                "serverGrpcUrl": "grpc://argocd-server.argocd.svc.cluster.local",
                "authenticationTokenSecretName": "c", "authenticationTokenSecretKey": "d",
            },
        },
        "image": {"tag": "1.0"},
        "podLabels": {"team": "web"},
    })
}

#[test]
fn good_values_have_no_fault() {
    assert_eq!(texts(&good()), [""; 0]);
}

/// Changes of the good values, and below them the faults that they make.
const CHANGES: &str = r#"
replicaCount=2
replicaCount="2"
  warning: `replicaCount` is not a number
registration.octopus.environments="dev"
  warning: `registration.octopus.environments` is not a list
registration.octopus.name=5
  warning: `registration.octopus.name` is not a string
gateway.argocd.insecure="false"
  warning: `gateway.argocd.insecure` is not a boolean
  note: Argo CD's certificate is not verified: anyone in between can read the token

gateway.argocd.authenticationTokenSecretName=null
  error: nothing says where the token for Argo CD comes from
gateway.argocd.authenticationTokenSecretKey=null
  error: the Secret is named, its key is not
gateway.argocd.authenticationTokenSecretName=null & gateway.argocd.projectAuthenticationSecretName="p"
gateway.argocd.projectAuthenticationSecretName="p"
  error: the account's token and tokens of projects are mutually exclusive
gateway.argocd.projectAuthentication=[{"project": "web", "token": null}]
  error: the account's token and tokens of projects are mutually exclusive
gateway.argocd.projectAuthentication=[{"project": "a"}, {"project": "web", "token": "x"}]
  error: the account's token and tokens of projects are mutually exclusive
  warning: `gateway.argocd.projectAuthentication` holds a token in clear text
gateway.argocd.authenticationToken="x"
  error: `gateway.argocd.authenticationToken` and `gateway.argocd.authenticationTokenSecretName` are mutually exclusive
  warning: `gateway.argocd.authenticationToken` holds a token in clear text
gateway.argocd.authenticationToken="x" & gateway.argocd.authenticationTokenSecretName=null
  warning: `gateway.argocd.authenticationToken` holds a token in clear text

registration.octopus.name=null
  error: `registration.octopus.name` is missing: the gateway's name in Octopus Deploy
registration.octopus.serverApiUrl=""
  error: `registration.octopus.serverApiUrl` is missing: the address of Octopus Deploy
registration.octopus.spaceId=null
  error: no space is named, and at least one is required
registration.octopus.spaceId=null & registration.octopus.spaceIds=[]
  error: no space is named, and at least one is required
registration.octopus.spaceId=null & registration.octopus.spaceIds=["Spaces-1"]
registration.octopus.spaceIds=["Spaces-1"]
  warning: both `spaceId` and `spaceIds` are given
registration.octopus.serverAccessTokenSecretName=null
  error: nothing says where Octopus Deploy's access token comes from
registration.octopus.serverAccessTokenSecretKey=null
  error: the Secret is named, its key is not
registration.octopus.serverAccessToken="API-X"
  error: `serverAccessToken` and `serverAccessTokenSecretName` are mutually exclusive
  warning: `registration.octopus.serverAccessToken` holds a token in clear text
registration.register=false & registration.octopus.name=null & registration.octopus.spaceId=null

gateway.argocd.plaintext=true
  note: no TLS towards Argo CD: anyone on the network path can read the token
gateway.argocd.plaintext=true & gateway.argocd.insecure=true
  warning: with `plaintext` there is no certificate that `insecure` could ignore
gateway.serverCertificateSecretName=null
  note: Argo CD's certificate must be one that is trusted publicly
gateway.serverCertificateSecretName=null & gateway.serverCertificates="PEM"
gateway.octopus.plaintext=true
  note: what the gateway sends to Octopus Deploy is not encrypted
gateway.octopus.plaintext=true & gateway.octopus.serverThumbprint="AB"
  warning: with `plaintext` there is no certificate that a thumbprint could pin
  note: what the gateway sends to Octopus Deploy is not encrypted
gateway.argocd.serverCertificate="PEM"
  warning: `gateway.argocd.serverCertificate` is deprecated
gateway.argocd.grpcWeb=true
gateway.argocd.grpcWebRootPath="/argo"
gateway.argocd.grpcWeb=true & gateway.argocd.grpcWebRootPath="/argo"
  note: `grpcWebRootPath` includes `grpcWeb`

gateway.octopus.serverGrpcUrl=null
  error: `gateway.octopus.serverGrpcUrl` is missing: the gRPC address of Octopus Deploy
gateway.octopus.serverGrpcUrl="grpc://{{ .Values.host }}"
gateway.octopus.keepAlive={"intervalSeconds": 0}
  note: no keep-alives are sent: a load balancer that closes idle connections cuts this one off
"#;

#[test]
fn each_change_has_its_faults() {
    let mut lines = CHANGES.lines().filter(|line| !line.is_empty()).peekable();
    while let Some(changes) = lines.next() {
        let mut values = good();
        for change in changes.split(" & ") {
            let (path, value) = change.split_once('=').unwrap();
            let at = path.split('.').fold(&mut values, |at, key| &mut at[key]);
            *at = serde_json::from_str(value).unwrap();
        }
        let faults = std::iter::from_fn(|| lines.next_if(|line| line.starts_with("  ")));
        let faults: Vec<_> = faults.map(str::trim_start).collect();
        assert_eq!(texts(&values), faults, "{changes}");
    }
}
