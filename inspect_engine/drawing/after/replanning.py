"""``draw move`` and its neighbours: drawn visits take another day after the lottery (改期), and their team goes along.

A plan is shown first, with what it changes counted; it is taken by an act of its own that names the plan it has seen.
What nobody asked to move stays where it is. Whoever cannot go on the new day is followed by lottery.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlmodel import Session

from inspect_engine.drawing.after.house import House, house_of
from inspect_engine.drawing.after.slots import check_ground, open_requests, opened, unspoken
from inspect_engine.drawing.after.standing import Stop, standing, stops_of
from inspect_engine.drawing.after.substituting import Absence, ask_all
from inspect_engine.drawing.routes.calendar import Aside
from inspect_engine.drawing.steps import spec_of
from inspect_engine.drawing.tables import Draw
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import approve
from inspect_engine.events.log import Act, append
from inspect_engine.registers.calendar import work_days
from inspect_engine.visits.tables import Visit, VisitMove
from solver.dr1.encoding import Row, canonical, hexdigest
from solver.replan.errors import ReplanError
from solver.replan.following import Standing, followers
from solver.replan.problem import Problem, Slot
from solver.replan.problem import Visit as Movable
from solver.replan.solve import solve


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to change (调整要求).

    Attributes
    ----------
    forced : frozenset of int
        Visits that must leave their day.
    free : frozenset of int
        Visits that may, if that saves a substitution.
    to : datetime.date, optional
        The one day that forced visits may take.
    closed : frozenset of datetime.date
        Days that no visit may take.
    away : mapping of str to frozenset of datetime.date
        Code → days on which the officer will not be there.
    aside : frozenset of Aside
        House rules that are set aside for this change: ``streets``, ``joint-days``.
    fresh : frozenset of int
        Visits that have just come in: where they stand says nothing about the rules of the draw.
    """

    forced: frozenset[int] = frozenset()
    free: frozenset[int] = frozenset()
    to: date | None = None
    closed: frozenset[date] = frozenset()
    away: Mapping[str, frozenset[date]] = field(default_factory=dict)
    aside: frozenset[Aside] = frozenset()
    fresh: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """A visit that takes another day; ``tell`` where the old one had been agreed with the body (双预约)."""

    visit: int
    blind: str
    from_day: date
    to_day: date
    tell: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change (调整方案), and nothing else would.

    Attributes
    ----------
    leaving : tuple of str
        Slots whose holder cannot go along: each is a substitution by lottery.
    proved : bool
        Whether no plan changes less.
    """

    moves: tuple[Move, ...]
    leaving: tuple[str, ...]
    proved: bool

    @property
    def mark(self) -> str:
        """Sixteen digits that name the plan: it is taken by them, so that what is taken is what was shown."""
        row: Row = {
            "leaving": [*self.leaving],
            "moves": [[one.blind, one.from_day.isoformat(), one.to_day.isoformat()] for one in self.moves],
        }
        return hexdigest(canonical(row))[:16]

    @property
    def counts(self) -> dict[str, int]:
        """Visits moved, officers followed, bodies to be told."""
        return {
            "moved": len(self.moves),
            "substitutions": len(self.leaving),
            "to_tell": sum(one.tell for one in self.moves),
        }


@dataclass(frozen=True, slots=True)
class Taken:
    """A plan that was taken, and the substitutions that it led to."""

    plan: Plan
    absence: Absence


def propose(session: Session, draw: Draw, wish: Wish, today: date) -> Plan:
    """Find the plan that changes least: fewest substitutions, fewest visits moved, nearest days.

    Raises
    ------
    EngineError
        ``replans.nothing-to-move``, ``replans.not-movable``, ``replans.no-day`` for a visit without a lawful day left,
        ``replans.day-not-allowed`` where the wanted day is none, ``replans.open`` where an open request is about one of
        the routes, ``replans.nowhere`` where no plan is lawful, ``replans.house-rule`` where there would be one if
        streets or joint days were set aside.
    """
    try:
        return _best(session, draw, wish, today)
    except EngineError as error:
        if error.code not in _NO_PLAN:
            raise
        for more in _house_rules(draw, wish):
            if _is_possible(session, draw, replace(wish, aside=wish.aside | more), today):
                rules, count = sorted(more), len(wish.forced | wish.free)
                options = " ".join(f"--aside {rule}" for rule in rules)
                raise EngineError(
                    "replans.house-rule", visits=count, rules=", ".join(rules), options=options
                ) from error
        raise


#: Refusals that say that no plan is lawful.
_NO_PLAN = ("replans.no-day", "replans.day-not-allowed", "replans.nowhere")


def _house_rules(draw: Draw, wish: Wish) -> list[frozenset[Aside]]:
    """House rules that still bind, alone and then together."""
    spec = spec_of(draw)
    said: dict[Aside, bool] = {"streets": not spec.same_street, "joint-days": bool(spec.joint_days)}
    bound = [rule for rule, binds in said.items() if binds and rule not in wish.aside]
    return [*(frozenset({rule}) for rule in bound), *([frozenset(bound)] if len(bound) > 1 else [])]


def _is_possible(session: Session, draw: Draw, wish: Wish, today: date) -> bool:
    try:
        _best(session, draw, wish, today)
    except EngineError as error:
        if error.code not in _NO_PLAN:
            raise
        return False
    return True


def _best(session: Session, draw: Draw, wish: Wish, today: date) -> Plan:
    """The best plan by the house rules that the wish leaves."""
    stops = {stop.visit.id or 0: stop for stop in stops_of(session, draw)}
    chosen = wish.forced | wish.free
    for id_ in sorted(chosen):
        if id_ not in stops or not stops[id_].live:
            raise EngineError("replans.not-movable", visit=id_)
    if not chosen:
        raise EngineError("replans.nothing-to-move", draw=draw.draw_id)
    routes = {stops[id_].route for id_ in chosen}
    now = standing(session, draw, today, stops.values(), routes)
    _refuse_open(session, draw, now, routes)
    days = _days(session, draw, stops.values(), today)
    problem = _problem(session, draw, wish, stops, now, days, today)
    try:
        answer = solve(problem)
    except ReplanError as error:
        if error.code == "unlawful":
            raise
        raise EngineError("replans.nowhere", visits=len(chosen)) from error
    moves = [
        Move(id_, stops[id_].blind, stops[id_].day, days[at], stops[id_].visit.agreed_day is not None)
        for id_, at in sorted((int(name), at) for name, at in answer.days.items())
        if days[at] != stops[id_].day
    ]
    return Plan(tuple(sorted(moves, key=lambda m: m.blind)), answer.leaving, answer.proved)


def take(
    session: Session,
    draw_id: str,
    wish: Wish,
    mark: str,
    ground: str,
    approver: str,
    rule: Sequence[Row],
    act: Act,
) -> Taken:
    """Take a plan that was shown: move its visits, and ask for who follows where somebody cannot go along.

    Parameters
    ----------
    mark : str
        Of the plan that was shown.
    ground : str
        A code of ``moving-grounds``.
    rule : sequence of Row
        Seed rule of each substitution that the plan leads to.

    Raises
    ------
    EngineError
        As :func:`propose`; ``replans.plan-changed`` where things have changed since the plan was shown,
        ``replans.unknown-ground``, and those of :func:`inspect_engine.drawing.after.substituting.request`.
    """
    draw = opened(session, draw_id, act)
    check_ground(ground, "moving-grounds")
    plan = propose(session, draw, wish, act.local_day)
    if plan.mark != mark:
        raise EngineError("replans.plan-changed", shown=mark, now=plan.mark)
    approve(session, act, approver, f"{draw_id}/{plan.mark}")
    keep(session, plan.moves, ground, approver, act)
    said: Row = {"aside": [*sorted(wish.aside)], "approver": approver, "ground": ground, "plan": plan.mark}
    data: Row = {**said, **plan.counts}
    append(session, unspoken(act), "draw.replanned", draw_id, data)
    return Taken(plan, ask_all(session, draw, plan.leaving, "moved", approver, rule, act))


def keep(session: Session, moves: Iterable[Move], ground: str, approver: str, act: Act) -> None:
    """Store moves."""
    for one in moves:
        session.add(
            VisitMove(
                visit_id=one.visit,
                from_day=one.from_day,
                to_day=one.to_day,
                ground=ground,
                approver=approver,
                at=act.at,
            )
        )
    session.flush()


def lawful_days(stop: Stop, days: Sequence[date], today: date) -> list[date]:
    """Days that a visit may newly take: of its window, still to come, and open at the body if any of them is.

    The agreed day wins over the weekday on which the body is shut, as where routes are made.
    """
    inside = [day for day in days if day > today and _inside(stop.visit, day)]
    agreed, shut = stop.visit.agreed_day, stop.target.closed_on
    return [day for day in inside if day == agreed or day.isoweekday() not in shut] or inside


def _inside(visit: Visit, day: date) -> bool:
    return visit.window_first <= day <= visit.window_last


def working_days(session: Session, draw: Draw, today: date) -> list[date]:
    """Working days that are still to come in the windows of the draw's tasks."""
    last = max(task.window[1] for task in spec_of(draw).tasks)
    return [*work_days(session, today + timedelta(days=1), last)] if last > today else []


