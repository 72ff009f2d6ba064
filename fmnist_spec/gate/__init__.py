"""The gate, which says whether a notebook still teaches the lesson."""
