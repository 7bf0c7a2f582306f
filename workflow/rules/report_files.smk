# What the page and Snakemake's report show, and the files they are made of.
from neural_spectra.config.differences import differences
from neural_spectra.workflow.project_version import project_version
from neural_spectra.workflow.table_of_figures import read_figures

PAGE = "results/index.html"
# The page is made last and takes every result in: its record is the manifest of the run.
MANIFEST = "results/index.json"
# Without its pictures, so that a figure drawn anew costs no more than putting it in.
PAGE_TEXT = "results/report/page.html"
# All figures at a glance: a contact sheet and a page.
GALLERY = "results/gallery"


# All settings but those of networks of the user's own, which have pages of their own.
SHOWN_CONFIG = {name: config[name] for name in type(settings).model_fields if name != "own"}
VERSION = project_version(Path(workflow.basedir))


class LedgerNumbers(dict):
    """Numbers of the ledger by claim, read when a caption asks: in Snakemake's report only.

    The report may be made after a run that writes the ledger first.
    """

    def __missing__(self, claim):
        from neural_spectra.page.captions import numbers

        self.update(numbers(f"{CLAIMS}/claims.csv"))
        return dict(self)[claim]

    def __reduce__(self):
        # Jobs get the config as well, and have no captions to fill in.
        return dict, ()


config["numbers"] = LedgerNumbers()
# How captions begin.
config["figures"] = {name: figure.opening for name, figure in read_figures().items()}

# What each explorer is made from, of the studies that the config names.
EXPLORED = {
    "saturation": dict(
        curves=f"{SATURATION}/data/explorer.csv",
        paths=f"{SATURATION}/data/explorer_portraits.csv",
        portraits=f"{SATURATION}/data/phase_portraits.csv",
    ),
    "affine_maps": dict(
        models=f"{AFFINE}/data/models.csv",
        grid=f"{AFFINE}/data/explorer_grid.parquet",
        orbits=f"{AFFINE}/data/explorer_orbits.parquet",
    ),
}
EXPLORED = {
    kind: file
    for study, files in EXPLORED.items()
    if study in settings.studies
    for kind, file in files.items()
}


def tables_of(studies):
    """The tables of studies: those that a reader is shown, not the parts that they are joined from."""
    files = [*study_results(), *EXPLORED.values()]
    tables = [Path(file) for file in files if file.endswith(".csv")]
    shown = [file for file in tables if file.parts[2] in ("data", "tables")]
    return [file.as_posix() for file in dict.fromkeys(shown) if file.parts[1] in studies]


def figures():
    return [file for file in study_results() if file.endswith(".png")]


def records_of(files):
    return [str(Path(file).with_suffix(".json")) for file in files]


# The tables whose beginnings Snakemake's report shows, each with its own caption, by category.
REPORTED = {
    **{file: TITLES[name] for name in settings.studies for file in tables_of([name])},
    f"{CLAIMS}/claims.csv": "Claims",
}


def reported(suffix):
    """The files that are made of those tables."""
    paths = map(Path, REPORTED)
    return [f"results/{path.parts[1]}/report/{path.stem}.{suffix}" for path in paths]


def report_results():
    """All that the page is made of, and the tables for Snakemake's report."""
    made = [*EXPLORED.values(), PAGE_TEXT]
    gallery = expand(f"{GALLERY}.{{suffix}}", suffix=["png", "html", "json"])
    tables = [*reported("html"), *reported("rst"), *reported("json")]
    return [*made, *records_of(made), *gallery, *tables]
