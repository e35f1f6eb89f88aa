"""What freezing writes: frame, exclusions, pool and relations, against a slow reading of the registers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from inspect_engine.drawing.freezing import freeze
from inspect_engine.errors import EngineError
from inspect_engine.registers import tables as t
from inspect_engine.registers.tables import Capacity
from inspect_engine.store import reading, writing
from tests.drawing.conftest import At
from tests.drawing.public import play
from tests.drawing.world import DRAW, STEPS, act, dump, entropy, files, open_draw, shuffled, small, spec

WINDOW = min(one.window[0] for one in spec().tasks), max(one.window[1] for one in spec().tasks)
DAY = timedelta(days=1)

#: Order of each file's rows, by dr1 section 8.
ORDER = {
    "1-keys.jsonl": ("blind",),
    "1-persons.jsonl": ("officer",),
    "1-frame.jsonl": ("task", "stratum", "blind"),
    "1-exclusions.jsonl": ("task", "blind"),
    "1-pool.jsonl": ("officer",),
    "1-relations.jsonl": ("officer", "with", "ground"),
    "3-cutoffs.jsonl": ("task", "stratum"),
    "4-routes.jsonl": ("route",),
    "4-weights.jsonl": ("slot", "officer"),
    "4-potentials.jsonl": ("slot", "officer", "date", "route"),
    "6-roster.jsonl": ("officer", "slot"),
}


def _rows(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def _canonical(row: Any) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _of(engine: Engine, table: type[Any]) -> list[Any]:
    with reading(engine) as session:
        rows = list(session.execute(sa.select(table)).scalars())
        session.expunge_all()
        return rows


def test_every_file_is_canonical_and_in_the_protocols_order(at: At) -> None:
    """Each line is the RFC 8785 form of its row, ended by one newline; rows ascend and none stands twice."""
    held = files(at("rostered"))
    for name, content in held.items():
        assert b"".join(_canonical(json.loads(line)) for line in content.splitlines()) == content, name
    for name, fields in ORDER.items():
        if name == "6-roster.jsonl":
            continue
        keys = [tuple(str(row[f]).encode() for f in fields) for row in _rows(held[name])]
        assert keys == sorted(set(keys)), name
    sample = [(row["task"], row["stratum"], row["rank"]) for row in _rows(held["3-sample.jsonl"])]
    assert sample == sorted(set(sample))
    slots = [row["slot"] for row in _rows(held["6-roster.jsonl"])]
    assert len(set(slots)) == len(slots)


def test_the_order_of_the_registers_does_not_matter(tmp_path: Path) -> None:
    """With the rows of every register in another order all files come out the same, byte for byte (F7, F18)."""
    held = []
    for number, world in enumerate((small(), shuffled(small(), "one"), shuffled(small(), "two"))):
        engine, _ = play(tmp_path / f"{number}.db", world, entropy("order"))
        held.append(files(engine))
        engine.dispose()
    assert held[0].keys() == held[1].keys()
    for name in held[0]:
        assert held[0][name] == held[1][name] == held[2][name], name


def test_nobody_in_scope_is_both_in_and_out_or_neither(at: At) -> None:
    """Each task's scope is its frame and its exclusions, without overlap; frame rows and counts agree."""
    engine = at("frozen")
    held = files(engine)
    keys = {row["blind"]: row["key"] for row in _rows(held["1-keys.jsonl"])}
    parameters = json.loads(held["1-parameters.json"])
    frame, out = _rows(held["1-frame.jsonl"]), _rows(held["1-exclusions.jsonl"])
    labels = {one.id: set[str]() for one in _of(engine, t.Target)}
    for label in _of(engine, t.TargetLabel):
        labels[label.target_id].add(label.label)
    for task in spec().tasks:
        scope = {
            one.key
            for one in _of(engine, t.Target)
            if (not task.scope.labels or labels[one.id] & set(task.scope.labels))
            and (not task.scope.kinds or one.kind in task.scope.kinds)
            and (not task.scope.industries or (one.industry or "").startswith(task.scope.industries))
        }
        inside = [keys[row["blind"]] for row in frame if row["task"] == task.code]
        outside = [keys[row["blind"]] for row in out if row["task"] == task.code]
        assert sorted(inside + outside) == sorted(scope)
        assert len(inside) > 10
    sizes = Counter((row["task"], row["stratum"]) for row in frame)
    assert sizes == {(s["task"], s["stratum"]): s["population"] for s in parameters["strata"]}
    assert parameters["frame_rows"] == len(frame)
    assert {row["blind"] for row in frame + out} == keys.keys()


