#!/bin/bash
# Copying a PostgreSQL data directory against cp -a and rsync -a, whole processes, source warm, in turn.
#
# usage: tests/bench/copy.sh [PROGRAM]          (default build/release/bin/recover_copy_bench, RECOVER_BENCH=ON)
#   COPY_TREE=/var/tmp/recover-bench-copy   where the source is made and the copies lie
#   COPY_ROUNDS=5  COPY_SCALE=50            pgbench's scale: 50 and 1650 small tables are 1.6 GB, 7,970 files
# Needs postgresql-15, rsync, python3 and root (the server runs as postgres while the source is made).
#
# Three things would measure the machine and not the programs, so before each run memory is touched (a
# virtual machine pays for every page it has not used lately), every copy goes to a fresh directory, and
# nothing is deleted meanwhile (ext4 avoids inodes that were just deleted): old copies are only emptied.
# Prints seconds, and the median of the ratios cp / this within each round: > 1 is faster than cp -a.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-$here/../../build/release/bin/recover_copy_bench}
tree=${COPY_TREE:-/var/tmp/recover-bench-copy}
rounds=${COPY_ROUNDS:-5}
servers=/usr/lib/postgresql/15/bin
[ -x "$program" ] || { echo "no program $program: build the release preset with RECOVER_BENCH=ON" >&2; exit 1; }
[ -x $servers/initdb ] || { echo "package postgresql-15 is missing" >&2; exit 1; }
for tool in rsync python3; do command -v $tool > /dev/null || { echo "package $tool is missing" >&2; exit 1; }; done

as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups env HOME=/tmp "$@"; }

make_source() {
  local sockets=$tree/sockets
  rm -rf "$tree/source" "$sockets"
  install -d -o postgres "$tree" "$sockets"
  (
    cd "$tree"
    as_postgres $servers/initdb -k -D "$tree/source" -U postgres -A trust > /dev/null
    as_postgres $servers/pg_ctl -D "$tree/source" -w -l "$sockets/log" start > /dev/null \
      -o "-c listen_addresses= -c unix_socket_directories=$sockets -c fsync=off -c max_wal_size=4GB"
    as_postgres $servers/pgbench -h "$sockets" -U postgres -i -q -s "${COPY_SCALE:-50}" postgres 2> /dev/null
    as_postgres $servers/psql -h "$sockets" -U postgres -qd postgres -c "DO \$\$ BEGIN FOR i IN 1..1650 LOOP
      EXECUTE format('CREATE TABLE small_%s (id int PRIMARY KEY, t text)', i);
      EXECUTE format('INSERT INTO small_%s SELECT g, repeat(''x'', 50) FROM generate_series(1, %s) g', i, i % 100);
      IF i % 200 = 0 THEN COMMIT; END IF; END LOOP; END \$\$"
    as_postgres $servers/pg_ctl -D "$tree/source" -w -m fast stop > /dev/null
  )
  touch "$tree/.complete"
}

touch_memory() { python3 -c 'bytearray(b"x") * (3 << 30)'; }

# Gives the space and the memory of a copy back without deleting an inode.
empty_copy() {
  python3 - "$1" <<'PYTHON'
import os, sys
for directory, _, names in os.walk(sys.argv[1]):
    for name in names:
        os.truncate(f"{directory}/{name}", 0)
PYTHON
}

seconds() {
  local begin end
  begin=$(date +%s.%N)
  "$@" > "$work/out" 2> "$work/err" || { cat "$work/err" >&2; exit 1; }
  end=$(date +%s.%N)
  echo "$end $begin" | awk '{printf "%.3f", $1 - $2}'
}

copy_durably() { cp -a "$1" "$2" && sync -f "$2"; }

[ -e "$tree/.complete" ] || make_source
work=$(mktemp -d "$tree/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
find "$tree/source" -type f -exec cat {} + > /dev/null  # warm
for ((round = 1; round <= rounds; round++)); do
  for form in cp cp-sync rsync buffered-hash buffered-inspect durable-hash durable-inspect; do
    target=$work/$round-$form
    sync -f "$tree"
    touch_memory
    case $form in
      cp) time=$(seconds cp -a "$tree/source" "$target") ;;
      cp-sync) time=$(seconds copy_durably "$tree/source" "$target") ;;
      rsync) time=$(seconds rsync -a "$tree/source/" "$target") ;;
      *) time=$(seconds "$program" "$tree/source" "$target" "${form%-*}" "${form#*-}") ;;
    esac
    echo "$round $form $time" | tee -a "$work/times"
    sync -f "$tree"
    empty_copy "$target"
  done
done
echo "ratio to cp -a in the same round (median, > 1: faster)"
awk '$2 == "cp" {cp[$1] = $3} {time[$1, $2] = $3; forms[$2] = 1; if ($1 > n) n = $1}
  END {for (f in forms) {k = 0; for (r = 1; r <= n; r++) v[++k] = cp[r] / time[r, f];
       for (i = 1; i <= k; i++) for (j = i + 1; j <= k; j++) if (v[j] < v[i]) {t = v[i]; v[i] = v[j]; v[j] = t}
       printf "  %-18s %.2f\n", f, v[int((k + 1) / 2)]}}' "$work/times" | sort
