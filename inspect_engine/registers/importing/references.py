"""What the register holds that a row may refer to: loaded once, or by chunks where there may be a great many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import TypeVar

from sqlmodel import Session, col, select

from inspect_engine.registers.tables import (
    Agency,
    Certificate,
    Item,
    ItemVersion,
    Person,
    Region,
    StandingTeam,
    SubItem,
    Target,
    WorkDay,
)

#: Values in one IN list; SQLite takes 32,766 parameters, PostgreSQL 65,535.
CHUNK = 1_000

_T = TypeVar("_T")


def chunks(values: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """Cut a sequence into pieces."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


class References:
    """Codes and ids of the register as one transaction sees them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.targets: dict[str, int] = {}
        self.target_keys: dict[int, str] = {}
        self.certificates: dict[tuple[str, str], str] = {}
        #: Keys that the file itself brings.
        self.own: set[str] = set()

    @cached_property
    def regions(self) -> set[str]:
        """Codes of regions."""
        return set(self._session.exec(select(Region.code)))

    @cached_property
    def agencies(self) -> set[str]:
        """Codes of agencies and their parts."""
        return set(self._session.exec(select(Agency.code)))

    @cached_property
    def departments(self) -> dict[str, str]:
        """Agency → department."""
        return dict(self._session.exec(select(Agency.code, Agency.department)).all())

    @cached_property
    def teams(self) -> set[str]:
        """Codes of standing teams."""
        return set(self._session.exec(select(StandingTeam.code)))

    @cached_property
    def sub_items(self) -> dict[str, str]:
        """Sub-item → item."""
        query = select(SubItem.code, Item.code).join(Item, col(SubItem.item_id) == Item.id)
        return dict(self._session.exec(query).all())

    @cached_property
    def versions(self) -> dict[str, set[str]]:
        """Sub-item → first days of its versions."""
        found: dict[str, set[str]] = {}
        query = select(col(SubItem.code), col(ItemVersion.starts)).join(
            SubItem, col(ItemVersion.sub_item_id) == SubItem.id
        )
        for code, starts in self._session.exec(query):
            found.setdefault(code, set()).add(starts.isoformat())
        return found

    @cached_property
    def persons(self) -> dict[str, int]:
        """Staff number → id."""
        return {number: id_ for number, id_ in self._session.exec(select(Person.staff_no, Person.id)) if id_}

    @cached_property
    def staff_numbers(self) -> dict[int, str]:
        """Person's id → staff number."""
        return {id_: number for number, id_ in self.persons.items()}

    def days_of(self, year: int) -> Sequence[date]:
        """Days of a year that the calendar has."""
        inside = col(WorkDay.day).between(date(year, 1, 1), date(year, 12, 31))
        return self._session.exec(select(col(WorkDay.day)).where(inside)).all()

    def load_targets(self, keys: Iterable[str]) -> None:
        """Look up the ids of targets by their keys."""
        wanted = sorted(set(keys) - self.targets.keys())
        for some in chunks(wanted):
            self._take(
                self._session.exec(select(Target.key, Target.id).where(col(Target.key).in_(some))).all()
            )

    def load_target_keys(self, ids: Iterable[int]) -> None:
        """Look up the keys of targets by their ids."""
        wanted = sorted(set(ids) - self.target_keys.keys())
        for some in chunks(wanted):
            self._take(
                self._session.exec(select(Target.key, Target.id).where(col(Target.id).in_(some))).all()
            )

    def _take(self, rows: Iterable[tuple[str, int | None]]) -> None:
        for key, id_ in rows:
            if id_ is not None:
                self.targets[key] = id_
                self.target_keys[id_] = key

    def load_certificates(self, numbers: Iterable[str]) -> None:
        """Look up who holds certificates of these numbers."""
        for some in chunks(sorted(set(numbers))):
            found = select(Certificate.kind, Certificate.number, Person.staff_no).join(Person)
            for kind, number, staff_no in self._session.exec(found.where(col(Certificate.number).in_(some))):
                self.certificates[kind, number] = staff_no
