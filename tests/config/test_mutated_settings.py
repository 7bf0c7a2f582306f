"""No change to the config files, however wild, ends in anything but a clear sentence."""

import functools
import math
import re
from collections import defaultdict
from contextlib import suppress

import pandas as pd
import pytest
import yaml
from changed_configs import (
    FILES,
    ROOT,
    SHIPPED,
    STUDIES,
    block_at,
    changed,
    laid_over,
    mutations,
    places,
)
from mutations import columns_of
from pydantic import ValidationError

from neural_spectra.claims.claim_files import Claims
from neural_spectra.claims.judging import judge
from neural_spectra.config.checking import check
from neural_spectra.config.size_limits import LARGEST, MOST_CURVES
from neural_spectra.config.whole_run import Settings
from neural_spectra.errors import InputError
from neural_spectra.figures.style import COLOURS, LINES, MARKERS

BLOCKS = {name: field.annotation for name, field in Settings.model_fields.items()}
# Where nothing is as good as something: no scale besides the grid's, no variant of a network.
MAY_BE_EMPTY = re.compile(r".*\.always|saturation\.sensitivity\.variants\.\w+(?:\.[^.]+)?")
# Lists in which the same may stand twice: layers, points, singular values, and rows of a figure.
MAY_REPEAT = re.compile(
    r".*\.(?:hidden|start|inner|outer|rows|target_singular_values)|affine_maps\.curated\.searches.*"
)


# A place of each kind: of a list, the first entry.
KINDS = [path for path in places(SHIPPED) if not any(isinstance(k, int) and k > 0 for k in path)]


def accepted(value_of, kind):
    """Return the places of one kind of value that take what ``value_of`` makes of it."""
    found = []
    for top, *path in KINDS:
        if path and kind(value := block_at(SHIPPED[top], path)):
            block = changed(SHIPPED[top], path, value_of(value))
            # Without the explanation, which takes a hundred times as long.
            with suppress(ValidationError):
                BLOCKS[top].model_validate(block)
                found.append(".".join(map(str, (top, *path))))
    return set(found)


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_list(value):
    return isinstance(value, list)


@pytest.mark.parametrize("number", [10**30, 2.0 * LARGEST, -1e30, math.nan])
def test_no_number_of_absurd_size_is_accepted_anywhere(number):
    assert accepted(lambda _: number, is_number) == set()


def test_no_count_above_a_million_is_accepted_but_for_the_seed_of_a_generator():
    def is_count(value):
        return type(value) is int

    found = accepted(lambda _: 2_000_000, is_count)
    assert {place for place in found if not place.endswith("seed")} == set()


def test_no_positive_number_is_so_small_that_its_powers_underflow():
    may_be_zero = re.compile(
        r".*\.(?:omega|shear|start\.\d|offsets\.\d|target|penalties\.\d|lambda_m\w+"
        r"|target_singular_values\.\d|potentials\.\d|openings\.\d|currents\.\w+|saddle\.\d"
        r"|between\.\d|shifts\.\d)"
    )
    found = accepted(lambda _: 1e-300, lambda value: isinstance(value, float))
    assert {place for place in found if not may_be_zero.fullmatch(place)} == set()


def test_no_list_may_be_empty_but_those_where_that_means_something():
    found = accepted(lambda _: [], is_list)
    assert {place for place in found if not MAY_BE_EMPTY.fullmatch(place)} == set()


def test_no_list_may_hold_an_entry_twice_but_those_where_that_means_something():
    found = accepted(lambda entries: [*entries, entries[0]], is_list)
    assert {place for place in found if not MAY_REPEAT.fullmatch(place)} == set()


def test_no_list_may_be_endless():
    def numbered(entries):
        first = entries[0]
        if is_number(first):
            return [type(first)(first + k) for k in range(2000)]
        return [first] * 2000

    assert accepted(numbered, is_list) == set()


def test_a_figure_has_as_many_colours_lines_and_marks_as_the_config_lets_it_draw():
    assert len(COLOURS) == len(LINES) == len(MARKERS) == MOST_CURVES


# Mistakes that are easily made, and settings that once ended in a traceback, in a run of days or in
# an empty table.

