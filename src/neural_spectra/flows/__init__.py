"""Flows: integration, periodic orbits, Floquet multipliers, Lyapunov exponents."""
