"""What surrounds every script: records, checked inputs, and mistakes in one sentence."""

import errno
import subprocess
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from snakemake.iocontainers import InputFiles, Log, OutputFiles, Params, Wildcards

from neural_spectra.workflow.jobs import job
from neural_spectra.errors import InputError
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.records import checksum, read_record

ORBITS = "results/study/data/orbits.csv"
CODE = {
    "script": "scripts/study/script.py",
    "modules": [],
    "checksum": "of the code",
    "versions": {"numpy": "of the plan"},
}


def named(kind, **groups):
    """Name files as Snakemake does: one by its name, several as a list."""
    files = kind()
    for name, group in groups.items():
        start = len(files)
        files.extend(group if isinstance(group, list) else [group])
        files._set_name(name, start, len(files) if isinstance(group, list) else None)
    return files


@pytest.fixture
def snakemake(tmp_path, monkeypatch):
    """Give what Snakemake puts into a script, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for folder in ("results/study/data", "results/study/figures", "logs"):
        (tmp_path / folder).mkdir(parents=True)

    def of(inputs=None, outputs=None, log="logs/job.log"):
        return SimpleNamespace(
            rule="a_rule",
            input=named(InputFiles, **(inputs or {})),
            output=named(OutputFiles, **(outputs or {})),
            params=named(Params, seeds=3, code=CODE),
            wildcards=named(Wildcards, network="free_32"),
            log=Log(toclone=[log]),
        )

    return of


@pytest.fixture
def orbits(snakemake):
    """A job that writes a table and its record."""
    return snakemake(outputs={"table": ORBITS, "record": "results/study/data/orbits.json"})


def run_orbits(orbits, rows=3):
    with job(orbits) as run:
        run.save(Computed(pd.DataFrame({"x": range(rows)}), {"defect": 1e-12}))


@pytest.fixture
def drawing(snakemake, orbits):
    """A job that draws the table of a finished one."""
    run_orbits(orbits)
    figure = "results/study/figures/orbits"
    outputs = {"pdf": f"{figure}.pdf", "png": f"{figure}.png", "record": f"{figure}.json"}
    return snakemake({"table": ORBITS}, outputs)


def draw(drawing):
    with job(drawing):
        for kind in ("pdf", "png"):
            Path(drawing.output[kind]).write_text(kind, encoding="utf-8")


def test_a_record_says_what_made_a_result_how_good_it_is_and_what_was_written(orbits):
    run_orbits(orbits)
    record = read_record("results/study/data/orbits.json")
    assert record == {
        "rule": "a_rule",
        "script": "scripts/study/script.py",
        "modules": [],
        "code": "of the code",
        "versions": {"numpy": version("numpy")},
        "wildcards": {"network": "free_32"},
        "parameters": {"seeds": 3},
        "inputs": {},
        "outputs": {ORBITS: checksum(ORBITS)},
        "residuals": {"defect": 1e-12},
    }


def test_a_figure_has_a_record_with_the_residuals_of_its_table(drawing):
    draw(drawing)
    record = read_record("results/study/figures/orbits.json")
    assert record["inputs"] == {ORBITS: checksum(ORBITS)}
    figures = [f"results/study/figures/orbits.{kind}" for kind in ("pdf", "png")]
    assert record["outputs"] == {figure: checksum(figure) for figure in figures}
    assert record["residuals"] == {"defect": 1e-12}


def test_each_record_of_a_job_has_the_residuals_of_its_own_table(snakemake):
    folder = "results/study/data"
    outputs = {
        "table": f"{folder}/a.csv",
        "record": f"{folder}/a.json",
        "spectrum": f"{folder}/b.csv",
        "spectrum_record": f"{folder}/b.json",
    }
    table = pd.DataFrame({"x": [1]})
    with job(snakemake(outputs=outputs)) as run:
        run.save(Computed(table, {"defect": 1.0}))
        run.save(Computed(table, {"gap": 2.0}), "spectrum", "spectrum_record")
    first, second = read_record(f"{folder}/a.json"), read_record(f"{folder}/b.json")
    assert (first["residuals"], second["residuals"]) == ({"defect": 1.0}, {"gap": 2.0})
    assert (
        first["outputs"].keys() == second["outputs"].keys() == {f"{folder}/{n}.csv" for n in "ab"}
    )


def test_what_is_taken_from_a_grid_has_its_residuals(snakemake):
    grid = {"grid": "results/study/data/grid.parquet", "record": "results/study/data/grid.json"}
    with job(snakemake(outputs=grid)) as run:
        Path(grid["grid"]).write_text("a grid", encoding="utf-8")
        run.residuals["record"] = {"defect": 1e-9}
    thinned = {"grid": "results/study/data/few.parquet", "record": "results/study/data/few.json"}
    with job(snakemake({"grid": grid["grid"]}, thinned)):
        Path(thinned["grid"]).write_text("some of it", encoding="utf-8")
    assert read_record(thinned["record"])["residuals"] == {"defect": 1e-9}


def test_every_record_of_a_list_is_written(snakemake):
    files = {kind: [f"results/study/{n}.{kind}" for n in "ab"] for kind in ("txt", "json")}
    with job(snakemake(outputs={"weights": files["txt"], "records": files["json"]})):
        for file in files["txt"]:
            Path(file).write_text(file, encoding="utf-8")
    for record in files["json"]:
        assert list(read_record(record)["outputs"]) == files["txt"]


def test_an_input_of_the_users_own_needs_no_record(snakemake):
    Path("mine.csv").write_text("x\n1\n", encoding="utf-8")
    record = "results/study/data/orbits.json"
    with job(snakemake({"given": "mine.csv"}, {"record": record})):
        read_table("mine.csv")
    assert read_record(record)["inputs"] == {"mine.csv": checksum("mine.csv")}
    assert read_record(record)["residuals"] == {}


# Failures.


def edit(path, old, new):
    Path(path).write_text(
        Path(path).read_text(encoding="utf-8").replace(old, new), encoding="utf-8"
    )


def log_of_failure(run, snakemake):
    with pytest.raises(SystemExit) as stopped:
        run(snakemake)
    assert stopped.value.code == 1
    return Path(snakemake.log[0]).read_text(encoding="utf-8")


def test_an_edited_input_is_refused_before_anything_is_made_from_it(drawing):
    edit(ORBITS, "2", "3")
    said = log_of_failure(draw, drawing)
    assert said == (f"a_rule: {ORBITS} was changed after it was written; delete it and run again\n")


def test_an_edited_record_is_refused(drawing):
    edit("results/study/data/orbits.json", "1e-12", "1e-14")
    said = log_of_failure(draw, drawing)
    assert "results/study/data/orbits.json was changed after it was written; delete" in said


def test_a_result_that_no_job_recorded_is_refused(snakemake, orbits):
    run_orbits(orbits)
    stray = ORBITS.replace(".csv", ".parquet")
    Path(stray).write_text("x", encoding="utf-8")
    said = log_of_failure(draw, snakemake({"table": stray}))
    assert f"{stray}: its record results/study/data/orbits.json does not know it" in said


def test_a_mistake_is_one_sentence_in_the_log(orbits):
    def fail(snakemake):
        with job(snakemake):
            raise InputError("mine.yaml: no seeds; give at least one")

    said = log_of_failure(fail, orbits)
    assert said == "a_rule: mine.yaml: no seeds; give at least one\n"


def test_an_error_in_the_code_shows_where_it_happened(orbits):
    def fail(snakemake):
        with job(snakemake):
            raise ZeroDivisionError

    assert "raise ZeroDivisionError\n" in log_of_failure(fail, orbits)


def test_a_folder_in_the_place_of_an_input_is_named(drawing):
    Path(ORBITS).unlink()
    Path(ORBITS).mkdir()
    said = log_of_failure(draw, drawing)
    assert said == f"a_rule: {ORBITS}: Is a directory; move it away and run again\n"


def test_an_input_that_may_not_be_read_is_named(drawing, monkeypatch):
    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    # Root may read anything, so that a mode would prove nothing.
    monkeypatch.setattr("neural_spectra.workflow.jobs.checksum", refuse)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    said = log_of_failure(draw, drawing)
    assert said == f"a_rule: {ORBITS}: Permission denied; make it readable and run again\n"


@pytest.fixture
def mounted(tmp_path):
    """Mount a small file system over a folder for one test."""
    folders = []

    def mount(folder, options):
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", tmp_path / folder]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("only root can mount the small or read-only disk of this test")
        folders.append(tmp_path / folder)

    yield mount
    for folder in folders:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_named_with_what_to_do(orbits, mounted):
    mounted("results/study/data", "size=16k")
    said = log_of_failure(lambda snakemake: run_orbits(snakemake, 100_000), orbits)
    assert said == (
        "a_rule: results/study/data: No space left on device; free some space and run again\n"
    )


def test_a_read_only_folder_is_named_with_what_to_do(orbits, mounted):
    mounted("results/study/data", "ro")
    said = log_of_failure(run_orbits, orbits)
    assert said == (
        "a_rule: results/study/data: Read-only file system; make it writable and run again\n"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("size=4k", "No space left on device; free some space and run again"),
        ("ro", "Read-only file system; make it writable and run again"),
    ],
)
def test_a_log_that_cannot_be_written_is_named_on_the_screen(orbits, mounted, options, sentence):
    mounted("logs", options)
    if options != "ro":
        with pytest.raises(OSError, match="No space"):
            Path("logs/filling").write_text("x" * 5000, encoding="utf-8")

    def fail(snakemake):
        with job(snakemake):
            print("a line for the log")

    with pytest.raises(SystemExit) as stopped:
        fail(orbits)
    assert stopped.value.code == f"a_rule: logs: {sentence}"
