"""Spectra of neural dynamics: saturation, Floquet multipliers, recurrent networks, affine maps.

The ground floor (this folder's modules) holds the mathematics, ``studies`` turns parameters into
tables, ``figures`` turns tables into drawings. Imports only point downwards in that list's reverse
order: a study imports the ground floor, a figure imports no torch, nothing imports a script.
"""

__version__ = "0.1.0"
