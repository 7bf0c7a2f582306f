# make figures   regenerate every figure and table        make test   run the tests
# make analyse NETWORK=mine.safetensors   analyse a network of your own: results/own/mine/index.html
# make test-slurm   run one study, tiny, through a SLURM cluster of this one machine
# make figures VERBOSE=1   with Snakemake's own output instead of the bar
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
RUN := $(VENV)/bin/python -m

.PHONY: figures analyse test test-slurm test-slurm-all check benchmark benchmark-run test-kills explain verify readme cluster-costs schemas clean

# Snakemake would run code that it finds in a config file, so that is looked at first.
figures: $(ENVIRONMENT)
	@$(if $(CONFIG),CONFIG="$$(PYTHONPATH=src $(RUN) neural_spectra.config.given_file)" &&) \
	$(RUN) snakemake --cores $(CORES) $(if $(CONFIG),--configfile "$$CONFIG")

# Only networks of the user's own: the one named, and those of a config.
analyse: $(ENVIRONMENT)
	@$(if $(CONFIG),CONFIG="$$(PYTHONPATH=src $(RUN) neural_spectra.config.given_file)" &&) \
	$(if $(or $(NETWORK),$(if $(CONFIG),,none)),GIVEN="$$(PYTHONPATH=src $(RUN) neural_spectra.config.given_network)" &&) \
	$(RUN) snakemake --cores $(CORES) $(if $(CONFIG)$(NETWORK),--configfile $(if $(CONFIG),"$$CONFIG") $(if $(NETWORK),"$$GIVEN")) -- analyse

# make test SLOWEST=40 says which tests took longest.
test: $(ENVIRONMENT) check
	$(RUN) pytest --numprocesses auto --dist worksteal $(if $(SLOWEST),--durations=$(SLOWEST))

# These need root and the Debian packages of SLURM: docs/cluster.md.
test-slurm: $(ENVIRONMENT)
	$(RUN) pytest tests/slurm -m 'not release'

# The whole of the tiny configuration, before a release: minutes.
test-slurm-all: $(ENVIRONMENT)
	$(RUN) pytest tests/slurm

# Format, lint, types.
check: $(ENVIRONMENT)
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(VENV)/bin/snakefmt --check Snakefile workflow

# One thread, and the memory settings that the Snakefile gives its jobs.
benchmark: $(ENVIRONMENT)
	for script in $(filter-out benchmarks/whole_run.py benchmarks/cluster_costs.py,$(wildcard benchmarks/*.py)); do echo "== $$script"; PYTHONPATH=src OMP_NUM_THREADS=1 \
	MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=67108864 $(VENV)/bin/python $$script || exit 1; done

# Cold, nothing changed, one figure restyled, four times the seeds: minutes.
benchmark-run: $(ENVIRONMENT)
	PYTHONPATH=src $(VENV)/bin/python benchmarks/whole_run.py

# Fifty times kill -9, at random moments; make test does it five times.
test-kills: $(ENVIRONMENT)
	$(VENV)/bin/python tests/runs/many_kills.py

# Which configuration made a figure: the whole chain back to the weights.
explain: $(ENVIRONMENT)
	@PYTHONPATH=src $(RUN) neural_spectra.workflow.figure_history $(FIGURE)

# Whether every result is still what the run wrote.
verify: $(ENVIRONMENT)
	$(RUN) snakemake --cores 1 -- verify

# The README's blocks: of figures, from their table, and of claims, from the last run of the default configuration.
readme: $(ENVIRONMENT)
	PYTHONPATH=src $(RUN) neural_spectra.page.readme_blocks

# The README's table of what a cluster computes, from the jobs of the last run of the default configuration.
cluster-costs: $(ENVIRONMENT)
	PYTHONPATH=src $(RUN) benchmarks.cluster_costs

schemas: $(ENVIRONMENT)
	PYTHONPATH=src $(RUN) neural_spectra.config.whole_run
	PYTHONPATH=src $(RUN) neural_spectra.claims.claim_files

# The copy of the lock inside the environment says which lock it was made from.
$(ENVIRONMENT): requirements.lock
	@$(PYTHON) workflow/check_machine.py "$(VENV)"
	$(RUN) pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --retries 0 --extra-index-url $(TORCH_INDEX) $$(grep '^torch==' requirements.lock)
	$(RUN) pip install --quiet --disable-pip-version-check --requirement requirements.lock
	cp requirements.lock $(ENVIRONMENT)

clean:
	rm -rf $(VENV) .snakemake && git clean -qdfX results
