"""The figures of the study of affine maps (Drgoňa et al. 2020), one module each."""
