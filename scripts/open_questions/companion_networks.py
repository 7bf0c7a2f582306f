"""What the companion paper's own networks do, beside what bounds say of them."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.reading import read_network
from neural_spectra.studies.open_questions.companion_networks import companion_networks
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    named = [
        (name, epochs, published, read_network(file, "tanh").network)
        for name, epochs, file, published in snakemake.params.networks
    ]
    targets = read_table(snakemake.input.targets)
    run.save(
        companion_networks(named, snakemake.params.scaling, targets, **snakemake.params.settings)
    )
