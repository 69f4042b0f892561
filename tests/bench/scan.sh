#!/bin/bash
# Scan of a tree of 1,000,000 files against find and du, whole processes, warm cache, alternately.
#
# usage: tests/bench/scan.sh [BUILD-DIRECTORY]        (a release build; default build/release)
#   SCAN_FILES=1000000   files in the tree            SCAN_TREE=/var/tmp/recover-bench-scan   where it is
#   SCAN_ROUNDS=5        rounds                       (made once, about 4 GB; remove it by hand)
# Prints seconds per round, medians, and the median of the ratios within each round (> 1: recover is
# faster). A first, unmeasured round warms the cache.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-$here/../../build/release}
files=${SCAN_FILES:-1000000}
tree=${SCAN_TREE:-/var/tmp/recover-bench-scan}
rounds=${SCAN_ROUNDS:-5}
recover=$build/bin/recover
state=$(mktemp -d /var/tmp/recover-bench-state.XXXXXX)
trap 'rm -rf "$state"' EXIT

[ -x "$recover" ] || { echo "no program in $build: build the release preset first" >&2; exit 1; }
if [ ! -e "$tree/.complete-$files" ]; then
  echo "making $files files in $tree"
  mkdir -p "$tree"
  python3 "$here/scan_tree.py" "$tree" "$files"
  touch "$tree/.complete-$files"
fi

# seconds COMMAND...: wall-clock time; the output goes to a file, as a terminal would be the bottleneck
seconds() {
  local begin end
  begin=$(date +%s.%N)
  "$@" > "$state/out" 2> "$state/err" || [ $? -eq 5 ]
  end=$(date +%s.%N)
  echo "$end $begin" | awk '{printf "%.3f", $1 - $2}'
}

scan() { "$recover" --state-dir "$state" scan "$tree" --json; }
list() { find "$tree" -printf '%y %s %p\n'; }
usage() { du -s "$tree"; }

seconds scan > /dev/null; seconds list > /dev/null; seconds usage > /dev/null
echo "round  recover     find       du   find/recover  du/recover"
for round in $(seq "$rounds"); do
  r=$(seconds scan)
  found=$(grep -o '"id"' "$state/out" | wc -l)
  f=$(seconds list)
  d=$(seconds usage)
  echo "$round $r $f $d $found" >> "$state/rounds"
  echo "$round $r $f $d" | awk '{printf "%5s %8.3f %8.3f %8.3f %14.2f %11.2f\n", $1, $2, $3, $4, $3/$2, $4/$2}'
done

median() { sort -n | awk '{v[NR] = $1} END {print (NR % 2) ? v[(NR+1)/2] : (v[NR/2] + v[NR/2+1]) / 2}'; }
echo "medians: recover $(awk '{print $2}' "$state/rounds" | median) s, find $(awk '{print $3}' "$state/rounds" | median) s," \
     "du $(awk '{print $4}' "$state/rounds" | median) s"
echo "ratios:  find/recover $(awk '{print $3/$2}' "$state/rounds" | median)," \
     "du/recover $(awk '{print $4/$2}' "$state/rounds" | median)"
echo "findings in the last round: $(awk 'END {print $5}' "$state/rounds")"
