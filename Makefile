# Cantine Facile : tout ce qui se lance, sur une machine nue. « make help » en donne la liste.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON_OF_VENV := .venv/bin/python
ARGS ?=

.PHONY: help up test lint catalogue faults faults-short bench lock clean

help: ## cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

up: .venv/.locked ## tout le portail sur cette machine, avec sa démonstration (Ctrl-C arrête tout)
	@exec $(PYTHON_OF_VENV) -m deploy.local up

test: lint ## relecture puis tous les tests, serveurs compris (ARGS="tests/deploy -x" pour en choisir)
	@exec $(PYTHON_OF_VENV) -m deploy.local test $(ARGS)

lint: .venv/.locked ## style, types et règles d'architecture
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy --strict
	@.venv/bin/lint-imports

catalogue: .venv/.locked ## réécrit le catalogue des événements et leurs schémas
	@$(PYTHON_OF_VENV) -m docs.catalogue

faults: .venv/.locked ## pannes provoquées au hasard sous charge, avec leur bilan
	@exec $(PYTHON_OF_VENV) -m tests.faults $(ARGS)

faults-short: .venv/.locked ## les mêmes pannes pendant deux minutes
	@exec $(PYTHON_OF_VENV) -m tests.faults --seconds 120 $(ARGS)

bench: .venv/.locked ## mesures de débit et de latence
	@exec $(PYTHON_OF_VENV) -m deploy.bench $(ARGS)

lock: ## récrit requirements*.txt d'après requirements*.in (demande « uv »)
	@command -v uv >/dev/null || { echo "« uv » est absent : installez-le avec « pip install uv »." >&2; exit 1; }
	@for name in requirements requirements-dev; do \
		uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-annotate --no-header --no-emit-index-url --no-emit-find-links \
			$$name.in --output-file $$name.txt || exit 1; \
		sed -i "1i # Written by \`make lock\` from $$name.in: do not edit." $$name.txt; \
	done

clean: ## supprime l'environnement et les données locales (le portail doit être arrêté)
	@if [ -x $(PYTHON_OF_VENV) ]; then $(PYTHON_OF_VENV) -m deploy.local clean; fi
	@rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv: .venv/.locked ## l'environnement Python, avec les versions verrouillées

.venv/.locked: requirements-dev.txt
	@deploy/local/prepare
