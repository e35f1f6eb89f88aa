"""The officers' pool and the relations, frozen with the first stage (人员库与回避关系冻结).

Nobody can be made ill or related once the targets are known: what is not here when the targets' stage is
committed counts no more, save as a change with its ground and approver.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.people.entries import Entry
from inspect_engine.errors import EngineError
from inspect_engine.registers.officers import Member
from inspect_engine.registers.tables import Person, Relation, Target
from solver.dr1.encoding import Row
from solver.dr1.tickets import officer_code

#: In a pack ``kin`` is between two officers; an officer's kin who answers for a body stands under another word.
_OF_BODY = {"kin": "kin-of-body"}


@dataclass(frozen=True, slots=True)
class Pool:
    """The frozen pool: rows of ``1-pool.jsonl`` and ``1-persons.jsonl``, and each person's code (a team's members share one)."""

    rows: list[Row]
    persons: list[Row]
    codes: Mapping[int, str]


def freeze_pool(entries: Iterable[Entry], salt: str, hash_name: str) -> Pool:
    """Write the pool under the officers' codes, so that the pool's order says nothing about anybody."""
    rows: list[Row] = []
    persons: list[Row] = []
    codes: dict[int, str] = {}
    for one in entries:
        code = officer_code(salt, one.person, hash_name)
        codes.update({m.person.id: code for m in one.members if m.person.id is not None})
        persons.append({"officer": code, "person": one.person})
        rows.append(
            {
                "away": [[first, last] for first, last in one.away],
                "department": one.department,
                "lead": one.lead,
                "officer": code,
                "skills": list(one.skills),
                "unit": one.unit,
                "until": one.until.isoformat(),
            }
        )
    return Pool(_by(rows, "officer"), _by(persons, "officer"), codes)


def _by(rows: list[Row], *names: str) -> list[Row]:
    return sorted(rows, key=lambda row: [str(row[name]).encode() for name in names])


def freeze_relations(
    session: Session,
    people: Iterable[Member],
    codes: Mapping[int, str],
    blinds: Mapping[str, str],
    window: tuple[date, date],
    *,
    own_station: bool,
    last_visits: Iterable[tuple[int, str]] = (),
) -> list[Row]:
    """Rows of ``1-relations.jsonl``: who may not meet whom in the window.

    Parameters
    ----------
    people : iterable of Member
        Those in the pool.
    codes : mapping of int to str
        Person → officer's code; a standing team's members have one, and what bars one of them bars the team.
    blinds : mapping of str to str
        Key → blind of every target in frame or exclusions; relations to others do not matter here.
    own_station : bool
        Bar officers from the targets that their own station supervises (所所交叉).
    last_visits : iterable of (person, key)
        Who was at a body last time, where the bureau rotates (轮换).

    Raises
    ------
    EngineError
        ``drawing.team-kin`` where members of one standing team may not go together.

    Notes
    -----
    A relation to a body bars from its products, projects and behaviours as well. All relations between officers
    stand as ``kin``, the one ground that the protocol knows between two codes.
    """
    bodies = _bodies(session, blinds)
    found: set[tuple[str, str, str]] = set()
    for relation in _in_force(session, codes, window):
        officer = codes[relation.person_id]
        if relation.other_id is not None:
            if relation.other_id in codes:
                first, second = sorted((officer, codes[relation.other_id]))
                if first == second:
                    raise _kin_in_team(session, relation)
                found.add((first, second, "kin"))
        else:
            blinded = bodies.get(relation.target_id or 0, ())
            ground = _OF_BODY.get(relation.ground, relation.ground)
            found.update((officer, blind, ground) for blind in blinded)
    if own_station:
        found.update(_own_station(session, people, codes, blinds))
    found.update(
        (codes[person], blinds[key], "recent-visit")
        for person, key in last_visits
        if person in codes and key in blinds
    )
    rows: list[Row] = [
        {"ground": ground, "officer": officer, "with": other}
        for officer, other, ground in sorted(found, key=lambda r: tuple(part.encode() for part in r))
    ]
    return rows


def _kin_in_team(session: Session, relation: Relation) -> EngineError:
    first, second = (session.get_one(Person, id_) for id_ in (relation.person_id, relation.other_id))
    return EngineError(
        "drawing.team-kin", first=first.staff_no, second=second.staff_no, ground=relation.ground
    )


def _in_force(session: Session, codes: Mapping[int, str], window: tuple[date, date]) -> Iterable[Relation]:
    query = select(Relation).where(
        col(Relation.starts) <= window[1], col(Relation.ends).is_(None) | (col(Relation.ends) > window[0])
    )
    return (relation for relation in session.exec(query) if relation.person_id in codes)


def _bodies(session: Session, blinds: Mapping[str, str]) -> dict[int, list[str]]:
    """Target id → blinds that a relation to it bars: its own, and those of what it answers for."""
    related = sa.select(col(Relation.target_id)).where(col(Relation.target_id).is_not(None)).distinct()
    bodies: dict[int, list[str]] = {}
    ids = {
        key: id_
        for id_, key in session.execute(
            sa.select(col(Target.id), col(Target.key)).where(col(Target.id).in_(related))
        )
    }
    for key, id_ in ids.items():
        if key in blinds:
            bodies.setdefault(id_, []).append(blinds[key])
    owned = sa.select(col(Target.key), col(Target.owner_key)).where(col(Target.owner_key).is_not(None))
    for key, owner in session.execute(owned):
        if owner in ids and key in blinds:
            bodies.setdefault(ids[owner], []).append(blinds[key])
    return bodies


def _own_station(
    session: Session, people: Iterable[Member], codes: Mapping[int, str], blinds: Mapping[str, str]
) -> Iterable[tuple[str, str, str]]:
    staff: dict[str, list[str]] = {}
    for one in people:
        if one.person.unit_code and one.person.id is not None:
            staff.setdefault(one.person.unit_code, []).append(codes[one.person.id])
    rows = session.execute(
        sa.select(col(Target.key), col(Target.station_code)).where(col(Target.station_code).in_(list(staff)))
    )
    for key, station in rows:
        if key in blinds:
            for officer in staff[station or ""]:
                yield officer, blinds[key], "own-station"