def test_each_excluded_body_has_its_true_reason(at: At) -> None:
    """Who is left out as not live is not; who is in the frame is live; the reasons are counted in the event."""
    engine = at("frozen")
    held = files(engine)
    keys = {row["blind"]: row["key"] for row in _rows(held["1-keys.jsonl"])}
    live = {one.key for one in _of(engine, t.Target) if one.state is t.TargetState.live}
    assert all(keys[row["blind"]] in live for row in _rows(held["1-frame.jsonl"]))
    reasons = {True: set[str](), False: set[str]()}
    for row in _rows(held["1-exclusions.jsonl"]):
        reasons[keys[row["blind"]] in live].add(row["reason"])
    assert reasons[False] == {"not-live"}
    assert "not-live" not in reasons[True]


def test_strata_keep_classes_apart(at: At) -> None:
    """Each stratum holds the bodies of its stored cells and no other, and a uniform slice is one stratum."""
    engine = at("frozen")
    held = files(engine)
    keys = {row["blind"]: row["key"] for row in _rows(held["1-keys.jsonl"])}
    classes = {one.key: one.risk_class.value if one.risk_class else "" for one in _of(engine, t.Target)}
    from inspect_engine.drawing.tables import DrawStratum

    cells = {(s.task, s.stratum): {cell["class"] for cell in s.cells} for s in _of(engine, DrawStratum)}
    seen: Counter[tuple[str, str]] = Counter()
    for row in _rows(held["1-frame.jsonl"]):
        place = row["task"], row["stratum"]
        if row["task"] != "T06":
            assert classes[keys[row["blind"]]] in cells[place]
        seen[place] += 1
    assert sum(task == "T06" for task, _ in seen) == 1
    assert sum(task == "T01" for task, _ in seen) > 1


# The pool


def test_the_pool_is_of_officers_with_certificates_only(at: At) -> None:
    """Experts and helpers are never in it, nor who has left or holds no certificate; everyone else is, once."""
    engine = at("frozen")
    held = files(engine)
    people = {one.staff_no: one for one in _of(engine, t.Person)}
    departments = {one.code: one.department for one in _of(engine, t.Agency)}
    certified = {one.person_id for one in _of(engine, t.Certificate)}
    members = [name for row in _rows(held["1-persons.jsonl"]) for name in row["person"].split(" ")]
    needed = {one.department for task in spec().tasks for one in task.departments if one.slots}
    expected = {
        name
        for name, one in people.items()
        if one.capacity is Capacity.officer and one.active and one.id in certified
        if departments[one.agency_code] in needed
    }
    assert sorted(members) == sorted(expected)
    assert len(expected) < len(people)


@pytest.mark.parametrize("capacity", [Capacity.expert, Capacity.helper])
def test_no_certificate_makes_an_expert_or_helper_an_officer(at: At, capacity: Capacity) -> None:
    """Who advises or helps is not drawn, whatever certificates and right to lead stand beside the name (F25)."""
    engine = at("new")
    one = next(one for one in _of(engine, t.Person) if one.capacity is capacity)
    card = {"person_id": one.id, "kind": "行政执法证", "number": "expert"}
    _set(engine, sa.insert(t.Certificate).values(**card, expires=date(2030, 1, 1)))
    _set(engine, sa.update(t.Person).where(t.Person.id == one.id).values(may_lead=True))  # type: ignore[arg-type]
    assert _rows_of(_frozen(engine), one.staff_no) == []


def _set(engine: Engine, statement: sa.Executable) -> None:
    with writing(engine) as session:
        session.execute(statement)


def _frozen(engine: Engine) -> dict[str, bytes]:
    STEPS["frozen"](engine)
    return files(engine)


