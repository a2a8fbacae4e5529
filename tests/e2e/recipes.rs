//! The manifests of the how-to pages, as the API server takes them: every field known, every required one there.

use std::fs;

use crate::system::{Session, cluster};

/// Definitions of the kinds that other people's operators bring, as far as their documentation says what an object
/// must and may have.
const DEFINITIONS: &str = r"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: externalsecrets.external-secrets.io}
spec:
  group: external-secrets.io
  scope: Namespaced
  names: {kind: ExternalSecret, plural: externalsecrets}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                refreshInterval: {type: string}
                secretStoreRef:
                  type: object
                  properties:
                    name: {type: string}
                    kind: {type: string, enum: [SecretStore, ClusterSecretStore]}
                target:
                  type: object
                  properties:
                    name: {type: string}
                    creationPolicy: {type: string, enum: [Owner, Orphan, Merge, None]}
                data:
                  type: array
                  items:
                    type: object
                    required: [secretKey, remoteRef]
                    properties:
                      secretKey: {type: string}
                      remoteRef:
                        type: object
                        required: [key]
                        properties: {key: {type: string}, property: {type: string}, version: {type: string}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pushsecrets.external-secrets.io}
spec:
  group: external-secrets.io
  scope: Namespaced
  names: {kind: PushSecret, plural: pushsecrets}
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [secretStoreRefs, selector]
              properties:
                refreshInterval: {type: string}
                updatePolicy: {type: string, enum: [Replace, IfNotExists]}
                deletionPolicy: {type: string, enum: [Delete, None]}
                secretStoreRefs:
                  type: array
                  items:
                    type: object
                    properties:
                      name: {type: string}
                      kind: {type: string, enum: [SecretStore, ClusterSecretStore]}
                selector:
                  type: object
                  properties:
                    secret: {type: object, properties: {name: {type: string}}}
                data:
                  type: array
                  items:
                    type: object
                    required: [match]
                    properties:
                      match:
                        type: object
                        required: [remoteRef]
                        properties:
                          secretKey: {type: string}
                          remoteRef:
                            type: object
                            required: [remoteKey]
                            properties: {remoteKey: {type: string}, property: {type: string}}
";

/// The manifests of a page: blocks of YAML that name a kind of the API.
fn manifests(page: &str) -> Vec<&str> {
    let blocks = page.split("\n```yaml\n").skip(1);
    let texts = blocks.filter_map(|rest| rest.split("\n```").next());
    texts
        .filter(|text| {
            let mut lines = text.lines();
            lines.any(|line| line.starts_with("apiVersion: "))
        })
        .collect()
}

#[test]
fn the_api_server_takes_the_manifests_of_the_pages() {
    let Some(cluster) = cluster() else { return };
    let user = Session::new(cluster);
    user.run("kubectl create namespace recipes").ok();
    user.apply(DEFINITIONS);
    user.run(
        "for kind in externalsecrets pushsecrets; do
           until kubectl get $kind.external-secrets.io -A; do sleep 0.2; done
         done",
    )
    .ok();
    let take =
        "kubectl apply --server-side --force-conflicts --dry-run=server --validate=strict -f -";
    let mut kinds = Vec::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/how-to")).unwrap() {
        let path = entry.unwrap().path();
        for text in manifests(&fs::read_to_string(&path).unwrap()) {
            // The namespaces of the pages belong to other tests.
            let text = ["argocd", "octopus-gateway"]
                .iter()
                .fold(text.to_owned(), |text, name| {
                    text.replace(&format!("namespace: {name}\n"), "namespace: recipes\n")
                });
            let run = user.run_with_stdin(take, &text);
            assert_eq!(run.code, 0, "{}\n{text}\n{}", path.display(), run.stderr);
            let of_object = text.lines().filter_map(|line| line.strip_prefix("kind: "));
            kinds.extend(of_object.map(str::to_owned));
            // A field that nobody knows would be refused.
            let broken = text.replacen("\nspec:\n", "\nspec:\n  nothing: true\n", 1);
            if broken != text {
                let run = user.run_with_stdin(take, &broken);
                assert!(
                    run.stderr.contains("nothing"),
                    "{}\n{}",
                    path.display(),
                    run.stderr
                );
            }
        }
    }
    kinds.sort();
    kinds.dedup();
    for kind in [
        "Application",
        "CronJob",
        "ExternalSecret",
        "PushSecret",
        "Role",
    ] {
        assert!(
            kinds.iter().any(|there| there == kind),
            "{kind} of {kinds:?}"
        );
    }
}
