# Chengtuan. `make help` tells what there is.
#
# PORT=8000    the shop's port; the sandbox takes the next one
# DATA=.data   where database, pictures, keys and logs are kept
# TOPOLOGY=single   or services: a process per service behind nginx (see deploy/topologies)

.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
DATA ?= .data
TOPOLOGY ?= single
export PORT DATA TOPOLOGY

PYTHON := .venv/bin/python
ALONE := journey or faults or concurrency
# A Python that can do the set-up; it is looked for only when a command needs it.
bootstrap = python=$$(sh scripts/find_python.sh) && "$$python" -m scripts.bootstrap

.PHONY: help
help: ## What there is (this list)
	@echo
	@echo "  Chengtuan 成團: a group-buying platform"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do \
	    printf '  make %-12s %s\n' "$$name" "$$what"; done
	@echo
	@echo "  PORT=$(PORT) is the shop's port (the sandbox takes the next one), DATA=$(DATA) holds everything that is kept."
	@echo "  TOPOLOGY=services runs a process per service behind nginx."
	@echo "  For example: make run PORT=8010 DATA=/tmp/try"
	@echo

.PHONY: run
run: setup ## Start everything on this machine; Ctrl-C stops it
	@exec $(PYTHON) -m chengtuan.apps.up

.PHONY: test
test: setup-dev ## All tests: Python, then the clients; ARGS=tests/kernel (or "-k name") runs that part of Python's alone
ifdef ARGS
	$(PYTHON) -m pytest $(ARGS)
else
	$(PYTHON) -m pytest -n 3 --dist loadfile -m "not ($(ALONE))"
	$(PYTHON) -m pytest -n 3 --dist loadfile -m journey
	$(PYTHON) -m pytest -m "($(ALONE)) and not journey"
	@$(bootstrap) npm:test
endif

.PHONY: test-quick
test-quick: setup-dev ## The tests without browsers, killed processes, crowds and whole copies: four minutes
	$(PYTHON) -m pytest -n 4 --dist loadfile -m "not ($(ALONE) or slow)" --cpu-budget 10 $(ARGS)

.PHONY: test-again
test-again: setup-dev ## The quick tests N=10 times, each time in another order, on a machine that has other things to do
	for seed in $$(seq $(or $(N),10)); do echo "order $$seed"; \
	    nice -n 10 $(PYTHON) -m pytest -q -n 4 --dist loadfile -m "not ($(ALONE) or slow)" --shuffle $$seed $(ARGS) || exit 1; \
	done

.PHONY: prove
prove: setup-dev ## The long versions of the proofs (an hour; ARGS="--only model" for one), and their page
	@$(PYTHON) -m tests.proofs $(ARGS)

.PHONY: soak
soak: setup-dev ## Half an hour (MINUTES=30) at 70 % of what the machine can do: memory, p99, errors and sizes by the minute
	@$(PYTHON) -m tests.soak --minutes $(or $(MINUTES),30) $(ARGS)

.PHONY: check
check: setup-dev ## Style, types and boundaries, without running anything
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	@$(bootstrap) npm:lint npm:typecheck

.PHONY: bench
bench: setup-dev ## Measure, one table (ARGS="--only join_group --seconds 2" for a part, which is printed and not kept)
	$(PYTHON) -m benchmarks $(ARGS)

.PHONY: bench-quick
bench-quick: setup-dev ## The same in a second each, without the large numbers: a look, which is not kept
	$(PYTHON) -m benchmarks --quick $(ARGS)

.PHONY: bench-compare
bench-compare: setup-dev ## Measure beside a commit or a file of results, in turns: make bench-compare BASE=main ARGS="--only submit_order"
	@if [ -z "$(BASE)" ]; then echo "Say with what: make bench-compare BASE=main"; exit 1; fi
	$(PYTHON) -m benchmarks.compare "$(BASE)" $(ARGS)

.PHONY: bench-peers
bench-peers: setup-dev ## Run other shops beside ours and compare (downloads 1.1 GB once; ARGS="--only oscar" for one)
	$(PYTHON) -m benchmarks.peers $(ARGS)

.PHONY: bench-growth
bench-growth: setup-dev ## Measure what takes longer when there is more: towns of rising size (ARGS="--towns 2 --out" keeps it)
	$(PYTHON) -m benchmarks.growth $(ARGS)

.PHONY: reset
reset: ## Stop a running copy and remove DATA: orders, pictures and keys
	@if [ -x $(PYTHON) ]; then exec $(PYTHON) -m chengtuan.apps.reset; fi; \
	python=$$(sh scripts/find_python.sh) && PYTHONPATH=src exec "$$python" -m chengtuan.apps.reset

.PHONY: backup
backup: setup-runtime ## Write the shop into a new folder, its keys beside it: make backup TO=/mnt/backups/monday
	@if [ -z "$(TO)" ]; then echo "Say where to: make backup TO=/mnt/backups/monday"; exit 1; fi
	@$(PYTHON) -m chengtuan.apps.cli backup --to "$(TO)"

.PHONY: restore
restore: setup-runtime ## Make a shop of a backup: make restore FROM=/mnt/backups/monday DATA=/srv/shop (KEYS=… if they lie elsewhere)
	@if [ -z "$(FROM)" ]; then echo "Say which: make restore FROM=/mnt/backups/monday DATA=/srv/shop"; exit 1; fi
	@$(PYTHON) -m chengtuan.apps.cli restore --from "$(FROM)" $(if $(KEYS),--keys "$(KEYS)")

.PHONY: adopt
adopt: setup-runtime ## Give a moved DATA the database outside of it (only root has one there)
	@$(PYTHON) -m chengtuan.apps.cli adopt

.PHONY: new-module
new-module: setup-dev ## Lay out a new module, make new-module NAME=coupons, or a package in one, NAME=trade/coupons
	@if [ -z "$(NAME)" ]; then echo "Say its name: make new-module NAME=coupons"; exit 1; fi
	@$(PYTHON) -m chengtuan.apps.cli new-module "$(NAME)"

.PHONY: new-section
new-section: ## Lay out a section of the console: make new-section NAME=coupons NEEDS=campaigns:read
	@cd clients/console && node scripts/new-section.js "$(NAME)" "$(NEEDS)"

.PHONY: docs
docs: setup-dev ## Write docs/reference, the API's description and the clients' types again from the code
	@$(PYTHON) -m chengtuan.apps.cli docs
	@$(PYTHON) -m scripts.features
	@$(PYTHON) -m chengtuan.apps.cli openapi --out clients/packages/api/openapi.json
	@$(bootstrap) types

.PHONY: lock
lock: setup-dev ## Lock the Python dependencies again after a change in pyproject.toml
	@sh scripts/lock.sh

# ---- Set-up, done by the commands above; each does only what is missing ----

.PHONY: setup setup-dev setup-runtime
setup-runtime:
	@$(bootstrap) runtime

setup:
	@$(bootstrap) runtime clients pictures

# The tests that need built clients or pictures build them themselves.
setup-dev:
	@$(bootstrap) dev
