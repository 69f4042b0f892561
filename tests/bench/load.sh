#!/bin/bash
# Loading a dump against zcat | psql and pg_restore -j2, whole processes, in turn.
#
# usage: tests/bench/load.sh [PROGRAM]          (default build/release/bin/recover)
#   LOAD_TREE=/var/tmp/recover-bench-load   where server, dumps and results lie
#   LOAD_ROUNDS=3  LOAD_ROWS=1500000        rows of the largest of nine tables: about 1.1 GB of database
# Needs postgresql-15 and root (servers run as postgres).
#
# The peers load into a new database of a running server with the settings that people give one for a
# restore (1 GB of WAL between checkpoints, 256 MB for index builds, no autovacuum). recover's time is
# everything from the scan of the directory to the verified, durable, started server. Prints seconds and the
# medians of the ratios psql / this within each round: > 1 is faster than psql.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$(readlink -f "${1:-$here/../../build/release/bin/recover}")
tree=${LOAD_TREE:-/var/tmp/recover-bench-load}
rounds=${LOAD_ROUNDS:-3}
rows=${LOAD_ROWS:-1500000}
servers=/usr/lib/postgresql/15/bin
[ -x "$program" ] || { echo "no program $program: build the release preset" >&2; exit 1; }
[ -x $servers/initdb ] || { echo "package postgresql-15 is missing" >&2; exit 1; }

as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups env HOME=/tmp "$@"; }
sql() { as_postgres $servers/psql -h "$tree" -U postgres -qXAtd "$1" -v ON_ERROR_STOP=1 "${@:2}"; }

start_server() {
  as_postgres $servers/pg_ctl -D "$tree/server" -w -l "$tree/log" start > /dev/null \
    -o "-c listen_addresses= -c unix_socket_directories=$tree -c max_wal_size=1GB -c autovacuum=off -c maintenance_work_mem=256MB -c shared_buffers=512MB"
}

make_dumps() {
  install -d -o postgres "$tree" "$tree/plain" "$tree/custom" "$tree/directory"
  as_postgres $servers/initdb -k -D "$tree/server" -U postgres -A trust -E UTF8 --locale=C.UTF-8 > /dev/null
  start_server
  sql postgres -c "CREATE DATABASE shop"
  sql shop -c "CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, doc jsonb, seen timestamptz)"
  sql shop -c "INSERT INTO customers SELECT i, 'customer ' || md5(i::text), jsonb_build_object('a', i, 'tags',
    ARRAY[md5((i + 1)::text), 'x']), now() - i * interval '1 s' FROM generate_series(1, $rows / 3) i"
  for table in orders items events; do
    sql shop -c "CREATE TABLE $table (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers, price
      numeric(10,2), note text, at timestamptz)"
    sql shop -c "INSERT INTO $table SELECT i, 1 + i % ($rows / 3), i % 1000 / 7.0, md5(i::text) || md5((i * 7)::text),
      now() - i * interval '1 s' FROM generate_series(1, $rows) i"
    sql shop -c "CREATE INDEX ON $table (customer)" -c "CREATE INDEX ON $table (at)"
  done
  for number in 1 2 3 4 5; do
    sql shop -c "CREATE TABLE small_$number AS SELECT i AS id, md5(i::text) AS t FROM generate_series(1, $rows / 20) i" \
             -c "ALTER TABLE small_$number ADD PRIMARY KEY (id)"
  done
  sql shop -c "CREATE INDEX ON customers USING gin (doc)"
  as_postgres $servers/pg_dump -h "$tree" -U postgres shop | gzip > "$tree/plain/shop.sql.gz"
  as_postgres $servers/pg_dump -h "$tree" -U postgres -Fc -f "$tree/custom/shop.dump" shop
  touch "$tree/.complete"
}

by_psql() {
  sql postgres -c "DROP DATABASE IF EXISTS copy" -c "CREATE DATABASE copy TEMPLATE template0"
  zcat "$tree/plain/shop.sql.gz" | sql copy > /dev/null
}
by_pg_restore() {
  sql postgres -c "DROP DATABASE IF EXISTS copy" -c "CREATE DATABASE copy TEMPLATE template0"
  as_postgres $servers/pg_restore -h "$tree" -U postgres -d copy -j2 "$tree/custom/shop.dump"
}
by_recover() { "$program" "$tree/$1" --yes --quiet --state-dir "$tree/state" --verify "$2"; }

forget_result() {
  for instance in "$tree"/state/instances/*/; do
    [ -d "$instance" ] && "$program" --state-dir "$tree/state" instance remove "$(basename "$instance")" --yes > /dev/null
  done
  rm -rf "$tree/state"
}

seconds() {
  local begin end
  begin=$(date +%s.%N)
  "$@" > "$tree/out" 2>&1 || { tail "$tree/out" >&2; exit 1; }
  end=$(date +%s.%N)
  awk -v b="$begin" -v e="$end" 'BEGIN { printf "%.2f", e - b }'
}

if [ -e "$tree/.complete" ]; then start_server; else rm -rf "$tree"; make_dumps; fi
trap 'as_postgres $servers/pg_ctl -D "$tree/server" -s -m fast stop' EXIT
du -sh "$tree/plain" "$tree/custom" | sed 's/^/# /'
echo "psql pg_restore recover-none recover-quick recover-full recover-custom-quick" | tee "$tree/times"
for _ in $(seq "$rounds"); do
  line="$(seconds by_psql) $(seconds by_pg_restore)"
  for case in "plain none" "plain quick" "plain full" "custom quick"; do
    # shellcheck disable=SC2086
    line="$line $(seconds by_recover $case)"
    forget_result
  done
  echo "$line" | tee -a "$tree/times"
done
python3 - "$tree/times" <<'PYTHON'
import statistics, sys
names, *rounds = [line.split() for line in open(sys.argv[1])]
for column, name in enumerate(names[1:], 1):
    ratios = [float(r[0]) / float(r[column]) for r in rounds]
    print(f"psql / {name}: {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})")
PYTHON
