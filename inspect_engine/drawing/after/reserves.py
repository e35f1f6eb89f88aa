"""``draw impossible``: a drawn body that cannot be inspected is recorded, and the next reserve by rank comes in (递补).

The reserve is inspected for the task alone for which it stood by, by the team that would have gone to the other body. A
reserve that is a visit of the draw already gets the task's lines there, if its team can do them; one that cannot be
inspected for the task is recorded like the body before it, and the next one is called. Nobody is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import events_of, put_event
from inspect_engine.drawing.after.house import house_of
from inspect_engine.drawing.after.replanning import Move, Wish, keep, lawful_days, propose, working_days
from inspect_engine.drawing.after.slots import check_ground, open_requests, opened, unspoken
from inspect_engine.drawing.after.standing import Stop, standing, stops_of
from inspect_engine.drawing.after.substituting import Absence, ask_all
from inspect_engine.drawing.approving import chosen_of, visits
from inspect_engine.drawing.frame import tasks_of
from inspect_engine.drawing.routes.calendar import Aside
from inspect_engine.drawing.sampling import due_rows, visit_drafts
from inspect_engine.drawing.steps import row_id, rows_of, spec_of, stamp
from inspect_engine.drawing.tables import Draw
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import approve
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Approval, Decision
from inspect_engine.planning.tables import Task
from inspect_engine.registers.tables import Origin, Target
from inspect_engine.visits.merge import VisitDraft, work_minutes
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit, VisitLine, VisitState
from solver.dr1.encoding import Row
from solver.replan.following import Need, needs


@dataclass(frozen=True, slots=True)
class Replaced:
    """What became of a body that cannot be inspected (无法检查处置).

    Attributes
    ----------
    recorded : int
        Rows that say so: one for each task and stratum, and for each reserve that could not be inspected either.
    reserves : tuple of str
        Blinds of the bodies that come in.
    joined : int
        Those of them that were visits of the draw already.
    moved : int
        Visits that take another day, the reserves' own.
    absence : Absence
        Substitutions of those who may not meet a reserve.
    """

    recorded: int
    reserves: tuple[str, ...]
    joined: int
    moved: int
    absence: Absence


def impossible(
    session: Session,
    draw_id: str,
    word: str,
    ground: str,
    approver: str,
    rule: Sequence[Row],
    act: Act,
    *,
    aside: frozenset[Aside] = frozenset(),
) -> Replaced:
    """Record that a body cannot be inspected, and call its reserves.

    Parameters
    ----------
    word : str
        The visit's number, or first digits of its blind.
    ground : str
        A code of ``closed-grounds``.
    rule : sequence of Row
        Seed rule of a substitution, where an officer of the team may not meet the reserve.
    aside : frozenset of Aside
        House rules of the dates that are set aside for the reserves.

    Raises
    ------
    EngineError
        Those of :func:`inspect_engine.drawing.after.slots.opened`; ``visits.unknown-visit``, ``visits.ambiguous``,
        ``replans.unknown-ground``, ``replans.over`` for a visit that is over, ``replans.open`` where an open request is
        about its route, ``replans.house-rule`` where a reserve could come if streets or joint days were set aside;
        those of :func:`inspect_engine.events.approvals.approve`.
    """
    draw = opened(session, draw_id, act)
    check_ground(ground, "closed-grounds")
    (named,) = chosen_of(visits(session, draw_id), [word], draw_id)
    stop = next((one for one in stops_of(session, draw) if one.visit.id == named.id), None)
    if stop is None or not stop.live:
        raise EngineError("replans.over", visit=named.number, state=named.state)
    _refuse_open(session, draw, stop)
    approve(session, act, approver, f"{draw_id}/{stop.blind}")
    stop.visit.state = VisitState.impossible
    call = _Call(session, draw, stop, ground, approver, act, aside)
    for cell in _cells(session, draw, stop.blind):
        call.replace(*cell)
    session.flush()
    barred = [need.slot for need in _needs(session, draw, act) if need.slot in call.slots()]
    asked = ask_all(session, draw, barred, _GROUND_OF_TEAM, approver, rule, act)
    counts = {
        "joined": call.joined,
        "moved": call.moved,
        "recorded": call.recorded,
        "reserves": len(call.reserves),
    }
    data: Row = {"approver": approver, "aside": [*sorted(aside)], "ground": ground, **counts}
    append(session, unspoken(act), "draw.body-impossible", draw_id, data)
    return Replaced(call.recorded, tuple(call.reserves), call.joined, call.moved, asked)


#: A member of the team may not meet the reserve: the relation itself stands in the frozen file.
_GROUND_OF_TEAM = "other"


def _needs(session: Session, draw: Draw, act: Act) -> list[Need]:
    return needs(standing(session, draw, act.local_day, stops_of(session, draw), routes=()))


def _refuse_open(session: Session, draw: Draw, stop: Stop) -> None:
    for one in open_requests(session, draw):
        route = session.get_one(Route, session.get_one(Slot, one.slot_id).route_id)
        if route.code == stop.route:
            raise EngineError("replans.open", slot=one.request["slot"], substitution=one.id)


def _cells(session: Session, draw: Draw, blind: str) -> list[tuple[str, str]]:
    """Task and stratum of each row by which a body is to be inspected: taken, or called in since."""
    sample = rows_of(session, draw, "3-sample.jsonl")
    due = {(str(r["task"]), str(r["stratum"])) for r in sample if r["blind"] == blind and r["taken"]}
    for row in events_of(session, draw):
        if row["kind"] == "target":
            cell = str(row["task"]), str(row["stratum"])
            due -= {cell} if row["from"] == blind else set()
            due |= {cell} if row["to"] == blind else set()
    return sorted(due)


class _Call:
    """Calls reserves for one body after another, and counts what comes of it."""

    def __init__(
        self,
        session: Session,
        draw: Draw,
        stop: Stop,
        ground: str,
        approver: str,
        act: Act,
        aside: frozenset[Aside],
    ) -> None:
        self.aside = aside
        self.session, self.draw, self.stop = session, draw, stop
        self.ground, self.approver, self.act = ground, approver, act
        self.tasks: Mapping[str, Task] = dict(tasks_of(session, draw))
        self.substitutes = {task.code: task.substitutes for task in spec_of(draw).tasks}
        self.recorded, self.joined, self.moved = 0, 0, 0
        self.reserves: list[str] = []

    def slots(self) -> set[str]:
        """Slots of the team that goes to the reserves."""
        query = select(Slot.code).join(Route, col(Route.id) == col(Slot.route_id))
        named = col(Route.code) == self.stop.route
        return set(self.session.exec(query.where(col(Route.draw_id) == row_id(self.draw), named)))

    def replace(self, task: str, stratum: str) -> None:
        """Record one row's body, and go down the reserves until one can be inspected, or none is left."""
        blind, ground = self.stop.blind, self.ground
        while True:
            row = self._next(task, stratum)
            if row is None:
                self._record(task, stratum, blind, "", ground)
                return
            reserve = str(row["blind"])
            draft = self._draft(row)
            attempt = self.session.begin_nested()
            fault = self._come(draft)
            if fault == "no-day":
                attempt.rollback()  # its visit is not kept; that no reserve could come is
                self._record(task, stratum, blind, "", ground)
                return
            attempt.commit()
            self._record(task, stratum, blind, reserve, ground)
            if not fault:
                self.reserves.append(reserve)
                return
            blind, ground = reserve, fault

    def _record(self, task: str, stratum: str, blind: str, to: str, ground: str) -> None:
        row: Row = {
            "approver": self.approver,
            "at": stamp(self.act.at),
            "from": blind,
            "ground": ground,
            "kind": "target",
            "stratum": stratum,
            "task": task,
            "to": to,
        }
        put_event(self.session, self.draw, row, self.act)
        self.recorded += 1

    def _next(self, task: str, stratum: str) -> Row | None:
        """The next reserve of a stratum that nobody has called yet, where the task has reserves take a place."""
        if not self.substitutes[task]:
            return None
        called = {
            str(row["to"])
            for row in events_of(self.session, self.draw)
            if row["kind"] == "target" and (row["task"], row["stratum"]) == (task, stratum)
        }
        waiting = [
            row
            for row in rows_of(self.session, self.draw, "3-sample.jsonl")
            if (row["task"], row["stratum"]) == (task, stratum)
            and not row["taken"]
            and row["blind"] not in called
        ]
        return min(waiting, key=lambda row: int(str(row["rank"])), default=None)

    def _draft(self, reserve: Row) -> VisitDraft:
        """The visit of a reserve for its task alone, in the task's whole window: batches are of the taken."""
        (draft,) = visit_drafts(self.session, self.draw, [{**reserve, "rank": 1, "taken": True}])
        whole = self.tasks[str(reserve["task"])]
        return replace(draft, window=(whole.window_first, whole.window_last))

    def _come(self, draft: VisitDraft) -> str:
        """Bring a reserve in; else the ground on which it cannot be inspected for the task, or ``no-day``."""
        query = select(Visit).where(
            col(Visit.draw_id) == row_id(self.draw), col(Visit.target_id) == draft.target_id
        )
        there = self.session.exec(query).first()
        if there is not None:
            return self._join(there, draft)
        return self._add(draft)

    def _join(self, visit: Visit, draft: VisitDraft) -> str:
        if visit.state is not VisitState.planned:
            return self._why_over(visit)
        refused = visit.approval_id and (
            self.session.get_one(Approval, visit.approval_id).decision is Decision.refused
        )
        if refused or not self._covered(visit, draft):
            return "uncovered"
        window = max(visit.window_first, draft.window[0]), min(visit.window_last, draft.window[1])
        if window[0] > window[1]:
            return "uncovered"
        attempt = self.session.begin_nested()
        visit.minutes += self._longer(draft)
        visit.window_first, visit.window_last = window
        visit.road = visit.road or draft.road
        visit.approval_id = None  # the head decides on the visit as it is now
        _add_lines(self.session, visit.id or 0, draft, self.tasks)
        if not self._keeps(visit) and self._move(visit.id or 0):
            attempt.rollback()  # the visit stays as it was
            return "uncovered"
        attempt.commit()
        self.joined += 1
        return ""

    def _longer(self, draft: VisitDraft) -> int:
        """Minutes that a task adds to a body's visit: what is inspected for another task already takes its time once."""
        due = [row for row in due_rows(self.session, self.draw) if row["blind"] == draft.blind]
        known = [line for one in visit_drafts(self.session, self.draw, due) for line in one.lines]
        return work_minutes([*known, *draft.lines]) - work_minutes(known)

    def _keeps(self, visit: Visit) -> bool:
        """Whether a visit that has become longer may stay where it is."""
        placed = next(one for one in stops_of(self.session, self.draw) if one.visit.id == visit.id)
        return self._fits(placed, placed.day)

    def _why_over(self, visit: Visit) -> str:
        """Why a visit of the draw cannot be made: as it was recorded of its body, or because it has been made."""
        key = self.session.get_one(Target, visit.target_id).key
        blinds = {str(row["key"]): row["blind"] for row in rows_of(self.session, self.draw, "1-keys.jsonl")}
        told = [
            str(row["ground"])
            for row in events_of(self.session, self.draw)
            if row["kind"] == "target" and row["from"] == blinds[key]
        ]
        return told[-1] if told else "visited"

    def _covered(self, visit: Visit, draft: VisitDraft) -> bool:
        """Whether the team that goes to a visit can do a task as well."""
        query = (
            select(Slot)
            .join(RouteVisit, col(RouteVisit.route_id) == col(Slot.route_id))
            .where(col(RouteVisit.visit_id) == visit.id)
        )
        skills: dict[str, set[str]] = {}
        for slot in self.session.exec(query):
            skills.setdefault(slot.department, set()).update(slot.skills)
        return all(
            party.department in skills and set(party.skills) <= skills[party.department]
            for party in draft.parties
        )

    def _add(self, draft: VisitDraft) -> str:
        visit = Visit(
            origin=Origin.draw,
            draw_id=row_id(self.draw),
            target_id=draft.target_id,
            window_first=draft.window[0],
            window_last=draft.window[1],
            minutes=draft.minutes,
            road=draft.road,
        )
        self.session.add(visit)
        self.session.flush()
        _add_lines(self.session, visit.id or 0, draft, self.tasks)
        self._place(visit)
        return self._date(visit)

    def _place(self, visit: Visit) -> None:
        """Put a reserve at the end of the road of the team that would have gone to the other body."""
        query = select(RouteVisit).where(col(RouteVisit.visit_id) == self.stop.visit.id)
        route = self.session.exec(query).one().route_id
        last = self.session.exec(select(RouteVisit.position).where(col(RouteVisit.route_id) == route)).all()
        self.session.add(RouteVisit(route_id=route, visit_id=visit.id or 0, position=max(last) + 1))
        self.session.flush()

    def _date(self, visit: Visit) -> str:
        """Let a reserve take the day of the other body if that is lawful, else the best one that is."""
        id_ = visit.id or 0
        placed = next(one for one in stops_of(self.session, self.draw) if one.visit.id == id_)
        same = Move(id_, placed.blind, placed.frozen, self.stop.day, tell=False)
        if self.stop.day != placed.frozen:
            keep(self.session, [same], "reserve", self.approver, self.act)
        if self._fits(placed, self.stop.day) and self._allowed(placed):
            return ""
        return self._move(id_, fresh=True)

    def _move(self, id_: int, *, fresh: bool = False) -> str:
        """Let a visit take the best day that is lawful; ``no-day`` where none is."""
        ids = frozenset({id_})
        wish = Wish(forced=ids, aside=self.aside, fresh=ids if fresh else frozenset())
        try:
            plan = propose(self.session, self.draw, wish, self.act.local_day)
        except EngineError as error:
            if error.code not in ("replans.no-day", "replans.nowhere"):
                raise
            return "no-day"
        keep(self.session, plan.moves, "reserve", self.approver, self.act)
        self.moved += len(plan.moves)
        return ""

    def _allowed(self, placed: Stop) -> bool:
        """Whether the house rules let a reserve come on the day of the other body."""
        others = [
            one for one in stops_of(self.session, self.draw) if one.visit.id not in (placed.visit.id, None)
        ]
        house = house_of(self.session, self.draw, others, [self.stop.day], self.aside)
        return house.allows(placed, self.stop.day, others)

    def _fits(self, placed: Stop, day: date) -> bool:
        today, visit = self.act.local_day, placed.visit
        if day < today or not visit.window_first <= day <= visit.window_last:
            return False
        others = [
            one
            for one in stops_of(self.session, self.draw)
            if one.live and one.route == placed.route and one.day == day and one.visit.id != visit.id
        ]
        days = lawful_days(placed, [*working_days(self.session, self.draw, today), day], min(today, day))
        room = sum(one.minutes for one in others) + placed.minutes <= spec_of(self.draw).day_minutes
        return (day == today or day in days) and (room or not others)


def _add_lines(session: Session, visit: int, draft: VisitDraft, tasks: Mapping[str, Task]) -> None:
    for line in draft.lines:
        session.add(
            VisitLine(
                visit_id=visit,
                task_id=tasks[line.task].id,
                item_version_id=line.item_version_id,
                department=line.department,
                agency_code=line.agency,
                method=line.method,
            )
        )
    session.flush()
