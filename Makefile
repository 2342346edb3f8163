# QFacts on one machine. `make start` sets everything up and runs it; `make test` checks everything.

# The first Python from 3.11 to 3.14 that this machine has; another one: make start PYTHON=/path/to/python3
PYTHON ?= $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo $$p && break; done),python3)
SET_UP = $(PYTHON) -m infra.local.setup
RUN = .venv/bin/python
export PYTHONPATH := $(CURDIR)
# The stack and the tests start hundreds of processes: what Python compiled is kept, even where the machine is set not to.
unexport PYTHONDONTWRITEBYTECODE

# A worker for each core; each has a database and an identity emulator of its own, about 1 GB. PYTEST="-n 0" is one process alone.
WORKERS = -n logical --maxprocesses 8 --dist loadgroup --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup start reset run-job restore-drill demo test check quick formatted linted typed rules domain format bench lock

help: ## what there is to do
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## fetch the pinned packages (start and test do it too)
	@$(SET_UP)

start: ## run the whole product here, in the foreground; Ctrl-C stops it
	@$(SET_UP) --start && exec $(RUN) -m infra.local.start

reset: ## remove all local data (the packages stay)
	@$(PYTHON) -m infra.local.reset

run-job: ## call a scheduled function now: make run-job JOB=deliver_mail
	@$(RUN) -m infra.local.run_job "$(JOB)"

restore-drill: ## back up, restore and compare here, in seconds: make restore-drill GB=1
	@$(SET_UP) && $(RUN) -m infra.local.drill "$(GB)"

demo: ## walk through the main job and a story of quality against the running product
	@$(RUN) -m infra.local.demo

test: ## all tests, on every core; some of them: make test PYTEST="tests/io -x"
	@$(SET_UP) && $(RUN) -m pytest $(WORKERS) $(PYTEST)

check: ## format, lint, types, house rules
	@$(SET_UP)
	@$(SIDE_BY_SIDE) formatted linted typed rules

quick: ## format, lint, types, house rules and the domain's tests, without any server: in a minute
	@$(SET_UP)
	@$(SIDE_BY_SIDE) formatted linted typed domain

SIDE_BY_SIDE = $(MAKE) --no-print-directory --jobs $(if $(filter output-sync,$(.FEATURES)),--output-sync)

formatted:
	@$(RUN) -m ruff format --check .

linted:
	@$(RUN) -m ruff check .

typed:
	@$(RUN) -m mypy

rules:
	@$(RUN) -m pytest $(WORKERS) tests/house

domain:
	@$(RUN) -m pytest $(WORKERS) -m "not servers" tests/house tests/shared

format: ## put the code into the house's format
	@$(SET_UP) && $(RUN) -m ruff format . && $(RUN) -m ruff check --fix .

bench: ## speed, as ratios against the bare parts
	@$(SET_UP) && $(RUN) -m tests.bench

LOCK = $(RUN) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

lock: ## pin the newest allowed packages anew
	@$(SET_UP)
	@$(LOCK) --upgrade requirements.in --output-file requirements.txt
	@$(LOCK) --upgrade infra/local/requirements.in --output-file infra/local/requirements.txt
	@$(LOCK) --upgrade infra/local/installer.in --output-file infra/local/installer.txt
	@$(LOCK) --upgrade infra/local/node/requirements.in --output-file infra/local/node/requirements.txt
	@cd infra/local/node && npm install --package-lock-only --ignore-scripts --no-audit --no-fund \
		&& sed -i.before '/"resolved":/d' package-lock.json && rm package-lock.json.before
