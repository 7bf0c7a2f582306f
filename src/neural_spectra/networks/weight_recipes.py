"""The structured maps by name, and how the networks of Drgoňa et al. (2020) are drawn from them.

Names and ranges alone, so that settings can be checked in no time: the maps themselves need torch
and are in `structured_networks`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

from neural_spectra.errors import InputError, look_up

VARIANTS = {
    "unstructured": ("default",),
    "gershgorin": ("real", "complex", "signed", "equation"),
    "spectral": ("householder", "regularised"),
    "perron_frobenius": ("public", "equation"),
    "skew_symmetric": ("damped",),
    "symplectic": ("printed", "symplectic"),
}
# Those whose eigenvalues or singular values have a range.
RANGED = ("gershgorin", "spectral", "perron_frobenius", "skew_symmetric")


def require_range(lambda_min: float, lambda_max: float) -> None:
    """Refuse a range of eigenvalues or singular values that is empty or not finite."""
    if not -math.inf < lambda_min <= lambda_max < math.inf:
        raise InputError(
            f"lambda_min = {lambda_min} and lambda_max = {lambda_max} enclose no range: give "
            f"finite numbers, lambda_min not above lambda_max"
        )


@dataclass(frozen=True)
class Recipe:
    """How the maps of one network are drawn.

    Parameters
    ----------
    factorisation, variant
        Names in `VARIANTS`.
    lambda_min, lambda_max
        The range of the eigenvalues or singular values; None for a factorisation that has none.
    depth
        L for a network of L + 1 maps.

    Raises
    ------
    InputError
        If a name is unknown, the depth is below 1, or the range is missing, not wanted, or one that
        the factorisation cannot have.
    """

    factorisation: str
    variant: str
    lambda_min: float | None
    lambda_max: float | None
    depth: int

    def __post_init__(self) -> None:
        variants = look_up("factorisation", self.factorisation, VARIANTS)
        look_up(f"variant of {self.factorisation}", self.variant, dict.fromkeys(variants))
        if self.depth < 1:
            raise InputError(f"a deep map needs a depth of at least 1, not {self.depth}")
        ranged = self.factorisation in RANGED
        if len(self.ends) != 2 * ranged:
            remedy = "needs a range: give both" if ranged else "has no range: leave out"
            raise InputError(f"a {self.factorisation} map {remedy} lambda_min and lambda_max")
        if ranged:
            require_range(*self.ends)
        if self.factorisation == "perron_frobenius" and self.ends[0] < 0:
            raise InputError(
                f"lambda_min = {self.lambda_min}: the entries of a Perron-Frobenius matrix are "
                f"positive, and so are its row sums; raise lambda_min to 0 or more"
            )

    @property
    def ends(self) -> list[float]:
        """Both ends of the range, nothing for a factorisation that has none."""
        return [end for end in (self.lambda_min, self.lambda_max) if end is not None]


RANGES = (
    (-1.5, -1.1),
    (0.0, 1.0),
    (0.99, 1.0),
    (0.99, 1.01),
    (0.99, 1.1),
    (1.0, 1.01),
    (1.1, 1.5),
)
DEPTHS = (1, 4, 8)
_EVERY_RANGE = (("gershgorin", "real"), ("gershgorin", "complex"), ("spectral", "householder"))
_KINDS: list[tuple[str, str, float | None, float | None]] = [
    *((*kind, *ends) for kind, ends in product(_EVERY_RANGE, RANGES)),
    ("perron_frobenius", "public", 1.0, 1.0),
    ("unstructured", "default", None, None),
]
# 23 combinations of a factorisation and a range at each of 3 depths.
APPENDIX_D = [Recipe(*kind, depth) for kind, depth in product(_KINDS, DEPTHS)]
