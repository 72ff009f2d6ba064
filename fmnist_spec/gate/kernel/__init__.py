"""What runs the cells in a notebook's process, and what of them is left out."""
