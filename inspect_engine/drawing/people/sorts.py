"""Sorts of officers (人员类别): the labels by which slots tell seniors, sides of units and standing teams apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from inspect_engine.errors import EngineError
from inspect_engine.planning.spec import CompositionSpec
from inspect_engine.registers.officers import Member
from inspect_engine.registers.tables import Grade
from inspect_engine.visits.teams import JUNIOR, LABELS, SENIOR, SIDES, SINGLE, TEAM

_GRADES = {Grade.senior: SENIOR, Grade.junior: JUNIOR}


def unit_of(one: Member) -> str:
    """Unit of an officer; who is in none is of the agency itself."""
    return one.person.unit_code or one.person.agency_code


def labels_of(members: Sequence[Member], asked: CompositionSpec | None, sides: Mapping[str, str]) -> set[str]:
    """Labels of what is drawn under one code.

    Parameters
    ----------
    members : sequence of Member
        One officer, or those of a standing team.
    sides : mapping of str to str
        Unit → label of its side, for a department that mixes units.

    Raises
    ------
    EngineError
        ``drawing.skill-reserved`` where a register calls a skill as a sort is called; ``drawing.unit-without-side``.
    """
    for one in members:
        for skill in LABELS.intersection(one.skills):
            raise EngineError("drawing.skill-reserved", staff_no=one.person.staff_no, skill=skill)
    if asked is None:
        return set()
    if asked.teams == "mixed":
        return {TEAM if len(members) > 1 else SINGLE}
    found = {_GRADES[one.person.grade] for one in members if asked.grades and one.person.grade is not None}
    if asked.mixed_units:
        found |= {_side(unit_of(one), asked.department, sides) for one in members}
    return found


def _side(unit: str, department: str, sides: Mapping[str, str]) -> str:
    if unit not in sides:
        raise EngineError("drawing.unit-without-side", department=department, unit=unit)
    return sides[unit]


def sides_of(people: Iterable[Member], asked: CompositionSpec) -> dict[str, str]:
    """Unit → label of its side: as the form says, else as evenly by heads as can be."""
    if not asked.mixed_units:
        return {}
    if asked.sides:
        return {unit: label for label, units in zip(SIDES, asked.sides, strict=True) for unit in units}
    return parted(Counter(unit_of(one) for one in people))


def parted(heads: Mapping[str, int]) -> dict[str, str]:
    """Part units into two sides whose heads differ as little as can be; the same units always the same way.

    Every sum that a side can have is kept with the first set of units that gives it, units being taken by code.
    """
    first: dict[int, frozenset[str]] = {0: frozenset()}
    for unit in sorted(heads, key=str.encode):
        first = {total + heads[unit]: chosen | {unit} for total, chosen in first.items()} | first
    whole = sum(heads.values())
    side = first[min(first, key=lambda total: (abs(whole - 2 * total), total))]
    return {unit: SIDES[unit not in side] for unit in heads}
