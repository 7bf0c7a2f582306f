"""The questions that the papers leave open."""
