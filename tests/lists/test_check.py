"""The lists held against each other: each planted gap is found, and nothing where there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, select

from inspect_engine.events.approvals import approve
from inspect_engine.lists.check import FINDINGS, check_lists
from inspect_engine.registers.tables import (
    AccountabilityCase,
    Duty,
    Item,
    ItemListing,
    ItemState,
    ItemVersion,
    Level,
    Power,
    PowerVersion,
)
from inspect_engine.store import reading, writing
from tests.drawing import world
from tests.lists.support import APPROVER, TODAY, act, versions


def _approve_all(session: Session) -> None:
    approval = approve(session, act(), APPROVER, "lists")
    for model in (ItemVersion, PowerVersion):
        for row in session.exec(select(model)):
            row.approval_id = approval.id
            session.add(row)


def _item(session: Session, code: str) -> Item:
    return session.exec(select(Item).where(Item.code == code)).one()


def _of_power(session: Session, model: type, code: str) -> list:
    power = session.exec(select(Power).where(Power.code == code)).one()
    return list(session.exec(select(model).where(model.power_id == power.id)))


def _no_power(session: Session) -> None:
    _item(session, "SJ03").power_code = None


def _unknown(session: Session) -> None:
    _item(session, "SJ03").power_code = "QL-0"


def _inactive(session: Session) -> None:
    _of_power(session, PowerVersion, "QL-SJ-04")[0].state = ItemState.suspended


def _level(session: Session) -> None:
    _of_power(session, PowerVersion, "QL-SJ-04")[0].level = Level.city


def _no_listing(session: Session) -> None:
    session.delete(
        session.exec(select(ItemListing).where(ItemListing.item_id == _item(session, "SJ04").id)).one()
    )


def _no_duty(session: Session) -> None:
    for row in _of_power(session, Duty, "QL-SJ-01"):
        row.ends = TODAY
        session.add(row)


def _no_case(session: Session) -> None:
    for row in _of_power(session, AccountabilityCase, "QL-SJ-01"):
        session.delete(row)


def _unapproved(session: Session) -> None:
    versions(session, "SJ01-2")[0].approval_id = None


def _stale(session: Session) -> None:
    versions(session, "SJ01-2")[0].basis = "《中华人民共和国公司登记管理条例》第三条"


PLANTED: dict[str, tuple[Callable[[Session], None], str]] = {
    "item-without-power": (_no_power, "SJ03"),
    "power-unknown": (_unknown, "SJ03"),
    "power-not-in-force": (_inactive, "SJ05"),
    "level-differs": (_level, "SJ05"),
    "item-without-listing": (_no_listing, "SJ04"),
    "power-without-duty": (_no_duty, "QL-SJ-01"),
    "power-without-case": (_no_case, "QL-SJ-01"),
    "not-approved": (_unapproved, "SJ01-2"),
    "stale-basis": (_stale, "SJ01-2"),
}


def test_every_finding_is_planted() -> None:
    """The cases below are just the findings that there are."""
    assert set(PLANTED) == set(FINDINGS)


@pytest.mark.parametrize("rule", sorted(PLANTED))
def test_a_planted_gap_is_found_once(tmp_path: Path, rule: str) -> None:
    """Whole lists have no finding; with one gap planted, just that one is found, once, with its subject."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        _approve_all(session)
        session.flush()
        assert check_lists(session, TODAY) == []
        plant, subject = PLANTED[rule]
        plant(session)
        session.flush()
        assert [(one.rule, one.subject) for one in check_lists(session, TODAY)] == [(rule, subject)]


def test_what_nobody_approved_is_reported(tmp_path: Path) -> None:
    """Lists that were loaded without a second person are reported version by version."""
    engine = world.store_at("empty", tmp_path)
    with reading(engine) as session:
        found = Counter(one.rule for one in check_lists(session, TODAY))
        active = session.exec(select(ItemVersion)).all()
        assert found["not-approved"] > 30
        assert found["not-approved"] <= len(active) + 13
        assert set(found) == {"not-approved"}
