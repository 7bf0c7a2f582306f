"""Results that were edited, cut off or deleted, a full disk, and how a figure was made."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
from copies import Workflow, copy_repository

from neural_spectra.workflow.records import read_record

CHANGED = "was changed after it was written; delete it and run again"
MANIFEST = "results/index.json"
PAGE = "results/index.html"
TABLE = "results/rnn/data/periods.csv"
PNG = "results/rnn/figures/level_sets.png"
WEIGHTS = "results/saturation/weights/silu_shifted_256/final.safetensors"


def verified(workflow):
    """Return the exit status of ``snakemake verify`` and the lines about results."""
    status, printed = workflow.run("--", "verify")
    lines = re.findall(r"^(?:verify: |  )(results/.*)$", printed, re.MULTILINE)
    assert lines or "results are as they were written" in printed, printed
    return status, lines


def change(workflow, file, place, byte):
    """Put another byte at a place of a file."""
    content = bytearray((workflow.folder / file).read_bytes())
    assert content[place : place + 1] != byte
    content[place : place + 1] = byte
    (workflow.folder / file).write_bytes(content)


def truncate(workflow, file):
    os.truncate(workflow.folder / file, (workflow.folder / file).stat().st_size // 2)


def test_the_manifest_of_a_run_names_every_result_but_the_page_and_itself(finished):
    listed = {file.removeprefix("results/") for file in manifest(finished)}
    assert listed == finished.contents().keys() - {"index.html", "index.json"}


def manifest(workflow):
    return read_record(workflow.folder / MANIFEST)["inputs"]


def test_verify_finds_an_untouched_run_as_it_was_written_also_where_it_must_not_write(workflow):
    assert verified(workflow) == (0, [])
    with read_only(workflow.results):
        assert verified(workflow) == (0, [])


@contextmanager
def read_only(folder):
    """Let nobody write to a folder, if this user may say so."""
    bound = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False)
    if bound.returncode != 0:
        yield
        return
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_verify_names_what_is_damaged_and_a_run_at_one_core_restores_every_byte(workflow):
    before = workflow.contents()
    part = "results/saturation/parts/sensitivity/free_32/all.csv"
    edited = {
        "results/saturation/data/three_dimensions.csv",
        "results/saturation/figures/attenuation.png",
        WEIGHTS,
        "results/affine_maps/data/trainable_spectra.json",
        "results/affine_maps/figures/activations.pdf",
        "results/index.html",
    }
    missing = {
        "results/saturation/data/identities.csv",
        "results/affine_maps/tables/table_1.tex",
    }
    truncate(workflow, part)
    for file in edited:
        change(workflow, file, -3, b"!")
    for file in missing:
        (workflow.folder / file).unlink()
    status, lines = verified(workflow)
    assert status == 1
    assert set(lines) == {f"{file} {CHANGED}" for file in {part, *edited}} | {
        f"{file} is missing; run again" for file in missing
    }

    for file in {part, *edited}:
        (workflow.folder / file).unlink()
    # And a whole study: what was made at two cores comes out the same at one.
    shutil.rmtree(workflow.results / "rnn")
    status, printed = workflow.run()
    assert status == 0, printed
    assert workflow.contents() == before
    assert verified(workflow) == (0, [])


def test_nothing_is_made_from_an_edited_table(workflow):
    before = workflow.contents()
    change(workflow, TABLE, -3, b"7")
    status, printed = workflow.run()
    assert status == 1
    assert f"period_backbone: {TABLE} {CHANGED}\n" in printed
    figures = {name for name in before if name.startswith("rnn/figures/period_backbone")}
    after = workflow.contents()
    assert {name for name in figures if after.get(name) not in (None, before[name])} == set()
    assert f"{TABLE} {CHANGED}" in verified(workflow)[1]


def test_a_run_does_not_take_an_edited_figure_into_its_manifest(workflow):
    change(workflow, PNG, 5000, b"!")
    status, printed = workflow.run()
    assert status == 1
    assert f"gallery: {PNG} {CHANGED}\n" in printed
    assert "draw_level_sets" not in printed


def test_results_made_again_with_other_settings_are_named_until_a_complete_run(workflow):
    changes = "rnn: {periods: {omegas: [7.0]}}"
    status, printed = workflow.run("--", TABLE, changes=changes)
    assert status == 0, printed
    again = "was made again after the last complete run; run again"
    record = TABLE.replace(".csv", ".json")
    assert verified(workflow) == (1, [f"{TABLE} {again}", f"{record} {again}"])
    status, printed = workflow.run()
    assert status == 0, printed
    assert verified(workflow) == (0, [])


def test_a_run_of_one_study_is_verified_by_itself(workflow):
    status, printed = workflow.run(changes="studies: [rnn]")
    assert status == 0, printed
    (workflow.folder / WEIGHTS).unlink()
    studies = {file.split("/")[1] for file in manifest(workflow)}
    assert "rnn" in studies
    assert not studies & {"saturation", "affine_maps"}
    assert verified(workflow) == (0, [])


def explained(workflow, *figure):
    return subprocess.run(
        [sys.executable, "-m", "neural_spectra.workflow.figure_history", *figure],
        cwd=workflow.folder,
        env=os.environ | {"PYTHONPATH": str(workflow.folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("figure", ["saturation/phase_portraits", "rnn/orbits", "attractor_types"])
def test_a_figure_is_explained_back_to_where_it_began(finished, figure):
    run = explained(finished, figure)
    assert run.returncode == 0, run.stderr
    written = manifest(finished)
    steps = run.stdout.split("\n\n")
    results = {line for step in steps for line in step.splitlines() if line.startswith("results/")}
    inputs = re.findall(r"^    ([0-9a-f]{64})  (results/.*)$", run.stdout, re.MULTILINE)
    assert all(written[file] == digest for digest, file in inputs)
    # Every result that went in is told about in its turn.
    assert {file for _, file in inputs} <= results
    assert {line for line in results if line.split("/")[2] == "figures"} == {
        line for line in steps[0].splitlines() if line.startswith("results/")
    }


def test_a_figure_that_does_not_exist_gets_the_nearest_name(finished):
    run = explained(finished, "phase_portrait")
    assert run.returncode == 1
    assert run.stderr == (
        "results: there is no figure 'phase_portrait'; did you mean 'phase_portraits'?\n"
    )


# Disks.


@pytest.fixture
def disk(tmp_path):
    """A copy of the repository whose results are to lie on a small disk of their own."""
    workflow = Workflow(copy_repository(tmp_path))
    workflow.results.mkdir()

    def mount(options):
        """Mount a disk of that kind for the results, or change the one that is mounted."""
        remount = "remount," if workflow.results.is_mount() else ""
        command = ["mount", "-t", "tmpfs", "-o", remount + options, "tmpfs", workflow.results]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("only root can mount the small and read-only disks of this test")
        return workflow

    yield mount
    if workflow.results.is_mount():
        subprocess.run(["umount", workflow.results], check=True)


def test_a_full_disk_is_named_and_nothing_half_written_counts_as_finished(disk, finished):
    workflow = disk("size=36k")
    status, printed = workflow.run("--", PNG)
    assert status == 1
    assert re.search(
        r"^draw_level_sets: results/rnn/\w+: No space left on device; free some space and run "
        r"again$",
        printed,
        re.MULTILINE,
    )
    status, printed = disk("size=4m").run("--", PNG)
    assert status == 0, printed
    name = PNG.removeprefix("results/")
    assert workflow.contents()[name] == finished.contents()[name]


@pytest.mark.parametrize("finished_before", [False, True])
def test_a_read_only_folder_is_named(disk, finished_before):
    workflow = disk("size=4m")
    if finished_before:
        status, printed = workflow.run("--", PNG)
        assert status == 0, printed
    before = workflow.contents()
    disk("ro")
    status, printed = workflow.run("--", PNG, changes="style: {font_size: 9.0}")
    assert status == 1
    says = {
        False: "Failed to create output directory results/rnn/data.\nOSError: [Errno 30] Read-only",
        True: "Write-protected output files for rule draw_level_sets:",
    }
    assert says[finished_before] in printed
    assert "Traceback" not in printed
    assert workflow.contents() == before
