"""Spectra of neural dynamics: saturation, Floquet multipliers, recurrent networks, affine maps.

What a user may rely on is in ``__all__``, and is loaded when it is first asked for: importing the
package takes no time. Below it the rooms hold the mathematics, ``studies`` turns parameters into
tables, ``figures`` turns tables into drawings. Imports only point downwards: a study imports the
mathematics, a figure imports no torch, nothing imports a script.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from neural_spectra.bounds.regions import Ball, Box
    from neural_spectra.command import write_results
    from neural_spectra.errors import InputError
    from neural_spectra.flows.single_orbits import PeriodicOrbit
    from neural_spectra.library import (
        certify,
        find_periodic_orbits,
        floquet_multipliers,
        lyapunov_exponents,
    )
    from neural_spectra.networks.deep_maps import DeepMap, deep_map
    from neural_spectra.networks.exporting import export
    from neural_spectra.networks.matrix_reading import read_matrix
    from neural_spectra.networks.multilayer_perceptron import Network
    from neural_spectra.networks.reading import read_map, read_network
    from neural_spectra.studies.own.analyse import analyse
    from neural_spectra.studies.own.analysis import Analysis

__version__ = "0.1.0"
# Where each name is.
_MODULES = {
    "Analysis": "studies.own.analysis",
    "Ball": "bounds.regions",
    "Box": "bounds.regions",
    "DeepMap": "networks.deep_maps",
    "InputError": "errors",
    "Network": "networks.multilayer_perceptron",
    "PeriodicOrbit": "flows.single_orbits",
    "analyse": "studies.own.analyse",
    "certify": "library",
    "deep_map": "networks.deep_maps",
    "export": "networks.exporting",
    "find_periodic_orbits": "library",
    "floquet_multipliers": "library",
    "lyapunov_exponents": "library",
    "read_map": "networks.reading",
    "read_matrix": "networks.matrix_reading",
    "read_network": "networks.reading",
    "write_results": "command",
}
__all__ = [
    "Analysis",
    "Ball",
    "Box",
    "DeepMap",
    "InputError",
    "Network",
    "PeriodicOrbit",
    "analyse",
    "certify",
    "deep_map",
    "export",
    "find_periodic_orbits",
    "floquet_multipliers",
    "lyapunov_exponents",
    "read_map",
    "read_matrix",
    "read_network",
    "write_results",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    if name not in _MODULES:
        raise AttributeError(f"module 'neural_spectra' has no attribute {name!r}")
    return getattr(import_module(f"neural_spectra.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names, for those who look with a tab."""
    return sorted(__all__)
