# make demo · make test · make check · make bench · make docs
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
DEMO := .demo/sample.db


.PHONY: demo test check bench docs

demo: $(VENV)/.installed
	@rm -rf .demo && mkdir .demo
	@$(BIN)/python -m data.demo --db $(DEMO)

test: $(VENV)/.installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

# The quick half of `make test`: no transformers, no PostgreSQL, no real data.
check: $(VENV)/.installed-for-tests
	$(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/python -m pytest -q -m "not slow"

bench: $(VENV)/.installed-for-tests
	$(BIN)/python -m benchmarks

docs: $(VENV)/.installed-for-tests
	$(BIN)/python -m docs.generate

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	@echo "Installing Entremise and what it needs (a minute or two the first time) ..."
	@$(PIP) --editable . && touch $@

$(VENV)/.installed-for-tests: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing what the tests need (some minutes the first time) ..."
	@$(PIP) --editable ".[test]" && touch $@
