"""Activation functions: values, slopes, ranges, potentials and quotients."""
