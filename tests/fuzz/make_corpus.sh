#!/bin/bash
# make_corpus.sh DIR: seeds for splitter_fuzz out of dumps of a real server (PostgreSQL 15, Debian), in the
# forms that dumps have: COPY, INSERT, strings that do not conform, SJIS, a whole cluster. Every dump is cut
# into pieces of a few kilobytes at blank lines, which is what a fuzzer can work with.
set -euo pipefail
dir=$1
here=$(cd "$(dirname "$0")/.." && pwd)
programs=/usr/lib/postgresql/15/bin
[ -x "$programs/initdb" ] || { echo "missing package: postgresql-15"; exit 1; }
as_postgres=()
[ "$(id -u)" != 0 ] || as_postgres=(setpriv --reuid postgres --regid postgres --init-groups)

work=$(mktemp -d /var/tmp/corpus.XXXXXX)
[ "$(id -u)" != 0 ] || chown postgres "$work"
run() { "${as_postgres[@]}" env PGHOST="$work" PGUSER=postgres "$@"; }
finish() {
  run "$programs/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

cd /
run "$programs/initdb" -D "$work/data" -A trust -U postgres -E UTF8 --no-sync >/dev/null
run "$programs/pg_ctl" -D "$work/data" -w -l "$work/log" \
  -o "-c listen_addresses= -c unix_socket_directories=$work -c fsync=off" start >/dev/null
run createdb shop
run psql -Xq -v ON_ERROR_STOP=1 -d shop < "$here/plugins/postgresql/dump/objects.sql" >/dev/null

mkdir -p "$dir"
cut_up() {  # cut_up NAME BYTES < DUMP: the first bytes of it; long runs of rows become 20 rows
  awk -v most="$2" -v name="$dir/$1" '
    (seen += length($0)) > most { next }
    BEGIN { part = 0; rows = 0; text = "\x07" }
    /^COPY .* FROM stdin;$/ { in_copy = 1; rows = 0 }
    in_copy && ++rows > 20 && $0 != "\\." { next }
    $0 == "\\." { in_copy = 0 }
    { text = text $0 "\n" }
    !in_copy && $0 == "" && length(text) > 1500 { printf "%s", text > (name "-" part++); text = "\x07" }
    END { printf "%s", text > (name "-" part) }'
}
run pg_dump shop | cut_up copy 500000
run pg_dump --inserts --rows-per-insert=5 shop | cut_up inserts 60000
run env PGOPTIONS='-c standard_conforming_strings=off' \
  pg_dump --inserts -t app.customers shop | cut_up off 8000
run pg_dumpall | cut_up cluster 500000
run pg_dump -C --clean --if-exists shop | cut_up clean 20000
printf '\x03SET client_encoding = '"'SJIS'"';\nCOPY t FROM stdin;\n\x95\\\n\\.\nselect '"'\x95\\\\'"';\n' > "$dir/sjis"
ls "$dir" | wc -l
