"""What a notebook says: sentences, arithmetic, and numbers that are not the lesson's."""
