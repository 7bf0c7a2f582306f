"""Results that are not what was written, and how a figure was made."""

from pathlib import Path

import pytest

from neural_spectra.errors import InputError
from neural_spectra.workflow.code_hash import code_of
from neural_spectra.workflow.figure_history import explain, find_figure
from neural_spectra.workflow.records import checksum, write_record
from neural_spectra.workflow.verification import verify

WEIGHTS = "results/study/weights/free_32.safetensors"
TABLE = "results/study/data/orbits.csv"
FIGURE = "results/study/figures/orbits.pdf"
MANIFEST = "results/manifest.json"
SCRIPT = "scripts/draw.py"


def write(result, content, sources=(), **record):
    """Write a result and its record, as a job does."""
    path = Path(result)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    about = {
        "rule": path.stem,
        "script": SCRIPT,
        "modules": [],
        "code": code_of("draw.py")["checksum"],
        "wildcards": {},
        "parameters": {},
        "versions": {"numpy": "2.4.6"},
        "residuals": {},
        "inputs": {source: checksum(source) for source in sources},
        "outputs": {result: checksum(result)},
    }
    write_record(path.with_suffix(".json"), about | record)


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """A finished run of three jobs: weights, a table and a figure."""
    monkeypatch.chdir(tmp_path)
    write(WEIGHTS, "weights", parameters={"seeds": [0, 1]})
    write(TABLE, "x\n1\n", [WEIGHTS], residuals={"defect": 1.25e-12})
    write(FIGURE, "drawn", [TABLE], parameters={"style": {"font_size": 8.0}})
    write_manifest()


def write_manifest():
    files = sorted(str(file) for file in Path("results").rglob("*.*") if str(file) != MANIFEST)
    write_record(MANIFEST, {"inputs": {file: checksum(file) for file in files}})


def complaints():
    with pytest.raises(InputError) as error:
        verify([MANIFEST])
    return str(error.value).split("\n  ")


CHANGED = "was changed after it was written; delete it and run again"


@pytest.mark.usefixtures("finished")
class TestVerify:
    def test_results_as_they_were_written_are_counted(self):
        assert verify([MANIFEST]) == 6

    def test_an_edited_result_is_named(self):
        Path(TABLE).write_text("x\n2\n", encoding="utf-8")
        assert complaints() == [f"{TABLE} {CHANGED}"]

    def test_a_truncated_result_is_named(self):
        Path(WEIGHTS).write_text("weig", encoding="utf-8")
        assert complaints() == [f"{WEIGHTS} {CHANGED}"]

    def test_a_missing_result_is_named(self):
        Path(FIGURE).unlink()
        assert complaints() == [f"{FIGURE} is missing; run again"]

    def test_an_edited_record_is_named(self):
        record = Path(TABLE).with_suffix(".json")
        record.write_text(
            record.read_text(encoding="utf-8").replace("1.25e-12", "1.25e-15"), encoding="utf-8"
        )
        assert complaints() == [f"{record} {CHANGED}"]

    def test_an_edited_manifest_is_named(self):
        Path(MANIFEST).write_text(
            Path(MANIFEST).read_text(encoding="utf-8").replace(TABLE, FIGURE), encoding="utf-8"
        )
        assert complaints() == [f"{MANIFEST} {CHANGED}"]

    def test_a_run_that_has_not_ended_has_no_manifest(self):
        Path(MANIFEST).unlink()
        assert complaints() == [
            f"{MANIFEST} is missing: it is written at the end of a complete run"
        ]

    def test_every_wrong_result_is_named_at_once(self):
        Path(TABLE).write_text("", encoding="utf-8")
        Path(FIGURE).unlink()
        assert len(complaints()) == 2

    def test_a_result_made_again_after_the_run_is_named_with_its_record(self):
        write(TABLE, "x\n5\n", [WEIGHTS])
        again = "was made again after the last complete run; run again"
        record = Path(TABLE).with_suffix(".json")
        assert complaints() == [f"{TABLE} {again}", f"{record} {again}"]

    def test_weights_of_the_user_that_were_replaced_are_named(self):
        Path("mine.safetensors").write_text("mine", encoding="utf-8")
        write(WEIGHTS, "weights", ["mine.safetensors"])
        write_manifest()
        assert verify([MANIFEST]) == 6
        Path("mine.safetensors").write_text("another", encoding="utf-8")
        assert complaints() == [
            "mine.safetensors was changed after results had been made from it; run again"
        ]
        Path("mine.safetensors").unlink()
        assert verify([MANIFEST]) == 6

    def test_an_edit_of_a_result_that_a_later_job_made_is_named(self):
        write(TABLE, "x\n5\n", [WEIGHTS])
        Path(TABLE).write_text("x\n6\n", encoding="utf-8")
        assert f"{TABLE} {CHANGED}" in complaints()

    def test_code_that_is_another_now_is_named_with_a_result_that_it_made(self):
        write(TABLE, "x\n1\n", [WEIGHTS], code="of another day")
        write_manifest()
        record = Path(TABLE).with_suffix(".json")
        assert complaints() == [
            f"{SCRIPT}: it or a module behind it is another than the one that made 1 result (such "
            f"as {record}); run again, and if that does nothing, delete them before"
        ]

    def test_a_script_that_is_gone_is_named(self):
        write(TABLE, "x\n1\n", [WEIGHTS], script="scripts/study/gone.py")
        write_manifest()
        (complaint,) = complaints()
        assert complaint.startswith("scripts/study/gone.py: it or a module behind it is another")

    def test_results_of_several_versions_of_a_package_are_named(self):
        write(WEIGHTS, "weights", versions={"numpy": "2.3.0"})
        write_manifest()
        weights = Path(WEIGHTS).with_suffix(".json")
        assert complaints() == [
            f"numpy: 2.3.0 made 1 result (such as {weights}), 2.4.6 made 2 results (such as "
            f"{Path(TABLE).with_suffix('.json')}); run again with one of them"
        ]


