"""Activation saturation and the collapse of the Floquet spectrum (Matzakos 2026)."""
