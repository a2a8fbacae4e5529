#!/usr/bin/env bash
# Fuzzes targets of fuzz/, some at a time, each for a while: all of them, or those that are named.
# What is found lies in fuzz/artifacts; the corpus that it begins with is tests/replay/corpus, and
# what it learns goes to fuzz/corpus. Needs a nightly toolchain and cargo-fuzz.
#
#   scripts/fuzz.sh [-s SECONDS] [-j JOBS] [TARGET...]
#   scripts/fuzz.sh -m [TARGET...]     put a small corpus that reaches the same into tests/replay/corpus
set -euo pipefail
cd "$(dirname "$0")/.."

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
if [ ${#targets[@]} = 0 ]; then
  for file in fuzz/fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi

host=$(rustc +nightly -vV | sed -n 's/^host: //p')
cargo +nightly fuzz build --fuzz-dir fuzz
mkdir -p fuzz/logs

fuzz() {
  local name=$1
  mkdir -p "fuzz/corpus/$name" "fuzz/artifacts/$name"
  "fuzz/target/$host/release/$name" "fuzz/corpus/$name" "tests/replay/corpus/$name" \
    -artifact_prefix="fuzz/artifacts/$name/" -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 >"fuzz/logs/$name.log" 2>&1
}

minimise() {
  # libFuzzer's own merge, of what both corpora reach; small inputs first.
  local name=$1 fresh
  fresh=$(mktemp -d)
  "fuzz/target/$host/release/$name" -merge=1 -max_len=512 "$fresh" "tests/replay/corpus/$name" "fuzz/corpus/$name" \
    >"fuzz/logs/$name.merge.log" 2>&1
  find "$fresh" -type f -size -1k | sort | head -n 200 | while read -r file; do
    cp "$file" "tests/replay/corpus/$name/"
  done
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
