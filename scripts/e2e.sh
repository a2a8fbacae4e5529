#!/usr/bin/env bash
# The real programs of the end-to-end tests. Usage: scripts/e2e.sh COMMAND
#   build         build argocd, argocd-server and kube-apiserver (ten minutes on two cores, then seconds)
#   test [WORDS]  build, then run the tests; words are those of `cargo test -- WORDS`
#   long          build, then run the long forms at the lowest priority; hours
#   up            build, then start a system to play with; says how to use it
#   down          end it
# Needs Go; etcd-server, redis-server and openssl of Debian; kubectl.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
bin=$target/e2e/bin
state=$target/e2e/up

build() {
  command -v go >/dev/null || {
    echo "go is not on PATH: argocd and kube-apiserver are built with it (https://go.dev/dl)" >&2
    exit 1
  }
  mkdir -p "$bin"
  local out versions
  out=$(cd "$bin" && pwd)
  # Without its version argocd calls itself v99.99.99, and kubectl warns of the API server's.
  versions=$(cd tests/e2e && go list -m -f '{{.Path}}={{.Version}}' \
    github.com/argoproj/argo-cd/v3 k8s.io/kubernetes)
  local argocd kubernetes
  argocd=$(sed -n 's#.*argo-cd/v3=v##p' <<<"$versions")
  kubernetes=$(sed -n 's#^k8s.io/kubernetes=##p' <<<"$versions")
  (cd tests/e2e && go build -o "$out/" -ldflags "-s -w
      -X github.com/argoproj/argo-cd/v3/common.version=$argocd
      -X k8s.io/component-base/version.gitVersion=$kubernetes" tool)
  # One program: the name that it is started by selects what it is.
  ln -sf cmd "$bin/argocd"
  ln -sf cmd "$bin/argocd-server"
}

# Prints the pid of the running system, if there is one.
running() {
  [ -f "$state/pid" ] || return 1
  local pid
  pid=$(cat "$state/pid")
  kill -0 "$pid" 2>/dev/null && echo "$pid"
}

case ${1-} in
  build) build ;;
  test)
    shift
    build
    REQUIRE_REAL_TOOLS=1 cargo test --locked --test e2e -- "$@"
    ;;
  long)
    build
    export REQUIRE_REAL_TOOLS=1
    E2E_DECISIONS=20000 E2E_CHAINS_EVERY=1 E2E_KILLS=200 nice -n 19 \
      cargo test --locked --test e2e -- --nocapture --test-threads 1 \
      can_answers_as_the_server_does what_an_upgrade_deletes rotation_that_is_killed
    ;;
  up)
    if running >/dev/null; then
      echo "it is up: . $state/env" >&2
      exit 1
    fi
    build
    rm -rf "$state"
    mkdir -p "$state"
    program=$(cargo test --locked --no-run --test e2e-up --message-format json |
      sed -n 's/.*"executable":"\([^"]*e2e_up[^"]*\)".*/\1/p')
    setsid "$program" "$state" >"$state/log" 2>&1 </dev/null &
    echo $! >"$state/pid"
    until [ -f "$state/env" ]; do
      running >/dev/null || { cat "$state/log" >&2; exit 1; }
      sleep 0.2
    done
    cat "$state/env"
    echo "# now: . $state/env; to end it: scripts/e2e.sh down" >&2
    ;;
  down)
    pid=$(running) || { echo "it is not up" >&2; exit 1; }
    kill "$pid"
    rm -rf "$state"
    ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
