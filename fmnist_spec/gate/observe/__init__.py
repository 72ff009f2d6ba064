"""In the notebook's process: what Keras and scikit-learn are asked to do."""
