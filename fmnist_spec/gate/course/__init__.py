"""A course: its settings, its files, and which of them teach a lesson."""