def _rows_of(held: dict[str, bytes], staff_no: str) -> list[dict[str, Any]]:
    codes = [r["officer"] for r in _rows(held["1-persons.jsonl"]) if staff_no in r["person"].split(" ")]
    return [row for row in _rows(held["1-pool.jsonl"]) if row["officer"] in codes]


def _one_officer(engine: Engine) -> Any:
    alone = {one.person_id for one in _of(engine, t.TeamMember)}
    return next(
        one
        for one in _of(engine, t.Person)
        if one.capacity is Capacity.officer and one.id not in alone and one.agency_code.endswith("SJ")
    )


def test_until_is_the_last_day_of_the_last_certificate(at: At) -> None:
    """Of several certificates the one that ends last counts; who holds none any more is not in the pool."""
    engine = at("new")
    one = _one_officer(engine)
    card = {"person_id": one.id, "kind": "第二张证"}
    _set(engine, sa.delete(t.Certificate).where(t.Certificate.person_id == one.id))  # type: ignore[arg-type]
    _set(engine, sa.insert(t.Certificate).values(**card, number="1", expires=date(2026, 12, 9)))
    _set(engine, sa.insert(t.Certificate).values(**card, number="2", expires=date(2026, 12, 20)))
    (row,) = _rows_of(_frozen(engine), one.staff_no)
    assert row["until"] == "2026-12-20"

    other = at("new")
    _set(other, sa.delete(t.Certificate).where(t.Certificate.person_id == one.id))  # type: ignore[arg-type]
    assert _rows_of(_frozen(other), one.staff_no) == []


def test_an_expired_certificate_bars_from_every_later_date(at: At) -> None:
    """After the day on which the last certificate ends, an officer has no chance of any slot (dr1 section 5)."""
    engine = at("new")
    expires = date(2026, 12, 3)
    _set(engine, sa.update(t.Certificate).values(expires=date(2027, 12, 31)))
    one = _one_officer(engine)
    _set(engine, sa.update(t.Certificate).where(t.Certificate.person_id == one.id).values(expires=expires))  # type: ignore[arg-type]
    for state in ("frozen", "seeded", "drawn", "routed", "staffed"):
        STEPS[state](engine)
    held = files(engine)
    (row,) = _rows_of(held, one.staff_no)
    days = {s["slot"]: r["date"] for r in _rows(held["4-routes.jsonl"]) for s in r["slots"]}
    going = {days[w["slot"]] for w in _rows(held["4-weights.jsonl"]) if w["officer"] == row["officer"]}
    assert row["until"] == "2026-12-03"
    assert all(day <= "2026-12-03" for day in going)
    assert any(day > "2026-12-03" for day in days.values())


@pytest.mark.parametrize(
    ("first", "last", "kept"),
    [
        (WINDOW[0] - 9 * DAY, WINDOW[0] - DAY, False),
        (WINDOW[0] - 9 * DAY, WINDOW[0], True),
        (WINDOW[1], WINDOW[1] + 9 * DAY, True),
        (WINDOW[1] + DAY, WINDOW[1] + 9 * DAY, False),
    ],
)
def test_leave_in_the_window_is_frozen(at: At, first: date, last: date, kept: bool) -> None:
    """Leave that touches the windows stands in the pool's row, whole; other leave does not."""
    engine = at("new")
    one = _one_officer(engine)
    _set(engine, sa.delete(t.Leave))
    _set(engine, sa.insert(t.Leave).values(person_id=one.id, first=first, last=last, ground="年休假"))
    (row,) = _rows_of(_frozen(engine), one.staff_no)
    assert row["away"] == ([[first.isoformat(), last.isoformat()]] if kept else [])


@pytest.mark.parametrize(
    ("statement", "there"),
    [
        (lambda: sa.delete(t.Certificate), 0),
        (lambda: sa.update(t.Person).values(capacity=Capacity.expert), 0),
        (lambda: sa.update(t.Person).values(may_lead=False), None),
    ],
)
def test_a_pool_too_small_is_refused(
    at: At, statement: Callable[[], sa.Executable], there: int | None
) -> None:
    """Without officers, or with nobody who may lead, nothing is frozen, and the refusal says whose they lack."""
    engine = at("new")
    _set(engine, statement())
    before = dump(engine)
    with pytest.raises(EngineError) as caught:
        STEPS["frozen"](engine)
    assert caught.value.code == "drawing.pool-too-small"
    assert there is None or caught.value.params["there"] == there
    assert dump(engine) == before


