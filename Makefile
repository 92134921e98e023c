# make run    read data/raw/, publish data/processed/ and reports/     make test   the tests
# make test-long  the tests that play whole nights and departments several times over
# make bench  measure beside the floors and the usual way (UNITS=2000)  make lint   ruff and mypy
# make docs   write the generated documents again                      make lock   pin the dependencies again
# make test-dask  the tests that need Dask, in an environment of their own

SHELL := /bin/bash
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UNITS ?= 2000
ARGS ?=
DASK_VENV ?= .venv-dask
LOCKED := --generate-hashes --no-header --no-annotate --python-version 3.11

# Tests are hundreds of processes: where Python may not write bytecode, each compiles all it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-long test-dask bench lint docs docs-check lock setup clean

run: setup
	@code=0; $(BIN)/caijue run $(ARGS) || code=$$?; test $$code -le 1

test: setup
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

# Whole nights and departments, several times over: more than a change should wait for, so CI runs them beside.
test-long: setup
	$(BIN)/python -m pytest -n auto --dist loadfile -m "long and not slow" $(ARGS)

# Dask is an extra that few need: all other tests run without it, as most installations do.
test-dask: $(DASK_VENV)/.ready
	$(DASK_VENV)/bin/python -m pytest tests/dask $(ARGS)

bench: setup
	$(BIN)/python -m bench --units $(UNITS) $(ARGS)
	$(BIN)/python -m bench.suite

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy pipelines schemas

docs: setup
	$(BIN)/python -m pipelines.publish.dictionary docs/datasets.md
	$(BIN)/python -m pipelines.reconcile.rule_pages docs/rules.md
	$(BIN)/python -m pipelines.extract.form_pages docs/forms.md
	$(BIN)/python -m pipelines.reconcile.step_pages docs/reconcile.md

docs-check: setup
	$(BIN)/python -m pipelines.publish.dictionary --check docs/datasets.md
	$(BIN)/python -m pipelines.reconcile.rule_pages --check docs/rules.md
	$(BIN)/python -m pipelines.extract.form_pages --check docs/forms.md
	$(BIN)/python -m pipelines.reconcile.step_pages --check docs/reconcile.md

lock: setup
	$(BIN)/uv pip compile pyproject.toml --extra dev $(LOCKED) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dask --extra s3 --group pyproject.toml:dask-tests --extra dev $(LOCKED) -c requirements.lock -o requirements-dask.lock
	echo "uv" | $(BIN)/uv pip compile - $(LOCKED) -o bootstrap.lock

setup: $(READY)

$(READY): requirements.lock bootstrap.lock pyproject.toml .ci/setup
	@PYTHON="$(PYTHON)" VENV="$(VENV)" .ci/setup

$(DASK_VENV)/.ready: requirements-dask.lock bootstrap.lock pyproject.toml .ci/setup
	@PYTHON="$(PYTHON)" VENV="$(DASK_VENV)" LOCK=requirements-dask.lock .ci/setup

clean:
	rm -rf $(VENV) $(DASK_VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
