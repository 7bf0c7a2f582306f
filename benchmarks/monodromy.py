"""How much faster the sweep of monodromy matrices is than the naive way, in one run.

The study's way: one batched solve over all scales, all segments of the period at once, with the
analytic Jacobian. The naive way: one solve per scale, the Jacobian by automatic differentiation
inside the right-hand side, torchdiffeq's default method. Both on the same 256-unit network, scales
and tolerances (those of config/saturation.yaml), one thread.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
import yaml
from torch import Tensor
from torchdiffeq import odeint

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.monodromy import propagate_along
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.initialisation import (
    initialise,
    margin_for_saturation,
    shift_bias,
    with_first_bias,
)
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.training import fit_readout
from neural_spectra.studies.saturation.train_stuart_landau import training_data

CONFIG = Path(__file__).parents[1] / "config" / "saturation.yaml"


def naive_monodromy(network: Network, s: float, rtol: float, atol: float) -> Tensor:
    """Integrate Φ' = Df_s(γ(t)) Φ over one period as a user would write it."""
    oscillator = StuartLandau()
    (w1, w2), (b1, b2) = network.weights, network.biases

    def f(x: Tensor) -> Tensor:
        return w2 @ torch.tanh(s * (w1 @ x + b1)) + b2

    def derivative(t: Tensor, phi: Tensor) -> Tensor:
        jacobian: Tensor = torch.autograd.functional.jacobian(f, oscillator.orbit(t))  # type: ignore[no-untyped-call]
        return jacobian @ phi

    times = torch.tensor([0.0, oscillator.period], dtype=torch.float64)
    start = torch.eye(2, dtype=torch.float64)
    solution: Tensor = odeint(derivative, start, times, rtol=rtol, atol=atol)
    return solution[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=int, default=100)
    parser.add_argument(
        "--naive", type=int, default=10, help="scales that the naive way is timed on"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    oscillator = StuartLandau()
    network = initialise(2, [256], [0], activation_named("tanh"))
    bias = shift_bias(network.weights[0], margin_for_saturation(network.activations[0], 0.53), 1.0)
    points, targets = training_data(oscillator, radius=1.5, points=256)
    network = fit_readout(with_first_bias(network, bias), points, targets, 1e-4)
    scales = torch.linspace(1, 30, arguments.scales, dtype=torch.float64)
    solver = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["saturation"]["solver"]
    segments, rtol, atol = solver["segments"], solver["rtol"], solver["atol"]

    def study() -> Tensor:
        scaled = network.scaled(scales)
        return propagate_along(
            scaled, oscillator.orbit, oscillator.period, segments, rtol, atol
        ).monodromy[0]

    study()  # the first call pays for imports and warm-up
    start = time.perf_counter()
    batched = study()
    study_time = time.perf_counter() - start

    chosen = torch.linspace(0, arguments.scales - 1, arguments.naive).round().long()
    start = time.perf_counter()
    naive = torch.stack([naive_monodromy(network[0], scales[k].item(), rtol, atol) for k in chosen])
    naive_time = (time.perf_counter() - start) * arguments.scales / arguments.naive

    print(f"study's way: {arguments.scales} scales in {study_time:.2f} s")
    print(
        f"naive way:   {naive_time:.1f} s for as many "
        f"(timed on {arguments.naive} of them, spread evenly, and scaled up)"
    )
    print(f"largest difference between the matrices: {(naive - batched[chosen]).abs().max():.1e}")
    print(f"ratio: {naive_time / study_time:.0f} (goal: at least 80)")


if __name__ == "__main__":
    main()
