"""The predictability report of a draw (可预测性报告): how sure an insider who knows all but the seed can be."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import Session

from inspect_engine.drawing.staffing import problem
from inspect_engine.drawing.steps import find_draw, object_of, region_of, rows_of
from inspect_engine.rules import rule_on
from solver.dr1.eligibility import officers_of
from solver.roster.predictability import SlotForecast, forecast, guess_rate

UNIT = 2**32


@dataclass(frozen=True, slots=True)
class Predictability:
    """A draw's forecast.

    Attributes
    ----------
    slots : tuple of SlotForecast
    poor : tuple of SlotForecast
        Those worse than the rules' thresholds.
    caps : dict of str to float
        Routes whose cap had to be raised, with the chance that it now allows.
    chances : tuple of rows of float
        Officers by department and code, routes by date: the chance that the officer is sent on the route.
    """

    HEADS: ClassVar[tuple[str, ...]] = (
        "岗位 slot",
        "最大机会 largest chance",
        "有效人数 effective",
        "有权重 candidates",
        "可派 allowed",
    )

    slots: tuple[SlotForecast, ...]
    poor: tuple[SlotForecast, ...]
    caps: dict[str, float]
    chances: tuple[tuple[float, ...], ...]

    def worst(self, count: int) -> list[tuple[str, str, str, str, str]]:
        """The slots that are easiest to guess, as rows under :attr:`HEADS`."""
        ranked = sorted(self.slots, key=lambda one: (-one.largest, one.slot))[:count]
        return [
            (one.slot, f"{one.largest:.1%}", f"{one.effective:.1f}", str(one.candidates), str(one.allowed))
            for one in ranked
        ]

    def summary(self) -> dict[str, str]:
        """The report in a few figures."""
        effective = sorted(one.effective for one in self.slots)
        return {
            "岗位 slots": str(len(self.slots)),
            "有效人数中位 median effective candidates": f"{effective[len(effective) // 2]:.1f}",
            "知情者猜中率 insider's guess rate": f"{guess_rate(self.slots):.1%}",
            "偏易猜的岗位 poor slots": ", ".join(one.slot for one in self.poor) or "-",
            "放宽上限的批次 routes with a raised cap": ", ".join(
                f"{route} ({cap:.0%})" for route, cap in sorted(self.caps.items())
            )
            or "-",
        }


def predictability(session: Session, draw_id: str) -> Predictability:
    """Forecast every slot of a staffed draw from its committed weights.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``.
    """
    draw = find_draw(session, draw_id)
    asked = problem(session, draw)
    instance, routes = asked.instance, asked.routes
    names = instance.slots
    allowed = Counter(names[s] for s in instance.pair_slot.tolist())
    weights = [
        (str(row["officer"]), str(row["slot"]), int(str(row["weight"])))
        for row in rows_of(session, draw, "4-weights.jsonl")
    ]
    slots = tuple(forecast(weights, allowed))
    limits = rule_on(
        "predictability", date.fromisoformat(f"{draw.month}-01"), region_of(session, draw.operator)
    ).value
    chance, effective = limits["chance"] / 1_000_000, limits["effective"]
    caps = object_of(session, draw, "4-parameters.json")["caps"]
    route_of = {slot.slot: route.route for route in routes for slot in route.slots}
    order = [route.route for route in sorted(routes, key=lambda route: (route.date, route.route))]
    officers = sorted(
        officers_of(rows_of(session, draw, "1-pool.jsonl")), key=lambda one: (one.department, one.code)
    )
    return Predictability(
        slots=slots,
        poor=tuple(one for one in slots if one.poor(chance, effective)),
        caps={
            str(row["route"]): int(str(row["cap"])) / UNIT
            for row in (caps if isinstance(caps, list) else [])
            if isinstance(row, dict)
        },
        chances=_chances(weights, route_of, [one.code for one in officers], order),
    )


def _chances(
    weights: Iterable[tuple[str, str, int]], route_of: dict[str, str], officers: list[str], routes: list[str]
) -> tuple[tuple[float, ...], ...]:
    sent: Counter[tuple[str, str]] = Counter()
    for officer, slot, weight in weights:
        sent[officer, route_of[slot]] += weight
    return tuple(tuple(sent[officer, route] / UNIT for route in routes) for officer in officers)
