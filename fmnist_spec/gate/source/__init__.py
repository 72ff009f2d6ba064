"""What the source of a notebook says for certain, without running it."""
