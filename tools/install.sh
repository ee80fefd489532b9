#!/bin/sh
# Installs what is missing: tools/install.sh build|lint|python|postgres|node|browser|java...
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

has_node() { node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }
has_browser() { command -v "${CHROMIUM:-chromium}" >/dev/null; }

# Debian 12 and Ubuntu 24.04 package older ones, so apt is no help here.
check_node() {
    has_node && command -v npm >/dev/null && return
    echo "Node.js 20.19 or later, with npm, is missing; the web interface is built with it." >&2
    echo "    Install it from https://nodejs.org or, on Debian 13 and later, with: sudo apt-get install nodejs npm" >&2
    echo "    Without it the server works all the same, without its pages: make release" >&2
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
    node) check_node ;;
    # Says yes, or nothing; for the Makefile.
    check-node) has_node && command -v npm >/dev/null && echo yes ;;
    browser) has_browser || need chromium ;;
    postgres) has_postgres || need postgresql ;;
    java) { command -v java && command -v mvn; } >/dev/null || need "openjdk-17-jre-headless maven" ;;
    *) echo "tools/install.sh: what is \`$what\`? There are build, lint, python, postgres, node, browser and java." >&2 && exit 2 ;;
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
