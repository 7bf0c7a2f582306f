"""How much faster the affine maps of a grid of models are than the naive ways, in one run.

The study's way: NumPy with one array for each matrix entry, eigenvalues of the 2×2 matrices in
closed form, one model after the other. The naive way: a loop over models and points in torch, as
the equations are printed. The better known way: the same for one point, batched over all points by
torch.func.vmap, with torch.linalg.eigvals. All three find A*, b*, both eigenvalues and ρ at each
point, of the models of the paper's Appendix D, on one thread.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from neural_spectra.maps.pointwise_affine import planar_grid
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.appendix_d import grid_models
from neural_spectra.studies.affine_maps.sample_weights import sample_weights

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": functional.relu,
    "selu": functional.selu,
    "gelu": functional.gelu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": functional.softplus,
}


def models() -> list[DeepMap]:
    """Return the 828 models: 69 weight sets × 6 activations, with bias and without."""
    sets = sample_weights(seeds=[0])
    return [model.networks[0] for model in grid_models(sets, list(ACTIVATIONS))]


def affine_map_at(
    x: Tensor,
    weights: list[Tensor],
    biases: list[Tensor],
    activation: Callable[[Tensor], Tensor],
    slope_at_0: float,
) -> tuple[Tensor, Tensor]:
    """Return A* and b* at one point by eqs. (4), (6), (7) and Remark 11, with σ(0) in b*."""
    a, b, h = torch.eye(2, dtype=x.dtype), torch.zeros_like(x), x
    at_0 = activation(torch.zeros_like(x))
    for weight, bias in zip(weights, biases, strict=True):
        z = weight @ h + bias
        h = activation(z)
        scaling = torch.diag(torch.where(z == 0, slope_at_0, (h - at_0) / z))
        a = scaling @ (weight @ a)
        b = scaling @ (weight @ b + bias) + at_0
    return a, b


def affine_map_of(model: DeepMap) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """Return the function that gives A* and b* of a model at one point."""
    return partial(
        affine_map_at,
        weights=[torch.from_numpy(weight) for weight in model.weights],
        biases=[torch.from_numpy(bias) for bias in model.biases],
        activation=ACTIVATIONS[model.activations[0].name],
        slope_at_0=model.activations[0].slope(np.zeros(1)).item(),
    )


def by_loop(model: DeepMap, x: Tensor) -> None:
    affine_map = affine_map_of(model)
    for point in x:
        torch.linalg.eigvals(affine_map(point)[0]).abs().max()


def by_vmap(model: DeepMap, x: Tensor) -> Tensor:
    """Return ρ; A*, b* and the eigenvalues are computed on the way."""
    matrix, _ = torch.func.vmap(affine_map_of(model))(x)
    radius: Tensor = torch.linalg.eigvals(matrix).abs().amax(-1)
    return radius


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=100, help="points along a side of the grid")
    parser.add_argument("--loop-models", type=int, default=36)
    parser.add_argument("--loop-points", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=3, help="runs of the fast ways; best counts")
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    every = models()
    xs = np.linspace(-6, 6, arguments.side)
    grid = torch.from_numpy(np.stack(np.meshgrid(xs, xs), -1).reshape(-1, 2))
    points = len(every) * len(grid)

    def study(chosen: list[DeepMap]) -> None:
        for model in chosen:
            planar_grid(model, xs, xs)

    def vmapped() -> None:
        for model in every:
            by_vmap(model, grid)

    study(every[:12])
    memory = []
    for chosen in (every[: len(every) // 4], every):
        study(chosen)
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    # Taken in turns, so that a machine that slows down slows both of them down.
    times = [(seconds(lambda: study(every)), seconds(vmapped)) for _ in range(arguments.repeats)]
    study_time, vmap_time = map(min, zip(*times, strict=True))

    chosen = every[:: max(1, len(every) // arguments.loop_models)]
    few = grid[:: max(1, len(grid) // arguments.loop_points)]
    loop_time = sum(seconds(partial(by_loop, model, few)) for model in chosen)
    loop_time *= points / (len(chosen) * len(few))

    difference = 0.0
    for model in chosen:
        ours, theirs = planar_grid(model, xs, xs), by_vmap(model, grid).numpy()
        error = np.abs(ours.spectral_radius.ravel() - theirs)
        difference = max(difference, float((error / (1 + theirs)).max()))

    print(f"{len(every)} models × {len(grid)} points")
    print(f"study's way: {study_time:.2f} s")
    print(f"vmap and LAPACK: {vmap_time:.2f} s")
    print(
        f"loop: {loop_time:.0f} s (timed on {len(few)} points of {len(chosen)} models, "
        f"spread evenly, and scaled up)"
    )
    print(f"largest relative difference between the spectral radii: {difference:.1e}")
    print(f"memory after a quarter of the models: {memory[0]:.1f} MiB, after all: {memory[1]:.1f}")
    print(f"ratio to the loop: {loop_time / study_time:.0f} (goal: at least 1000)")
    print(f"ratio to vmap: {vmap_time / study_time:.1f} (goal: at least 5)")


if __name__ == "__main__":
    main()
