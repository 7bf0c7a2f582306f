"""Training networks on trajectories of the Morris–Lecar neurons of the companion paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.training_along_trajectories import followed_along_trajectories
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network, one_batch
from neural_spectra.studies.open_questions.measured_trajectories import morris_lecar_trajectories
from neural_spectra.studies.tables import Computed, tabulated


def train_morris_lecar(
    seeds: Sequence[int],
    *,
    currents: Mapping[str, float],
    data: Mapping[str, Any],
    hidden: Sequence[int],
    networks: Mapping[str, Mapping[str, str]],
    target: float,
    protocol: Mapping[str, Any],
) -> tuple[dict[str, Network], Computed]:
    """Train networks of every kind and seed on the trajectory of every set, all together.

    Parameters
    ----------
    seeds
        The replicates; a seed starts from the same weights in every set.
    currents
        The companion paper's current, by the set's name.
    data
        ``duration`` and ``unit`` in milliseconds; see `morris_lecar_trajectories`.
    hidden
        Number of units of each hidden layer.
    networks
        Activation and inputs (``scaled`` to [−1, 1], or ``millivolts``) of each kind.
    target
        The loss that a network has to reach.
    protocol
        ``samples`` of the trajectory and how many of them are a ``segment``, optimiser, learning
        rate, largest gradient, steps, solver; see `followed_along_trajectories`. What it says on
        cycles is for `morris_lecar_networks`.

    Returns
    -------
    dict, Computed
        The networks of each kind, and the table ``morris_lecar_training``, whose rows of a kind
        are in the order of its networks.
    """
    training = {name: value for name, value in protocol.items() if name != "cycles_from"}
    trajectories = morris_lecar_trajectories(currents, samples=training.pop("samples"), **data)
    # Every seed of one set after the other.
    each = trajectories[torch.arange(len(currents)).repeat_interleave(len(seeds))]
    as_they_are = torch.zeros_like(each.center), torch.ones_like(each.scale)
    inputs = {"scaled": as_they_are, "millivolts": (each.center, each.scale)}
    steps = training["steps"]
    checkpoints = list(
        followed_along_trajectories(
            [
                initialise(
                    2, hidden, [*seeds] * len(currents), activation_named(kind["activation"])
                )
                for kind in networks.values()
            ],
            [inputs[kind["inputs"]] for kind in networks.values()],
            each.states,
            each.duration,
            **training,
        )
    )
    losses = torch.stack([checkpoint.losses for checkpoint in checkpoints], dim=1)
    losses = losses.reshape(len(networks), len(steps), len(currents), len(seeds))
    axes = {"network": list(networks), "step": steps, "set": list(currents), "seed": seeds}
    table = tabulated(axes, {"loss": losses, "target_met": losses <= target})
    table["last"] = table["step"] == max(steps)
    trained = {
        name: one_batch([checkpoint.networks[k] for checkpoint in checkpoints])
        for k, name in enumerate(networks)
    }
    unmet = 1 - float(table.loc[table["last"], "target_met"].mean())
    return trained, Computed(table, {"share_above_target": unmet})