def _days(session: Session, draw: Draw, stops: Iterable[Stop], today: date) -> list[date]:
    """Days to choose from, and those on which visits stand now, in order."""
    return sorted({*working_days(session, draw, today), *(stop.day for stop in stops if stop.live)})


def _refuse_open(session: Session, draw: Draw, now: Standing, routes: Collection[str]) -> None:
    for one in open_requests(session, draw):
        slot = str(one.request["slot"])
        if now.places[slot].route in routes:
            raise EngineError("replans.open", slot=slot, substitution=one.id)


def _problem(
    session: Session,
    draw: Draw,
    wish: Wish,
    stops: Mapping[int, Stop],
    now: Standing,
    days: Sequence[date],
    today: date,
) -> Problem:
    at = {day: i for i, day in enumerate(days)}
    chosen = {id_: stops[id_] for id_ in sorted(wish.forced | wish.free)}
    routes = {stop.route for stop in chosen.values()}
    pinned: dict[str, dict[int, int]] = {}
    for id_, stop in stops.items():
        if stop.live and stop.route in routes and id_ not in chosen:
            there = pinned.setdefault(stop.route, {})
            there[at[stop.day]] = there.get(at[stop.day], 0) + stop.minutes
    settled = [stop for id_, stop in stops.items() if id_ not in wish.fresh]
    house = house_of(session, draw, settled, days, wish.aside)
    staying = [stop for id_, stop in stops.items() if id_ not in chosen]
    movable = [
        Movable(
            str(id_),
            stop.route,
            at[stop.day],
            tuple(at[day] for day in _choices(wish, stop, days, today, house, staying)),
            stop.minutes,
            house.street(stop),
        )
        for id_, stop in chosen.items()
    ]
    slots = [
        Slot(name, place.route, now.held[name], frozenset(followers(now, name)))
        for name, place in sorted(now.places.items())
        if place.route in routes
    ]
    able = _able(session, draw, wish, now, routes, at)
    return Problem(tuple(movable), tuple(slots), pinned, able, spec_of(draw).day_minutes)