REFUSED = {
    "saturation: {seeds_per_job: many}": "saturation.seeds_per_job = 'many' is text, not a number",
    "saturation: {solver: {rtol: 1e-9}}": (
        "saturation.solver.rtol = '1e-9' is text, not a number; YAML reads it as text, write "
        "1.0e-09"
    ),
    "saturation: {scale_sweep: {scales: {start: 0.0}}}": (
        "saturation.scale_sweep.scales.start = 0.0: should be greater than 0"
    ),
    "saturation: {monodromy: {replicate_scales: [1.0, -4.0]}}": (
        "saturation.monodromy.replicate_scales.1 = -4.0: should be greater than 0"
    ),
    "saturation: {networks: {free_32: {seeds: 0}}}": (
        "saturation.networks.free_32.seeds = 0: should be greater than or equal to 1"
    ),
    "saturation: {regions: {unit_disc: {size: 0.0}}}": (
        "saturation.regions.unit_disc.size = 0.0: should be greater than 0"
    ),
    "saturation: {regions: {ring: {shape: ball}}}": (
        "saturation.regions.ring: shape ball needs a size above 0"
    ),
    "saturation: {yorke_limit: {networks: [free_23]}}": (
        "saturation: yorke_limit (own_orbits.scales): there is no 'free_23'; did you mean "
        "'free_32'?"
    ),
    "saturation: {networks: {mine: {method: file, weights: mine.safetensors, seeds: 1}}}": (
        "saturation.networks.mine.method = 'file'; should be 'readout', 'levenberg_marquardt', "
        "'adam'"
    ),
    "own: {networks: {mine: {file: mine.safetensors}}}": (
        "own.networks.mine.file: there is no file 'mine.safetensors'; give the path of the "
        "network's weights"
    ),
    "rnn: {drift_map: {steps: {count: 1000000000000}}}": (
        "rnn.drift_map.steps.count = 1000000000000: should be less than or equal to 1000"
    ),
    "studies: []": "studies is empty",
    "studies: [rnn, rnn]": "studies: 'rnn' is listed twice",
    "style: {dots_per_inch: 1000000}": "style.dots_per_inch = 1000000: should be less than",
    "style: {font_size: 1.0e+300}": "style.font_size = 1e+300: should be less than",
    "saturation: {silu_converse: {networks: []}}": "saturation.silu_converse.networks is empty",
    "saturation: {silu_converse: {seeds: 500}}": "saturation.silu_converse: 500 seeds",
    "saturation: {certificates: {regions: [orbit, training_disc]}}": (
        "saturation: certificates.regions: 'orbit' is a curve"
    ),
    "saturation: {certified_cycles: {region: orbit}}": (
        "saturation: certified_cycles (certificates.regions): there is no 'orbit'"
    ),
    "saturation: {certificates: {budget: 10}}": "saturation.certificates.budget = 10: should be",
    "saturation: {yorke_limit: {networks: []}}": "saturation.yorke_limit.networks is empty",
    "saturation: {trajectory_bounds: {networks: []}}": "saturation.trajectory_bounds.networks is",
    "saturation: {trajectory_bounds: {scales: []}}": "saturation.trajectory_bounds.scales is empty",
    "saturation: {trajectory_bounds: {segments: 1}}": "saturation.trajectory_bounds.segments = 1",
    "saturation: {training_stages: {networks: []}}": "saturation.training_stages.networks is empty",
    "saturation: {obstruction: {offsets: []}}": "saturation.obstruction.offsets is empty",
    "saturation: {obstruction: {offsets: [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}}": (
        "saturation.obstruction.offsets: 7 entries for 6 colours"
    ),
    "saturation: {scale_sweep: {replicate_scales: []}}": "scale_sweep.replicate_scales is empty",
    "saturation: {scale_sweep: {coarsest_level: 12, finest_level: 3}}": (
        "saturation.scale_sweep: coarsest_level = 12 lies above finest_level = 3"
    ),
    "saturation: {scale_sweep: {scales: {count: 1000000000000}}}": (
        "saturation.scale_sweep.scales.count = 1000000000000: should be less than"
    ),
    "saturation: {scale_sweep: {points_level: 16, scales: {count: 1000}}, seeds_per_job: 1000,"
    " networks: {shifted_32: {seeds: 1000}}}": (
        "scale_sweep.networks.shifted_32: seeds · scales · 2^points_level makes"
    ),
    "saturation: {monodromy: {replicate_scales: []}}": "monodromy.replicate_scales is empty",
    "saturation: {seed_spread: {improvement_scale: 3.33, determinant_scales: [3.33]}}": (
        "seed_spread.determinant_scales: s = 3.33 is not among monodromy.scales"
    ),
    "saturation: {seed_spread: {improvement_scale: 3.33}}": (
        "seed_spread.improvement_scale: s = 3.33 is not among scale_sweep.scales"
    ),
    "saturation: {seed_spread: {improvement_scale: 2.0}}": (
        "improvement_scale: s = 2 is not among scale_sweep.replicate_scales; take 1, the nearest"
    ),
    "saturation: {table_scales: [1.0, 3.3333]}": (
        "saturation: table_scales: s = 3.3333 is not among scale_sweep.scales; take 3.23111307564, "
        "the nearest there, or add it to them"
    ),
    "saturation: {phase_portraits: {scales: [5.0]}}": "phase_portraits.scales: s = 5 is not among",
    "saturation: {phase_portraits: {inner: [0.5, 2.5]}}": "saturation.phase_portraits.inner: [0.5,",
    "saturation: {phase_portraits: {outer: [0.5]}}": "saturation.phase_portraits.outer: [0.5]",
    "saturation: {networks: {free_32: {seeds: 1000000000000}}}": "networks.free_32.seeds = 1000000",
    "saturation: {networks: {free_32: {seeds: 10000}}, seeds_per_job: 1}": (
        "saturation: networks: 10076 seeds, 1 in a job, make 10076 jobs"
    ),
    "saturation: {networks: {free_32: {hidden: [9999, 9999]}}}": (
        "networks.free_32: seeds · training.points · hidden makes"
    ),
    "saturation: {networks: {shifted_32: {activation: silu}}}": (
        "shifted_32: silu gives no margin for saturation = 0.53 (tanh to 1, sigmoid to 0.25 do)"
    ),
    "saturation: {networks: {free_32: {steps: 1000000}}}": "networks.free_32.steps = 1000000",
    "saturation: {own_orbits: {search: {step: 1.0e-300}}}": "own_orbits.search.step: 1e-300 is too",
    "saturation: {own_orbits: {search: {step: 1.0e-9}}}": "search: window / step = 4 / 1e-09 makes",
    "saturation: {own_orbits: {search: {step: 1.0}}}": "search: window / step = 4 / 1 makes 4",
    "saturation: {system: {omega: 1.0e-9}}": "saturation.system: the period",
    "saturation: {three_dimensions: {rate: 1000.0}}": "three_dimensions.rate: the third axis grows",
    "saturation: {sensitivity: {variants: {free_32: {as used: {}}}}}": "'as used' is the network",
    "saturation: {sensitivity: {variants: {free_32: {more: {seeds: 9}}}}}": "more.seeds: all",
    "saturation: {sensitivity: {variants: {free_32: {$a$ $b: {}}}}}": "is no formula",
    "rnn: {drift_map: {steps: {count: 1000000000000000000000000000000}}}": (
        "rnn.drift_map.steps.count = 1000000000000000000000000000000: should be less than"
    ),
    "rnn: {drift_map: {steps: {count: 1}}}": "rnn.drift_map: a map needs at least two omegas",
    "rnn: {drift_map: {steps: {start: 1.0e-10}}}": "rnn.drift_map: the longest turn / steps = ",
    "rnn: {drift_map: {start: [0.0, 0.0]}}": "rnn.drift_map.start: [0.0, 0.0] should be a point",
    "rnn: {drift_map: {activations: [relu]}}": "rnn.drift_map.activations.0 = 'relu': should be",
    "rnn: {lyapunov: {seeds: 100000000000000000000000}}": "rnn.lyapunov.seeds = 100000000000000000",
    "rnn: {lyapunov: {duration: 0.1}}": "rnn.lyapunov: duration / step = 0.1 / 0.04 makes",
    "rnn: {scaling_study: {seeds: 10000, seeds_per_job: 10000}}": (
        "rnn.scaling_study: scalings · seeds · sizes · duration / step makes"
    ),
    "rnn: {non_odd_activations: {step: 1.0e-300}}": "rnn.non_odd_activations.step: 1e-300 is too",
    "rnn: {non_odd_activations: {step: 1.0e-9}}": (
        "rnn.non_odd_activations: duration / step = 20 / 1e-09 makes 2e+10 steps; choose them so "
        "that there are 1 to 10000000"
    ),
    "rnn: {euler_instability: {hop: 200}}": "rnn.euler_instability: hop = 200 skips more than half",
    "rnn: {closing_condition: {duration: 1.0e+9}}": "rnn.closing_condition: omega · duration",
    "rnn: {euler_limit_cycle: {inside: 9.0}}": "rnn.euler_limit_cycle: inside = 9 lies beyond",
    "rnn: {integrators: {steps: [0.1]}}": "rnn.integrators: steps has one entry",
    "rnn: {level_sets: {levels: [400.0]}}": "rnn.level_sets.levels.0 = 400.0: should be less than",
    "rnn: {periods: {forms: [A sigma(x)]}}": "period_backbone shows the form 'sigma(A x)'",
    "affine_maps: {regions: {grid_step: 1.0e-9}}": "affine_maps.regions: 2 · extent / grid_step",
    "affine_maps: {portraits: {basin_step: 0.001}}": "portraits: 2 · extent / basin_step = 12 / 0.",
    "affine_maps: {regions_same_weights: {panel: z}}": "regions_same_weights.panel: the figure",
    "affine_maps: {rare_chaos: {panel: z}}": "rare_chaos.panel: the figure attractor_types has no",
    "affine_maps: {trainable_spectra: {lambda_min: 3.0}}": "trainable_spectra: lambda_min = 3.0",
    "affine_maps: {grid: {weights: {seeds: 9000}, class_counts: {seeds_per_job: 9000}}}": (
        "affine_maps.grid: class_counts: seeds · starts makes"
    ),
    "affine_maps: {grid: {models: {points: 100000}}}": "affine_maps.grid.models.points = 100000",
    "open_questions: {companion_orbits: {search: {step: 1.0}}}": "window = 4 is less than 20 steps",
    "open_questions: {current_diagram: {sets: {hopf: {potentials: [40.0, -60.0]}}}}": (
        "open_questions.current_diagram.sets.hopf.potentials: 40 does not lie below -60"
    ),
    "open_questions: {morris_lecar: {protocols: {single_shooting: {segment: 7}}}}": (
        "segment = 7 does not divide samples = 100"
    ),
    "open_questions: {morris_lecar: {hidden: [1000, 1000, 1000], seeds: 100}, seeds_per_job: 64}": (
        "morris_lecar.protocols.single_shooting: seeds"
    ),
    "open_questions: {companion: nowhere}": "there is no folder 'nowhere'",
    "open_questions: {trainable_steepness: {steps: [0, 10, 5]}}": "[0, 10, 5] does not rise",
    "open_questions: {trainable_steepness: {steps: [1, 10]}}": "does not begin with 0",
    "open_questions: {batch_normalisation: {hidden: []}}": "batch_normalisation.hidden is empty",
    "open_questions: {batch_normalisation: {points: 900000}}": "seeds · points · hidden makes",
    "open_questions: {learning_and_radius: {states: 49}}": "states = 49 are taken from the points",
    "open_questions: {learning_and_radius: {activations: [silu]}}": "should be 'tanh' or 'relu'",
    "open_questions: {learning_and_radius: {seeds: 9999}}": "seeds · gains · depths · widths makes",
    "open_questions: {depth_attenuation: {layers: [64]}}": "1e-06 in each of 64 layers underflows",
    "open_questions: {depth_attenuation: {seeds: 9999}}": "depth_attenuation: seeds · deltas · wi",
    "open_questions: {depth_attenuation: {deltas: [2.0]}}": "deltas.0 = 2.0: should be less than",
    "open_questions: {activations_at_equal_budget: {activations: [relu]}}": "s.0 = 'relu'",
    "open_questions: {activations_at_equal_budget: {cycles: {step: 9.0}}}": "duration / step = 60",
    "open_questions: {activations_at_equal_budget: {stages: [{learning_rate: 0.1, steps: 9}, "
    "{learning_rate: 0.2, steps: 9}]}}": "stages: the learning rates [0.1, 0.2] do not fall",
    "open_questions: {activations_at_equal_budget: {points: 900000}}": "budgets · seeds · points",
    "open_questions: {weight_growth: {points: 900000}}": "weight_growth: seeds · shifts · points",
    "open_questions: {weight_growth: {systems: [lorenz]}}": "'stuart_landau' or 'morris_lecar'",
    "open_questions: {weight_growth: {cycles: {duration: 1.0}}}": "duration / step",
    "open_questions: {trainable_steepness: {cycles: {segments: 1}}}": "cycles.segments",
    "affine_maps: {statements: {seeds: 9999, points: 99999}}": "statements: seeds · points makes",
}


