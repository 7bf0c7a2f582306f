"""Networks of users, written as users write them, analysed from their files to their pages."""

import json

import jsonschema
import pandas as pd
import pytest
import torch
import yaml
from copies import ROOT, Workflow, copy_repository, rules_in
from safetensors.torch import save_file

import users_networks as users
from neural_spectra.errors import InputError
from neural_spectra.networks.exporting import export
from neural_spectra.studies.own.analyse import analyse
from neural_spectra.studies.own.table_names import FIGURES, TABLES
from neural_spectra.workflow.csv_tables import read_table

# As for a user: the types of arrays are not checked at every call.
pytestmark = pytest.mark.many_steps

SCHEMA = json.loads((ROOT / "workflow/schemas/own_summary.schema.json").read_text(encoding="utf-8"))
# What a file is given with.
NETWORKS = {
    "van_der_pol": (users.van_der_pol_neural_ode, {}),
    "roessler": (users.roessler_neural_ode, {}),
    "normalised": (users.normalised_inputs, {}),
    "cell": (users.rnn_cell, {"kind": "map"}),
    "henon": (users.discrete_map, {"kind": "map"}),
}
# Nothing here is about other scales, and few trajectories tell where all go.
SMALL = {"starts": 8, "scales": [1.0], "turns": 200.0}
SKEW = {"file": "A.csv", "kind": "skew-rnn", "activation": "tanh"}


class Analysed:
    """The folder of each network after one run over all of them."""

    def __init__(self, workflow, printed):
        self.workflow, self.printed = workflow, printed
        self.names = [*NETWORKS, "skew"]

    def folder(self, name):
        return self.workflow.results / "own" / name

    def summary(self, name):
        text = (self.folder(name) / "summary.json").read_text(encoding="utf-8")
        return json.loads(text, parse_constant=pytest.fail)

    def table(self, name, table):
        return read_table(self.folder(name) / "data" / f"{table}.csv")


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    workflow = Workflow(copy_repository(tmp_path_factory.mktemp("own") / "copy"))
    networks = {}
    for name, (write, given) in NETWORKS.items():
        export(write(), workflow.folder / f"{name}.safetensors", users.EXAMPLES[write])
        networks[name] = {"file": f"{name}.safetensors", **given}
    matrix = users.skew_rnn().weight.detach().numpy()
    pd.DataFrame(matrix - matrix.T).to_csv(workflow.folder / "A.csv", header=False, index=False)
    own = {"networks": networks | {"skew": SKEW}, "settings": SMALL}
    changes = yaml.safe_dump({"own": own})
    status, printed = workflow.run("--", "analyse", changes=changes)
    assert status == 0, printed
    return Analysed(workflow, printed)


# What every network gets.


@pytest.mark.parametrize("name", [*NETWORKS, "skew"])
def test_the_summary_is_as_its_schema_says(name, analysed):
    jsonschema.Draft202012Validator(SCHEMA).validate(analysed.summary(name))


@pytest.mark.parametrize("name", [*NETWORKS, "skew"])
def test_there_are_a_page_tables_with_records_and_figures(name, analysed):
    folder, kind = analysed.folder(name), analysed.summary(name)["network"]["kind"]
    expected = {"summary.json", "index.html", "index.json"}
    expected |= {f"data/{table}.{suffix}" for table in TABLES[kind] for suffix in ("csv", "json")}
    expected |= {
        f"figures/{figure}.{suffix}"
        for figure in FIGURES[kind]
        for suffix in ("pdf", "png", "json")
    }
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {file for file in made if not file.startswith(("logs", "benchmarks"))} == expected


@pytest.mark.parametrize("name", [*NETWORKS, "skew"])
def test_what_a_person_reads_first_is_printed_and_on_the_page(name, analysed):
    page = (analysed.folder(name) / "index.html").read_text(encoding="utf-8")
    sentences = analysed.summary(name)["sentences"]
    assert all(sentence in analysed.printed for sentence in sentences)
    assert page.count("<li>") == len(sentences)
    assert f"Look at results/own/{name}/index.html." in analysed.printed


def test_nothing_else_is_computed(analysed):
    assert [path.name for path in analysed.workflow.results.iterdir()] == ["own"]
    assert sorted(path.name for path in (analysed.workflow.results / "own").iterdir()) == sorted(
        analysed.names
    )


def test_files_of_an_export_are_verified(analysed):
    assert {name: analysed.summary(name)["verified"] for name in NETWORKS} == dict.fromkeys(
        NETWORKS, True
    )


def test_the_same_again_runs_nothing_and_another_file_of_the_name_only_that(analysed):
    workflow = analysed.workflow
    changes = (workflow.folder / "changes.yaml").read_text(encoding="utf-8")
    assert rules_in(workflow.plan("--", "analyse", changes=changes)) == set()
    file = workflow.folder / "A.csv"
    before = file.read_text(encoding="utf-8")
    file.write_text("0,1\n-1,0\n", encoding="utf-8")
    planned = rules_in(workflow.plan("--", "analyse", changes=changes)) - {"analyse"}
    assert planned == {"analyse_skew_rnn", "draw_own", "page_of_network"}
    file.write_text(before, encoding="utf-8")


