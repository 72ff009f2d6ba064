"""The rules on the run, one module a subject."""
