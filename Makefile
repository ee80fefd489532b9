# Polder. `make` lists what there is to do.

BIN := target/release/polder
DEBUG_BIN := target/debug/polder
VENV := .demo/venv
INTEROP := .demo/interop
PYTHON_PARTS := examples tools bench
FUZZ_SECONDS ?= 60
# A binary to use instead of building one: POLDER_BIN=target/release/polder make demo
POLDER_BIN ?=
UI_SOURCES := $(shell find ui/src ui/public -type f) $(wildcard ui/*.json ui/*.ts ui/*.html ui/*.cjs) docs/openapi.json
# Without a Node that is new enough, the server is built without its pages, and says so.
UI := $(if $(shell tools/install.sh check-node 2>/dev/null),ui/dist/index.html,without-ui)

export PYTHONPATH := $(CURDIR)/tools
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help
help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The build for debugging is there in a third of the time, and a week of data asks for no speed.
.PHONY: demo
demo: $(if $(POLDER_BIN),,build) $(VENV)  ## A week of real data through four pipelines, in front of you (Ctrl-C ends it)
	@python3 tools/demo $(or $(POLDER_BIN),$(DEBUG_BIN))

.PHONY: test
test: install-test lint test-rust test-examples test-python test-interop test-ui test-browser  ## Everything: lints, all tests on both databases, the browser's

.PHONY: build
build: install-build $(UI)  ## Build for debugging
	cargo build --workspace --locked

.PHONY: release
release: install-build $(UI)  ## Build target/release/polder
	cargo build --release --locked -p polder

.PHONY: ui
ui: install-node ui/dist/index.html  ## Build the web interface (Node 20.19 or later)

ui/node_modules/.package-lock.json: ui/package-lock.json
	npm ci --prefix ui --no-fund --no-audit --loglevel=error
	@touch $@

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	npm run --prefix ui build

.PHONY: without-ui
without-ui:
	@tools/install.sh node || echo "Going on without the web interface." >&2

.PHONY: lint
lint: install-test $(VENV) ui/node_modules/.package-lock.json  ## Formatting, clippy, documentation, Python, TypeScript; all as errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked --quiet
	$(VENV)/bin/ruff check $(PYTHON_PARTS)
	$(VENV)/bin/ruff format --check --quiet $(PYTHON_PARTS)
	npm run --prefix ui check

.PHONY: test-rust
test-rust: install-test $(VENV)  ## The Rust tests, beside a PostgreSQL and an S3 of their own
	tools/with-postgres.sh cargo test --workspace --locked --no-fail-fast

# The binary of these and of the next is the one that test-rust has built.
.PHONY: test-examples
test-examples: test-rust  ## The examples' definitions
	for project in examples/flights/*/polder.yaml; do target/debug/polder check "$${project%/*}" || exit 1; done

.PHONY: test-python
test-python: test-rust $(VENV)  ## The examples' tests, SQL from Python's clients, and whether the OpenAPI document is valid
	$(VENV)/bin/pytest examples
	$(VENV)/bin/pytest -p no:cacheprovider --import-mode=importlib tools/tests

# The binary is the one that test-rust has built.
.PHONY: test-interop
test-interop: test-rust $(INTEROP)/venv/made $(INTEROP)/jars/made  ## Spark and deltalake for Python read the lake while it publishes; JDBC looks into its catalog
	DELTA_JARS=$(INTEROP)/jars $(INTEROP)/venv/bin/pytest -p no:cacheprovider --import-mode=importlib tools/tests/test_readers.py tools/tests/test_jdbc.py

$(INTEROP)/venv/made: tools/interop/requirements.txt | install-interop
	@echo "Making a Python environment with Spark in $(INTEROP) (a minute, once)"
	rm -rf $(@D)
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(INTEROP)/jars/made: tools/interop/pom.xml | install-interop
	mvn -q -B -f $< dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=$(CURDIR)/$(@D)
	@touch $@

.PHONY: test-ui
test-ui: install-node ui/node_modules/.package-lock.json  ## The logic of the web interface
	npm test --prefix ui

# The binary is the one that test-rust has built; in debug it reads the pages from ui/dist.
.PHONY: test-browser
test-browser: install-browser ui/dist/index.html  ## The web interface in a real browser, on a real server
	cargo build --workspace --locked
	npm run --prefix ui test:e2e

.PHONY: bench
bench: $(if $(POLDER_BIN),,release) install-python  ## What Polder itself costs: a table, and JSON under bench/results
	@python3 bench $(or $(POLDER_BIN),$(BIN)) $(PARTS)

.PHONY: fuzz
fuzz: install-build  ## Each fuzz target for a minute (FUZZ_SECONDS; needs cargo-fuzz)
	tools/fuzz.sh $(FUZZ_SECONDS)

.PHONY: fmt
fmt: $(VENV)  ## Format everything
	cargo fmt --all
	$(VENV)/bin/ruff check --fix --quiet $(PYTHON_PARTS)
	$(VENV)/bin/ruff format --quiet $(PYTHON_PARTS)
	npm run --prefix ui fmt

.PHONY: clean-demo
clean-demo:  ## Remove what the demo left
	rm -rf .demo

.PHONY: install-build
install-build:
	@tools/install.sh build

.PHONY: install-python
install-python:
	@tools/install.sh python

.PHONY: install-test
install-test:
	@tools/install.sh build lint python postgres node browser

.PHONY: install-node
install-node:
	@tools/install.sh node

.PHONY: install-interop
install-interop:
	@tools/install.sh python java

.PHONY: install-browser
install-browser:
	@tools/install.sh build node browser

# Made anew by itself when the requirements change.
.PHONY: $(VENV)
$(VENV): install-python
	@tools/venv.sh $(VENV)