def test_the_figures_of_the_papers_ask_for_none_of_them(analysed):
    changes = (analysed.workflow.folder / "changes.yaml").read_text(encoding="utf-8")
    of_own = {*(f"analyse_{kind}" for kind in ("flow", "map", "skew_rnn")), "draw_own"}
    planned = rules_in(analysed.workflow.plan(changes=changes))
    assert planned
    assert not planned & {*of_own, "page_of_network"}


# What they do, as SciPy and the literature have it.


def test_the_van_der_pol_network_has_one_attracting_orbit_of_the_known_period(analysed):
    (orbit,) = analysed.summary("van_der_pol")["orbits"]
    # ln μ = −1.0594 T, of SciPy's DOP853.
    assert orbit["attracting"]
    assert orbit["period"] == pytest.approx(6.6633, rel=0.01)
    assert sorted(orbit["ln_moduli"]) == pytest.approx([-7.0588, 0], rel=0.02, abs=1e-6)
    assert orbit["ln_det"] == pytest.approx(sum(orbit["ln_moduli"]), abs=1e-6)


def test_normalised_inputs_change_the_units_and_not_the_orbit(analysed):
    (orbit,) = analysed.summary("normalised")["orbits"]
    assert orbit["period"] == pytest.approx(6.6633, rel=0.01)


def test_the_roessler_network_is_chaotic(analysed):
    exponents = analysed.summary("roessler")["exponents"]
    largest = exponents[0]
    assert largest["exponent"] == pytest.approx(0.0714, abs=0.03)
    assert largest["exponent"] > 3 * largest["error"]


def test_the_map_of_henon_is_chaotic_and_the_cells_is_not(analysed):
    assert analysed.summary("henon")["attractor"]["kind"] == "chaotic"
    largest = analysed.summary("henon")["exponents"][0]
    assert largest["value"] == pytest.approx(0.419, abs=0.03)
    assert analysed.summary("cell")["attractor"]["kind"] == "quasi-periodic"


# What must be refused.


def with_pairs(model, values, states):
    """Return the tensors of a file whose pairs say what the field is."""
    return {
        **{name: tensor.contiguous() for name, tensor in model.state_dict().items()},
        "pairs.states": states,
        "pairs.values": values.detach(),
    }


def test_a_swapped_file_and_one_with_a_forgotten_cube_are_refused_in_a_sentence(clean):
    states = users.EXAMPLES[users.torchdiffeq_demo]
    deep = users.mlp(2, 8, 8, 8, 2).double()
    swapped = with_pairs(deep, deep(states), states)
    swapped["2.weight"], swapped["4.weight"] = swapped["4.weight"], swapped["2.weight"]
    save_file(swapped, clean.folder / "swapped.safetensors")
    demo = users.torchdiffeq_demo().double()
    forgotten = with_pairs(demo, demo(torch.zeros(()), states), states)
    save_file(forgotten, clean.folder / "forgotten.safetensors")
    networks = {
        name: {"file": f"{name}.safetensors", "activation": "tanh"}
        for name in ("swapped", "forgotten")
    }
    changes = yaml.safe_dump({"own": {"networks": networks}})
    status, printed = clean.run("--", "analyse", changes=changes)
    assert status == 1
    for name in networks:
        assert (
            f"analyse_flow: {name}.safetensors: the weights are not the field of the pairs"
            in printed
        )
        assert not (clean.results / "own" / name / "summary.json").exists()
    assert "Traceback" not in printed


@pytest.mark.parametrize("write", [users.torchdiffeq_demo, users.time_dependent, users.gated])
def test_a_module_that_is_no_network_is_no_file(write, tmp_path):
    with pytest.raises(InputError):
        export(write(), tmp_path / "mine.safetensors", users.EXAMPLES[write])
    assert not (tmp_path / "mine.safetensors").exists()


# From Python, any differentiable module.


@pytest.mark.parametrize(
    ("write", "factor"), [(users.residual, 1), (users.gated, 2), (users.sines, 1)]
)
def test_a_module_that_is_no_network_has_the_orbit_of_its_jacobian(write, factor):
    analysis = analyse(write(), data=users.EXAMPLES[write])
    (orbit,) = analysis.answers["orbits"]
    assert orbit["period"] == pytest.approx(factor * 6.6633, rel=0.01)
    assert orbit["attracting"]
    assert analysis.answers["certificates"] == []
    assert analysis.answers["bounds"]["C"] is None


def test_the_demo_of_torchdiffeq_spirals_into_the_origin_and_a_driven_field_is_refused():
    demo, driven = users.torchdiffeq_demo, users.time_dependent
    assert analyse(demo(), data=users.EXAMPLES[demo]).answers["orbits"] == []
    with pytest.raises(InputError, match="depends on the time"):
        analyse(driven(), data=users.EXAMPLES[driven])
