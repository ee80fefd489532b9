#!/bin/sh
# Runs each fuzz target for some seconds: tools/fuzz.sh SECONDS
# What the fuzzer has found before is in fuzz/corpus, which an ordinary test replays; this looks for more.
set -eu
seconds=$1
cd "$(dirname "$0")/.."
if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
    echo "Fuzzing needs a nightly toolchain and cargo-fuzz:" >&2
    echo "    rustup toolchain install nightly && cargo install cargo-fuzz" >&2
    exit 1
fi
for target in $(cargo +nightly fuzz list); do
    echo "$target for $seconds s"
    # New inputs go to a folder that is not committed.
    mkdir -p "fuzz/corpus-new/$target"
    cargo +nightly fuzz run "$target" "fuzz/corpus-new/$target" "fuzz/corpus/$target" -- -max_total_time="$seconds"
done
