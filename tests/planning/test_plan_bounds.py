"""From the registers to the model's problem: nobody lost, nobody twice, and every number the registers' own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from math import ceil, floor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.planning.plans import service
from inspect_engine.planning.plans.bounds import build
from inspect_engine.planning.plans.form import plan_of
from inspect_engine.planning.plans.tables import PlanState
from inspect_engine.registers import tables as t
from solver.plan.problem import PPM, Group, cells, check
from tests.planning.bounds_world import (
    ACT,
    COUNTY,
    DAY,
    HB,
    SJ,
    TOWN,
    YJ,
    Change,
    built,
    form,
    line,
    store,
    task_of,
    values,
)

ITEMS = {
    "T01": ("SJ03-1", "SJ03-2", "SJ03-3", "HB01-3"),
    "T05": ("HB01-1", "HB01-2"),
    "T07": ("SJ04-1",),
    "T08": ("SJ06-1",),
}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on a store of its own; what it writes and does not commit goes with the test."""
    engine = store(tmp_path)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def visits(session: Session) -> Counter[tuple[str, int]]:
    """(agency, target) → days of drawn on-site visits in 2026, by a plain query."""
    rows = session.execute(
        sa.text(
            "select agency_code, target_id, count(distinct day) from pastvisit where on_site = 1 "
            "and origin = 'draw' and day >= '2026-01-01' and day <= '2026-12-31' group by 1, 2"
        )
    )
    return Counter({(agency, target): times for agency, target, times in rows})


def _often(session: Session, item: str) -> set[int]:
    """Targets where an item was inspected as often as its version allows, visit by visit."""
    version = session.exec(
        select(t.ItemVersion)
        .join(t.SubItem, col(t.SubItem.id) == col(t.ItemVersion.sub_item_id))
        .where(col(t.SubItem.code) == item, col(t.ItemVersion.starts) <= DAY)
        .order_by(col(t.ItemVersion.starts).desc())
    ).first()
    assert version is not None
    if version.frequency_bound not in (t.Bound.maximum, t.Bound.exact) or version.frequency_years is None:
        return set()
    first = 2026 - version.frequency_years + 1
    seen: Counter[int] = Counter()
    for visit in session.exec(select(t.PastVisit)):
        if visit.sub_item_code == item and first <= visit.day.year <= 2026:
            seen[visit.target_id] += 1
    return {id_ for id_, times in seen.items() if times >= (version.frequency_times or 0)}


def open_to(session: Session, made: dict[str, Any]) -> dict[int, tuple[str, str, frozenset[str]]]:
    """Body → region, class and lines open to it, one body and one line at a time."""
    labels: dict[int, set[str]] = defaultdict(set)
    for one in session.exec(select(t.TargetLabel)):
        labels[one.target_id].add(one.label)
    seen = visits(session)
    often = {code: _often(session, code) for task in made["tasks"] for code in _codes(task)}
    found = {}
    for body in session.exec(select(t.Target)):
        id_ = body.id or 0
        codes = set()
        for task in made["tasks"]:
            scope = task.get("scope", {})
            wrong = (
                body.state is not t.TargetState.live
                or (scope.get("labels") and not labels[id_] & set(scope["labels"]))
                or (scope.get("kinds") and body.kind.value not in scope["kinds"])
                or (scope.get("regions") == [TOWN] and TOWN not in (body.supervising_region, body.town_code))
                or any(id_ in often[code] for code in _codes(task))
            )
            capped = task.get("method", "onsite") == "onsite" and any(
                seen[d["agency"], id_] >= 2 for d in task["departments"]
            )
            if not wrong and not capped:
                codes.add(task["code"])
        if codes:
            risk = body.risk_class.value if body.risk_class else "B"
            found[id_] = (body.supervising_region, risk, frozenset(codes))
    return found


def _codes(task: dict[str, Any]) -> list[str]:
    return [item.partition("@")[0] for item in task["items"]]


def keys(groups: tuple[Group, ...]) -> dict[tuple[str, str, frozenset[str]], int]:
    """Groups by what they are, with their sizes; each once."""
    found = {(g.region, g.risk_class, g.tasks): g.size for g in groups}
    assert len(found) == len(groups)
    return found


def _town(made: dict[str, Any]) -> None:
    line(made, "T07")["scope"] = {"labels": ["食品销售"], "regions": [TOWN]}


@pytest.mark.parametrize("change", [None, _town])
def test_groups_part_the_open_bodies(session: Session, change: Change | None) -> None:
    """Every live body that some line may draw is in one group, with its region, class and lines; nobody else is in any."""
    made = values()
    if change:
        change(made)
    wanted = Counter(open_to(session, made).values())
    assert keys(build(session, plan_of(made), DAY).problem.groups) == dict(wanted)
    assert len(wanted) > 20
    assert {region for region, _, _ in wanted} == {COUNTY, TOWN}


def test_the_oracle_leaves_somebody_out_on_every_ground(session: Session) -> None:
    """The world has bodies that are not live, capped by one agency, inspected often enough, and without a class."""
    seen = visits(session)
    assert any(times >= 2 for times in seen.values())
    assert any(times == 1 for times in seen.values())
    assert any(_often(session, code) for mine in ITEMS.values() for code in mine)
    bodies = session.exec(select(t.Target)).all()
    assert any(body.state is not t.TargetState.live for body in bodies)
    assert any(body.risk_class is None and body.state is t.TargetState.live for body in bodies)


