"""What the config refuses, and in which words."""

import copy
from pathlib import Path

import pytest
import yaml
from changed_configs import laid_over

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.config.affine_maps_curated import ConditionName
from neural_spectra.config.checking import Sweep, check
from neural_spectra.config.saturation_networks import LARGEST_SLOPES, ActivationName
from neural_spectra.config.whole_run import SCHEMA, Settings
from neural_spectra.errors import InputError
from neural_spectra.networks.initialisation import margin_for_saturation
from neural_spectra.studies.affine_maps.conditions_from_captions import CONDITIONS

ROOT = Path(__file__).parents[2]
FILES = [
    str(ROOT / "config" / name)
    for name in (
        "config.yaml",
        "saturation.yaml",
        "rnn.yaml",
        "affine_maps.yaml",
        "open_questions.yaml",
        "own.yaml",
    )
]


@pytest.fixture
def config():
    merged = {}
    for file in FILES:
        merged |= yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    return copy.deepcopy(merged)


def complaint(config):
    with pytest.raises(InputError) as error:
        check(Settings, config, FILES)
    return str(error.value)


def test_the_shipped_config_is_accepted(config):
    assert check(Settings, config, FILES).saturation.networks["shifted_256"].hidden == [256]


def test_an_unknown_key_is_named_with_its_file_the_allowed_keys_and_the_nearest_one(config):
    config["saturation"]["solver"]["rtoll"] = 1.0
    message = complaint(config)
    assert "saturation.yaml: saturation.solver.rtoll: unknown key" in message
    assert "allowed here: segments, rtol, atol, loosening; did you mean 'rtol'?" in message


def test_an_unknown_key_inside_a_network_is_named_without_the_tag_of_its_kind(config):
    config["saturation"]["networks"]["shifted_32"]["rigde"] = 1.0
    message = complaint(config)
    assert "saturation.networks.shifted_32.rigde: unknown key" in message
    assert "did you mean 'ridge'?" in message


def test_every_mistake_is_reported_at_once(config):
    config["saturation"]["solver"]["rtol"] = -1.0
    config["saturation"]["system"]["mu"] = "one"
    config["studies"] = ["saturatoin"]
    assert complaint(config).startswith("3 mistakes")


def test_a_number_that_yaml_reads_as_text_is_shown_as_it_should_be_written(config):
    config["saturation"]["solver"]["rtol"] = yaml.safe_load("1e-9")
    assert "saturation.solver.rtol = '1e-9' is text, not a number" in complaint(config)
    assert "write 1.0e-09" in complaint(config)


@pytest.mark.parametrize("value", [0.0, -1.0, float("inf"), float("nan")])
def test_a_scale_that_is_not_positive_and_finite_is_refused(config, value):
    config["saturation"]["phase_portraits"]["scales"] = [1.0, value]
    assert "saturation.phase_portraits.scales.1" in complaint(config)


def test_zero_seeds_are_refused(config):
    config["saturation"]["networks"]["free_32"]["seeds"] = 0
    message = complaint(config)
    assert "saturation.networks.free_32.seeds = 0: should be greater than or equal to 1" in message


def test_a_region_without_points_is_refused(config):
    config["saturation"]["regions"]["unit_disc"]["size"] = 0.0
    assert "saturation.regions.unit_disc.size = 0.0: should be greater than 0" in complaint(config)


def test_an_unknown_kind_of_network_is_named_with_the_known_ones(config):
    config["saturation"]["networks"]["free_32"]["method"] = "fre"
    message = complaint(config)
    assert "networks.free_32.method = 'fre'; should be 'readout', 'levenberg_marquardt'" in message


def test_a_network_that_is_swept_but_not_defined_is_named(config):
    config["saturation"]["scale_sweep"]["networks"] = ["shifted_33"]
    message = complaint(config)
    assert "scale_sweep: there is no 'shifted_33'; did you mean 'shifted_32'?" in message


def test_a_sampling_rate_too_low_names_the_nyquist_limit(config):
    config["rnn"]["spectral_response"]["every"] = 100
    message = complaint(config)
    assert "rnn.spectral_response: sampling every 100 steps of 0.004 shows frequencies below" in (
        message
    )
    assert "Nyquist limit of 1.25 Hz, but 6 Hz is asked for; lower every or step" in message


def test_a_network_of_no_neurons_is_refused(config):
    config["rnn"]["scaling_study"]["sizes"] = [0, 2]
    expected = "rnn.scaling_study.sizes.0 = 0: should be greater than or equal to 2"
    assert expected in complaint(config)


def test_a_step_of_zero_is_refused(config):
    config["rnn"]["orbits"]["rows"][0]["step"] = 0.0
    assert "rnn.orbits.rows.0.step = 0.0: should be greater than 0" in complaint(config)


def test_a_step_beyond_which_no_damping_helps_is_refused(config):
    config["rnn"]["euler_limit_cycle"]["settings"][0]["step"] = 1.5
    assert "omega · step = 1.5" in complaint(config)