def _choices(
    wish: Wish, stop: Stop, days: Sequence[date], today: date, house: House, staying: Sequence[Stop]
) -> list[date]:
    """Days that one visit may take."""
    found = [
        day
        for day in lawful_days(stop, days, today)
        if day not in wish.closed and house.allows(stop, day, staying)
    ]
    if (stop.visit.id or 0) in wish.free:
        return sorted({*found, stop.day})
    found = [day for day in found if day != stop.day]
    if wish.to is not None and wish.to not in found:
        raise EngineError("replans.day-not-allowed", blind=stop.blind[:8], day=wish.to)
    if not found:
        raise EngineError("replans.no-day", blind=stop.blind[:8], last=stop.visit.window_last)
    return [wish.to] if wish.to is not None else found


def _able(
    session: Session, draw: Draw, wish: Wish, now: Standing, routes: Collection[str], at: Mapping[date, int]
) -> dict[str, frozenset[int]]:
    """Days on which each officer is there and in no slot of a route that stays whole, nor may come into one."""
    taken: dict[str, set[str]] = {}
    for slot, place in now.places.items():
        if place.route not in routes:
            taken.setdefault(now.held[slot], set()).update(place.days)
    for one in open_requests(session, draw):
        for code in one.request["candidates"]:
            taken.setdefault(code, set()).update(now.places[one.request["slot"]].days)
    return {
        code: frozenset(
            i
            for day, i in at.items()
            if officer.present_on(day.isoformat())
            and day.isoformat() not in taken.get(code, ())
            and day not in wish.away.get(code, ())
        )
        for code, officer in now.officers.items()
    }
