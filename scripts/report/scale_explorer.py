"""Bring together what changes with the scale of one network, and follow its trajectories."""

import pandas as pd

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.residuals import concerning
from neural_spectra.studies.saturation import DRAWN_SEED
from neural_spectra.studies.saturation.scale_explorer import explorer, explorer_portraits
from neural_spectra.studies.tables import Computed, joined
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    files, params = snakemake.input, snakemake.params
    tables = [read_table(file) for file in (files.sweep, files.monodromy, files.multipliers)]
    starts = read_table(files.portraits)
    curves, paths = [], []
    for name, weights in zip(params.networks, files.weights, strict=True):
        curves.append(explorer(*tables, network=name, **params.shown))
        network, _ = load_network(weights, [DRAWN_SEED])
        found = explorer_portraits(
            network, starts, scales=curves[-1]["s"].tolist(), **params.settings
        )
        paths.append(Computed(found.table.assign(network=name), found.residuals))
    residuals = concerning(run.inherited(), refined_on=params.shown["region"])
    run.save(Computed(pd.concat(curves, ignore_index=True), residuals))
    run.save(joined(paths), "portraits", "portraits_record")
