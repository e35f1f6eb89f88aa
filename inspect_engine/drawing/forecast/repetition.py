"""How often pairs meet and meet again in a draw (同行与重复), beside what its own lottery gives.

Persons are followed from the last roster into this draw by the sealed tables of both; a forecast shows codes alone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from sqlmodel import Session, col, select

from inspect_engine.drawing.forecast.predictable import limits_of, weights_of
from inspect_engine.drawing.forecast.warnings import Limits, Warned, warn_of_pairs, warn_of_repetition
from inspect_engine.drawing.steps import find_draw, object_of, rows_of
from inspect_engine.drawing.tables import Draw, DrawState
from solver.dr1.eligibility import Route, routes_of
from solver.dr1.seed import commitment
from solver.roster.predictability import sent
from solver.roster.repetition import (
    Pair,
    PairForecast,
    Repetition,
    again_at_body,
    again_together,
    pair_forecasts,
    repetition,
    rosters,
    trials_for,
)


@dataclass(frozen=True, slots=True)
class Meetings:
    """What a draw's lottery does to pairs (同行预测).

    Attributes
    ----------
    trials : int
        Lotteries of the forecast.
    pairs : tuple of PairForecast
        All pairs that met in one of them, the likeliest meetings first.
    previous : str
        The last draw with a roster before this one; empty where there is none.
    together, at_bodies : Repetition or None
        Pairs of officers, and of officer and body, that stood in the roster before; observed once this roster is drawn.
    warned : tuple of Warned
    """

    HEADS: ClassVar[tuple[str, ...]] = (
        "人员代号 codes",
        "批次 route",
        "同行机会 chance of meeting",
        "至少、至多 least, most",
        "平均同行批次数 routes together",
    )
    REPEAT_HEADS: ClassVar[tuple[str, ...]] = (
        "上次的 of last time",
        "对数 pairs",
        "本次重复 repeated",
        "理论 theory",
        "偏离 z",
        "这样多的机会 upper tail",
    )

    trials: int
    pairs: tuple[PairForecast, ...]
    previous: str
    together: Repetition | None
    at_bodies: Repetition | None
    warned: tuple[Warned, ...]

    def worst(self, count: int) -> list[tuple[str, ...]]:
        """The surest meetings, as rows under :attr:`HEADS`; chances with two standard errors."""
        return [
            (
                f"{one.first} {one.second}",
                one.route,
                f"{one.chance:.0%} ± {2 * one.error:.0%}",
                f"{one.least:.0%}, {one.most:.0%}",
                f"{one.expected:.2f}",
            )
            for one in self.pairs[:count]
        ]

    def repeated(self) -> list[tuple[str, ...]]:
        """Month-over-month repetition, as rows under :attr:`REPEAT_HEADS`."""
        named = (
            ("两人同行 officers together", self.together),
            ("某人到某户 officer at a body", self.at_bodies),
        )
        return [(name, *_shown(found)) for name, found in named if found is not None]


def _shown(found: Repetition) -> tuple[str, ...]:
    observed = "-" if found.observed is None else str(found.observed)
    z = "-" if found.z is None else f"{found.z:+.1f}"
    tail = "-" if found.upper is None else f"{found.upper:.1%}"
    return str(found.before), observed, f"{found.expected:.1f} ± {found.deviation:.1f}", z, tail


def meetings(session: Session, draw_id: str, trials: int | None = None) -> Meetings:
    """Play the lottery of a staffed draw many times over, and count who meets, and who meets again.

    Parameters
    ----------
    trials : int, optional
        Lotteries; by default as many as end in a minute, 200 at most.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``.
    """
    draw = find_draw(session, draw_id)
    routes = routes_of(rows_of(session, draw, "4-routes.jsonl"))
    route_of = {slot.slot: route.route for route in routes for slot in route.slots}
    weights = weights_of(session, draw)
    committed = commitment(object_of(session, draw, "4-parameters.json"), draw.hash)
    slots = [(slot.slot, route.date) for route in routes for slot in route.slots]
    drawn = list(rosters(committed, slots, weights, trials or trials_for(len(weights)), draw.hash))
    chances = sent(weights, route_of)
    pairs = tuple(pair_forecasts(drawn, route_of, chances))
    before = _before(session, draw)
    together = at_bodies = None
    if before is not None:
        together, at_bodies = _again(session, draw, before, routes, drawn, chances)
    return Meetings(
        trials=len(drawn),
        pairs=pairs,
        previous=before.draw_id if before else "",
        together=together,
        at_bodies=at_bodies,
        warned=tuple(_warned(limits_of(session, draw), pairs, together, at_bodies)),
    )


def _again(
    session: Session,
    draw: Draw,
    before: Draw,
    routes: Sequence[Route],
    drawn: Sequence[Mapping[str, str]],
    chances: Mapping[str, Mapping[str, float]],
) -> tuple[Repetition, Repetition]:
    route_of = {slot.slot: route.route for route in routes for slot in route.slots}
    actual = _roster(session, draw) if draw.state is DrawState.rostered else None
    pairs, bodies = _carried(session, draw, before, routes)
    return (
        repetition(
            [again_together(one, route_of, pairs) for one in drawn],
            None if actual is None else again_together(actual, route_of, pairs),
            sum(pairs.values()),
        ),
        repetition(
            [again_at_body(one, route_of, bodies) for one in drawn],
            None if actual is None else again_at_body(actual, route_of, bodies),
            sum(bodies.values()),
            sum(n * chances[route].get(code, 0.0) for (code, route), n in bodies.items()),
        ),
    )


def _warned(
    limits: Limits, pairs: Sequence[PairForecast], together: Repetition | None, at_bodies: Repetition | None
) -> Iterator[Warned]:
    yield from warn_of_pairs(limits, pairs)
    if together is not None:
        zh, en = "上次同行的两人本次再同行，", "Officers together last time"
        yield from warn_of_repetition(limits, "pairs", zh, en, together)
    if at_bodies is not None:
        zh, en = "上次到过的户本次再去，", "Officers at a body last time"
        yield from warn_of_repetition(limits, "bodies", zh, en, at_bodies)


def _before(session: Session, draw: Draw) -> Draw | None:
    """The operator's last draw with a roster before this one."""
    query = (
        select(Draw)
        .where(
            col(Draw.operator) == draw.operator,
            col(Draw.state) == DrawState.rostered,
            col(Draw.serial) < draw.serial,
        )
        .order_by(col(Draw.serial).desc())
    )
    return session.exec(query).first()


