"""From the registers to the model's problem: nobody lost, nobody twice, and what does not fit is refused."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, date, datetime
from functools import cache
from math import ceil, floor
from pathlib import Path
from tomllib import loads
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from fixtures.generate import county
from fixtures.plans import demo_plan
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.planning.plans import service
from inspect_engine.planning.plans.bounds import Built, build
from inspect_engine.planning.plans.form import PlanForm, plan_of
from inspect_engine.registers import tables as t
from inspect_engine.store import open_store, reading, sqlite_url, writing
from solver.plan.problem import PPM, Group, Task, cells, check
from tests.drawing.world import fill

DAY = date(2026, 1, 5)
ACT = Act("计划岗", datetime(2026, 1, 5, 1, tzinfo=UTC))
SJ, YJ, HB = "339902-SJ", "339902-YJ", "339902-HB"
COUNTY, TOWN = "339902", "339902001"
ITEMS = {
    "T01": ("SJ03-1", "SJ03-2", "SJ03-3", "HB01-3"),
    "T05": ("HB01-1", "HB01-2"),
    "T07": ("SJ04-1",),
    "T08": ("SJ06-1",),
}


@cache
def _stored() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bounds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "empty.db"
    engine = open_store(sqlite_url(path))
    fill(engine, county("x", 400, 24, DAY))
    with writing(engine) as session:
        _spoil(session)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def _spoil(session: Session) -> None:
    """A third of the bodies go to a town that answers for itself; many are visited, some to their cap or frequency."""
    for target in session.exec(select(t.Target).order_by(col(t.Target.key))):
        id_ = target.id or 0
        if id_ % 3 == 0:
            target.supervising_region = TOWN
            session.add(target)
        for n in range(id_ % 4):
            agency = (SJ, HB)[id_ % 2]
            origin = t.Origin.reactive if id_ % 5 == 0 else t.Origin.draw
            item = ("SJ03-1", "SJ04-1", "SJ06-1", None)[id_ % 7 % 4]
            # Two papers of one day are one visit, but each counts toward its own item.
            for paper in range(1 + (id_ % 11 == 0)):
                session.add(
                    t.PastVisit(
                        agency_code=agency,
                        target_id=id_,
                        day=date(2026, 1, 2 + n),
                        origin=origin,
                        on_site=id_ % 13 != 0,
                        sub_item_code=item,
                        reference=f"{n}-{paper}",
                    )
                )


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A writing session on a store of its own; what it writes goes with the test."""
    path = tmp_path / "engine.db"
    shutil.copy(_stored(), path)
    engine = open_store(sqlite_url(path))
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def values(**changes: Any) -> dict[str, Any]:
    """The demo's form as plain values, some top entries changed."""
    return deepcopy(loads(demo_plan())) | changes


def line(made: dict[str, Any], code: str) -> dict[str, Any]:
    """A task of the form's values, to be changed in place."""
    return next(one for one in made["tasks"] if one["code"] == code)


def form(change: Callable[[dict[str, Any]], None] | None = None) -> PlanForm:
    """The demo's form, changed."""
    made = values()
    if change:
        change(made)
    return plan_of(made)


def built(session: Session, change: Callable[[dict[str, Any]], None] | None = None) -> Built:
    """The problem of the demo's form."""
    return build(session, form(change), DAY)


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
def test_groups_part_the_open_bodies(
    session: Session, change: Callable[[dict[str, Any]], None] | None
) -> None:
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
    task = _task(problem.tasks, "T06")
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
    task = _task(problem.tasks, "T04")
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
    assert not _task(problem.tasks, "T03").onsite
    assert _task(problem.tasks, "T05").busy == {8}


def test_the_county_alone_is_a_problem_the_model_takes(session: Session) -> None:
    """With all bodies in the county, where the officers are, the problem passes the model's check."""
    session.execute(sa.update(t.Target).values(supervising_region=COUNTY))
    check(built(session).problem)


def _task(tasks: tuple[Task, ...], code: str) -> Task:
    return next(task for task in tasks if task.name == code)


def _region(made: dict[str, Any]) -> None:
    line(made, "T07")["scope"]["regions"] = ["990000"]


def _name(made: dict[str, Any]) -> None:
    line(made, "T04")["departments"][0]["department"] = "安监"


def _agency(made: dict[str, Any]) -> None:
    line(made, "T04")["departments"][0]["agency"] = "339902-ZZ"


