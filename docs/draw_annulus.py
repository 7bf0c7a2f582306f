"""Draws docs/annulus.png: the annulus that proves one attracting cycle, with its cells.

The network is fitted as ``shifted_256`` of config/saturation.yaml is, its seed 0, and scaled so
that its cycle is no circle any more. From the repository's root:
``PYTHONPATH=src python docs/draw_annulus.py``.
"""

from __future__ import annotations

from pathlib import Path

import torch
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.bounds.annuli import Annulus
from neural_spectra.bounds.planar_proofs import Certificate, attracting_cycle
from neural_spectra.config.checking import Style
from neural_spectra.config.yaml_files import read_config
from neural_spectra.figures.style import COMPUTED, GUIDE, PROVED, drawing, few_ticks, save
from neural_spectra.flows.close_returns import Search
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.flows.shooting import find_periodic_orbits
from neural_spectra.networks.initialisation import (
    initialise,
    margin_for_saturation,
    shift_bias,
    with_first_bias,
)
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.training import fit_readout
from neural_spectra.studies.saturation.train_stuart_landau import training_data

SCALE, STATES = 1.3, 256
PICTURE = Path("docs/annulus.png")


def fitted_network() -> Network:
    """Return the network, a batch of one."""
    network = initialise(2, [256], [0], activation_named("tanh"))
    bias = shift_bias(network.weights[0], margin_for_saturation(network.activations[0], 0.53), 1.0)
    points, targets = training_data(StuartLandau(), radius=1.5, points=256)
    return fit_readout(with_first_bias(network, bias), points, targets, 1e-4).scaled([SCALE])[:, 0]


def proved_cycle(network: Network) -> tuple[Tensor, Certificate]:
    """Return the states along the cycle and the proof."""
    search = Search(
        window=4.0, windows=5, step=0.05, escape_radius=20.0, segments=30, rtol=1e-11, atol=1e-11
    )
    found = find_periodic_orbits(network, torch.tensor([[[1.0, 0.0]]]).double(), search)
    period = found.period.item()
    path = simulate(network[0], found.points[0, :1], period, period / STATES)[:STATES, 0]
    return path, attracting_cycle(network[0], path, period)


def draw_cells(axis: Axes, annulus: Annulus, path: Tensor) -> None:
    """Draw the cells that the proof begins with, the curves, and the orbit."""
    left, right = annulus.left, annulus.right
    cells = torch.stack([left, right, right.roll(-1, 0), left.roll(-1, 0)], 1)
    axis.add_collection(
        PolyCollection(list(cells.numpy()), facecolors=PROVED, alpha=0.25, edgecolors="none")
    )
    axis.add_collection(
        PolyCollection(list(cells.numpy()), facecolors="none", edgecolors=GUIDE, lw=0.3)
    )
    for curve in (left, right):
        axis.plot(*torch.cat([curve, curve[:1]]).T, color=PROVED, lw=1.2)
    axis.plot(*torch.cat([path, path[:1]]).T, color=COMPUTED, lw=1, ls="--")


def draw_flow(axis: Axes, network: Network, annulus: Annulus) -> None:
    """Draw the direction of the flow through the curves."""
    for curve in (annulus.left, annulus.right):
        f = torch.nn.functional.normalize(network(curve), dim=-1)
        axis.quiver(*curve.T, *f.T, color=GUIDE, width=0.004, scale=14, zorder=3)


def main() -> None:
    """Draw the picture."""
    network = fitted_network()
    path, proof = proved_cycle(network)
    if proof.annulus is None:
        raise SystemExit(f"{proof.verdict}: {proof.reason}")
    style = Style(**read_config("config/config.yaml")["style"]).model_dump()
    with drawing(style, "double_column", 3.3) as figure:
        whole, near = figure.subplots(1, 2)
        for axis in (whole, near):
            draw_cells(axis, proof.annulus, path)
            axis.set(aspect="equal", xlabel="$x_1$")
            axis.grid(visible=False)
            few_ticks(axis.xaxis, axis.yaxis)
        whole.set(ylabel="$x_2$", title="the annulus and its first cells")
        draw_flow(near, network[0], proof.annulus)
        x, y = path[torch.linalg.vector_norm(path, dim=-1).argmax()].tolist()
        near.set(xlim=(x - 0.25, x + 0.25), ylim=(y - 0.25, y + 0.25))
        near.set_title("the flow enters through both curves")
    save(figure, PICTURE)
    print(proof.verdict, proof.cells, proof.period, proof.log_determinant)


if __name__ == "__main__":
    main()
