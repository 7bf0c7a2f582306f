"""Singular values of spectral maps in training."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.trainable_spectra import trainable_spectra
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    run.save(trainable_spectra(**snakemake.params.settings))
