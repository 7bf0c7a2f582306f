"""Fig. 7: the spectral radius of A* over the plane for the networks of Fig. 6."""

from neural_spectra.figures.affine_maps.regions_by_activation import draw

__all__ = ["draw"]
