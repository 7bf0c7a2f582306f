"""The figures of the analysis of a network of the user's own."""
