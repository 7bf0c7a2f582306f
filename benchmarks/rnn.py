"""How much faster the batched simulation is than the naive ways, in one run.

The study's way: all seeds at once in NumPy. Against it: one simulation per seed, torchdiffeq's
Euler method on all seeds at once, and plain Python, which is timed on a part and scaled up. The
same random skew-symmetric networks, starts and forward Euler steps throughout, one thread.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torchdiffeq import odeint

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.recurrent_integrators import simulate
from neural_spectra.networks.recurrent_networks import RecurrentNetwork, random_skew_symmetric

H = 0.05
REPEATS = 3


def timed(run: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Return the shortest of a few run times, in seconds, and the result."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return min(times), result


def by_torchdiffeq(matrices: np.ndarray, starts: np.ndarray, steps: int) -> np.ndarray:
    """Take Euler steps of length H; without ``step_size`` they would be the output times."""
    a = torch.from_numpy(matrices)

    def field(_: Tensor, x: Tensor) -> Tensor:
        return (a @ x.tanh().unsqueeze(-1)).squeeze(-1)

    times = torch.arange(steps + 1, dtype=torch.float64) * H
    x = torch.from_numpy(starts)
    solution: Tensor = odeint(field, x, times, method="euler", options={"step_size": H})
    return solution.numpy()


def in_pure_python(matrices: np.ndarray, starts: np.ndarray, steps: int) -> np.ndarray:
    """Do the same with lists and ``math.tanh``, as a newcomer might."""
    trajectories = []
    for matrix, start in zip(matrices.tolist(), starts.tolist(), strict=True):
        x, trajectory = start, [start]
        for _ in range(steps):
            s = [math.tanh(z) for z in x]
            velocity = [sum(a * y for a, y in zip(row, s, strict=True)) for row in matrix]
            x = [z + H * v for z, v in zip(x, velocity, strict=True)]
            trajectory.append(x)
        trajectories.append(trajectory)
    return np.array(trajectories).swapaxes(0, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=64)
    parser.add_argument("--units", type=int, default=40)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--python-seeds", type=int, default=4, help="seeds timed in pure Python")
    parser.add_argument("--python-steps", type=int, default=500, help="steps timed in pure Python")
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    matrices = random_skew_symmetric(
        arguments.units, range(arguments.seeds), "frobenius norm", 5 * math.sqrt(2)
    )
    starts = np.random.default_rng(0).standard_normal((arguments.seeds, arguments.units))
    tanh, steps = scalar_activation("tanh"), arguments.steps

    def simulated(chosen: int | slice) -> np.ndarray:
        network = RecurrentNetwork(matrices[chosen], tanh, "A sigma(x)")
        return simulate(network, starts[chosen], H, steps).states

    def looped() -> np.ndarray:
        return np.stack([simulated(seed) for seed in range(arguments.seeds)], axis=1)

    simulated(slice(None))  # the first call pays for warm-up
    batched_time, batched = timed(lambda: simulated(slice(None)))
    loop_time, loop = timed(looped)
    torch_time, by_torch = timed(lambda: by_torchdiffeq(matrices, starts, steps))
    few, short = arguments.python_seeds, arguments.python_steps
    python_time, python = timed(lambda: in_pure_python(matrices[:few], starts[:few], short))
    python_time *= arguments.seeds / few * steps / short

    print(
        f"study's way: {arguments.seeds} seeds, n = {arguments.units}, {steps} Euler steps "
        f"in {batched_time:.3f} s"
    )
    print(f"loop over seeds: {loop_time:.2f} s")
    print(f"torchdiffeq:     {torch_time:.2f} s")
    print(
        f"pure Python:     {python_time:.1f} s for as many "
        f"(timed on {few} seeds and {short} steps, and scaled up)"
    )
    differences = [
        np.abs(other - batched[: len(other), : other.shape[1]]).max()
        for other in (loop, by_torch, python)
    ]
    print(f"largest difference between the states: {max(differences):.1e}")
    print(f"ratio to the loop over seeds: {loop_time / batched_time:.1f} (goal: at least 5)")
    print(f"ratio to torchdiffeq:         {torch_time / batched_time:.1f}")
    print(f"ratio to pure Python:         {python_time / batched_time:.0f} (goal: at least 100)")


if __name__ == "__main__":
    main()
