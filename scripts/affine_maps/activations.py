"""Fig. 1: the activations and their classes, as curves and as a table."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.activations import (
    activation_curves,
    activation_properties,
)
from neural_spectra.studies.tables import Computed

with job(snakemake) as run:
    curves = activation_curves(**snakemake.params.settings)
    run.save(curves)
    properties = Computed(activation_properties(), curves.residuals)
    run.save(properties, "properties", "properties_record")
