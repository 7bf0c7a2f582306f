"""Discrete maps: pointwise affine maps, orbits, fixed points, attractors, certificates."""
