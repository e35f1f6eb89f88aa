"""The predictability report of a draw (可预测性报告): how sure an insider who knows all but the seed can be.

Slots, bodies and officers are foretold from the committed weights, exactly; how often pairs meet is in
:mod:`inspect_engine.drawing.forecast.repetition`. Everybody stands under their code here; the report names no one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from sqlmodel import Session

from inspect_engine.drawing.forecast.warnings import Limits, Warned, warn
from inspect_engine.drawing.staffing import Problem, problem
from inspect_engine.drawing.steps import find_draw, object_of, region_of, rows_of
from inspect_engine.drawing.tables import Draw
from inspect_engine.rules import rule_on
from solver.dr1.eligibility import Route, officers_of
from solver.roster.predictability import (
    BodyForecast,
    OfficerForecast,
    SlotForecast,
    bodies,
    forecast,
    guess_rate,
    officers,
    sent,
)

UNIT = 2**32


@dataclass(frozen=True, slots=True)
class Heat:
    """Chances as a field with its two axes (机会图).

    Attributes
    ----------
    chances : tuple of rows of float
        Officers by department and code, routes by date: the chance that the officer is sent on the route.
    officers : tuple of (department, code)
    routes : tuple of (date, route)
    """

    chances: tuple[tuple[float, ...], ...]
    officers: tuple[tuple[str, str], ...]
    routes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Predictability:
    """A draw's forecast.

    Attributes
    ----------
    slots, bodies, officers : tuple of forecasts
        One a slot, one a route (whose bodies share its team), one an officer.
    poor : tuple of SlotForecast
        Those worse than the rules' thresholds.
    caps : dict of str to float
        Routes whose cap had to be raised, with the chance that it now allows.
    heat : Heat
    visits : dict of str to int
        Route → bodies on it.
    warned : tuple of Warned
        All that is past a threshold of the rules.
    """

    HEADS: ClassVar[tuple[str, ...]] = (
        "岗位 slot",
        "最大机会 largest chance",
        "有效人数 effective",
        "有权重 candidates",
        "可派 allowed",
    )
    BODY_HEADS: ClassVar[tuple[str, ...]] = (
        "批次 route",
        "户 bodies",
        "最可能来者 likeliest officer",
        "能猜中的队员 team named",
        "有效人数 effective",
        "可派 allowed",
    )
    OFFICER_HEADS: ClassVar[tuple[str, ...]] = (
        "人员代号 code",
        "平均岗位数 slots expected",
        "最可能的批次 likeliest route",
        "机会 chance",
        "最可能的日子 likeliest date",
        "机会 chance",
        "有效批次数 effective routes",
    )

    slots: tuple[SlotForecast, ...]
    bodies: tuple[BodyForecast, ...]
    officers: tuple[OfficerForecast, ...]
    poor: tuple[SlotForecast, ...]
    caps: dict[str, float]
    heat: Heat
    visits: dict[str, int]
    warned: tuple[Warned, ...]

    @property
    def chances(self) -> tuple[tuple[float, ...], ...]:
        """Rows of the heat map."""
        return self.heat.chances

    def worst(self, count: int) -> list[tuple[str, str, str, str, str]]:
        """The slots that are easiest to guess, as rows under :attr:`HEADS`."""
        ranked = sorted(self.slots, key=lambda one: (-one.largest, one.slot))[:count]
        return [
            (one.slot, f"{one.largest:.1%}", f"{one.effective:.1f}", str(one.candidates), str(one.allowed))
            for one in ranked
        ]

    def worst_bodies(self, count: int) -> list[tuple[str, ...]]:
        """The routes whose team is easiest to guess, as rows under :attr:`BODY_HEADS`."""
        ranked = sorted(self.bodies, key=lambda one: (-one.named, -one.largest, one.route))[:count]
        return [
            (
                one.route,
                str(self.visits[one.route]),
                f"{one.largest:.1%}",
                f"{one.named:.1%}",
                f"{one.effective:.1f}",
                str(one.allowed),
            )
            for one in ranked
        ]

    def worst_officers(self, count: int) -> list[tuple[str, ...]]:
        """The officers whose month is easiest to guess, as rows under :attr:`OFFICER_HEADS`."""
        ranked = sorted(self.officers, key=lambda one: (-one.largest, -one.busiest, one.officer))[:count]
        return [
            (
                one.officer,
                f"{one.expected:.2f}",
                one.route,
                f"{one.largest:.1%}",
                one.date,
                f"{one.busiest:.1%}",
                f"{one.effective:.1f}",
            )
            for one in ranked
        ]

    def summary(self) -> dict[str, str]:
        """The report in a few figures."""
        effective = sorted(one.effective for one in self.slots)
        sure = sorted(one.sureness for one in self.slots)
        teams = sum(self.visits[one.route] * one.named for one in self.bodies) / sum(self.visits.values())
        return {
            "岗位 slots": str(len(self.slots)),
            "有效人数中位 median effective candidates": f"{effective[len(effective) // 2]:.1f}",
            "比盲猜更准的程度中位 median sureness against the uniform bound": f"{sure[len(sure) // 2]:.1%}",
            "知情者猜中率 insider's guess rate": f"{guess_rate(self.slots):.1%}",
            "一户猜中队员 team named at a body": f"{teams:.1%}",
            "偏易猜的岗位 poor slots": ", ".join(one.slot for one in self.poor) or "-",
            "放宽上限的批次 routes with a raised cap": ", ".join(
                f"{route} ({cap:.0%})" for route, cap in sorted(self.caps.items())
            )
            or "-",
            "预警 warnings": str(len(self.warned)),
        }


def predictability(session: Session, draw_id: str) -> Predictability:
    """Forecast every slot, body and officer of a staffed draw from its committed weights.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``.
    """
    draw = find_draw(session, draw_id)
    asked = problem(session, draw)
    weights = weights_of(session, draw)
    limits = limits_of(session, draw)
    route_of = {slot.slot: route.route for route in asked.routes for slot in route.slots}
    chances = sent(weights, route_of)
    by_slot, by_route, by_officer = _allowed(asked)
    slots = tuple(forecast(weights, by_slot))
    foretold = tuple(bodies(chances, {r.route: len(r.slots) for r in asked.routes}, by_route))
    months = tuple(officers(chances, {r.route: r.date for r in asked.routes}, by_officer))
    return Predictability(
        slots=slots,
        bodies=foretold,
        officers=months,
        poor=tuple(one for one in slots if one.poor(limits.chance, limits.effective)),
        caps=_caps(session, draw),
        heat=_heat(session, draw, chances, asked.routes),
        visits={route.route: len(route.blinds) for route in asked.routes},
        warned=tuple(warn(limits, slots, foretold, months)),
    )


def weights_of(session: Session, draw: Draw) -> list[tuple[str, str, int]]:
    """Rows of ``4-weights.jsonl`` as the lottery takes them."""
    return [
        (str(row["officer"]), str(row["slot"]), int(str(row["weight"])))
        for row in rows_of(session, draw, "4-weights.jsonl")
    ]


def limits_of(session: Session, draw: Draw) -> Limits:
    """Thresholds in force in the draw's month at the operator's place."""
    day, place = date.fromisoformat(f"{draw.month}-01"), region_of(session, draw.operator)
    return Limits.read(
        rule_on("predictability", day, place).value, rule_on("predictability-warnings", day, place).value
    )


def _allowed(asked: Problem) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Slot → officers, route → officers, officer → routes, as no bar excludes."""
    instance = asked.instance
    return (
        Counter(instance.slots[s] for s in instance.pair_slot.tolist()),
        Counter(instance.routes[r] for r in instance.leg_route.tolist()),
        Counter(instance.officers[o] for o in instance.leg_officer.tolist()),
    )


def _caps(session: Session, draw: Draw) -> dict[str, float]:
    caps = object_of(session, draw, "4-parameters.json")["caps"]
    return {
        str(row["route"]): int(str(row["cap"])) / UNIT
        for row in (caps if isinstance(caps, list) else [])
        if isinstance(row, dict)
    }


def _heat(
    session: Session, draw: Draw, chances: dict[str, dict[str, float]], routes: Sequence[Route]
) -> Heat:
    order = sorted((route.date, route.route) for route in routes)
    pool: Iterable[tuple[str, str]] = (
        (one.department, one.code) for one in officers_of(rows_of(session, draw, "1-pool.jsonl"))
    )
    people = sorted(pool)
    return Heat(
        chances=tuple(tuple(chances[route].get(code, 0.0) for _, route in order) for _, code in people),
        officers=tuple(people),
        routes=tuple(order),
    )
