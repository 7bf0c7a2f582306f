"""Analyse a network of the user's own."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.own.analyse import analyse
from neural_spectra.workflow.own_folder import write_analysis

with job(snakemake) as run:
    params, name = snakemake.params, snakemake.wildcards.network
    analysis = analyse(snakemake.input.file, name=name, settings=params.settings, **params.network)
    write_analysis(analysis, Path(snakemake.output.summary).parent, run.provenance())
