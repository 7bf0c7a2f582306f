"""Fig. 1: the activations and their classes, as curves and as a table."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.activations import activation_tables

with job(snakemake) as run:
    curves, properties = activation_tables(**snakemake.params.settings)
    run.save(curves)
    run.save(properties, "properties", "properties_record")
