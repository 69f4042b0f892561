#!/bin/bash
# Copying a PostgreSQL-like tree against cp -a and rsync -a, whole processes, source warm, alternately.
#
# usage: tests/bench/copy.sh [PROGRAM]          (default build/release/bin/recover_copy_bench, RECOVER_BENCH=ON)
#   COPY_TREE=/var/tmp/recover-bench-copy   where source and copies lie (about 1.2 GB each round and form)
#   COPY_ROUNDS=3
# Every copy goes to a fresh directory and nothing is deleted while anything is timed: ext4 avoids inodes
# that were just deleted, which would slow down whoever comes next. Prints seconds per round and the
# median of the ratios cp / this within each round (> 1: faster than cp -a).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-$here/../../build/release/bin/recover_copy_bench}
tree=${COPY_TREE:-/var/tmp/recover-bench-copy}
rounds=${COPY_ROUNDS:-3}
[ -x "$program" ] || { echo "no program $program: build the release preset with RECOVER_BENCH=ON" >&2; exit 1; }
for tool in rsync python3; do command -v $tool > /dev/null || { echo "package $tool is missing" >&2; exit 1; }; done

if [ ! -e "$tree/.complete" ]; then
  python3 - "$tree/source" <<'PYTHON'
import os, random, sys
root = sys.argv[1]
random.seed(1)
block = random.randbytes(1 << 20)
for database in range(4):
    directory = f"{root}/base/{16384 + database}"
    os.makedirs(directory, exist_ok=True)
    for number in range(1950):  # small relations
        with open(f"{directory}/{1000 + number}", "wb") as out:
            out.write(block[: 8192 * (1 + number % 4)])
    for number in range(10):  # large ones
        with open(f"{directory}/{20000 + number}", "wb") as out:
            for _ in range(4 + 5 * number):
                out.write(block)
PYTHON
  touch "$tree/.complete"
fi
work=$(mktemp -d "$tree/run.XXXXXX")
trap 'rm -rf "$work"' EXIT

seconds() {
  local begin end
  begin=$(date +%s.%N)
  "$@" > "$work/out" 2> "$work/err" || { cat "$work/err" >&2; exit 1; }
  end=$(date +%s.%N)
  echo "$end $begin" | awk '{printf "%.3f", $1 - $2}'
}

find "$tree/source" -type f -exec cat {} + > /dev/null  # warm
sync
forms=(cp rsync buffered-hash buffered-inspect durable-hash durable-inspect)
for ((round = 1; round <= rounds; round++)); do
  for form in "${forms[@]}"; do
    target=$work/$round-$form
    case $form in
      cp) time=$(seconds cp -a "$tree/source" "$target") ;;
      rsync) time=$(seconds rsync -a "$tree/source/" "$target") ;;
      *) time=$(seconds "$program" "$tree/source" "$target" "${form%-*}" "${form#*-}") ;;
    esac
    sync
    echo "$round $form $time" | tee -a "$work/times"
  done
done
echo "ratio to cp -a in the same round (median, > 1: faster)"
awk '$2 == "cp" {cp[$1] = $3} {time[$1, $2] = $3; forms[$2] = 1; if ($1 > n) n = $1}
  END {for (f in forms) {k = 0; for (r = 1; r <= n; r++) v[++k] = cp[r] / time[r, f];
       for (i = 1; i <= k; i++) for (j = i + 1; j <= k; j++) if (v[j] < v[i]) {t = v[i]; v[i] = v[j]; v[j] = t}
       printf "  %-18s %.2f\n", f, v[int((k + 1) / 2)]}}' "$work/times" | sort
