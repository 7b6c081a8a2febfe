"""The version of the program, as `pyproject.toml` and the changelog name it."""

VERSION = "0.1.0"
