"""Bring together what changes with the scale of one network, and follow its trajectories."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.residuals import concerning
from neural_spectra.studies.saturation import DRAWN_SEED
from neural_spectra.studies.saturation.scale_explorer import explorer, explorer_portraits
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    files, params = snakemake.input, snakemake.params
    tables = [read_table(file) for file in (files.sweep, files.monodromy, files.multipliers)]
    networks = {
        name: load_network(file, [DRAWN_SEED])[0]
        for name, file in zip(params.networks, files.weights, strict=True)
    }
    curves = explorer(*tables, networks=params.networks, **params.shown)
    paths = explorer_portraits(networks, read_table(files.portraits), curves, **params.settings)
    run.save(Computed(curves, concerning(run.inherited(), refined_on=params.shown["region"])))
    run.save(paths, "portraits", "portraits_record")
