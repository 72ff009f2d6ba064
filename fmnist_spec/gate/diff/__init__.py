"""What a change does to a lesson: two notebooks beside each other, in the lesson's terms."""
