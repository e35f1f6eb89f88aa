"""What several commands read from their options: days, spans of days, and contributions to a seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from inspect_engine.errors import EngineError

if TYPE_CHECKING:
    from inspect_engine.drawing.seeding import Given


def day_of(text: str) -> date:
    """A day as ``YYYY-MM-DD``; raises ``drawing.bad-day``."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise EngineError("drawing.bad-day", text=text) from error


def span_of(text: str) -> tuple[date, date]:
    """A day, or ``FIRST..LAST``; raises ``drawing.bad-day``, also for a span that ends before it begins."""
    first, _, last = text.partition("..")
    span = day_of(first), day_of(last or first)
    if span[0] > span[1]:
        raise EngineError("drawing.bad-day", text=text)
    return span


def given_of(dice: str, shares: Sequence[str], withheld: Sequence[str], drand: str) -> list[Given]:
    """Contributions as the options give them: ``PARTY=HEX``, parties that give none, digits, ``RANDOMNESS:SIGNATURE``."""
    from inspect_engine.drawing.seeding import Given

    given = [Given("share", party, value) for party, _, value in (text.partition("=") for text in shares)]
    given += [Given("withheld", party) for party in withheld]
    if dice:
        given.append(Given("dice", value=dice))
    if drand:
        randomness, _, signature = drand.partition(":")
        given.append(Given("drand", value=randomness, proof=signature))
    return given
