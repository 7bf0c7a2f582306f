# make figures regenerates every figure and table; make help lists what else there is.
CORES ?= all
CONFIG ?=
PYTHON ?= python3
VENV ?= .venv
# PyTorch's index of CPU builds: without it Linux draws 2.7 GB of CUDA libraries.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
# Of a network of your own: its file, what it is (flow, map or skew-rnn), σ where the file does not tell, the form of a
# skew-rnn (sigma(A x) or A sigma(x)), and the name of its results. They are what make was called with, and nothing else:
# AS is make's word for an assembler, and some environments have a NAME.
NETWORK :=
AS :=
ACTIVATION :=
FORM :=
NAME :=
export CONFIG VERBOSE NETWORK AS ACTIVATION FORM NAME
# Text is UTF-8 whatever the locale, and Snakemake asks for a home folder.
export PYTHONUTF8 = 1
unexport PYTHONIOENCODING
export HOME ?= $(CURDIR)/.snakemake
# Where the user stands who has called make -C, which sets the flag w.
export USER_FOLDER := $(if $(findstring w,$(firstword -$(MAKEFLAGS))),$(value PWD))

ifeq ($(wildcard requirements.lock),)
$(error There is no requirements.lock in $(CURDIR): run make in the folder of the project, or make -C with its path)
endif

ENVIRONMENT := $(VENV)/requirements.lock
DOCS_ENVIRONMENT := $(VENV)/requirements-docs.lock
RUN := $(VENV)/bin/python -m

.PHONY: figures analyse help docs crate test test-slurm test-slurm-all check benchmark benchmark-run test-kills explain verify readme cluster-costs schemas clean

# Snakemake would run code that it finds in a config file, so that is looked at first.
figures: $(ENVIRONMENT) ## regenerate every figure and table (CORES=4, CONFIG=my.yaml, VERBOSE=1 for Snakemake's output)
	@$(if $(CONFIG),CONFIG="$$(PYTHONPATH=src $(RUN) neural_spectra.config.given_file)" &&) \
	$(RUN) snakemake --cores $(CORES) $(if $(CONFIG),--configfile "$$CONFIG")

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

# The first time it fetches its packages; a warning fails it.
docs: $(DOCS_ENVIRONMENT) ## build the documentation: site/index.html
	NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --strict --quiet

crate: $(DOCS_ENVIRONMENT) ## describe the finished run as a research object: ro-crate-metadata.json
	PYTHONPATH=src $(RUN) neural_spectra.workflow.research_object

# Only networks of the user's own: the one named, and those of a config.
analyse: $(ENVIRONMENT) ## analyse a network of your own (NETWORK=mine.safetensors, ACTIVATION=tanh, AS=map)
	@$(if $(CONFIG),CONFIG="$$(PYTHONPATH=src $(RUN) neural_spectra.config.given_file)" &&) \
	$(if $(or $(NETWORK),$(if $(CONFIG),,none)),GIVEN="$$(PYTHONPATH=src $(RUN) neural_spectra.config.given_network)" &&) \
	$(RUN) snakemake --cores $(CORES) $(if $(CONFIG)$(NETWORK),--configfile $(if $(CONFIG),"$$CONFIG") $(if $(NETWORK),"$$GIVEN")) -- analyse

# make test SLOWEST=40 says which tests took longest.
test: $(DOCS_ENVIRONMENT) check ## format, lint, types and all tests
	$(RUN) pytest --numprocesses auto --dist worksteal $(if $(SLOWEST),--durations=$(SLOWEST))

# These need root and the Debian packages of SLURM: docs/cluster.md.
test-slurm: $(ENVIRONMENT) ## run one study, tiny, through a SLURM cluster of this one machine
	$(RUN) pytest tests/slurm -m 'not release'

test-slurm-all: $(ENVIRONMENT) ## run the whole tiny configuration through it, before a release: minutes
	$(RUN) pytest tests/slurm

check: $(ENVIRONMENT) ## format, lint, types
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(VENV)/bin/snakefmt --check Snakefile workflow

# One thread, and the memory settings that the Snakefile gives its jobs.
benchmark: $(ENVIRONMENT) ## measure the speed of the library
	for script in $(filter-out benchmarks/whole_run.py benchmarks/cluster_costs.py,$(wildcard benchmarks/*.py)); do echo "== $$script"; PYTHONPATH=src OMP_NUM_THREADS=1 \
	MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=67108864 $(VENV)/bin/python $$script || exit 1; done

# Cold, nothing changed, one figure restyled, four times the seeds.
benchmark-run: $(ENVIRONMENT) ## measure whole runs: minutes
	PYTHONPATH=src $(VENV)/bin/python benchmarks/whole_run.py

# Fifty times kill -9, at random moments; make test does it five times.
test-kills: $(ENVIRONMENT) ## kill runs at random moments and let them go on: minutes
	$(VENV)/bin/python tests/runs/many_kills.py

explain: $(ENVIRONMENT) ## print what made a figure, back to the weights (FIGURE=phase_portraits)
	@PYTHONPATH=src $(RUN) neural_spectra.workflow.figure_history $(FIGURE)

verify: $(ENVIRONMENT) ## check that every result is still what the run wrote
	$(RUN) snakemake --cores 1 -- verify

# Figures from their table; claims, and the picture of three, from the last run of the default configuration.
readme: $(ENVIRONMENT) ## write tables and picture of README and docs from the last run
	PYTHONPATH=src $(RUN) neural_spectra.page.readme_blocks
	PYTHONPATH=src $(RUN) neural_spectra.page.gallery
	PYTHONPATH=src $(VENV)/bin/python docs/draw_verdicts.py
	cp results/gallery.png docs

# From the jobs of the last run of the default configuration.
cluster-costs: $(ENVIRONMENT) ## write the table of what a cluster computes
	PYTHONPATH=src $(RUN) benchmarks.cluster_costs

schemas: $(ENVIRONMENT) ## write the JSON schemas of settings and claims
	PYTHONPATH=src $(RUN) neural_spectra.config.whole_run
	PYTHONPATH=src $(RUN) neural_spectra.claims.claim_files

# The copy of the lock inside the environment says which lock it was made from.
$(ENVIRONMENT): requirements.lock
	@$(PYTHON) workflow/check_machine.py "$(VENV)"
	$(RUN) pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --retries 0 --extra-index-url $(TORCH_INDEX) $$(grep '^torch==' requirements.lock)
	$(RUN) pip install --quiet --disable-pip-version-check --requirement requirements.lock
	cp requirements.lock $(ENVIRONMENT)

# What no figure needs is installed when it is asked for, and needs no network after that.
$(DOCS_ENVIRONMENT): requirements-docs.lock $(ENVIRONMENT)
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --requirement requirements-docs.lock
	cp requirements-docs.lock $(DOCS_ENVIRONMENT)

clean: ## remove the environment, the results and what Snakemake keeps
	rm -rf $(VENV) .snakemake site ro-crate-metadata.json && git clean -qdfX results
