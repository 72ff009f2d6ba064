"""``python -m fmnist_spec``: the same as the command ``fmnist-spec``."""

from fmnist_spec import ending


def main() -> int:
    """Run the command. A signal that comes before it is imported ends it at once."""
    ending.handle(ending.at_once)
    from fmnist_spec.cli import main

    return main()


if __name__ == "__main__":
    raise SystemExit(main())
