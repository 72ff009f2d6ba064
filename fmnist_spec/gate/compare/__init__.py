"""What was observed, beside the lesson: networks, and images by content."""
