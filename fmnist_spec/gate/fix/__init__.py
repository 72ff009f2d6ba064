"""What `check --fix` changes in a course file, what it shows of that, and when it does not."""
