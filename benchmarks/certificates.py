"""What proofs cost beside what they replace, in one run.

The supremum of ‖Df‖ over [−1, 1]², certified to within 5 %, against the refined bound C̃ with the
settings of config/saturation.yaml, and against a grid of points so fine that its largest value is
within 5 % of the supremum, which nobody would know without the proof. And the proof that a trained
2-256-2 network has exactly one attracting cycle, against the search that finds the cycle. All on
one thread.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import torch
import yaml
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.bounds.branch_and_bound import within
from neural_spectra.bounds.certified_quantities import JACOBIAN_NORM, largest
from neural_spectra.bounds.jacobian_bounds import certified_bounds, jacobian_norm
from neural_spectra.bounds.planar_proofs import attracting_cycle
from neural_spectra.bounds.regions import Box, all_cells
from neural_spectra.flows.close_returns import Search
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.flows.shooting import PeriodicOrbits, find_periodic_orbits
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
ONE = torch.ones(2, dtype=torch.float64)
SQUARE = Box(-ONE, ONE)
STATES = 512
FINEST = 18


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the best time of several runs, after one that warms up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def shifted_network() -> Network:
    """Return the network of the phase portraits, its seed 0."""
    network = initialise(2, [256], [0], activation_named("tanh"))
    bias = shift_bias(network.weights[0], margin_for_saturation(network.activations[0], 0.53), 1.0)
    points, targets = training_data(StuartLandau(), radius=1.5, points=256)
    return fit_readout(with_first_bias(network, bias), points, targets, 1e-4)


def compare_bounds(name: str, network: Network, repeats: int) -> None:
    settings = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["saturation"]["scale_sweep"]
    levels = settings["coarsest_level"], settings["finest_level"]

    def certify() -> Tensor:
        return largest(JACOBIAN_NORM, network, SQUARE, within(0.05)).bound

    def refine() -> Tensor:
        return certified_bounds(network, SQUARE, settings["tightness"], *levels).refined_bound

    def sample(level: int) -> Tensor:
        return jacobian_norm(network, SQUARE.cells(level, all_cells(level)).points).amax(-1)

    top = largest(JACOBIAN_NORM, network, SQUARE, within(0.001), budget=2**20).bound.squeeze(-1)
    enough = (level for level in range(FINEST) if (sample(level) >= top / 1.05).all())
    fine = next(enough, FINEST)
    times = [seconds(work, repeats) for work in (certify, refine, lambda: sample(fine))]
    ours, refined = ((bound.flatten() / top).amax().item() for bound in (certify(), refine()))
    few = " (too few)" if fine == FINEST else ""
    print(
        f"{name}: certified {ours:.3f} × the supremum in {1000 * times[0]:.1f} ms; "
        f"C̃ {refined:.2f} × in {1000 * times[1]:.1f} ms, ratio {times[0] / times[1]:.2f} "
        f"(goal: at most 1); 2^{fine} samples{few} in {1000 * times[2]:.1f} ms, "
        f"ratio {times[0] / times[2]:.1f}"
    )


def compare_proof(network: Network, repeats: int) -> None:
    settings = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["saturation"]["own_orbits"]
    search = Search(**settings["search"])
    start = torch.tensor([[[1.0, 0.0]]], dtype=torch.float64)

    def look() -> PeriodicOrbits:
        return find_periodic_orbits(network, start, search)

    found = look()
    period = found.period.item()
    path = simulate(network[0], found.points[0, :1], period, period / STATES)
    states = path[:STATES, 0]
    times = [
        seconds(look, repeats),
        seconds(lambda: attracting_cycle(network[0], states, period), repeats),
    ]
    proof = attracting_cycle(network[0], states, period)
    print(
        f"one attracting cycle: {proof.verdict} with {proof.cells} cells in "
        f"{1000 * times[1]:.0f} ms, T in [{proof.period[0]:.3f}, {proof.period[1]:.3f}], ln det M "
        f"in [{proof.log_determinant[0]:.2f}, {proof.log_determinant[1]:.2f}]"
    )
    print(
        f"search that finds it: {1000 * times[0]:.0f} ms, "
        f"ratio {times[1] / times[0]:.2f} (goal: at most 1.5)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="runs of everything; best counts")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tanh = activation_named("tanh")
    for widths in ([32], [256], [32, 32], [64, 64]):
        name = "-".join(map(str, [2, *widths, 2]))
        compare_bounds(f"drawn {name}", initialise(2, widths, [0], tanh), arguments.repeats)
    trained = shifted_network()
    for s in (1.0, 4.0, 15.0):
        scaled = trained.scaled([s])[:, 0]
        compare_bounds(f"trained 2-256-2, s = {s:g}", scaled, arguments.repeats)
    compare_proof(trained, arguments.repeats)


if __name__ == "__main__":
    main()
