"""The confined process in which a notebook runs, and what starts, hears and ends it."""
