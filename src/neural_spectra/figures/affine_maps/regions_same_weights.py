"""The spectral radius of A* over the plane under all activations with the same weights."""

from neural_spectra.figures.affine_maps.regions_by_activation import draw

__all__ = ["draw"]