def _after(made: dict[str, Any]) -> None:
    line(made, "T03")["batches"][0]["last"] = date(2026, 11, 11)


def _repealed(made: dict[str, Any]) -> None:
    line(made, "T08")["items"] = ["SJ09-1"]  # One version ends and the next begins on 1 July.


def _unknown_item(made: dict[str, Any]) -> None:
    line(made, "T08")["items"] = ["SJ99-1"]


def _department(made: dict[str, Any]) -> None:
    line(made, "T08")["items"] = ["SJ06-1@应急"]


def _nobody(made: dict[str, Any]) -> None:
    line(made, "T08")["scope"] = {"labels": ["没有这个标签"]}


def _mixed(made: dict[str, Any]) -> None:
    del line(made, "T02")["ratio"]


def _few(made: dict[str, Any]) -> None:
    line(made, "T05")["batches"].pop()


def _slice(made: dict[str, Any]) -> None:
    line(made, "T06")["ratio"] = {"form": "exact", "value": "1%"}  # Its items ask for 3%.


REFUSED: dict[str, Callable[[dict[str, Any]], None]] = {
    "plans.unknown-region": _region,
    "plans.department-name": _name,
    "plans.unknown-agency": _agency,
    "plans.after-end": _after,
    "plans.item-not-in-force": _repealed,
    "plans.item-department": _department,
    "plans.nobody-in-scope": _nobody,
    "plans.ratio-needed": _mixed,
    "plans.batches-few": _few,
    "plans.ratio-contradicts": _slice,
}


def _rows(session: Session) -> dict[str, int]:
    """Rows of every table that is stored."""
    return {
        table.name: session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }


@pytest.mark.parametrize(("code", "change"), [*REFUSED.items(), ("plans.item-not-in-force", _unknown_item)])
def test_what_the_registers_do_not_bear_is_refused(
    code: str, change: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    """A form that does not fit the registers is refused with its code as a draft and as a problem; nothing is stored."""
    shutil.copy(_stored(), tmp_path / "engine.db")
    engine = open_store(sqlite_url(tmp_path / "engine.db"))
    with reading(engine) as session:
        before = _rows(session)
        with pytest.raises(EngineError) as refused:
            built(session, change)
        assert refused.value.code == code
        assert "{" not in refused.value.message("zh") + refused.value.message("en")
    with pytest.raises(EngineError) as refused, writing(engine) as session:
        service.new_plan(session, form(change), ACT)
    assert refused.value.code == code
    with reading(engine) as session:
        assert _rows(session) == before
    with writing(engine) as session:
        service.new_plan(session, form(), ACT)
    engine.dispose()


def test_a_version_that_follows_serves_a_window_of_its_own(session: Session) -> None:
    """An item that is replaced in July may be drawn before or after it, each window with its version's minutes."""
    versions = session.exec(
        select(t.ItemVersion)
        .join(t.SubItem, col(t.SubItem.id) == col(t.ItemVersion.sub_item_id))
        .where(col(t.SubItem.code) == "SJ09-1")
        .order_by(col(t.ItemVersion.starts))
    ).all()
    assert [v.starts for v in versions] == [date(2023, 1, 1), date(2026, 7, 1)]
    for version, minutes in zip(versions, (31, 32), strict=True):
        version.minutes, version.state = minutes, t.ItemState.active
        session.add(version)
    session.flush()
    for first, last, minutes in ((4, 6, 31), (7, 9, 32)):

        def change(made: dict[str, Any], first: int = first, last: int = last) -> None:
            task = line(made, "T08")
            task["items"] = ["SJ09-1"]
            task["batches"] = [{"first": date(2026, first, 1), "last": date(2026, last, 30)}]

        assert _task(built(session, change).problem.tasks, "T08").minutes == 2 * minutes
    with pytest.raises(EngineError) as refused:
        built(session, _repealed)
    assert refused.value.code == "plans.item-not-in-force"


def test_bodies_where_nobody_may_go_are_refused(session: Session) -> None:
    """A region with bodies and without officers is refused with its name before anything is solved."""
    session.commit()
    service.new_plan(session, form(), ACT)
    with pytest.raises(EngineError) as refused:
        service.ready(session, "339902-2026", ACT)
    assert refused.value.code == "plans.region-without-officers"
    assert refused.value.params["region"] == TOWN
