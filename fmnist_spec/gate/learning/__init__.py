"""Learn from a notebook the lesson that it teaches."""
