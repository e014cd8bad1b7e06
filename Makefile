# make run   sets up and runs the demo: a full cycle against stand-ins on this machine
# make test  sets up and passes the tests
# make check lint, types, tests     make bench  speed and size, as ratios     make lock  new lock files
# make bench MENTIONS=1000000  the same with the review page over a million mentions, made once and kept

PYTHON ?= $(shell command -v python3.13 python3.12 python3.11 python3 2>/dev/null | while read -r p; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
MENTIONS ?= 100000
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) * 3 / 2 )))  # of tests, which wait as often as they work
unexport PYTHONPATH
unexport PYTHONHOME

.PHONY: run test check bench lock clean

run: .venv/.installed
	@$(BIN)/python pipeline.py new-key >/dev/null
	@$(BIN)/python pipeline.py demo

test: .venv/.installed-dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

check: .venv/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

bench: .venv/.installed-dev
	$(BIN)/python -m bench.classifier
	$(BIN)/python -m bench.ingest
	$(BIN)/python -m bench.store_fixture --mentions $(MENTIONS) --folder var/many-$(MENTIONS)
	$(BIN)/python -m bench.review_page --folder var/many-$(MENTIONS)

.venv/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed: install python3 and python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.installed: .venv/.made requirements.lock pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements.lock
	@# -qq: how setuptools sees our folders of data is of no use to who installs
	$(BIN)/python -m pip install --disable-pip-version-check -qq --no-deps -e .
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements-dev.lock
	@touch $@

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q -o requirements-dev.lock -c requirements.lock
	uv pip compile pyproject.toml --extra train --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q -o requirements-train.lock -c requirements.lock

clean:
	rm -rf .venv build *.egg-info
