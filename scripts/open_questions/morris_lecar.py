"""The runs of the first seed beside what was measured of all networks."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.open_questions.morris_lecar import morris_lecar
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    params, files = snakemake.params, iter(snakemake.input.weights)
    trained = {
        protocol: {kind: load_network(next(files))[0] for kind in params.networks}
        for protocol in params.protocols
    }
    table = morris_lecar(trained, read_table(snakemake.input.networks), **params.settings)
    run.save(Computed(table, run.inherited()))
