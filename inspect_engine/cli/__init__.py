"""The command line of the bureau (命令行): ``inspect-engine``."""


def main() -> None:
    """Run the command line."""
    from inspect_engine.cli.app import main as run

    run()
