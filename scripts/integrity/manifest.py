"""Take every result in and write nothing: the record of that is the manifest."""

from neural_spectra.jobs import job

with job(snakemake):
    pass
