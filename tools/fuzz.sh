#!/bin/sh
# Runs each fuzz target for some seconds: tools/fuzz.sh SECONDS
# What the fuzzer has found before is in fuzz/corpus, which an ordinary test replays; this looks for more.
set -eu
seconds=$1
cd "$(dirname "$0")/.."
if ! cargo fuzz --version >/dev/null 2>&1; then
    echo "Fuzzing needs cargo-fuzz:" >&2
    echo "    cargo install cargo-fuzz --locked" >&2
    exit 1
fi
# The sanitizer is a flag of nightly compilers; with this a stable one takes it too.
export RUSTC_BOOTSTRAP=1
for target in $(cargo fuzz list); do
    echo "$target for $seconds s"
    # New inputs go to a folder that is not committed.
    mkdir -p "fuzz/corpus-new/$target"
    cargo fuzz run "$target" "fuzz/corpus-new/$target" "fuzz/corpus/$target" -- -max_total_time="$seconds" -max_len=4096 -timeout=20
done
