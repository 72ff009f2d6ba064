"""What the process of a notebook may see and do, and what holds it to that."""