@pytest.mark.usefixtures("finished")
class TestExplain:
    def test_a_figure_is_followed_back_to_the_weights(self):
        assert explain(find_figure("orbits")) == "\n".join(
            [
                FIGURE,
                "  made by",
                "    rule orbits, scripts/draw.py",
                "  settings",
                "    style: {font_size: 8.0}",
                "  inputs",
                f"    {checksum(TABLE)}  {TABLE}",
                "",
                TABLE,
                "  made by",
                "    rule orbits, scripts/draw.py",
                "  residuals",
                "    defect 1.2e-12",
                "  inputs",
                f"    {checksum(WEIGHTS)}  {WEIGHTS}",
                "",
                WEIGHTS,
                "  made by",
                "    rule free_32, scripts/draw.py",
                "  settings",
                "    seeds: [0, 1]",
                "",
                "versions",
                "  numpy 2.4.6",
            ]
        )

    def test_other_versions_than_the_figures_are_told_where_they_were_used(self):
        write(WEIGHTS, "weights", versions={"numpy": "2.3.0"})
        assert "  versions\n    numpy 2.3.0\n" in explain(find_figure("orbits"))

    def test_an_edited_record_in_the_chain_is_named(self):
        Path("results/study/weights/free_32.json").write_text("{}", encoding="utf-8")
        with pytest.raises(InputError, match=r"free_32\.json was changed after it was written"):
            explain(find_figure("orbits"))

    def test_a_table_made_again_after_the_figure_was_drawn_is_named(self):
        write(TABLE, "x\n5\n", [WEIGHTS])
        figure = Path(FIGURE).with_suffix(".json")
        with pytest.raises(InputError) as error:
            explain(find_figure("orbits"))
        assert str(error.value) == (
            f"{figure} tells of another {TABLE} than there is; run again, to the end"
        )

    def test_a_step_that_a_stopped_run_has_not_made_is_named(self):
        record = Path(TABLE).with_suffix(".json")
        record.unlink()
        with pytest.raises(InputError, match=f"^{record}: there is no such record; run again, to"):
            explain(find_figure("orbits"))

    def test_a_figure_that_is_not_drawn_yet_is_told_from_one_that_there_is_not(self):
        with pytest.raises(InputError, match="the figure 'phase_portraits' is not drawn yet; run"):
            find_figure("phase_portraits")
        with pytest.raises(InputError, match="the figure 'rnn/orbits' is not drawn yet; run"):
            find_figure("rnn/orbits")

    def test_a_misspelt_figure_gets_the_nearest_name(self):
        with pytest.raises(InputError, match=r"no figure 'orbit'; did you mean 'orbits'\?$"):
            find_figure("orbit")

    def test_a_figure_unlike_any_other_gets_all_names(self):
        with pytest.raises(InputError, match=r"no figure ''; there are: orbits$"):
            find_figure("")

    def test_a_name_in_two_studies_needs_the_study(self):
        write(FIGURE.replace("study", "another"), "drawn")
        with pytest.raises(InputError, match="say another/orbits or study/orbits"):
            find_figure("orbits")
        assert find_figure("study/orbits") == Path(FIGURE).with_suffix(".json")

    def test_without_results_it_says_that_there_are_none(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path / "results")
        with pytest.raises(InputError, match="no figures yet; run"):
            find_figure("orbits")
