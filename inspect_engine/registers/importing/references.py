"""What the register holds that a row may refer to: loaded once, or by chunks where there may be a great many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import TypeVar

from sqlmodel import Session, col, select

from inspect_engine.registers.tables import (
    AccountabilityCase,
    Agency,
    Certificate,
    Duty,
    Item,
    ItemListing,
    ItemVersion,
    Person,
    Power,
    PowerVersion,
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
        #: First day → state of the versions that the file itself brings, by code.
        self.said: dict[str, dict[str, str]] = {}
        #: Approval and ground under which rows of a list are written; None where nobody was asked.
        self.approval_id: int | None = None
        self.ground = ""

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
    def item_states(self) -> dict[str, dict[str, str]]:
        """Sub-item → first day → state, of its versions."""
        query = select(col(SubItem.code), col(ItemVersion.starts), col(ItemVersion.state))
        return self._states(
            self._session.exec(query.join(SubItem, col(ItemVersion.sub_item_id) == SubItem.id))
        )

    @cached_property
    def power_states(self) -> dict[str, dict[str, str]]:
        """Power → first day → state, of its versions."""
        query = select(col(Power.code), col(PowerVersion.starts), col(PowerVersion.state))
        return self._states(self._session.exec(query.join(Power, col(PowerVersion.power_id) == Power.id)))

    def _states(self, rows: Iterable[tuple[str, date, str]]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for code, starts, state in rows:
            found.setdefault(code, {})[starts.isoformat()] = state
        return found

    @cached_property
    def powers(self) -> dict[str, int]:
        """Power → id."""
        return {code: id_ for code, id_ in self._session.exec(select(Power.code, Power.id)) if id_}

    @cached_property
    def items(self) -> dict[str, int]:
        """Item → id."""
        return {code: id_ for code, id_ in self._session.exec(select(Item.code, Item.id)) if id_}

    @cached_property
    def duties(self) -> dict[str, dict[str, str]]:
        """Duty → first day → power, of its versions."""
        query = select(col(Duty.code), col(Duty.starts), col(Power.code))
        return self._states(self._session.exec(query.join(Power, col(Duty.power_id) == Power.id)))

    @cached_property
    def cases(self) -> dict[str, dict[str, str]]:
        """Accountability case → first day → power, of its versions."""
        query = select(col(AccountabilityCase.code), col(AccountabilityCase.starts), col(Power.code))
        return self._states(
            self._session.exec(query.join(Power, col(AccountabilityCase.power_id) == Power.id))
        )

    @cached_property
    def listings(self) -> dict[str, dict[str, str]]:
        """Item → first day → list, of its placements."""
        query = select(col(Item.code), col(ItemListing.starts), col(ItemListing.listing))
        return self._states(self._session.exec(query.join(Item, col(ItemListing.item_id) == Item.id)))

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
