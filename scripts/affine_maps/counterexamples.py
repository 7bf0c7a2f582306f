"""The paper's statements, each with a case and how often it fails."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.counterexamples import counterexamples
from neural_spectra.studies.affine_maps.weight_sets import read_weight_sets
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    models = read_table(snakemake.input.models)
    sets = read_weight_sets(snakemake.input.weights, [int(models["seed"].iloc[0])])
    computed = counterexamples(models, sets, **snakemake.params.settings)
    run.save(Computed(computed.table, {**run.inherited(), **computed.residuals}))
