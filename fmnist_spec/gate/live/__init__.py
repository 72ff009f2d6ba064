"""A live session of Jupyter or Colab: watched from %load_ext on, and judged by %fmnist_spec."""
