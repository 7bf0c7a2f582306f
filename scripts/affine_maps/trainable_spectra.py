"""Singular values of spectral maps in training."""

from neural_spectra.jobs import job
from neural_spectra.studies.affine_maps.trainable_spectra import trainable_spectra

with job(snakemake) as run:
    run.save(trainable_spectra(**snakemake.params.settings))
