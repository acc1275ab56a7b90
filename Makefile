# One door for people and for machines. GNU make 3.81 (macOS) is enough, so nothing newer is used.
# Needs: Python >= 3.11 with venv, and the package registries. Everything else is made under .venv and .build.
.DEFAULT_GOAL := help
.PHONY: help demo dev test test-deep check format bench clean assets test-machine
SHELL := /bin/sh
.SUFFIXES:

UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
PYTEST := $(BIN)/python -m pytest
# Two cores is what the smallest supported machine has; loadgroup hands tests out one by one (conftest.py).
WORKERS ?= 2
SPEAK_SQL := $(wildcard $(addprefix tests/,store ledger registry state capture record index service))
# The share of the deep tests that `make test` adds (0 to 1), and what draws it.
DEEP ?= 0
DEEP_SEED ?= 0

# A Python of ours, never one that uv would fetch; a venv of the caller's is not this one.
export UV_PYTHON_DOWNLOADS := never
export UV_HTTP_TIMEOUT ?= 120
# The system's list of certificates where it has one: it knows a company's own.
CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifneq ($(CERTIFICATES),)
export UV_SYSTEM_CERTS ?= true
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

help: ## Say what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  DEMO_ARGS=--check make demo     run the demonstration through once and exit 0 or 1"
	@echo "  make test PYTEST_ARGS='-k trace'   hand arguments to pytest"

demo: $(VENV)/.run ## Set up, tell seven stories on an embedded database, serve them until Ctrl-C (DEMO_ARGS=--scale=2)
	@$(BIN)/python tools/assets.py || echo "The pages work without the script that is missing; going on."
	@$(BIN)/suyuan demo $(DEMO_ARGS)

dev: $(VENV)/.dev ## Serve this checkout on its own database until Ctrl-C (DEV_ARGS)
	@$(BIN)/python tools/assets.py || echo "The pages work without the script that is missing; going on."
	@$(BIN)/suyuan serve $(DEV_ARGS)

# Our SQL must hold on the oldest PostgreSQL too: what speaks it runs on the system's server where there
# is one, then everything runs on the embedded one, whose closing line is the last. The corpora, tens of
# thousands of rows, run once: by the same statements as the small tests beside them. Of what stands
# upon the stages a share is drawn: most of it says no statement that others do not.
test: check assets test-machine ## Set up and run every check and test (PYTEST_ARGS; DEEP=0.1 adds a tenth of the deep ones)
	@if [ -z "$(PYTEST_ARGS)" ] && ls /usr/lib/postgresql/1[5-9]/bin/postgres >/dev/null 2>&1; then \
		SUYUAN_TEST_POSTGRES=system $(PYTEST) -q -n $(WORKERS) --dist loadgroup -m "postgres and not shared" \
			--share tests/service=0.3 --deep-seed=$(DEEP_SEED) $(SPEAK_SQL); fi
	@$(PYTEST) -n $(WORKERS) --dist loadgroup --deep-fraction=$(DEEP) --deep-seed=$(DEEP_SEED) $(PYTEST_ARGS)

test-deep: $(VENV)/.dev assets test-machine ## Run the tests marked deep: every fault point, long fuzz (up to an hour)
	@$(PYTEST) -n $(WORKERS) --dist loadgroup -m deep --deep-fraction=1 $(PYTEST_ARGS)

check: $(VENV)/.dev ## Format, lint, types and layers, without running tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev ## Lay the code out as `make check` wants it
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev assets ## Measure, paired and repeated; results are kept under bench/results (BENCH_ARGS)
	@$(BIN)/python -m bench $(BENCH_ARGS)

clean: ## Remove what make made; data under var/ stays
	rm -rf $(VENV) .build node_modules src/suyuan/web/static/vendor
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# With CI=true nothing may be missing quietly; on a person's machine the tests that need it are skipped and counted.
assets: $(VENV)/.uv-$(UV_VERSION)
	@$(BIN)/python tools/assets.py || [ "$(CI)" != true ]

test-machine:
	@sh tools/test-machine.sh tests/apt.txt

# Stamps: a second run asks nothing of the network.
$(VENV)/.uv-$(UV_VERSION): | tools/python.sh
	@python=$$(PYTHON="$(PYTHON)" sh tools/python.sh) && echo "Setting up $(VENV) with $$python" \
		&& { $(BIN)/python -c '' 2>/dev/null || "$$python" -m venv --clear $(VENV); } \
		&& $(BIN)/python -m pip install --quiet "uv==$(UV_VERSION)"
	@touch $@

$(VENV)/.run: pyproject.toml uv.lock $(VENV)/.uv-$(UV_VERSION)
	@$(UV) sync --quiet --frozen --no-dev --inexact
	@touch $@

$(VENV)/.dev: pyproject.toml uv.lock $(VENV)/.uv-$(UV_VERSION)
	@$(UV) sync --quiet --frozen
	@touch $@ $(VENV)/.run
