# Two commands do everything on a fresh Linux machine with Python >= 3.11, without root:
#   make demo [CASE=path/to/case.yaml]     make test
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
CASE   ?= examples/adult-before-surgery.yaml
OUT    ?= out/$(basename $(notdir $(CASE)))

.DEFAULT_GOAL := help
.PHONY: help demo test check bench prove clean

help: ## Show what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Opsonin needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.with-report: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[report,bayes]'
	@touch $@

$(VENV)/.with-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.with-report

demo: $(VENV)/.with-report ## Plan a case: prints the plan, writes a self-contained report under out/
	$(BIN)/opsonin plan $(CASE) --out $(OUT)

test: $(VENV)/.with-dev ## Run the tests
	$(BIN)/python -m pytest -m "not prove" -n logical --maxprocesses 4 --dist loadscope

check: $(VENV)/.with-dev ## What continuous integration checks: style, types, room order
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

prove: $(VENV)/.with-dev ## Large proofs (long)
	$(BIN)/python -m pytest -m prove

$(VENV)/.with-bench: pyproject.toml | $(VENV)/.with-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

bench: $(VENV)/.with-bench ## Speed against peers, with the accuracy reached (at most 10 minutes; FULL=1 for all)
	FULL=$(FULL) $(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/figure.py

clean: ## Remove what make created
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
