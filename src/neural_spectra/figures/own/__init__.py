"""The figures of a network of the user's own: one module each, drawn from the table of its name."""
