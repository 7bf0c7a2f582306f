"""Which of the 24 activations of Drgoňa et al. (arXiv:2011.13492) are stable: printed and computed.

The footnotes 1–3 of the paper sort the functions into classes. The constants of each function give
its class by the paper's own criteria (Lemmas 8 and 10, Fig. 1).
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.scalar_activation import ScalarActivation

StabilityClass = Literal["asymptotically stable", "BIBO", "unstable regions"]

# As the paper writes them; those of footnote 3, the last here, stand in footnote 2, too.
_FOOTNOTES: dict[StabilityClass, str] = {
    "asymptotically stable": "SoftExponential BLU PReLU ReLU GELU RReLU Hardtanh ReLU6 Tanh ELU "
    "CELU Hardshrink LeakyReLU Softshrink Softsign Tanhshrink",
    "unstable regions": "APLU PELU Sigmoid Hardsigmoid Hardswish SELU LogSigmoid Softplus",
    "BIBO": "Sigmoid Hardsigmoid",
}
PAPER_CLASSES = {label: found for found, labels in _FOOTNOTES.items() for label in labels.split()}
PAPER_LABELS = {label.lower().replace("leaky", "leaky_"): label for label in PAPER_CLASSES}
PUBLISHED = {name: scalar_activation(name) for name in PAPER_LABELS}


def computed_class(activation: ScalarActivation) -> StabilityClass:
    """Return the class by the paper's own criteria, from the constants.

    Asymptotically stable: σ(0) = 0 and |σ(z)/z| ≤ 1 everywhere (Lemma 8, with ≤ as in Fig. 1).
    BIBO: |σ(z)/z| ≤ 1 outside of a bounded interval (Lemma 10). Otherwise unstable regions.
    """
    if activation.offset == 0 and activation.largest_quotient <= 1:
        return "asymptotically stable"
    return "BIBO" if activation.stable_beyond < math.inf else "unstable regions"


def stability_table() -> list[dict[str, str | float | bool]]:
    """Return a row for every activation: its constants, the paper's class and the computed one."""
    return [
        {
            "name": name,
            "label": PAPER_LABELS[name],
            "formula": activation.formula,
            "parameters": ", ".join(f"{k} = {v:.6g}" for k, v in activation.parameters.items()),
            "offset": activation.offset,
            "slope_at_0": activation.slope(np.zeros(1)).item(),
            "lipschitz": activation.lipschitz,
            "largest_quotient": activation.largest_quotient,
            "stable_beyond": activation.stable_beyond,
            "paper_class": PAPER_CLASSES[PAPER_LABELS[name]],
            "computed_class": computed_class(activation),
            "agree": PAPER_CLASSES[PAPER_LABELS[name]] == computed_class(activation),
        }
        for name, activation in PUBLISHED.items()
    ]
