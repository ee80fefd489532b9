#!/bin/sh
# Installs what is missing: tools/install.sh build|lint|python|postgres...
# As root with apt it does so by itself; otherwise it says exactly what to install, and ends with status 1.
set -eu

packages=""
need() { packages="$packages $1"; }

has_compiler() { command -v cc >/dev/null && echo 'int main(void){return 0;}' | cc -x c -o /dev/null - 2>/dev/null; }
has_venv() { python3 -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
has_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

check_rust() {
    command -v cargo >/dev/null && return
    echo "A Rust toolchain is missing, and no package has one that is new enough: install rustup, then run" >&2
    echo "    rustup toolchain install stable --component clippy --component rustfmt" >&2
    exit 1
}

check_lints() {
    cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1 && return
    rustup component add clippy rustfmt 2>/dev/null && return
    echo "clippy and rustfmt are missing: install them with your toolchain (rustup component add clippy rustfmt)" >&2
    exit 1
}

for what in "$@"; do
    case $what in
    build)
        check_rust
        has_compiler || need build-essential
        ;;
    lint) check_lints ;;
    python) has_venv || need "python3 python3-venv" ;;
    postgres) has_postgres || need postgresql ;;
    *) echo "tools/install.sh: what is \`$what\`? There are build, lint, python and postgres." >&2 && exit 2 ;;
    esac
done

[ -n "$packages" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Something is missing. On Debian or Ubuntu, run this first:" >&2
    echo "    sudo apt-get install$packages" >&2
    exit 1
fi
echo "Installing$packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086  # a list of names
apt-get install -q -y --no-install-recommends $packages
