"""Each activation of the paper's footnotes, judged by each of its criteria of stability."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.stability_listings import stability_listings

with job(snakemake) as run:
    run.save(stability_listings())
