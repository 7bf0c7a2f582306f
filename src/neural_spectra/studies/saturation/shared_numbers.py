"""Numbers that several tables of the study share."""

# The replicate that the figures draw.
DRAWN_SEED = 0

# Of the trapezoidal rule over the reference circle.
QUADRATURE_NODES = 1024

# What the captions of Figs 2 and 5 state (Matzakos 2026).
PAPER = {"det at s = 1": 1e-5, "det at s = 4": 0.92, "improvement at s = 30": 9.0}