# Relations


def _relations(engine: Engine) -> set[tuple[str, str, str]]:
    """Relations by person and key instead of code and blind; kin as a pair of persons, smaller first."""
    held = files(engine)
    keys = {row["blind"]: row["key"] for row in _rows(held["1-keys.jsonl"])}
    people = {row["officer"]: row["person"] for row in _rows(held["1-persons.jsonl"])}
    found = set()
    for row in _rows(held["1-relations.jsonl"]):
        other = people[row["with"]] if row["ground"] == "kin" else keys[row["with"]]
        pair = (
            sorted((people[row["officer"]], other))
            if row["ground"] == "kin"
            else (people[row["officer"]], other)
        )
        found.add((pair[0], pair[1], row["ground"]))
    return found


def test_relations_are_those_of_the_register_and_of_the_own_station(at: At) -> None:
    """Every relation in force that ties a pooled officer to a body of the draw stands, and no other (slow reading)."""
    engine = at("frozen")
    held = files(engine)
    people = {one.id: one for one in _of(engine, t.Person)}
    pooled = {name: r["person"] for r in _rows(held["1-persons.jsonl"]) for name in r["person"].split(" ")}
    listed = {row["key"] for row in _rows(held["1-keys.jsonl"])}
    targets = {one.id: one for one in _of(engine, t.Target)}
    expected = set()
    for one in _of(engine, t.Relation):
        me = people[one.person_id].staff_no
        if me not in pooled or one.starts > WINDOW[1] or (one.ends and one.ends <= WINDOW[0]):
            continue
        if one.other_id:
            other = people[one.other_id].staff_no
            if other in pooled and pooled[me] != pooled[other]:
                first, second = sorted((pooled[me], pooled[other]))
                expected.add((first, second, "kin"))
            continue
        body = targets[one.target_id].key
        reached = {body} | {x.key for x in targets.values() if x.owner_key == body}
        expected |= {(pooled[me], key, one.ground) for key in reached & listed}
    for person in people.values():
        for target in targets.values():
            own = person.unit_code and person.unit_code == target.station_code
            if own and person.staff_no in pooled and target.key in listed:
                expected.add((pooled[person.staff_no], target.key, "own-station"))
    assert _relations(engine) == expected
    assert Counter(ground == "own-station" for _, _, ground in expected)[False] > 3


@pytest.mark.parametrize(
    ("starts", "ends", "bars"),
    [
        (WINDOW[0], None, True),
        (WINDOW[1], None, True),
        (WINDOW[1] + DAY, None, False),
        (WINDOW[0] - 9 * DAY, WINDOW[0], False),
        (WINDOW[0] - 9 * DAY, WINDOW[0] + DAY, True),
    ],
)
def test_a_relation_bars_while_it_is_in_force(at: At, starts: date, ends: date | None, bars: bool) -> None:
    """It bars from its first day on, no more from the day on which it ends, and from what the body answers for too."""
    engine = at("new")
    one = _one_officer(engine)
    body = next(
        x
        for x in _of(engine, t.Target)
        if x.kind is t.TargetKind.enterprise and x.state is t.TargetState.live
    )
    other = next(x for x in _of(engine, t.Target) if x.kind is t.TargetKind.sole_trader and x.id != body.id)
    _set(engine, sa.delete(t.Relation))
    _set(engine, sa.update(t.Target).where(t.Target.id == other.id).values(owner_key=body.key))  # type: ignore[arg-type]
    row = {"person_id": one.id, "target_id": body.id, "ground": "shareholding", "source": "申报"}
    _set(engine, sa.insert(t.Relation).values(**row, starts=starts, ends=ends))
    _frozen(engine)
    found = {key for _, key, ground in _relations(engine) if ground == "shareholding"}
    assert found == ({body.key, other.key} if bars else set())


