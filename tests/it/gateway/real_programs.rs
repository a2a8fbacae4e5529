//! What the real helm and kubectl make of it.

use super::{FULL, gateway, parsed, token};
use crate::common::{Sandbox, real};

/// A chart with the values of the real one, and a schema that knows no others.
fn chart() -> Sandbox {
    Sandbox::new()
        .with("chart/Chart.yaml", "apiVersion: v2\nname: gateway\nversion: 1.0.0\n")
        .with("chart/values.yaml", "{}\n")
        .with("chart/values.schema.json", include_str!("../../data/gateway/values.schema.json"))
        .with("chart/templates/all.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: all}\ndata:\n  values: {{ toJson .Values | quote }}\n")
}

#[test]
fn the_real_helm_takes_values_and_command() {
    let (Some(helm), Some(shell)) = (real::find("helm"), real::find("sh")) else {
        return;
    };
    let sandbox = chart();
    let every = "--argocd-web-url https://argocd.example.com --grpc-web-root-path a/b --certificate-secret c --octopus-thumbprint ab12 --keep-alive 15 --replicas 2 --metrics";
    let full = FULL.replace("--name prod ", "");
    let name = "it's $(me), \"you\" {a,b} 1.0 \\";
    let command = |what: &str| {
        gateway(&sandbox, what)
            .args(&full)
            .args(every)
            .arg("--name")
            .arg(name)
    };
    let values = command("values").run().stdout_of(0);
    std::fs::write(sandbox.path().join("v.yaml"), &values).unwrap();
    let line = command("command").run().stdout_of(0);
    let chart = "oci://registry-1.docker.io/octopusdeploy/octopus-argocd-gateway-chart";
    let script = line
        .replace(
            "helm upgrade --install octopus-gateway",
            &format!("{} template r", helm.display()),
        )
        .replace(chart, "chart")
        .replace(" --create-namespace", "");
    let made = |args: &[&str]| {
        let output = real::run(&shell, args, "", |command| {
            command.current_dir(sandbox.path());
        });
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let made = parsed(&String::from_utf8(output.stdout).unwrap());
        parsed(made["data"]["values"].as_str().unwrap())
    };
    let from_file = made(&[
        "-c",
        &format!("{} template r chart -f v.yaml", helm.display()),
    ]);
    assert_eq!(from_file, parsed(&values));
    assert_eq!(from_file["registration"]["octopus"]["name"], name);
    assert_eq!(made(&["-c", &script]), from_file);
    // helm itself takes the options that we do not try here, because they need a cluster.
    let usage = real::run(&helm, &["upgrade", "--help"], "", |_| {});
    let usage = String::from_utf8(usage.stdout).unwrap();
    for option in ["--install", "--create-namespace", "--set-json", "--version"] {
        assert!(usage.contains(option), "{option}");
    }
}

#[test]
fn the_real_kubectl_takes_secret_and_application() {
    let Some(kubectl) = real::find("kubectl") else {
        return;
    };
    let token = token("octopus:apiKey", None);
    let secret = gateway(&Sandbox::new(), "secret")
        .stdin(&token)
        .run()
        .stdout_of(0);
    let sandbox = Sandbox::new()
        .with("s.yaml", &secret)
        .with("kustomization.yaml", "resources: [s.yaml, a.yaml]\n");
    let application = gateway(&sandbox, "application --chart-version 1.0.0")
        .args(FULL)
        .run()
        .stdout_of(0);
    std::fs::write(sandbox.path().join("a.yaml"), application).unwrap();
    let built = real::run(
        &kubectl,
        &["kustomize", sandbox.path().to_str().unwrap()],
        "",
        |_| {},
    );
    let text = String::from_utf8(built.stdout).unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    assert!(
        text.contains("kind: Secret") && text.contains("kind: Application"),
        "{text}"
    );
    assert!(
        text.contains(&format!("ARGOCD_AUTH_TOKEN: {token}")),
        "{text}"
    );
}
