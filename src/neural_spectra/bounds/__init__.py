"""Certified bounds on a network over a region of the state space."""
