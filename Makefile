# IGNY8: everything a developer or an operator types. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PHP_FILES = $(shell find wp-plugin tests -name '*.php')

# <command>:<package that brings it>. The demo can do without a browser, the tests cannot.
ROOT := $(filter 0,$(shell id -u))
FOR_DEMO := php:php-cli redis-server:redis-server node:nodejs npm:npm
FOR_ALL := $(FOR_DEMO) chromium:chromium mariadbd:mariadb-server postgres:postgresql \
	phpunit:phpunit xgettext:gettext zip:zip faketime:faketime
NEEDED = $(FOR_ALL)
PHP_MODULES := curl gd intl mbstring mysqli pdo_sqlite xml zip
PHP_PACKAGES := php-cli php-sqlite3 php-mysql php-curl php-gd php-intl php-mbstring php-xml php-zip

##@ Start here
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: system $(STAMP) ## Install what everything below needs (system packages when root)

demo: NEEDED = $(FOR_DEMO) $(if $(ROOT),chromium:chromium)
demo: setup ## The main job on a real WordPress, then serve it (ONCE=1: exit when the post stands)
	@$(BIN)/python -m tests.lab.demo $(if $(filter 1,$(ONCE)),--once) $(if $(SCREENSHOTS),--screenshots)

##@ Checks
QUICK = "(not wp and not browser and not process)"
test: lint ## Everything: lint, unit, WordPress, browser and process tests
	@$(BIN)/python -m pytest -n 2 --dist loadscope -m $(QUICK) $(PYTEST_ARGS)
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "wp or browser or process" $(PYTEST_ARGS)

test-fast: $(STAMP) ## Only what needs no WordPress, no browser and no other process
	@$(BIN)/python -m pytest -n 2 --dist loadscope -m $(QUICK) $(PYTEST_ARGS)

chaos: $(STAMP) ## Kills and outages under load with an audit; writes docs/reliability.md (14 min)
	@$(BIN)/python -m tests.chaos

BENCH_PYTHON := $(or $(IGNY8_CACHE),.cache)/bench-venv
bench: $(STAMP) $(BENCH_PYTHON)/.installed ## Speed, side by side with others; writes docs/benchmarks.md (30 min)
	@$(BIN)/python -m bench

bench-quick: $(STAMP) $(BENCH_PYTHON)/.installed ## The same tables, smaller and rougher; writes nothing (3 min)
	@$(BIN)/python -m bench --quick

profile: $(STAMP) ## Where the time of the main job goes (RUNS, TOP, SORT=tottime)
	@$(BIN)/python -m bench.profile --runs $(or $(RUNS),20) --top $(or $(TOP),40) \
		--sort $(or $(SORT),cumulative)

security: $(STAMP) ## Attacks on every door, controls switched off, and a table of figures (up to an hour)
	@$(BIN)/python -m pytest --full -q --timeout 1200 --show-capture=no tests/security tests/content/test_in_chromium.py \
		tests/content/test_shortcodes.py tests/unit/api/test_foreign_objects.py $(PYTEST_ARGS)

audit: $(STAMP) ## Known faults of locked packages; ADVISORIES=file where there is no network
	@ADVISORIES="$(ADVISORIES)" $(BIN)/python -m tests.security.audit

licences: $(STAMP) ## docs/licences.md from the installed packages
	@$(BIN)/python -m tests.security.lock

sbom: $(STAMP) ## dist/sbom.cdx.json: what the product is made of, as CycloneDX
	@$(BIN)/python -m tests.security.sbom

lint: setup ## Style, types and PHP syntax
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@printf '%s\n' $(PHP_FILES) | xargs -P 4 -n 1 php -l > /dev/null
	@echo "lint: all clean"

fmt: $(STAMP) ## Format Python and apply the safe fixes
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

##@ Run single parts (settings from the environment or .env)
api: $(STAMP) ## The HTTP API on PORT (5000)
	@$(BIN)/gunicorn --preload -k gthread -w 2 --threads 8 -b 127.0.0.1:$(or $(PORT),5000) wsgi:app

worker: $(STAMP) ## Dispatcher and workers
	@$(BIN)/python -m workers

sandbox: $(STAMP) ## The stand-in for the AI providers on PORT (8901)
	@$(BIN)/flask --app wsgi sandbox run --host 127.0.0.1 --port $(or $(PORT),8901)

##@ Ship
plugin-zip: ## dist/igny8.zip, ready to upload to a WordPress
	@rm -rf dist/igny8 dist/igny8.zip
	@mkdir -p dist/igny8
	@tar -C wp-plugin $(if $(wildcard wp-plugin/.distignore),--exclude-from=wp-plugin/.distignore) \
		--exclude=.distignore -cf - . | tar -C dist/igny8 -xf -
	@cd dist && zip -qrX igny8.zip igny8 && rm -rf igny8
	@echo "dist/igny8.zip"

clean: ## Remove caches and everything built (WordPress trees and the venv stay)
	@rm -rf dist instance/demo .cache/sites .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

.PHONY: security audit licences sbom help setup system demo test test-fast chaos bench bench-quick profile lint fmt api worker sandbox plugin-zip clean

system:
	@missing=""; \
	export PATH="$$PATH:/usr/sbin:$$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | tail -1)"; \
	for pair in $(NEEDED); do \
		command -v $${pair%%:*} > /dev/null || missing="$$missing $${pair##*:}"; \
	done; \
	have="$$(php -m 2> /dev/null || true)"; \
	for module in $(PHP_MODULES); do \
		grep -qi "^$$module$$" <<< "$$have" || missing="$$missing $(PHP_PACKAGES)"; \
	done; \
	$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || missing="$$missing python3 python3-venv"; \
	missing="$$(printf '%s\n' $$missing | sort -u | tr '\n' ' ')"; \
	if [ -z "$${missing// /}" ]; then exit 0; fi; \
	if [ -z "$(ROOT)" ] || ! command -v apt-get > /dev/null; then \
		echo "missing on this machine: $$missing(run make setup as root, or install them)" >&2; exit 3; \
	fi; \
	echo "installing: $$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get -qq update; \
	apt-get -qq -y --no-install-recommends install $$missing > /dev/null

$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" >&2; exit 3; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing Python packages"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(BENCH_PYTHON)/.installed: bench/requirements.txt
	@command -v wrk > /dev/null || if [ -n "$(ROOT)" ] && command -v apt-get > /dev/null; then \
		apt-get -qq update && apt-get -qq -y --no-install-recommends install wrk > /dev/null; \
	else echo "wrk is missing: the part about polls will be named as failed" >&2; fi
	@test -x $(BENCH_PYTHON)/bin/python || $(PYTHON) -m venv $(BENCH_PYTHON)
	@echo "installing what the benchmarks compare with"
	@$(BENCH_PYTHON)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@
