"""The eigenvalues of A* over the plane as networks of one repeated layer get deeper."""

from neural_spectra.figures.affine_maps.depth import draw

__all__ = ["draw"]
