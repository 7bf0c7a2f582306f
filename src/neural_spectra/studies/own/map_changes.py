"""What would change about a user's map: other pre-activation scales, other activations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from jaxtyping import Float

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.maps.attractor_classes import classify
from neural_spectra.maps.lipschitz_bounds_of_maps import norm_product
from neural_spectra.maps.orbits import Following
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.own.map_costs import affordable, cost_of_jacobian, cost_of_round
from neural_spectra.studies.own.map_dynamics import Dynamics
from neural_spectra.studies.own.scaled_maps import ScaledMap, with_stretched_units

SWAPPED = ("tanh", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "softplus", "hardtanh")
_STARTS, _SETTLING, _KEPT = 12, 1000, 24


def scale_sweep(
    f: ScaledMap, dynamics: Dynamics, scales: tuple[float, ...], axis: Float[np.ndarray, " d"]
) -> pd.DataFrame:
    """Ask what the map settles on when every argument z of its activations is s·z.

    Parameters
    ----------
    f, dynamics
        The map, and what is known of it as it is: at s = 1 that is told.
    scales
        The factors s.
    axis
        The direction along which the states on the attractors are given, in the user's coordinates.

    Returns
    -------
    pandas.DataFrame
        s, attractor, lyapunov, lyapunov_error, exponent_bound (the logarithm of Π‖A_i‖ Lip(σ)ⁿ),
        state (NaN where all orbits escape): a row for each state, which the other columns repeat.
    """
    factors = np.array(scales)
    batch = with_stretched_units(f.scaled, factors)
    x = np.tile(_few(dynamics.starts), (len(factors), 1, 1))
    found = classify(batch, x, _following(f.scaled, len(factors)))
    with np.errstate(divide="ignore"):
        bounds = np.log(norm_product(with_stretched_units(f.given, factors)))
    states = _states_on_attractors(batch, x)
    tables = []
    for k, (attractors, s) in enumerate(zip(found, scales, strict=True)):
        on = f.states(states[:, k].reshape(-1, x.shape[-1])) @ axis
        on = on[np.isfinite(on) & (np.abs(on) < 1e6 * (1 + np.abs(f.centre).max()))]
        told: tuple[str, float, float]
        told = attractors.kind, attractors.lyapunov, attractors.lyapunov_error
        if s == 1 and len(dynamics.exponents):
            told = dynamics.kind, float(dynamics.exponents[0]), float(dynamics.errors[0])
        columns = {
            "s": s,
            **dict(zip(("attractor", "lyapunov", "lyapunov_error"), told, strict=True)),
            "exponent_bound": bounds[k],
            "state": on if len(on) else [np.nan],
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def _following(f: DeepMap, maps: int) -> Following:
    """Return how long the orbits of so many variants of a map are followed."""
    rounds = affordable(maps * _STARTS * cost_of_round(f), 4, 16)
    steps = affordable(maps * cost_of_jacobian(f), 100, 1000)
    return Following(rounds=rounds, exponent_steps=steps, exponent_orbits=1)


def _few(starts: Float[np.ndarray, "starts d"]) -> Float[np.ndarray, "few d"]:
    return starts[:: -(-len(starts) // _STARTS)]


def _states_on_attractors(f: DeepMap, x: np.ndarray) -> Float[np.ndarray, "kept models points d"]:
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(_SETTLING):
            x = f(x)
        kept = []
        for _ in range(_KEPT):
            kept.append(x := f(x))
    return np.array(kept)


def swapped_activations(f: ScaledMap, starts: Float[np.ndarray, "starts d"]) -> pd.DataFrame:
    """Ask what the map settles on, and what its bound is, with each activation in all layers.

    Returns
    -------
    pandas.DataFrame
        activation, attractor, lyapunov, lyapunov_error, lipschitz.
    """
    following, rows = _following(f.scaled, len(SWAPPED)), []
    for name in SWAPPED:
        sigma = scalar_activation(name)
        (found,) = classify(replace(f.scaled, activation=sigma), _few(starts)[None], following)
        bound = float(norm_product(replace(f.given, activation=sigma)))
        rows.append((name, found.kind, found.lyapunov, found.lyapunov_error, bound))
    columns = ["activation", "attractor", "lyapunov", "lyapunov_error", "lipschitz"]
    return pd.DataFrame(rows, columns=columns)
