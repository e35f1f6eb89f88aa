"""What is drawn under one code (一个编号): an officer, or a standing team (固定检查组) that goes whole or not at all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.drawing.people.sorts import labels_of, sides_of, unit_of
from inspect_engine.errors import EngineError
from inspect_engine.planning.spec import CompositionSpec
from inspect_engine.registers.officers import Member
from inspect_engine.registers.tables import Person, TeamMember
from inspect_engine.visits.teams import Composition


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the pool before it has a code.

    Attributes
    ----------
    members : tuple of Member
        One officer, or all of a standing team by staff number; of one department.
    labels : tuple of str
        Sorts that it is of, beside the skills of its members.
    """

    members: tuple[Member, ...]
    labels: tuple[str, ...] = ()

    @property
    def person(self) -> str:
        """What the code is made of: the staff numbers, joined by a space."""
        return " ".join(one.person.staff_no for one in self.members)

    @property
    def department(self) -> str:
        """Department of all members."""
        return self.members[0].department

    @property
    def lead(self) -> bool:
        """Whether a member may lead."""
        return any(one.person.may_lead for one in self.members)

    @property
    def skills(self) -> tuple[str, ...]:
        """Skills of all members, and the sorts."""
        return tuple(sorted({s for one in self.members for s in one.skills} | {*self.labels}, key=str.encode))

    @property
    def away(self) -> list[list[str]]:
        """Spans on which a member is away: the team goes whole."""
        spans = {(a.isoformat(), b.isoformat()) for one in self.members for a, b in one.away}
        return [[first, last] for first, last in sorted(spans)]

    @property
    def until(self) -> date:
        """Last day on which every member is certified."""
        return min(one.until for one in self.members)

    @property
    def unit(self) -> str:
        """Unit of all members, or their agency where they are of several."""
        units = {unit_of(one) for one in self.members}
        return units.pop() if len(units) == 1 else self.members[0].person.agency_code


def entries_of(
    session: Session, people: Sequence[Member], compositions: Iterable[CompositionSpec], *, least: int
) -> list[Entry]:
    """Put officers into what is drawn as one, with the sorts that the order form asks for.

    Parameters
    ----------
    people : sequence of Member
        All who could be sent, by staff number.
    least : int
        Members that a standing team has at least.

    Raises
    ------
    EngineError
        ``drawing.team-departments``, ``drawing.team-member``, ``drawing.team-small``; those of
        :func:`inspect_engine.drawing.people.sorts.labels_of`.
    """
    asked = {one.department: one for one in compositions}
    sides = {
        name: sides_of((one for one in people if one.department == name), one_asked)
        for name, one_asked in asked.items()
    }
    in_teams = {name for name, one in asked.items() if one.teams != "none"}
    teams = _teams(session, people, in_teams, least)
    grouped = {one.person.id for team in teams for one in team}
    left_out = {name for name, one in asked.items() if one.teams == "only"}
    single = [(one,) for one in people if one.person.id not in grouped and one.department not in left_out]
    return [
        Entry(members, tuple(sorted(labels_of(members, asked.get(name), sides.get(name, {})))))
        for members in sorted([*teams, *single], key=lambda members: members[0].person.staff_no)
        for name in (members[0].department,)
    ]


def _teams(
    session: Session, people: Sequence[Member], departments: Collection[str], least: int
) -> list[tuple[Member, ...]]:
    """Standing teams that touch the departments; each must be whole in the pool, and of one department."""
    there = {one.person.id: one for one in people}
    members: dict[str, list[tuple[str, int]]] = {}
    query = (
        select(TeamMember.team_code, Person.staff_no, Person.id)
        .join(Person, col(Person.id) == col(TeamMember.person_id))
        .order_by(col(TeamMember.team_code), col(Person.staff_no))
    )
    for team, staff_no, person in session.exec(query):
        members.setdefault(team, []).append((staff_no, person or 0))
    return [
        _whole(team, listed, there, least)
        for team, listed in members.items()
        if any(person in there and there[person].department in departments for _, person in listed)
    ]


def _whole(
    team: str, listed: Sequence[tuple[str, int]], there: Mapping[int | None, Member], least: int
) -> tuple[Member, ...]:
    for staff_no, person in listed:
        if person not in there:
            raise EngineError("drawing.team-member", team=team, staff_no=staff_no)
    members = tuple(there[person] for _, person in listed)
    if len({one.department for one in members}) > 1:
        names = sorted({one.department for one in members}, key=str.encode)
        raise EngineError("drawing.team-departments", team=team, departments="、".join(names))
    if len(members) < least:
        raise EngineError("drawing.team-small", team=team, members=len(members), least=least)
    return members


def check_entries(
    entries: Sequence[Entry],
    needed: Mapping[str, tuple[int, bool]],
    compositions: Mapping[str, Composition],
    day: date,
) -> None:
    """Refuse a pool that cannot fill one route, whatever the day.

    Parameters
    ----------
    needed : mapping
        Department → slots of a route, and whether it hosts, and so leads.
    day : datetime.date
        First day of the window.

    Raises
    ------
    EngineError
        ``drawing.pool-too-small``; ``drawing.sort-missing`` where nobody is of a sort that a slot asks for.
    """
    for department, (slots, host) in sorted(needed.items()):
        there = [one for one in entries if one.department == department and one.until >= day]
        leaders = sum(one.lead for one in there)
        if len(there) < slots or (host and leaders == 0):
            raise EngineError(
                "drawing.pool-too-small",
                department=department,
                needed=slots,
                there=len(there),
                leaders=leaders,
            )
        _check_sorts(there, compositions.get(department, Composition()), slots, host)


def _check_sorts(there: Sequence[Entry], composition: Composition, slots: int, host: bool) -> None:
    wanted = {
        (composition.labels(place, odd), host and place == 0)
        for place in range(slots)
        for odd in ((False, True) if composition.mixed_units else (False,))
    }
    for labels, lead in sorted(wanted):
        if not any({*labels} <= {*one.labels} and (one.lead or not lead) for one in there):
            raise EngineError(
                "drawing.sort-missing",
                department=there[0].department,
                sort="、".join(labels),
                lead="（带队）" if lead else "",
                lead_en=" who may lead" if lead else "",
            )
