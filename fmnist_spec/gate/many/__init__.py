"""Many notebooks: how many at once, and on any executor."""
