# make demo · make serve · make test · make check · make bench · make bench-ranking · make soak · make docs · make pictures
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
MATCHER := $(BIN)/matcher
DEMO := --db .demo/sample.db

.PHONY: demo serve test check bench bench-ranking soak docs pictures

demo: $(VENV)/.installed
	@rm -rf .demo && mkdir .demo
	$(MATCHER) import data/sample $(DEMO)
	@echo; echo "1/3  A railway's open need: who answers it, and why?"; echo
	$(MATCHER) suggest --brief need-track-ears --limit 2 --why $(DEMO)
	@echo; echo "2/3  A start-up looks for partners; the ones it has are counted apart."; echo
	$(MATCHER) suggest alertepoignet --limit 5 $(DEMO)
	@echo; echo "3/3  A need in French, partners abroad."; echo
	$(MATCHER) suggest --text "Nous recherchons des capteurs pour trouver les fuites d'eau" \
	  --country DE --country ES --country IT --limit 5 --lang fr $(DEMO)
	@echo; echo "Try next:"; echo
	@echo "  $(MATCHER) why-not need-track-ears mecavoie $(DEMO)"
	@echo "  $(MATCHER) show silver-lys $(DEMO)"
	@echo "  $(MATCHER) export suggestions.xlsx $(DEMO)"
	@echo "  $(MATCHER) import YOUR-TABLE.xlsx --dry-run"
	@echo "  make serve                      # pages and API, at http://127.0.0.1:8000"

# The service on the sample, open to anybody on this machine, until Ctrl+C.
serve: $(VENV)/.installed
	@test -f .demo/sample.db || (mkdir -p .demo && $(MATCHER) import data/sample $(DEMO) >/dev/null && $(MATCHER) prepare $(DEMO))
	@MATCHER_API_INSECURE_COOKIES=yes $(BIN)/matcher-api --db .demo/sample.db --open

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

# The whole evaluation of the ranking on CORDIS and i-Lab: under an hour on two cores.
bench-ranking: $(VENV)/.installed-for-tests
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.ranking

# Hours under load, kills at random moments, every request the schema allows, inputs by the million; all on 127.0.0.1.
soak: $(VENV)/.installed-for-tests
	$(BIN)/python -m benchmarks.soak

pictures: $(VENV)/.installed-for-tests
	$(BIN)/python -m docs.pictures

docs: $(VENV)/.installed-for-tests
	$(BIN)/python -m docs.generate

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	@echo "Installing Entremise and what it needs (a minute or two the first time) ..."
	@$(PIP) --editable ".[service]" && touch $@

$(VENV)/.installed-for-tests: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing what the tests need (some minutes the first time) ..."
	@$(PIP) --editable ".[test]"
	@$(MAKE) --no-print-directory $(VENV)/axe-core && touch $@

# What tests the pages for accessibility; without npm those tests say so and are skipped.
$(VENV)/axe-core:
	@if command -v npm >/dev/null; then \
	  cd $(VENV) && npm pack --silent axe-core@4.14.1 >/dev/null && mkdir -p axe-core \
	  && tar -xzf axe-core-4.14.1.tgz -C axe-core --strip-components=1 && rm axe-core-4.14.1.tgz; \
	else echo "There is no npm: the accessibility of the pages is not tested."; fi
