#!/usr/bin/env bash
# Builds the image of packaging/Containerfile from static programs, tries it, and prints its name.
#   packaging/image.sh NAME PLUGIN KUBECTL ARGOCD [BUSYBOX [CERTIFICATES]]
# with docker, or another program of the same commands that $CONTAINERS names (podman).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
containers=${CONTAINERS:-docker}
name=$1
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
install -m 0755 "$2" "$context/kubectl-octopus_argo"
install -m 0755 "$3" "$context/kubectl"
install -m 0755 "$4" "$context/argocd"
install -m 0755 "${5:-/bin/busybox}" "$context/busybox"
install -m 0644 "${6:-/etc/ssl/certs/ca-certificates.crt}" "$context/ca-certificates.crt"
"$containers" build --network none --tag "$name" --file "$here/Containerfile" "$context" >&2
# What the rotation script runs, as its user, without a network and with nothing to write but a scratch directory.
"$containers" run --rm --network none --read-only --tmpfs /tmp --entrypoint sh "$name" -euc '
  test "$(id -u)" = 65532
  cd "$(mktemp -d)"
  echo works | base64 | base64 -d > token
  kubectl version --client
  argocd version --client
  kubectl octopus-argo version
' >&2
echo "$name"
