"""``python -m fmnist_spec``: the same as the command ``fmnist-spec``."""

from fmnist_spec.cli import main

raise SystemExit(main())
