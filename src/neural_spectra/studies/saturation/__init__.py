"""Activation saturation and the collapse of the Floquet spectrum (Matzakos 2026)."""

# The replicate that the figures draw.
DRAWN_SEED = 0
