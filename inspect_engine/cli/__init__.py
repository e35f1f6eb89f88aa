"""The command line of the bureau (命令行): ``inspect-engine``."""

from inspect_engine.cli.app import main

__all__ = ["main"]
