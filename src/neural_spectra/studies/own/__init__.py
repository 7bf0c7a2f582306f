"""A network of the user's own: what it is, what it does, what bounds and proofs say of it."""
