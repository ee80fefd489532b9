# A PostgreSQL for tests: sh postgres.sh FOLDER BINARIES
# Says "ready" once it answers, runs until standard input ends, then stops and deletes FOLDER.
set -eu
folder=$1 binaries=$2
trap '' INT HUP TERM

# initdb and postgres refuse to run as root.
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$folder"
    as() { setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"; }
fi

cd "$folder"
stop() {
    as "$binaries/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    cd / && rm -rf "$folder"
}
trap stop EXIT

as "$binaries/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1
options="-k $folder -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
options="$options -c max_connections=200 -c shared_buffers=64MB -c autovacuum=off"
as "$binaries/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/data/log" -o "$options" start >"$folder/start.log" 2>&1 </dev/null
echo ready
cat >/dev/null
