"""Study 3: deep networks as pointwise affine maps (Drgoňa et al. 2020, arXiv:2011.13492)."""
