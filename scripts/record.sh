#!/usr/bin/env bash
# Puts every recorded call of tests/conformance/argocd-cli to the argocd and the server of tests/e2e/go.mod,
# and says which answers have changed. Times, ids that the server makes and signatures do not count.
# Usage: scripts/record.sh           what has changed; exit code 1 if something has
#        scripts/record.sh --write   write it into transcripts.json as well
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(command -v python3)
scripts/e2e.sh up >/dev/null
trap 'scripts/e2e.sh down' EXIT
# shellcheck source=/dev/null
. "${CARGO_TARGET_DIR:-target}/e2e/up/env"
"$python" scripts/record.py "$@"
