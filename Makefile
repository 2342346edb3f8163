# QFacts on one machine. `make start` sets everything up and runs it; `make test` checks everything.

# The first Python from 3.11 to 3.14 that this machine has; another one: make start PYTHON=/path/to/python3
PYTHON ?= $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo $$p && break; done),python3)
SET_UP = $(PYTHON) -m infra.local.setup
RUN = .venv/bin/python
export PYTHONPATH := $(CURDIR)
# The stack and the tests start hundreds of processes: what Python compiled is kept, even where the machine is set not to.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup start web-watch reset run-job restore-drill demo quick test check lint house web without-servers format bench lock

help: ## what there is to do
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## fetch the pinned packages (start and test do it too)
	@$(SET_UP)

start: ## run the whole product here, in the foreground; Ctrl-C stops it
	@$(SET_UP) --start && exec $(RUN) -m infra.local.start

web-watch: ## build the web application at each save, while the product runs in another terminal
	@$(RUN) -m infra.local.web_build watch

reset: ## remove all local data (the packages stay)
	@$(PYTHON) -m infra.local.reset

run-job: ## call a scheduled function now: make run-job JOB=deliver_mail
	@$(RUN) -m infra.local.run_job "$(JOB)"

restore-drill: ## back up, restore and compare here, in seconds: make restore-drill GB=1
	@$(SET_UP) && $(RUN) -m infra.local.drill "$(GB)"

demo: ## walk through the main job and a story of quality against the running product
	@$(RUN) -m infra.local.demo

# A worker a core, each with a database and an identity emulator of its own (about 1 GB); a module of tests stays with one worker, so that what
# it starts is started once. PYTEST="-n 0" is one process alone.
SHARED_OUT = -n logical --maxprocesses 8 --dist loadscope --no-loadscope-reorder

test: ## all tests, on every core: make test PYTEST="tests/functions -k approval"
	@$(SET_UP) --tests && $(RUN) -m pytest $(SHARED_OUT) $(PYTEST)

quick: ## while you work, under a minute: format, lint, types, house rules and the domain's tests; no servers, no Node
	@$(SET_UP) --quick
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint without-servers

check: ## before a commit: format, lint, types, house rules, and the web application's
	@$(SET_UP) --tests
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint house web

lint:
	@$(RUN) -m ruff format --check .
	@$(RUN) -m infra.format_sql --check
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy

house:
	@$(RUN) -m pytest -q tests/house

web:
	@$(RUN) -m infra.local.web_build check

without-servers:
	@$(RUN) -m pytest -q -m "not served" tests/house tests/domain

format: ## put the code into the house's format
	@$(SET_UP) --tests && $(RUN) -m ruff format . && $(RUN) -m infra.format_sql && $(RUN) -m ruff check --fix .
	@$(RUN) -m infra.local.web_build format

bench: ## speed, as ratios against the bare parts
	@$(SET_UP) && $(RUN) -m tests.bench

LOCK = $(RUN) -m uv pip compile --system-certs --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

lock: ## pin the newest allowed packages anew
	@$(SET_UP)
	@$(LOCK) --upgrade requirements.in --output-file requirements.txt
	@$(LOCK) --upgrade infra/local/requirements.in --output-file infra/local/requirements.txt
	@$(LOCK) --upgrade infra/local/installer.in --output-file infra/local/installer.txt
	@$(LOCK) --upgrade infra/local/node/requirements.in --output-file infra/local/node/requirements.txt
	@for folder in infra/local/node web; do (cd $$folder && npm install --package-lock-only --ignore-scripts --no-audit --no-fund \
		&& sed -i.before '/"resolved":/d' package-lock.json && rm package-lock.json.before) || exit 1; done