def test_kin_stand_once_with_the_smaller_code_first(at: At) -> None:
    """A relation between two officers is one row, whichever of them declared it, and twice declared it is one."""
    engine = at("new")
    officers = [one for one in _of(engine, t.Person) if one.capacity is Capacity.officer][:2]
    _set(engine, sa.delete(t.Relation))
    for me, other in (officers, officers[::-1]):
        row = {"person_id": me.id, "other_id": other.id, "ground": "spouse", "source": "申报"}
        _set(engine, sa.insert(t.Relation).values(**row, starts=date(2020, 1, 1)))
    kin = [r for r in _rows(_frozen(engine)["1-relations.jsonl"]) if r["ground"] == "kin"]
    assert len(kin) == 1
    assert kin[0]["officer"] < kin[0]["with"]


def test_no_related_officer_has_any_chance(at: At) -> None:
    """No weight stands where a relation ties the officer to a body of the route, own station included."""
    held = files(at("staffed"))
    tied = {(r["officer"], r["with"]) for r in _rows(held["1-relations.jsonl"]) if r["ground"] != "kin"}
    routes = {s["slot"]: r["blinds"] for r in _rows(held["4-routes.jsonl"]) for s in r["slots"]}
    weights = _rows(held["4-weights.jsonl"])
    assert weights
    assert not any((w["officer"], blind) in tied for w in weights for blind in routes[w["slot"]])
    officers = {row["officer"] for row in _rows(held["1-pool.jsonl"])}
    barred = {
        (o, slot) for o in officers for slot, blinds in routes.items() if any((o, b) in tied for b in blinds)
    }
    assert barred


# The form meets the registers


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"operator": "nobody"}, "drawing.unknown-agency"),
        ({"tasks": [{"items": ["SJ99-1"]}]}, "planning.item-not-in-force"),
        ({"tasks": [{"items": ["SJ02-1@气象"]}]}, "planning.item-department"),
        ({"tasks": [{"scope": {"regions": ["999999"]}}]}, "planning.unknown-region"),
        ({"tasks": [{"exception": None, "plan_line": 1}]}, "planning.no-plan"),
        ({"tasks": [{"exception": {"ground": "g", "asked_by": "计划岗", "decided_by": "没有此人"}}]}, "drawing.unknown-actor"),
        ({"tasks": [{"window": ["2026-12-05", "2026-12-06"]}]}, "planning.no-work-day"),
        ({"tasks": [{"window": ["2026-12-03", "2030-01-05"]}]}, "registers.calendar-unknown"),
    ],
)  # fmt: skip
def test_a_form_that_the_registers_do_not_bear_opens_no_draw(
    at: At, changes: dict[str, Any], code: str
) -> None:
    """An item not in force, an unknown region or actor, a window without a working day: refused whole."""
    engine = at("empty")
    before = dump(engine)
    order = spec(**changes) if "tasks" not in changes else _spec_with(changes["tasks"][0])
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        open_draw(session, order, act(1), entropy())
    assert caught.value.code == code
    assert dump(engine) == before


def _spec_with(first: dict[str, Any]) -> Any:
    from tests.drawing.world import form

    tasks = form()["tasks"]
    if "window" in first:
        tasks = tasks[:1]
    tasks[0] |= first
    return spec(tasks=[{k: v for k, v in tasks[0].items() if v is not None}, *tasks[1:]])


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"scope": {"labels": ["没有这个标签"]}}, "planning.empty-task"),
        ({"ratios": {"form": "minimum", "A": "5%"}}, "planning.class-without-ratio"),
        ({"ratios": {"form": "count", "all": "100"}}, "planning.count-too-large"),
        ({"ratios": {"form": "maximum", "all": "0.001%"}}, "planning.nothing-drawn"),
    ],
)
def test_a_task_that_cannot_be_drawn_is_not_frozen(at: At, first: dict[str, Any], code: str) -> None:
    """An empty stratum, a class without a ratio, a count above the class, a cap that draws no one: nothing is frozen."""
    engine = at("empty")
    with writing(engine) as session:
        open_draw(session, _spec_with(first), act(1), entropy())
    before = dump(engine)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        freeze(session, DRAW, act(2))
    assert caught.value.code == code
    assert dump(engine) == before
