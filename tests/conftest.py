"""Every test runs as a job does, on one thread, and with array shapes checked at each call.

A test that is marked ``many_steps`` makes so many calls with the same shapes that checking them
would take most of its time: in it they are not checked.
"""

import os

from jaxtyping import config, install_import_hook

# The rooms whose signatures tell shapes.
ROOMS = ("activations", "networks", "flows", "maps", "bounds", "studies")

install_import_hook([f"neural_spectra.{room}" for room in ROOMS], "beartype.beartype")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # PyTorch reads it when it is imported


def pytest_runtest_setup(item):
    # Before any fixture, also one that a whole module shares.
    config.update("jaxtyping_disable", item.get_closest_marker("many_steps") is not None)