def refusal(overlay, folder):
    """Return what is said about a config file of the user's own on top of the shipped ones."""
    file = folder / "mine.yaml"
    file.write_text(overlay, encoding="utf-8")
    with pytest.raises(InputError) as error:
        check(Settings, laid_over(SHIPPED, yaml.safe_load(overlay)), [*FILES, str(file)])
    first, line = str(error.value).split("\n  ")
    assert first == "1 mistake in the config:"
    assert line.startswith(f"{file}: ")
    assert line.isprintable()
    return line


@pytest.mark.parametrize("overlay", REFUSED)
def test_settings_that_cannot_work_are_refused_with_file_and_key(overlay, tmp_path):
    words = REFUSED[overlay]
    assert words in refusal(overlay, tmp_path)


def test_a_search_that_compares_models_needs_as_many_as_its_condition_speaks_of(tmp_path):
    for position, words in {7: "compares two, with bias", 8: "compares several depths"}.items():
        searches = block_at(SHIPPED, ("affine_maps", "curated", "searches"))
        one = changed(searches, (position, "models"), searches[position]["models"][:1])
        overlay = yaml.safe_dump({"affine_maps": {"curated": {"searches": one}}})
        line = refusal(overlay, tmp_path)
        assert f"affine_maps.curated.searches.{position}: models has 1" in line
        assert words in line


