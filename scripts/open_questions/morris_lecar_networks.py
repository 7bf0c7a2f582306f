"""What networks do that were trained on Morris-Lecar neurons by one protocol."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.open_questions.morris_lecar_networks import morris_lecar_networks
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    files, params = snakemake.input, snakemake.params
    trained = {
        kind: load_network(file)[0]
        for kind, file in zip(params.networks, files.weights, strict=True)
    }
    training, targets = read_table(files.training), read_table(files.targets)
    found = morris_lecar_networks(trained, training, targets, **params.settings)
    found.table.insert(0, "protocol", snakemake.wildcards.protocol)
    run.save(Computed(found.table, found.residuals))
