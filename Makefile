# Everything happens in .venv; each set-up step leaves a stamp, so that a second run is quick.
PYTHON ?= python3
BIN := .venv/bin
DATA ?= ../shared/data

.DEFAULT_GOAL := help
.PHONY: help demo walk test test-long check bench lock verifier format

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/' | sort

.venv/bin/python:
	@echo "== making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv

define install
	@echo "== installing the locked packages of $(1)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
endef

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	$(call install,requirements/run.txt)

.venv/.dev: requirements/dev.txt pyproject.toml | .venv/bin/python
	$(call install,requirements/dev.txt)
	@touch .venv/.run

.venv/.bench: requirements/bench.txt pyproject.toml | .venv/bin/python
	$(call install,requirements/bench.txt)

demo: .venv/.run ## a fixture county's whole month, ending in two checked packs under var/demo
	@$(BIN)/inspect-engine demo

walk: .venv/.run ## the month of Jiaxing on real data: make walk DATA=DIR
	@$(BIN)/python -m fixtures.walk $(DATA)

test: .venv/.dev ## all tests
	@$(BIN)/python -m pytest -n auto

test-long: .venv/.dev ## the laws with many more examples
	@HYPOTHESIS_PROFILE=night $(BIN)/python -m pytest -n auto

check: .venv/.dev ## lint, format, types, import contracts
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/ruff format --no-cache --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/.dev ## let ruff format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: .venv/.bench ## every benchmark, one after the other (fails if one does not hold)
	@$(BIN)/python -m benchmarks

verifier: .venv/.run ## the checker of packs as one file for plain python3: var/dr1-verify.py
	@$(BIN)/python -m solver.dr1.onefile var/dr1-verify.py

lock: .venv/.dev ## write the hash-locked requirements anew
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@mkdir -p requirements
	@for set in run:build dev:build,dev bench:build,dev,bench; do \
	  name=$${set%%:*}; extras=$$(echo $${set#*:} | sed 's/[^,]*/--extra &/g; s/,/ /g'); \
	  echo "== locking requirements/$$name.txt"; \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --no-annotate $$extras pyproject.toml --output-file requirements/$$name.txt || exit 1; \
	done
