"""Put everything on one page but the pictures."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.page.explorer_data import explorers
from neural_spectra.page.whole_page import page

with job(snakemake):
    files, params = snakemake.input, snakemake.params
    text = page(
        files.template,
        [*params.figures, *files.tables],
        claims=files.claims,
        entries=files.entries,
        figures=files.table_of_figures,
        captions="workflow/report",
        dictionary=files.dictionary,
        config=params.config,
        changes=params.changes,
        version=params.version,
        titles=params.titles,
        explorers=explorers({kind: files[kind] for kind in params.explored}, **params.explorer),
    )
    Path(snakemake.output.page).write_text(text, encoding="utf-8")
