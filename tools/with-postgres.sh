#!/bin/sh
# Runs a command beside a PostgreSQL of its own, which all its test processes share:
#     tools/with-postgres.sh cargo test --workspace
# Without it each test process starts one by itself, which takes a second more.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
binaries=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
if [ ! -x "$binaries/initdb" ]; then
    echo "PostgreSQL's server is not installed: apt-get install postgresql" >&2
    exit 1
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/polder-pg-XXXXXX")
mkfifo "$folder.in" "$folder.out"
# The server runs until the write end of this pipe is closed: when this shell ends, however it ends.
sh "$here/crates/polder-store/src/testing/postgres.sh" "$folder" "$binaries" <"$folder.in" >"$folder.out" &
watch=$!
exec 3>"$folder.in"
read -r said <"$folder.out" || said=
rm -f "$folder.in" "$folder.out"
if [ "$said" != ready ]; then
    echo "PostgreSQL does not start" >&2
    exit 1
fi

status=0
POLDER_TEST_POSTGRES=$folder "$@" 3>&- || status=$?
exec 3>&-
wait "$watch" || true
exit "$status"
