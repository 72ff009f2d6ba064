"""The source beside the run: a second witness, and what in a notebook deceives its check."""
