"""The lesson's claims, held against the installed TensorFlow."""
