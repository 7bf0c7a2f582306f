# make figures   regenerate every figure and table        make test   run the tests
CORES ?= all
CONFIG ?=
PYTHON ?= python3
VENV ?= .venv
# PyTorch's index of CPU builds: without it Linux draws 2.7 GB of CUDA libraries.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

ENVIRONMENT := $(VENV)/requirements.lock
RUN := $(VENV)/bin/python -m

.PHONY: figures test check benchmark schemas clean

figures: $(ENVIRONMENT)
	$(RUN) snakemake --cores $(CORES) $(if $(CONFIG),--configfile $(CONFIG))

test: $(ENVIRONMENT) check
	$(RUN) pytest --numprocesses auto --dist worksteal

# Format, lint, types.
check: $(ENVIRONMENT)
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(VENV)/bin/snakefmt --check Snakefile workflow

# One thread, and the memory settings that the Snakefile gives its jobs.
benchmark: $(ENVIRONMENT)
	for script in benchmarks/*.py; do echo "== $$script"; PYTHONPATH=src OMP_NUM_THREADS=1 \
	MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=67108864 $(VENV)/bin/python $$script || exit 1; done

schemas: $(ENVIRONMENT)
	PYTHONPATH=src $(RUN) neural_spectra.studies.settings

# The copy of the lock inside the environment says which lock it was made from.
$(ENVIRONMENT): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check --no-deps --retries 0 --extra-index-url $(TORCH_INDEX) $$(grep '^torch==' requirements.lock)
	$(RUN) pip install --quiet --disable-pip-version-check --requirement requirements.lock
	cp requirements.lock $(ENVIRONMENT)

clean:
	rm -rf $(VENV) .snakemake && git clean -qdfX results
