# Everything runs in a private environment, .venv, made on first use from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python
# Containers often set it; every process would then compile every library anew.
export PYTHONDONTWRITEBYTECODE :=
# A folder of packages, as on a stick for a room without network, is used instead of the network.
ifneq ($(wildcard wheels),)
export PIP_NO_INDEX := 1
export PIP_FIND_LINKS := wheels
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check
endif

.PHONY: run test long kill lab site class grading bench lock pictures help

run: $(READY)  ## run every notebook; results land in runs/latest
	@$(BIN)/evidence run

test: $(READY)  ## check tables, wording and code; run the tests; re-execute every notebook
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/lint-imports --no-logo --no-cache > .venv/imports || { cat .venv/imports; false; }
	@$(BIN)/evidence check
	@$(BIN)/pytest --nbval --nbval-kernel-name evidence --numprocesses 2 --dist loadfile \
	  --no-loadscope-reorder tests notebooks

long: $(READY)  ## test what takes long: forked kernels against ordinary ones, other processors; clusters, kills (minutes)
	@$(BIN)/pytest -m slow --numprocesses 2 --dist loadfile --no-loadscope-reorder tests notebooks

kill: $(READY)  ## kill every command at every moment that matters and see it go on (some minutes)
	@$(BIN)/pytest --numprocesses 0 -m kill tests/evidence/test_kill.py

lab: $(READY)  ## open the collection in JupyterLab
	@$(BIN)/evidence lab

class: $(READY)  ## write plans to print, answers, a zip to hand out; for one session: make class SESSION=3
	@$(BIN)/evidence class build $(if $(SESSION),--session $(SESSION))

site: $(READY)  ## make the readers' site in site/ from the latest run, with a run first if there is none
	@test -e runs/latest || $(BIN)/evidence run
	@$(BIN)/evidence site

grading: $(READY)  ## add nbgrader, for its feedback and formgrader; apart, because it adds menus to JupyterLab
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement teaching/requirements.lock

bench: $(READY)  ## measure how long the collection takes, as ratios within one run
	@$(BIN)/python tests/bench.py

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --no-emit-index-url --constraint constraints.txt --upgrade --quiet
lock: $(READY)  ## renew the locks from pyproject.toml, and name what has no wheel for some Python or system
	@$(COMPILE) pyproject.toml --extra test --extra site --extra dask --extra bench --output-file requirements.lock
	@$(BIN)/python -c 'import tomllib; \
	  print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["class"])' | \
	  $(COMPILE) --constraint requirements.lock --output-file teaching/requirements.lock -
	@printf 'hatchling\nuv\n' | $(COMPILE) pyproject.toml - --constraint requirements.lock \
	  --output-file teaching/learner.lock
	@$(BIN)/python tests/wheels.py requirements.lock teaching/requirements.lock

pictures: $(READY)  ## renew the pictures of the README and of link previews
	@$(BIN)/python -m evidence.site.pictures

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*  ## /make \1\t/p' Makefile

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "Python 3.11 or newer is needed, found " + sys.version.split()[0] + \
	  "; name another with: make PYTHON=python3.12")'
	@echo "Setting up the private environment in .venv (once)"
	@$(PYTHON) -m venv --clear .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes --requirement .venv/uv.lock
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(READY)
