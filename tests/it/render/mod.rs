//! `render` of the ConfigMaps: what is asked for goes in, and nothing else changes.

mod absent;
mod account;
mod manifest;
mod patches;
mod real;

/// Both ConfigMaps, small, with comments and somebody else's keys.
const TWO: &str = "\
# Git holds this file.
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
data:
  url: https://argocd.example.com # ours
  accounts.alice: login
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
  namespace: argocd
data:
  policy.csv: |
    # people
    g, acme:ops, role:admin
  policy.default: ''
";

/// As kubectl prints an object of the server.
const LIVE: &str = r#"apiVersion: v1
items:
- apiVersion: v1
  data:
    url: https://argocd.example.com
  kind: ConfigMap
  metadata:
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1","data":{"url":"https://argocd.example.com"},"kind":"ConfigMap"}
    creationTimestamp: "2026-01-01T00:00:00Z"
    labels:
      app.kubernetes.io/part-of: argocd
    managedFields:
    - apiVersion: v1
      manager: kubectl
    name: argocd-cm
    namespace: argocd
    resourceVersion: "42"
    uid: 7d4e6a2c
- apiVersion: v1
  kind: ConfigMap
  metadata:
    annotations:
      team: platform
      kubectl.kubernetes.io/last-applied-configuration: '{}'
    generation: 3
    name: argocd-rbac-cm
    namespace: argocd
    resourceVersion: "43"
    selfLink: /api/v1/x
kind: List
metadata:
  resourceVersion: ""
"#;