def test_cells_have_the_groups_bodies(session: Session) -> None:
    """A cell's population is the number of bodies of its line, class and region; rates stand for just these cells."""
    problem = built(session).problem
    wanted: Counter[tuple[str, str, str]] = Counter()
    for region, risk, codes in open_to(session, values()).values():
        wanted.update((code, risk, region) for code in codes)
    assert {cell.key: cell.population for cell in cells(problem)} == dict(wanted)
    assert {(r.task, r.risk_class, r.region) for r in problem.rates} == wanted.keys()


def test_visits_made_are_the_years_drawn_on_site_visits(session: Session) -> None:
    """A group's visits made are those of this year, drawn and on site, by each agency of the plan, its bodies together."""
    seen = visits(session)
    wanted: dict[tuple[str, str, frozenset[str]], Counter[str]] = defaultdict(Counter)
    for id_, key in open_to(session, values()).items():
        for agency in (SJ, YJ, HB):
            if seen[agency, id_]:
                wanted[key][agency] += seen[agency, id_]
    groups = built(session).problem.groups
    made = {(g.region, g.risk_class, g.tasks): Counter(dict(g.visits_made)) for g in groups if g.visits_made}
    assert made == dict(wanted)
    assert sum(sum(one.values()) for one in made.values()) > 20


def test_bodies_without_a_class_are_planned_by_the_rule(session: Session) -> None:
    """With every class taken away, all bodies stand in the rule's class B, and none is lost."""
    before = sum(g.size for g in built(session).problem.groups)
    session.execute(sa.update(t.Target).values(risk_class=None))
    groups = built(session).problem.groups
    assert {g.risk_class for g in groups} == {"B"}
    assert sum(g.size for g in groups) == before > 0


@pytest.mark.parametrize("percent", [3, 4, 8, 17, 50, 100])
def test_a_uniform_slice_makes_its_whole_number(session: Session, percent: int) -> None:
    """Each class of a slice draws its share rounded down or up, and together they can make the slice's number."""

    def change(made: dict[str, Any]) -> None:
        line(made, "T06")["ratio"] = {"form": "exact", "value": f"{percent}%"}

    problem = built(session, change).problem
    task = task_of(problem.tasks, "T06")
    sizes: Counter[str] = Counter()
    for group in problem.groups:
        if "T06" in group.tasks:
            sizes[group.risk_class] += group.size
    assert task.uniform
    assert (task.form, task.ratio) == ("exact", percent * 10_000)
    low, high = 0, 0
    for one in task.ranges:
        size = sizes[one.risk_class]
        least, most = ceil(one.lowest * size / PPM), floor(one.highest * size / PPM)
        assert least == size * percent // 100
        assert most == -(-size * percent // 100)
        low, high = low + least, high + most
    whole = sum(sizes.values()) * percent / 100
    assert low <= floor(whole) <= ceil(whole) <= high
    assert len(sizes) > 2


def test_an_order_draws_all_in_even_batches(session: Session) -> None:
    """An order's line draws everybody, and each of its batches at least the even share."""
    problem = built(session).problem
    task = task_of(problem.tasks, "T04")
    bodies = sum(group.size for group in problem.groups if "T04" in group.tasks)
    assert bodies > 0
    assert {(r.lowest, r.highest) for r in task.ranges} == {(PPM, PPM)}
    assert [batch.least for batch in task.batches] == [bodies // 3] * 3
    assert [batch.months for batch in task.batches] == [(3, 4, 5), (6, 7, 8), (9, 10, 11)]


def test_limits_are_the_forms_or_the_rules(session: Session) -> None:
    """What a form leaves out is the rule's; a form may tighten the yearly cap and not loosen it."""
    problem = built(session).problem
    assert (problem.yearly_cap, problem.last_month, problem.first_month) == (2, 11, 1)
    assert {r.risk_class for r in problem.ranges} == {"A", "B", "C", "D"}
    for asked, held in ((1, 1), (9, 2)):
        assert built(session, lambda made, n=asked: made.update(yearly_cap=n)).problem.yearly_cap == held  # type: ignore[misc]
    assert not task_of(problem.tasks, "T03").onsite
    assert task_of(problem.tasks, "T05").busy == {8}


def test_the_county_alone_is_a_problem_the_model_takes(session: Session) -> None:
    """With all bodies in the county, where the officers are, the problem passes the model's check."""
    session.execute(sa.update(t.Target).values(supervising_region=COUNTY))
    check(built(session).problem)


def _in_force(session: Session, day: date) -> None:
    """The demo's plan as filed, its numbers made on a day."""
    made = service.new_plan(session, form(), ACT)
    made.state, made.answer = PlanState.filed, {"day": day.isoformat()}
    session.add(made)
    session.flush()


def test_whom_the_plan_has_drawn_stays_in_its_base(session: Session) -> None:
    """Visits since a plan's first numbers take nobody out of its groups; they are told as visits made. Others' before do."""
    before = built(session).problem.groups
    _in_force(session, DAY)
    # Three visits of 2, 3 and 4 January at the most stand before the plan's numbers, and bar as they did.
    assert built(session).problem.groups == before
    drawn = [id_ for id_, (_, _, codes) in open_to(session, values()).items() if "T08" in codes]
    assert drawn
    for id_ in drawn:
        for month in (4, 5):
            visit: dict[str, Any] = {
                "day": date(2026, month, 9),
                "sub_item_code": "SJ06-1",
                "reference": "T08",
            }
            session.add(
                t.PastVisit(agency_code=SJ, target_id=id_, origin=t.Origin.draw, on_site=True, **visit)
            )
    session.flush()
    after = build(session, form(), date(2026, 6, 1)).problem.groups
    assert keys(after) == keys(before)
    assert sum(g.made(SJ) for g in after) == sum(g.made(SJ) for g in before) + 2 * len(drawn)
