"""What a config may say of networks that are fitted to a field around its orbits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from neural_spectra.config.checking import Count, Model, Positive, Seeds, Tolerance
from neural_spectra.config.size_limits import require_room, require_steps


class FittedNetworks(Model):
    """Tanh networks of one hidden layer, fitted by the Levenberg–Marquardt method."""

    hidden: Annotated[int, Field(ge=1, le=1000)]
    seeds: Seeds
    points: Count
    steps: Annotated[int, Field(ge=1, le=1_000_000)]

    def _check_together(self) -> None:
        # The derivative of every component at every point by every weight, of four dimensions.
        require_room("points · hidden", 4 * self.points * 9 * self.hidden)
        require_steps("seeds · steps", self.seeds * self.steps, 1)


class NetworksBesideCycle(FittedNetworks):
    """Networks in a tube around a cycle."""

    radius: Positive
    tolerance: Tolerance


class NetworksBesideConnection(FittedNetworks):
    """Networks on a box around a homoclinic orbit, and how far away theirs may be."""

    within: Positive
