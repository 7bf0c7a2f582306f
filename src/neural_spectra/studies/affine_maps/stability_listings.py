"""Which of the paper's criteria of stability each activation of its footnotes 1 and 2 meets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from neural_spectra.activations.scalar_activation import ScalarActivation
from neural_spectra.activations.stability_classes import PAPER_CLASSES, PAPER_LABELS, PUBLISHED
from neural_spectra.studies.tables import Computed

# On either side of 0, up to the edge of the paper's square; further out GELU rounds to identity.
MAGNITUDES = np.geomspace(1e-3, 6.0, 601)
ARGUMENTS = np.concatenate([-MAGNITUDES[::-1], MAGNITUDES])


def contracts(sigma: ScalarActivation) -> bool:
    """Say whether |σ(z)| < |z| at every z ≠ 0 that is tried, so that z ↦ σ(z) goes to 0."""
    return bool((np.abs(sigma.function(ARGUMENTS)) < np.abs(ARGUMENTS)).all())


CRITERIA: dict[str, Callable[[ScalarActivation], bool]] = {
    "Lemma 8: σ(0) = 0 and K < 1": lambda sigma: sigma.offset == 0 and sigma.lipschitz < 1,
    "Definition 4: |σ(z)| < |z| for every z ≠ 0": contracts,
    "Fig. 1: σ(0) = 0 and K ≤ 1": lambda sigma: sigma.offset == 0 and sigma.lipschitz <= 1,
    "Lemma 10 for all z: |σ(z)| ≤ |z|": lambda sigma: sigma.largest_quotient <= 1,
}


def stability_listings() -> Computed:
    """Judge each listing by each criterion.

    Footnote 1 lists activations as asymptotically stable; footnote 2 lists others as having
    unstable regions, so that they should not meet the criterion.

    Returns
    -------
    Computed
        ``stability_listings``: footnote, name, label, criterion, meets, agrees. The residual is the
        number of activations that meet Lemma 8 without meeting Definition 4, which it implies.
    """
    rows = []
    for name, sigma in PUBLISHED.items():
        label = PAPER_LABELS[name]
        stable = PAPER_CLASSES[label] == "asymptotically stable"
        for criterion, is_met in CRITERIA.items():
            meets = is_met(sigma)
            listed = {"footnote": 1 if stable else 2, "name": name, "label": label}
            judged = {"criterion": criterion, "meets": meets, "agrees": meets == stable}
            rows.append(listed | judged)
    table = pd.DataFrame(rows)
    met = table.pivot(index="name", columns="criterion", values="meets")
    lemma_8, definition_4, *_ = CRITERIA
    return Computed(table, {"exceptions": float((met[lemma_8] & ~met[definition_4]).sum())})