MODEL_MISTAKES = {
    "an unknown activation": ({"activation": "rleu"}, "did you mean 'relu'?"),
    "an unknown factorisation": ({"factorisation": "gershgorn"}, "did you mean 'gershgorin'?"),
    "a range that runs backwards": ({"lambda_min": 1.0, "lambda_max": 0.5}, "lambda_max"),
    "a depth of zero": ({"depth": 0}, "models.0.depth = 0: should be greater than or equal to 1"),
    "an impossible range": (
        {"factorisation": "perron_frobenius", "variant": "public", "lambda_min": -1.0},
        "lambda_min",
    ),
}


@pytest.mark.parametrize("mistake", MODEL_MISTAKES)
def test_a_mistake_in_a_curated_model_is_named(config, mistake):
    change, words = MODEL_MISTAKES[mistake]
    config["affine_maps"]["curated"]["searches"][0]["models"][0] |= change
    message = complaint(config)
    assert "affine_maps.yaml: affine_maps.curated.searches.0" in message
    assert words in message


def test_a_grid_without_points_is_refused(config):
    config["affine_maps"]["grid"]["models"]["points"] = 0
    expected = "affine_maps.grid.models.points = 0: should be greater than or equal to 2"
    assert expected in complaint(config)


def test_a_missing_key_is_named(config):
    del config["saturation"]["system"]
    assert "saturation.system: this key is missing; add it" in complaint(config)


def test_a_sweep_holds_its_ends_and_the_values_asked_for_once_each():
    sweep = Sweep(start=1.0, stop=30.0, count=59, spacing="linear", always=[4.0, 15.0])
    values = sweep.values()
    assert len(values) == 59
    assert {1.0, 4.0, 15.0, 30.0} <= set(values)
    assert values == sorted(values)


def test_a_sweep_that_runs_backwards_is_refused():
    with pytest.raises(ValueError, match="swap them"):
        Sweep(start=2.0, stop=1.0, count=2, spacing="linear")


def test_the_schema_for_editors_is_up_to_date():
    assert (ROOT / SCHEMA).read_text(encoding="utf-8") == Settings.schema_text(), (
        "run `make schemas`"
    )


def test_the_config_knows_exactly_the_activations_of_the_library():
    assert set(ActivationName.__args__) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_config_knows_which_saturations_an_activation_has_a_margin_for(name):
    activation, slope = ACTIVATIONS[name], LARGEST_SLOPES.get(name, 0.0)
    if slope:
        assert margin_for_saturation(activation, slope) == 0
    with pytest.raises(InputError):
        margin_for_saturation(activation, slope + 0.01)


def test_the_config_knows_exactly_the_conditions_of_the_study():
    assert set(ConditionName.__args__) == set(CONDITIONS)


LABELS = {
    "": "is blank",
    " \t": "is blank",
    "=1+1": "begins with '=', a formula to a spreadsheet",
    "+1": "begins with '+', a formula",
    "-1": "begins with '-', a formula",
    " @x": "begins with '@', a formula",
    "a\rb": "holds '\\r', which nobody sees",
    "a\nb": "holds a line break or a tab; write it in one line",
    "a\x1b[2J": "holds '\\x1b', which nobody sees",
    "a\u202eb": "holds '\\u202e', which nobody sees",
    "a" * 2000: "2000 characters; give a label of 1000 at most",
    "$" + "{" * 450 + "}" * 450 + "$": "is no formula",
}


@pytest.mark.parametrize("label", LABELS, ids=ascii)
def test_a_label_that_a_table_or_a_figure_would_show_otherwise_is_refused(config, label):
    config["affine_maps"]["curated"]["searches"][0]["models"][0]["label"] = label
    message = complaint(config)
    assert "affine_maps.curated.searches.0.models.0.label: " in message
    assert LABELS[label] in message


@pytest.mark.parametrize("label", LABELS, ids=ascii)
def test_a_variant_is_labelled_likewise(config, label):
    config["saturation"]["sensitivity"]["variants"]["free_32"][label] = {"target": 1.0e-3}
    message = complaint(config)
    assert "saturation.sensitivity.variants.free_32." in message
    assert LABELS[label] in message


@pytest.mark.parametrize("label", ["nan", "NA", "1.0", "true", "a_b & 100 % #1", "δ ≤ 1", "−1"])
def test_a_label_may_be_any_other_text(config, label):
    config["affine_maps"]["curated"]["searches"][0]["models"][0]["label"] = label
    check(Settings, config, FILES)


def test_of_thousands_of_mistakes_the_first_are_told_at_once(config):
    config["style"] = {f"k{k}": 1 for k in range(100_000)}
    message = complaint(config)
    assert message.startswith("100000 mistakes in the config:\n")
    assert len(message) < 1100


def test_a_mistake_is_short_whatever_it_quotes(config):
    config["style"] = ["x" * 10**6]
    assert len(complaint(config)) < 1000
    config["style"] = {"x" * 10**6: 1}
    assert len(complaint(config)) < 1000


def test_the_full_configuration_lies_over_the_default_one(config):
    full = yaml.safe_load((ROOT / "config/full.yaml").read_text(encoding="utf-8"))
    given = laid_over(config, full)
    settings = check(Settings, given, FILES).open_questions
    assert settings.morris_lecar.protocols["single_shooting"].steps[-1] == 20_000
    assert 64 in settings.learning_and_radius.depths
    assert settings.trainable_steepness.seeds == 32
