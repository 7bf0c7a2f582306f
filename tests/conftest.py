"""Every test runs with array shapes checked at each call of the library."""

from jaxtyping import install_import_hook

install_import_hook("neural_spectra", "beartype.beartype")
