"""How much faster Levenberg–Marquardt trains all seeds than Adam, one seed after another.

Adam is what a user would write: torch.nn.Sequential, torch.optim.Adam and a cosine schedule in
float64, from the same weights on the same points, stopped as soon as it has the loss that the study
reaches for that seed. A few seeds are timed and their mean stands for all; a seed that is not there
after all its steps counts with what it has cost by then, and the ratio is a lower bound.
"""

from __future__ import annotations

import argparse
import time

import torch
from torch import Tensor, nn

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.initialisation import initialise, sample_ball
from neural_spectra.networks.training import Training, levenberg_marquardt


def train_by_adam(
    seed: int, width: int, points: Tensor, targets: Tensor, loss_wanted: float, steps: int
) -> tuple[float, bool]:
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Linear(2, width, dtype=torch.float64),
        nn.Tanh(),
        nn.Linear(width, 2, dtype=torch.float64),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    start = time.perf_counter()
    for _ in range(steps):
        optimiser.zero_grad()
        loss = nn.functional.mse_loss(model(points), targets)
        if loss.item() <= loss_wanted:
            return time.perf_counter() - start, True
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
    return time.perf_counter() - start, False


def train_as_in_the_study(
    seeds: int, width: int, points: Tensor, targets: Tensor, target: float
) -> tuple[float, Training]:
    start = time.perf_counter()
    network = initialise(2, [width], range(seeds), activation_named("tanh"))
    training = levenberg_marquardt(network, points, targets, steps=100, target=target)
    return time.perf_counter() - start, training


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=32, help="networks to train")
    parser.add_argument("--timed-seeds", type=int, default=4, help="of these, trained with Adam")
    parser.add_argument("--width", type=int, default=32, help="hidden units")
    parser.add_argument("--points", type=int, default=512, help="points on the disc r <= 1.5")
    parser.add_argument("--target", type=float, default=1e-4, help="loss at which a seed stops")
    parser.add_argument("--adam-steps", type=int, default=4000, help="most steps of Adam")
    parser.add_argument("--threads", type=int, default=1, help="threads of both")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    points = sample_ball(options.points, 2, 1.5, torch.Generator().manual_seed(0))
    targets = StuartLandau()(points)
    data = options.width, points, targets

    # The first call of either pays for torch's own start.
    train_as_in_the_study(1, *data, options.target)
    train_by_adam(0, *data, 0.0, steps=10)

    study, training = train_as_in_the_study(options.seeds, *data, options.target)
    losses = training.losses[-1]
    print(
        f"Levenberg–Marquardt, {options.seeds} seeds: {study:.2f} s, "
        f"{training.steps.max()} steps, losses up to {losses.max():.1e}"
    )
    seconds, reached = zip(
        *(
            train_by_adam(seed, *data, losses[seed].item(), options.adam_steps)
            for seed in range(options.timed_seeds)
        ),
        strict=True,
    )
    one_by_one = options.seeds * sum(seconds) / len(seconds)
    at_least = "" if all(reached) else ">= "
    print(
        f"Adam, one seed after another: {at_least}{one_by_one:.1f} s for {options.seeds} seeds, "
        f"scaled up from {len(seconds)}; {sum(reached)} of these reached the same loss "
        f"within {options.adam_steps} steps"
    )
    print(f"ratio: {at_least}{one_by_one / study:.1f} (goal: >= 5)")


if __name__ == "__main__":
    main()
