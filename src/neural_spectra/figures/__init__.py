"""The figures: a table in, a drawing out; no torch, no science."""
