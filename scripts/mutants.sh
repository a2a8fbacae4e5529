#!/usr/bin/env bash
# Mutation testing of one room of src/: changes it in one place at a time, and says which changes no
# test notices. Needs cargo-mutants.
#
#   scripts/mutants.sh yaml|rbac [ARGUMENT OF cargo mutants...]
#   scripts/mutants.sh rbac -f 'src/rbac/glob/**' --jobs 2
#
# `yaml` and `rbac` import nothing but `model` and `error`: they are tested as a crate of these rooms
# alone, which is built in seconds, where the whole takes minutes. Other rooms have their tests in
# tests/it and need all of it:  cargo mutants -f 'src/plan/**' -- --lib --test it
set -euo pipefail
cd "$(dirname "$0")/.."

room=${1:?which room: yaml or rbac}
shift
case $room in
  yaml) tests=(yaml) ;;
  rbac) tests=(conformance) ;;
  *) echo "$room has no crate of its own: see the head of $0" >&2; exit 2 ;;
esac

crate=target/mutants/$room
rm -rf "$crate"
mkdir -p "$crate/src" "$crate/tests"
cp -r "src/$room" src/model src/error.rs "$crate/src/"
cp -r tests/conformance tests/yaml "$crate/tests/"
cp -r benches clippy.toml Cargo.lock .cargo "$crate/"
printf '#![allow(missing_docs)]\npub mod error;\npub mod model;\npub mod %s;\n' "$room" >"$crate/src/lib.rs"
{
  printf '[package]\nname = "kubectl-octopus-argo"\nversion = "0.0.0"\nedition = "2024"\n'
  printf 'autotests = false\nautobenches = false\n[lib]\nname = "kubectl_octopus_argo"\n[workspace]\n'
  sed -n '/^\[features\]/,/^\[dev-dependencies\]/p' Cargo.toml | grep -v '^fakes = '
  grep -E '^(proptest|snapbox) = ' Cargo.toml
  for test in "${tests[@]}"; do printf '[[test]]\nname = "%s"\npath = "tests/%s/main.rs"\n' "$test" "$test"; done
  printf '[profile.dev]\nopt-level = 1\ndebug = 0\n'
} >"$crate/Cargo.toml"

[[ " $* " == *" -f "* ]] || set -- -f "src/$room/**" "$@"
cargo mutants --dir "$crate" --output "$crate" "$@"