def _roster(session: Session, draw: Draw) -> dict[str, str]:
    return {str(row["slot"]): str(row["officer"]) for row in rows_of(session, draw, "6-roster.jsonl")}


def _persons(session: Session, draw: Draw) -> dict[str, tuple[str, ...]]:
    """Code → staff numbers."""
    return {
        str(row["officer"]): tuple(str(row["person"]).split(" "))
        for row in rows_of(session, draw, "1-persons.jsonl")
    }


def _carried(
    session: Session, draw: Draw, before: Draw, routes: Sequence[Route]
) -> tuple[Mapping[Pair, int], Mapping[tuple[str, str], int]]:
    """Who met whom, and who was where, in the roster before, in this draw's codes and routes.

    Two members of one standing team of this draw are no pair here: they go together by order, not by chance. Bodies that
    this draw visits nowhere have nothing to repeat.
    """
    code_of = {person: code for code, persons in _persons(session, draw).items() for person in persons}
    keys_before = {str(r["blind"]): str(r["key"]) for r in rows_of(session, before, "1-keys.jsonl")}
    blind_of = {str(r["key"]): str(r["blind"]) for r in rows_of(session, draw, "1-keys.jsonl")}
    route_at = {blind: route.route for route in routes for blind in route.blinds}
    roster, persons = _roster(session, before), _persons(session, before)
    pairs: set[tuple[str, str]] = set()
    bodies: Counter[tuple[str, str]] = Counter()
    for route in routes_of(rows_of(session, before, "4-routes.jsonl")):
        team = sorted(p for slot in route.slots for p in persons[roster[slot.slot]] if p in code_of)
        pairs.update(combinations(team, 2))
        for blind in route.blinds:
            again = route_at.get(blind_of.get(keys_before[blind], ""))
            if again is not None:
                bodies.update((code_of[person], again) for person in team)
    counted: Counter[Pair] = Counter()
    for first, second in pairs:
        a, b = sorted((code_of[first], code_of[second]))
        if a != b:
            counted[a, b] += 1
    return counted, bodies
