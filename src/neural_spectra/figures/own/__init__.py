"""Figures of a network of the user's own."""