def test_every_figure_of_curated_models_needs_some(tmp_path):
    searches = block_at(SHIPPED, ("affine_maps", "curated", "searches"))[:-1]
    without = [search for search in searches if search["figure"] != "bias"]
    overlay = yaml.safe_dump({"affine_maps": {"curated": {"searches": without}}})
    assert "searches: the figure bias has 0 models" in refusal(overlay, tmp_path)


# Random changes.


@pytest.fixture
def quick_yaml(monkeypatch):
    """Read each config file once, not again for every mistake."""
    monkeypatch.setattr(yaml, "safe_load", functools.cache(yaml.safe_load))


@pytest.mark.usefixtures("quick_yaml")
@pytest.mark.parametrize("seed", range(4))
def test_a_mutated_config_is_valid_or_refused_with_file_and_key(seed):
    refused = 0
    for place, kind, config in mutations(SHIPPED, 100, seed):
        try:
            check(Settings, config, FILES)
        except InputError as error:
            refused += 1
            lines = [line for line in str(error).splitlines() if "in the config" not in line]
            assert lines, (place, kind)
            top = place.split(".")[0]
            for line in lines:
                assert ".yaml: " in line, (place, kind, line)
                assert top in line, (place, kind, line)
                assert "Traceback" not in line
    assert refused > 80


