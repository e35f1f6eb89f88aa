"""The whole predictability report as one table (可预测性明细): a row for each slot, body, officer, pair and repetition."""

import csv
import io
from collections.abc import Iterator

from inspect_engine.drawing.forecast.predictable import Predictability
from inspect_engine.drawing.forecast.repetition import Meetings
from solver.roster.predictability import BodyForecast, OfficerForecast, SlotForecast
from solver.roster.repetition import Repetition

#: Chances from 0 to 1; ``place`` is the route of the chance; ``bound`` counts who is not barred; ``most`` of a repetition is
#: what was observed, ``least`` how many pairs there were before, ``error`` a standard deviation.
COLUMNS = ("kind", "name", "place", "chance", "error", "least", "most", "effective", "bound", "sureness")


def forecast_rows(found: Predictability, pairs: Meetings) -> Iterator[tuple[str, ...]]:
    """Rows under :data:`COLUMNS`; what does not apply is empty. Officers stand under their codes."""
    for slot in found.slots:
        yield "slot", slot.slot, "", *_single(slot, slot.largest)
    for body in found.bodies:
        yield "body", body.route, body.route, *_single(body, body.largest)
    for one in found.officers:
        yield "officer", one.officer, one.route, *_single(one, one.largest)
    for pair in pairs.pairs:
        figures = (pair.chance, pair.error, pair.least, pair.most)
        yield "pair", f"{pair.first} {pair.second}", pair.route, *(f"{x:.6f}" for x in figures), "", "", ""
    for kind, again in (("pairs-again", pairs.together), ("bodies-again", pairs.at_bodies)):
        if again is not None:
            yield kind, pairs.previous, "", *_again(again)


def _single(one: SlotForecast | BodyForecast | OfficerForecast, chance: float) -> tuple[str, ...]:
    return f"{chance:.6f}", "", "", "", f"{one.effective:.3f}", str(one.allowed), f"{one.sureness:.4f}"


def _again(found: Repetition) -> tuple[str, ...]:
    observed = "" if found.observed is None else str(found.observed)
    return f"{found.expected:.3f}", f"{found.deviation:.3f}", str(found.before), observed, "", "", ""


def forecast_csv(found: Predictability, pairs: Meetings) -> str:
    """The table as CSV with a heading."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([COLUMNS, *forecast_rows(found, pairs)])
    return out.getvalue()
