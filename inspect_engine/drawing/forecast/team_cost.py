"""What standing teams cost in predictability (固定检查组的代价): the same routes, weighed with teams and with single officers.

Of a draw whose form asks for teams, every slot that a team fills is opened into as many slots as its teams have members
on average; the officers go singly, with the same relations, leave and changes; and both are weighed for even loads and greatest
entropy by the same program. Departments that draw no teams stand in neither side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import ClassVar

from sqlmodel import Session, col, select

from inspect_engine.drawing.forecast.predictable import weights_of
from inspect_engine.drawing.people.entries import entries_of
from inspect_engine.drawing.people.pool import Pool, freeze_pool, freeze_relations
from inspect_engine.drawing.people.rotation import last_visits
from inspect_engine.drawing.staffing import days_present, order_of
from inspect_engine.drawing.steps import find_draw, object_of, rows_of, secrets_of, spec_of
from inspect_engine.drawing.tables import Draw, DrawChange
from inspect_engine.planning.spec import DrawSpec, share
from inspect_engine.registers.officers import members
from inspect_engine.visits.teams import LABELS
from solver.dr1.eligibility import Route, Slot, allowed_pairs, apply_changes, officers_of, routes_of
from solver.dr1.encoding import Json, Row
from solver.roster.caps import in_units
from solver.roster.instance import build
from solver.roster.predictability import UNIT, forecast
from solver.roster.weights import Weighed, weigh

Weights = Sequence[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Side:
    """One way to draw.

    Attributes
    ----------
    codes : int
        Different codes with a chance.
    slots : int
    persons : float
        Persons out, summed over the slots, on average.
    largest : float
        Largest chance of any code in any slot, 0 to 1.
    effective : float
        Median over slots of the effective number of candidates.
    guessed : float
        Share of those persons whom an insider names rightly who names the best code for every slot, 0 to 1.
    """

    codes: int
    slots: int
    persons: float
    largest: float
    effective: float
    guessed: float


@dataclass(frozen=True, slots=True)
class TeamCost:
    """Both ways; ``singles`` is None where single officers do not suffice for the same routes."""

    HEADS: ClassVar[tuple[str, ...]] = (
        "抽法 drawn as",
        "编号 codes",
        "岗位 slots",
        "人次 persons",
        "最大机会 largest chance",
        "有效人数中位 median effective",
        "按人猜中率 persons named",
    )

    teams: Side
    singles: Side | None

    def rows(self) -> list[tuple[str, ...]]:
        """Both ways as rows under :attr:`HEADS`."""
        sides = (("固定检查组 teams", self.teams), ("个人 singles", self.singles))
        return [(name, *_shown(side)) for name, side in sides]


def _shown(side: Side | None) -> tuple[str, ...]:
    if side is None:
        return ("人员不足 short", *[""] * 5)
    return (
        str(side.codes),
        str(side.slots),
        f"{side.persons:.1f}",
        f"{side.largest:.1%}",
        f"{side.effective:.1f}",
        f"{side.guessed:.1%}",
    )


def cost_of_teams(session: Session, draw_id: str) -> TeamCost | None:
    """Weigh a staffed draw's routes with single officers, beside its own weights.

    Returns
    -------
    TeamCost or None
        None where the form asks for no standing teams.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``; those of :func:`inspect_engine.drawing.people.entries.entries_of`, as the registers are now.
    """
    draw = find_draw(session, draw_id)
    spec = spec_of(draw)
    departments = {one.department for one in spec.composition if one.teams != "none"}
    if not departments:
        return None
    sizes = {
        str(row["officer"]): len(str(row["person"]).split(" "))
        for row in rows_of(session, draw, "1-persons.jsonl")
    }
    routes = routes_of(rows_of(session, draw, "4-routes.jsonl"))
    places = {s.slot for route in routes for s in route.slots if s.department in departments}
    weights = [row for row in weights_of(session, draw) if row[1] in places]
    opened = [opened_up(route, departments, _members_of(weights, sizes)) for route in routes]
    singly = _singly(session, draw, spec, opened, departments)
    return TeamCost(side_of(weights, sizes), None if singly is None else side_of(singly, {}))


def side_of(weights: Weights, sizes: Mapping[str, int]) -> Side:
    """Measure one way to draw; a code that is missing in ``sizes`` is one person."""
    found = forecast(weights, {})
    best: dict[str, float] = {}
    persons = 0.0
    for officer, slot, weight in weights:
        people = weight / UNIT * sizes.get(officer, 1)
        best[slot] = max(best.get(slot, 0.0), people)
        persons += people
    return Side(
        codes=len({officer for officer, _, _ in weights}),
        slots=len(found),
        persons=persons,
        largest=max(one.largest for one in found),
        effective=median(one.effective for one in found),
        guessed=sum(best.values()) / persons,
    )


def _members_of(weights: Weights, sizes: Mapping[str, int]) -> dict[str, int]:
    """Slot → persons who come to it on average, rounded."""
    persons: dict[str, float] = {}
    for officer, slot, weight in weights:
        persons[slot] = persons.get(slot, 0.0) + weight / UNIT * sizes[officer]
    return {slot: max(1, round(people)) for slot, people in persons.items()}


def opened_up(route: Route, departments: Collection[str], people: Mapping[str, int]) -> Route:
    """Give a route a slot for each member of its teams: the first leads where the team led, the last has the skills."""
    slots = [
        one
        for slot in route.slots
        for one in (_members_slots(slot, people[slot.slot]) if slot.department in departments else [slot])
    ]
    return replace(route, slots=tuple(slots))


def _members_slots(slot: Slot, number: int) -> list[Slot]:
    return [
        replace(
            slot,
            slot=f"{slot.slot}/{i + 1}",
            lead=slot.lead and i == 0,
            skills=slot.skills - LABELS if i == number - 1 else frozenset(),
        )
        for i in range(number)
    ]


def _singly(
    session: Session, draw: Draw, spec: DrawSpec, routes: Sequence[Route], departments: Collection[str]
) -> Weights | None:
    pool, relations = _pool(session, draw, spec, routes)
    officers = apply_changes(officers_of(pool.rows), _changes(session, draw, pool))
    seed = str(object_of(session, draw, "2-seed.json")["seed"])
    slots = {s.slot for route in routes for s in route.slots if s.department in departments}
    pairs = allowed_pairs(officers, routes, relations, seed, draw.hash)
    instance = build(
        slots=[(s.slot, r.route, r.date) for r in routes for s in r.slots if s.slot in slots],
        pairs=[(officer, slot) for _, slot, officer in pairs if slot in slots],
        days=days_present(
            [one for one in officers if one.department in departments], {route.date for route in routes}
        ),
    )
    weighed = weigh(instance, in_units(share(spec.pair_cap)), order_of(session, draw, instance))
    return weighed.weights if isinstance(weighed, Weighed) else None


def _pool(session: Session, draw: Draw, spec: DrawSpec, routes: Iterable[Route]) -> tuple[Pool, list[Row]]:
    """The draw's pool had its form asked for no teams."""
    needed = {slot.department for route in routes for slot in route.slots}
    window = min(t.window[0] for t in spec.tasks), max(t.window[1] for t in spec.tasks)
    people = members(session, sorted(needed), *window)
    single = [one for one in spec.composition if one.teams == "none"]
    pool = freeze_pool(
        entries_of(session, people, single, least=1), secrets_of(session, draw).salt, draw.hash
    )
    blinds = {str(row["key"]): str(row["blind"]) for row in rows_of(session, draw, "1-keys.jsonl")}
    relations = freeze_relations(
        session,
        people,
        pool.codes,
        blinds,
        window,
        own_station=spec.own_station,
        last_visits=last_visits(session, draw.operator, draw.serial) if spec.rotation else (),
    )
    return pool, relations


def _changes(session: Session, draw: Draw, pool: Pool) -> list[Row]:
    query = select(DrawChange).where(col(DrawChange.draw_id) == draw.id).order_by(col(DrawChange.at))
    rows: list[Row] = []
    for one in session.exec(query):
        if one.person_id in pool.codes:
            away: list[Json] = [list(span) for span in one.away]
            present: list[Json] = [list(span) for span in one.present]
            rows.append({"away": away, "officer": pool.codes[one.person_id], "present": present})
    return rows