@pytest.mark.usefixtures("quick_yaml")
@pytest.mark.parametrize("study", STUDIES)
def test_mutated_claims_are_judged_or_refused_with_file_and_key(study):
    file = ROOT / f"config/claims/{study}.yaml"
    # What every column holds does not matter here.
    cells = defaultdict(lambda: [0.5, 1.0])
    refused = 0
    for place, kind, content in mutations(yaml.safe_load(file.read_text(encoding="utf-8")), 100):
        try:
            claims = check(Claims, content, [str(file)]).claims
        except InputError as error:
            refused += 1
            lines = [line for line in str(error).splitlines() if "in the config" not in line]
            assert lines, (place, kind)
            assert all(f"{study}.yaml: " in line for line in lines), (place, kind, lines)
            continue
        number = re.match(r"claims\.(\d+)", place)
        for claim in claims[int(number[1]) :][:1] if number else ():
            with suppress(InputError):
                judge(claim, lambda name, claim=claim: table_for(claim, cells))
    assert refused > 30


def table_for(claim, cells):
    """Return a table that has every column that a claim reads."""
    names = {name for measure in claim.measures() for name in [*measure.where, *measure.by]}
    for measure in claim.measures():
        names |= set(columns_of(measure.value))
        if not isinstance(measure.reduce, str):
            names |= {name for part in measure.reduce.values() for name in columns_in(part)}
    return pd.DataFrame({name: cells[name] for name in sorted(names)})


def columns_in(part):
    return columns_of(part[0] if isinstance(part, list) else part)
