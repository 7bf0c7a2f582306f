"""The tables behind the page's explorers, against what they are thinned out or followed from."""

import math

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.integrate import solve_ivp

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.maps.pointwise_affine import planar_grid, spectral_radius
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.weight_recipes import Recipe
from neural_spectra.studies.affine_maps.appendix_d import grid_models
from neural_spectra.studies.affine_maps.grid_file import grid_file
from neural_spectra.studies.affine_maps.model_explorer import explorer_grid, explorer_orbits
from neural_spectra.studies.affine_maps.weight_sets import WeightSet
from neural_spectra.studies.saturation.scale_explorer import explorer, explorer_portraits

ACTIVATIONS = ["tanh", "softplus"]


@pytest.fixture(scope="module")
def network():
    draw = torch.Generator().manual_seed(0)
    weights = [torch.randn(1, *shape, dtype=torch.float64, generator=draw) for shape in SHAPES]
    biases = [torch.randn(1, shape[0], dtype=torch.float64, generator=draw) for shape in SHAPES]
    return Network(tuple(weights), tuple(biases), activation_named("tanh"))


SHAPES = [(6, 2), (2, 6)]
FIGURE = pd.DataFrame(
    {
        "panel": ["exact", "exact", "exact", "s = 1"],
        "trajectory": [0, 0, 1, 0],
        "x": [0.5, 9.0, -0.3, 0.5],
        "y": [0.0, 9.0, 0.4, 0.0],
    }
)


def followed(network, frames=21):
    curves = pd.DataFrame({"network": "a", "s": [1.0, 3.0]})
    return explorer_portraits({"a": network}, FIGURE, curves, duration=1.0, frames=frames)


def test_trajectories_are_those_that_another_solver_finds(network):
    found = followed(network)
    for (s, trajectory), path in found.table.groupby(["s", "trajectory"]):
        scaled = network.scaled(torch.tensor([s], dtype=torch.float64)).flattened()

        def derivative(_, x, f=scaled):
            return f(torch.tensor(x)[None, None]).numpy().ravel()

        start = FIGURE.loc[FIGURE["trajectory"] == trajectory, ["x", "y"]].to_numpy()[0]
        exact = solve_ivp(derivative, (0, 1), start, "DOP853", path["t"], rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(path[["x", "y"]].to_numpy(), exact.y.T, atol=1e-4)


def test_the_residual_of_trajectories_is_about_their_error(network):
    table, residuals = (followed(network).table, followed(network).residuals)
    finer = followed(network, frames=201).table
    every_tenth = finer[finer.groupby(["s", "trajectory"]).cumcount() % 10 == 0]
    difference = table[["x", "y"]].to_numpy() - every_tenth[["x", "y"]].to_numpy()
    error = np.linalg.norm(difference, axis=-1).max()
    assert error / 5 < residuals["trajectory_error"] < 5 * error


def test_a_row_brings_together_what_belongs_to_one_scale():
    keys = {"network": "a", "seed": 0, "s": [1.0, 2.0]}
    sweep = pd.DataFrame({**keys, "region": "disc", "delta": [0.5, 0.1], "bound": [3.0, 1.0]})
    sweep = sweep.assign(jacobian_norm=0.2, refined_bound=0.3)
    elsewhere = sweep.assign(region="orbit", bound=99.0)
    monodromy = pd.DataFrame({**keys, "orbit": "reference", "ln_det_liouville": [-4.0, -1.0]})
    monodromy["det"] = np.exp(monodromy["ln_det_liouville"])
    own = monodromy.assign(orbit="own", ln_det_liouville=99.0)
    moduli = pd.DataFrame(
        {"network": "a", "seed": 0, "orbit": "reference", "s": [1.0, 1.0, 2.0, 2.0]}
        | {"index": [1, 2, 1, 2], "ln_modulus": [-1.0, -3.0, -0.4, -0.6]}
        | {"window_lower": [-4.0, -4.0, -0.7, -0.7], "window_upper": 0.5}
    )
    other = moduli.assign(seed=1, ln_modulus=99.0)
    found = explorer(
        pd.concat([sweep, elsewhere]),
        pd.concat([monodromy, own]),
        pd.concat([moduli, other]),
        networks=["a"],
        region="disc",
        period=2.0,
    )
    assert found["s"].tolist() == [1.0, 2.0]
    assert found["ln_det"].tolist() == [-4.0, -1.0]
    assert found["ln_modulus_2"].tolist() == [-3.0, -0.6]
    assert found["window"].tolist() == [6.0, 2.0]
    assert found["window_lower"].tolist() == [-4.0, -0.7]
    assert set(found["network"]) == {"a"}


@pytest.fixture(scope="module")
def sets():
    draw = np.random.default_rng(0)
    weights, biases = draw.normal(size=(1, 2, 2, 2)), draw.normal(size=(1, 2, 2))
    return [WeightSet(Recipe("unstructured", "default", None, None, 1), weights, biases)]


@pytest.fixture(scope="module")
def thinned(sets, tmp_path_factory):
    path = str(tmp_path_factory.mktemp("grid") / "grid.parquet")
    axis = np.linspace(-6, 6, 10)
    with grid_file(path, 6.0, 10) as append:
        for model in grid_models(sets, ACTIVATIONS):
            append(model.number, planar_grid(model.networks[0], axis, axis))
    return explorer_grid(path, points=10, most=4).to_pandas()


def test_every_model_keeps_every_third_point_of_its_grid(thinned):
    assert thinned.groupby("model").size().tolist() == [16] * 4
    assert sorted(set(thinned["x"])) == sorted(set(thinned["y"])) == [-6.0, -2.0, 2.0, 6.0]


def test_the_field_is_the_step_that_the_map_makes(thinned, sets):
    for model in grid_models(sets, ACTIVATIONS):
        rows = thinned[thinned["model"] == model.number]
        points = rows[["x", "y"]].to_numpy()
        step = model.networks[0](points) - points
        np.testing.assert_allclose(rows[["u", "v"]].to_numpy(), step, atol=1e-5)


def test_the_spectral_radius_is_that_of_the_models_grid(thinned, sets):
    axis = np.array([-6.0, -2.0, 2.0, 6.0])
    for model in grid_models(sets, ACTIVATIONS):
        grid = planar_grid(model.networks[0], axis, axis)
        rows = thinned[thinned["model"] == model.number]
        matrices = np.moveaxis(grid.matrix.reshape(2, 2, -1), -1, 0)
        np.testing.assert_allclose(rows["spectral_radius"], spectral_radius(matrices), rtol=1e-6)


def test_orbits_start_on_the_circle_and_follow_the_map(sets):
    settings = {"activations": ACTIVATIONS, "radius": 4.0, "trajectories": 3, "steps": 5}
    found = explorer_orbits(sets, **settings).to_pandas()
    for model in grid_models(sets, ACTIVATIONS):
        for trajectory in range(3):
            path = found.query("model == @model.number and trajectory == @trajectory")
            states = path.sort_values("step")[["x", "y"]].to_numpy()
            angle = 2 * math.pi * trajectory / 3
            np.testing.assert_allclose(states[0], 4 * np.array([math.cos(angle), math.sin(angle)]))
            np.testing.assert_allclose(states[1:], model.networks[0](states[:-1]), rtol=1e-12)
