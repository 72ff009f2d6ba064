"""TOML: of the standard library, or of the package that it was taken from."""

import sys

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

parse_toml = tomllib.loads  # raises ValueError or RecursionError if a text is no TOML
