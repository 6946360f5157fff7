.DEFAULT_GOAL := help
.PHONY: help check test slow lint docs goldens

# The tools of ./.venv where there is one, else those on the PATH.
export PATH := $(if $(wildcard .venv/bin),$(CURDIR)/.venv/bin:,)$(PATH)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

check: ## everything that CI runs, in this environment
	.ci/run here

test: ## the quick tests
	pytest

slow: ## the tests that build, install and run real tools
	pytest -m slow

lint: ## format, style, types, architecture
	ruff format --check
	ruff check
	mypy
	lint-imports

docs: ## write the schemas and the README's sample anew
	python scripts/generate_schemas.py
	python scripts/write_readme.py

goldens: ## write fixtures/projects/*/expected.json anew; review the difference
	python -m tests.test_projects
