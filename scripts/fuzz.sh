#!/usr/bin/env bash
# Fuzzes targets of fuzz/ and crates/*/fuzz, some at a time, each for a while: all of them, or those that are named.
# What is found lies in fuzz/artifacts; the corpus that it begins with is tests/replay/corpus of the target's package,
# and what it learns goes to fuzz/corpus. Needs a nightly toolchain and cargo-fuzz.
#
#   scripts/fuzz.sh [-s SECONDS] [-j JOBS] [TARGET...]
#   scripts/fuzz.sh -m [TARGET...]     keep a small corpus that reaches the same code
set -euo pipefail
cd "$(dirname "$0")/.."

# No input longer than this is kept, and no more of one target.
longest=512 most=60

seconds=1800 jobs=2 minimise=
while getopts 's:j:m' option; do
  case $option in
    s) seconds=$OPTARG ;;
    j) jobs=$OPTARG ;;
    m) minimise=yes ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
targets=("$@")
# The directory of each target's package.
declare -A package
for file in {.,crates/*}/fuzz/fuzz_targets/*.rs; do package[$(basename "$file" .rs)]=${file%/fuzz/*/*}; done
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(printf '%s\n' "${!package[@]}" | sort)
for name in "${targets[@]}"; do
  [ -n "${package[$name]:-}" ] || { echo "error: no target $name: ${!package[*]}" >&2; exit 2; }
done

host=$(rustc +nightly -vV | sed -n 's/^host: //p')
# The library takes minutes to build: not again because of a commit that changes none of it.
export OCTOPUS_ARGO_COMMIT=0000000
for name in "${targets[@]}"; do
  cargo +nightly fuzz build --fuzz-dir "${package[$name]}/fuzz" --target-dir fuzz/target "$name"
done
mkdir -p fuzz/logs

fuzz() {
  local name=$1
  mkdir -p "fuzz/corpus/$name" "fuzz/artifacts/$name"
  "fuzz/target/$host/release/$name" "fuzz/corpus/$name" "${package[$name]}/tests/replay/corpus/$name" \
    -artifact_prefix="fuzz/artifacts/$name/" -dict="${package[$name]}/fuzz/dict/$name.dict" -max_total_time="$seconds" \
    -timeout=20 -rss_limit_mb=2048 -max_len=4096 -print_funcs=0 -print_final_stats=1 \
    >"fuzz/logs/$name.log" 2>&1
}

# The fewest inputs that reach what both corpora reach, as libFuzzer's own merge finds them. Those
# that have a name stay.
minimise() {
  local name=$1 kept=${package[$1]}/tests/replay/corpus/$1 fresh
  fresh=$(mktemp -d)
  mkdir -p "fuzz/corpus/$name"
  "fuzz/target/$host/release/$name" -set_cover_merge=1 -use_counters=0 -max_len="$longest" \
    "$fresh" "$kept" "fuzz/corpus/$name" >"fuzz/logs/$name.merge.log" 2>&1
  find "$kept" -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
  # They were written in this order: each adds the most to those before it.
  find "$fresh" -type f -printf '%T@ %p\n' | sort -n | sed "$most q" |
    while read -r _ file; do cp "$file" "$kept/"; done
  rm -rf "$fresh"
}

failed=0
if [ -n "$minimise" ]; then
  for name in "${targets[@]}"; do minimise "$name"; done
else
  for name in "${targets[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || failed=1; done
    fuzz "$name" &
  done
  while [ "$(jobs -rp | wc -l)" -gt 0 ]; do wait -n || failed=1; done
  for name in "${targets[@]}"; do
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "fuzz/logs/$name.log")
    coverage=$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "fuzz/logs/$name.log" | tail -n 1)
    found=$(find "fuzz/artifacts/$name" -type f | wc -l)
    printf '%-12s %12s executions, %6s edges, %s findings\n' "$name" "${executions:-?}" "${coverage:-?}" "$found"
  done
fi
exit $failed
