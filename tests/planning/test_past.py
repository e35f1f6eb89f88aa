"""What past visits found: each rule of the count alone, and all of them against a slow count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

import inspect_engine.schema
from inspect_engine.planning.past import past, unseen
from inspect_engine.registers import tables as t
from inspect_engine.registers.results import problem_of
from inspect_engine.rules import codes_of
from inspect_engine.store import open_store, writing
from solver.plan.rates import Past

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = date(2026, 3, 2)
UNTIL = date(2026, 10, 1)
#: Bodies by id: class, region, state.
BODIES = {
    1: (t.RiskClass.A, "330402", t.TargetState.live),
    2: (t.RiskClass.D, "330402", t.TargetState.live),
    3: (t.RiskClass.D, "330411", t.TargetState.live),
    4: (None, "330411", t.TargetState.live),
    5: (t.RiskClass.A, "330402", t.TargetState.deregistered),
}


@contextmanager
def small() -> Iterator[Session]:
    """A store with five bodies in two counties."""
    engine = open_store("sqlite://")
    inspect_engine.schema.metadata.create_all(engine)
    with writing(engine) as session:
        session.add_all(t.Region(code=code, name=code, level=t.Level.county) for code in ("330402", "330411"))
        session.flush()
        session.add(t.Agency(code="NH", name="NH", department="市监", region_code="330402"))
        session.add_all(
            t.Target(
                id=id_,
                key=f"K{id_}",
                name=f"K{id_}",
                kind=t.TargetKind.enterprise,
                supervising_region=region,
                risk_class=risk,
                state=state,
                changed_at=NOW,
            )
            for id_, (risk, region, state) in BODIES.items()
        )
        session.flush()
        yield session
    engine.dispose()


@pytest.fixture
def session() -> Iterator[Session]:
    """A small store that ends with the test."""
    with small() as opened:
        yield opened


def add(session: Session, target: int, **changes: Any) -> None:
    """Add a drawn on-site visit of DAY without a problem, unless changed."""
    row = {
        "agency_code": "NH",
        "target_id": target,
        "day": DAY,
        "origin": t.Origin.draw,
        "on_site": True,
        "sub_item_code": "I-1",
        "result": "R2017-1",
    }
    session.add(t.PastVisit(**row | changes))
    session.flush()


def test_problems_are_counted_by_item_class_and_region(session: Session) -> None:
    """Each cell has its own count; a body without a class counts in B; cells without inspections are absent."""
    add(session, 1)
    add(session, 1, day=DAY + timedelta(1), result="R2016-4")
    add(session, 2, result="R2017-B")
    add(session, 3, sub_item_code="I-2")
    add(session, 4, result="R2017-E")
    assert past(session, UNTIL) == {
        ("I-1", "A", "330402"): Past(1, 2),
        ("I-1", "B", "330411"): Past(1, 1),
        ("I-1", "D", "330402"): Past(1, 1),
        ("I-2", "D", "330411"): Past(0, 1),
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": t.Origin.reactive},
        {"origin": t.Origin.recheck},
        {"day": UNTIL},
        {"result": None},
        {"result": "R2017-12"},
        {"sub_item_code": None},
    ],
)
def test_what_tells_no_rate_is_left_out(session: Session, changes: dict[str, Any]) -> None:
    """For cause, from the day on, without result or item, and nobody there: each alone is no inspection."""
    add(session, 1, **changes)
    assert past(session, UNTIL) == {}
    add(session, 1, reference="2")
    assert past(session, UNTIL) == {("I-1", "A", "330402"): Past(0, 1)}


@pytest.mark.parametrize("codes", [("R2017-1", "R2017-B"), ("R2017-B", "R2017-1")])
def test_papers_of_one_day_are_one_inspection(session: Session, codes: tuple[str, str]) -> None:
    """A body counts once for a day and item, with a problem where any paper has one, in either order."""
    for number, code in enumerate(codes):
        add(session, 1, reference=str(number), result=code)
    assert past(session, UNTIL) == {("I-1", "A", "330402"): Past(1, 1)}


_VISITS = st.lists(
    st.fixed_dictionaries(
        {
            "target": st.sampled_from(sorted(BODIES)),
            "day": st.sampled_from([DAY, DAY + timedelta(1), UNTIL - timedelta(1), UNTIL]),
            "origin": st.sampled_from(t.Origin),
            "on_site": st.booleans(),
            "sub_item_code": st.sampled_from(["I-1", "I-2", None]),
            "result": st.sampled_from([None, *codes_of("result-codes")]),
        }
    ),
    max_size=30,
)


def _slow(visits: list[dict[str, Any]]) -> dict[tuple[str, str, str], Past]:
    """The same by loops over bodies, days and items."""
    found: dict[tuple[str, str, str], Past] = {}
    for target, (risk, region, _) in BODIES.items():
        for item in ("I-1", "I-2"):
            for day in {v["day"] for v in visits if v["day"] < UNTIL}:
                wanted = {"target": target, "day": day, "sub_item_code": item, "origin": t.Origin.draw}
                told = [v["result"] for v in visits if wanted.items() <= v.items()]
                said = [problem_of(code) for code in told if code is not None]
                if {True, False} & set(said):
                    cell = item, risk.value if risk else "B", region
                    before = found.get(cell, Past(0, 0))
                    found[cell] = Past(before.found + (True in said), before.inspected + 1)
    return found


def test_counts_are_those_of_a_slow_count() -> None:
    """Whatever was recorded, counts are what loops over bodies, items and days give; unseen likewise."""
    filled = 0

    @settings(max_examples=40)
    @given(_VISITS)
    def law(visits: list[dict[str, Any]]) -> None:
        nonlocal filled
        with small() as one:
            for number, visit in enumerate(visits):
                values = {name: value for name, value in visit.items() if name != "target"}
                add(one, visit["target"], reference=str(number), **values)
            counted = past(one, UNTIL)
            assert counted == _slow(visits)
            filled += bool(counted)
            seen = {v["target"] for v in visits if v["on_site"] and v["day"] > DAY}
            assert unseen(one, DAY + timedelta(1)) == {1, 2, 3, 4} - seen

    law()
    assert filled > 5


def test_unseen_counts_every_ground_and_the_day_itself(session: Session) -> None:
    """Visits for cause are visits too; a paper check is none; the day itself counts, the day before does not."""
    add(session, 1, origin=t.Origin.reactive)
    add(session, 2, on_site=False)
    add(session, 3, day=DAY - timedelta(1))
    assert unseen(session, DAY) == {2, 3, 4}
    assert unseen(session, DAY - timedelta(1)) == {2, 4}
