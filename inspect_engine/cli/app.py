"""The commands and their groups; each command parses, calls one service, and shows the answer."""

from __future__ import annotations

import typer

from inspect_engine.cli import (
    approvals,
    demo,
    draws,
    joint,
    lists,
    logs,
    maps,
    packs,
    plans,
    registers,
    replans,
    routes,
    shortages,
    witness,
)

app = typer.Typer(
    name="inspect-engine",
    help="双随机、一公开抽查引擎 · A spot-inspection draw that anyone can check",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("init")(registers.init)
app.command("upgrade")(registers.upgrade)
app.add_typer(registers.imports, name="import")
app.add_typer(lists.app, name="list")
app.add_typer(plans.app, name="plan")
routes.register(draws.app)
maps.register(draws.app)
joint.register(draws.app)
shortages.register(draws.app)
approvals.register(draws.app)
replans.register(draws.app)
app.add_typer(draws.app, name="draw")
app.add_typer(witness.app, name="witness")
app.command("verify")(packs.verify)
app.add_typer(logs.app, name="log")
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command line."""
    app()
