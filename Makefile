# make run   sets up and runs the demo: a full cycle against stand-ins on this machine
# make run ORGANISATIONS=2  the same of several organisations side by side on one installation, none of which sees another's posts
# make test  sets up and passes the tests
# make check lint, types, layers, tests     make bench  speed and size, as ratios     make lock  new lock files
# make fuzz  hundreds of damaged files, forms, failing calls and examples of each property, which a run of the tests tries some of: hours
# make release  wheel, source, notes, bills of materials and checksums in dist/     make bundle  what installs without a network
# make schema  writes store/schema.sql anew from the migrations
# make bench MENTIONS=1000000  the same with the review page over a million mentions, made once and kept
# make bench SIZES=10000,100000,1000000,5000000  the same with a curve of what a store costs as it grows: 30 GB, and a night to make them

PYTHON ?= $(shell command -v python3.13 python3.12 python3.11 python3 2>/dev/null | while read -r p; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
RUN := .venv/bin
DEV := .venv-dev/bin
PIP_FLAGS := --disable-pip-version-check -q
MENTIONS ?= 100000
SIZES ?= 10000,100000  # of stores that a curve is drawn through
ORGANISATIONS ?= 1
SECONDS_EACH ?= 300  # of guided fuzzing of a reader
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) * 2 )))  # of tests, which wait as often as they work
unexport PYTHONPATH
unexport PYTHONHOME
unexport PYTHONDONTWRITEBYTECODE  # processes that tests start would read all of the source anew

.PHONY: run test check fuzz bench lock schema release bundle clean

run: .venv/.installed
	@$(RUN)/python pipeline.py new-key >/dev/null
	@$(RUN)/python pipeline.py demo --organisations $(ORGANISATIONS)

test: .venv-dev/.installed
	@-$(DEV)/python -m tests.compiled
	$(DEV)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: .venv-dev/.installed
	$(DEV)/ruff format --check .
	$(DEV)/ruff check .
	$(DEV)/mypy
	$(DEV)/lint-imports
	@-$(DEV)/python -m tests.compiled
	$(DEV)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

fuzz: .venv-dev/.installed
	HYPOTHESIS_PROFILE=many $(DEV)/python -m pytest tests/fuzz tests/injected tests/test_interrupted_serve.py tests/test_platforms_faults.py --timeout=7200
	HYPOTHESIS_PROFILE=many $(DEV)/python -m pytest -m hypothesis --ignore tests/fuzz -n $(WORKERS) --timeout=7200
	@# atheris has wheels for some Pythons on Linux alone
	@$(DEV)/python -m pip install $(PIP_FLAGS) --only-binary :all: "atheris>=3,<4" || echo "atheris does not install here: what it would guide was tried at random alone"
	for reader in feed mail export; do ! $(DEV)/python -c "import atheris" 2>/dev/null || $(DEV)/python -m tests.fuzz.guided $$reader -max_total_time=$(SECONDS_EACH) || exit 1; done

bench: .venv-dev/.installed
	$(DEV)/python -m bench.classifier
	$(DEV)/python -m bench.ingest
	$(DEV)/python -m bench.spikes
	$(DEV)/python -m bench.alerts
	$(DEV)/python -m bench.hostile
	$(DEV)/python -m bench.store_fixture --mentions $(MENTIONS) --folder var/many-$(MENTIONS)
	$(DEV)/python -m bench.health --folder var/many-$(MENTIONS)
	$(DEV)/python -m bench.review_page --folder var/many-$(MENTIONS)
	$(DEV)/python -m bench.morning
	$(DEV)/python -m bench.year
	$(DEV)/python -m bench.weekly --folder var/many-$(MENTIONS)
	$(DEV)/python -m bench.curve --sizes $(SIZES)
	$(DEV)/python -m bench.catalogue

# two environments: what runs holds nothing that only development needs, but the demo's mail server
.venv/.installed: requirements/demo.lock pyproject.toml
.venv-dev/.installed: requirements/dev.lock pyproject.toml
.venv/.installed .venv-dev/.installed: %/.installed: %/.made
	@# not quiet: a line for each library, so that who waits sees that it goes on
	$(@D)/bin/python -m pip install $(filter-out -q,$(PIP_FLAGS)) --progress-bar off --no-compile --no-deps --require-hashes -r $(filter %.lock,$^)
	$(@D)/bin/python -m pip install $(PIP_FLAGS) --no-deps --require-hashes -r requirements/build.lock
	@# -qq: how setuptools sees our folders of data is of no use to who installs
	$(@D)/bin/python -m pip install $(PIP_FLAGS) -q --no-build-isolation --no-deps -e .
	@# only the build of the link above needed it
	@$(if $(findstring dev,$@),,$(@D)/bin/python -m pip uninstall $(PIP_FLAGS) -y setuptools)
	@$(@D)/bin/python packaging/trim.py
	@# on all cores, where pip would take one, and without what hardly anything imports; the rest is compiled as it is imported
	@$(@D)/bin/python -m compileall -qq -j 0 -x '/tests/|transformers/models/' $(@D)/lib/python3*/site-packages || true
	@touch $@

.venv/.made .venv-dev/.made .venv-release/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed: install python3 and python3-venv"; exit 1; }
	@echo "setting up $(@D), which takes some minutes the first time"
	$(PYTHON) -m venv --clear $(@D)
	@touch $@

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q
lock:
	$(COMPILE) pyproject.toml --excludes requirements/run.exclude -o requirements/run.lock
	$(COMPILE) pyproject.toml --excludes requirements/slim.exclude -c requirements/run.lock -o requirements/slim.lock
	$(COMPILE) pyproject.toml --extra demo --excludes requirements/run.exclude -c requirements/run.lock -o requirements/demo.lock
	$(COMPILE) pyproject.toml --extra dev -c requirements/run.lock -o requirements/dev.lock
	$(COMPILE) pyproject.toml --extra train -c requirements/run.lock -o requirements/train.lock
	$(COMPILE) --group build -c requirements/dev.lock -o requirements/build.lock
	$(COMPILE) --group release -c requirements/dev.lock -o requirements/release.lock

release: .venv-release/.installed
	.venv-release/bin/python packaging/release.py

LOCK ?= slim
bundle: release
	.venv-release/bin/python packaging/bundle.py --lock $(LOCK)

.venv-release/.installed: requirements/release.lock .venv-release/.made
	.venv-release/bin/python -m pip install $(PIP_FLAGS) --no-deps --require-hashes -r $<
	@touch $@

schema: .venv-dev/.installed
	$(DEV)/python -m store.schema

clean:
	rm -rf .venv .venv-dev .venv-release build dist *.egg-info
