# Two commands matter: `make demo` and `make test`. Everything else is a part of them.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
WORKERS ?= 2

.PHONY: help demo test lint types layers flows unit bench lock clean

help:
	@echo "make demo   start everything on this machine and print what to try"
	@echo "make test   install, run every gate and every test"
	@echo "make bench  measure CPU time per operation"

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

test: $(VENV)/.dev lint types layers flows unit

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

layers:
	$(BIN)/lint-imports

flows:
	$(BIN)/python -m idp flow check config/flows

unit:
	@sh tests/install-chromium.sh
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not browser"
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m browser tests/browser

bench: $(VENV)/.dev
	$(BIN)/python -m bench

lock:
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras pyproject.toml --extra demo -o requirements/runtime.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras pyproject.toml --extra dev --extra demo -o requirements/dev.lock

clean:
	rm -rf $(VENV) .demo .idp
