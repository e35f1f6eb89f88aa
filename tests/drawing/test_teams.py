"""Standing teams drawn as one code: they go whole or not at all, and what befalls one befalls all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.changing import change, change_rows
from inspect_engine.drawing.packing import write_pack
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.drawing.verifying import verify_file
from inspect_engine.errors import EngineError
from inspect_engine.registers.officers import members
from inspect_engine.registers.tables import Leave, Person, Relation, Target, TeamMember
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Assignment, Slot
from inspect_engine.visits.teams import SINGLE, TEAM
from solver.dr1.encoding import Row
from solver.dr1.verdicts import Outcome
from tests.drawing.conftest import At
from tests.drawing.playing import by_staff_no, officers_of_department, pair_up, play_form
from tests.drawing.world import DRAW, act, form

HOST = "市监"


def _form(teams: str, *codes: str) -> dict[str, Any]:
    """Tasks of the small county, by default those of one department alone, with its teams drawn so."""
    made = form(composition=[{"department": HOST, "teams": teams}], own_station=False)
    made["tasks"] = [task for task in made["tasks"] if task["code"] in (codes or ("T03", "T06"))]
    next(t for t in made["tasks"] if t["code"] == "T03")["ratios"] = {"form": "exact", "all": "60%"}
    return made


def _pool(session: Session) -> tuple[dict[str, Row], dict[str, str]]:
    """Person's text → row of the pool, and → code."""
    draw = find_draw(session, DRAW)
    rows = {row["officer"]: row for row in rows_of(session, draw, "1-pool.jsonl")}
    persons = {str(row["person"]): str(row["officer"]) for row in rows_of(session, draw, "1-persons.jsonl")}
    return {person: rows[code] for person, code in persons.items()}, persons


def test_a_team_is_one_row_of_the_pool(at: At) -> None:
    """Lead of any, skills of all, away when one is, certified until the first card ends; nobody is in two codes."""
    engine = at("empty")
    teams = pair_up(engine, HOST, leave=4)
    with writing(engine) as session:
        for team in list(teams)[:2]:
            for i, staff_no in enumerate(teams[team]):
                day = date(2026, 12, 8 + i)
                person = by_staff_no(session, staff_no).id or 0
                session.add(Leave(person_id=person, first=day, last=day + timedelta(2), ground="病假"))
    play_form(engine, _form("mixed"), "frozen")
    with reading(engine) as session:
        rows, _ = _pool(session)
        there = members(session, [HOST], date(2026, 12, 3), date(2026, 12, 28))
        alone = {m.person.staff_no: (m, m.person.may_lead) for m in there}
    assert len(teams) > 3
    for staff_nos in teams.values():
        row, of = rows[" ".join(sorted(staff_nos))], [alone[one][0] for one in staff_nos]
        assert row["lead"] is any(alone[one][1] for one in staff_nos)
        assert {*row["skills"]} == {s for m in of for s in m.skills} | {TEAM}  # type: ignore[misc]
        assert row["until"] == min(m.until for m in of).isoformat()
        spans = {(a.isoformat(), b.isoformat()) for m in of for a, b in m.away}
        assert {tuple(span) for span in row["away"]} == spans  # type: ignore[union-attr, arg-type]
    assert sum(len(rows[" ".join(sorted(t))]["away"]) > 1 for t in teams.values()) >= 2  # type: ignore[arg-type]
    everybody = Counter(one for person in rows for one in person.split(" "))
    assert {*everybody} == {*alone}
    assert {*everybody.values()} == {1}
    assert all(SINGLE in row["skills"] for person, row in rows.items() if " " not in person)  # type: ignore[operator]


@pytest.mark.parametrize("teams", ["only", "mixed"])
def test_a_drawn_team_goes_whole(teams: str, at: At, tmp_path: Path) -> None:
    """Every roster row of a team gives each member the slot, nobody else; every check of the pack holds."""
    engine = at("empty")
    made = pair_up(engine, HOST, leave=4)
    play_form(engine, _form(teams))
    with writing(engine) as session:
        write_pack(session, DRAW, "full", tmp_path / "pack.zip", act(60))
        _, codes = _pool(session)
        staff = dict(session.exec(select(Person.id, Person.staff_no)).all())
        sent: dict[str, set[str]] = {}
        for slot, person in session.exec(
            select(Slot.code, Assignment.person_id).join(Slot, col(Slot.id) == col(Assignment.slot_id))
        ):
            sent.setdefault(slot, set()).add(staff[person])
        roster = {
            str(row["slot"]): str(row["officer"])
            for row in rows_of(session, find_draw(session, DRAW), "6-roster.jsonl")
        }
    person_of = {code: person for person, code in codes.items()}
    assert sent == {slot: {*person_of[code].split(" ")} for slot, code in roster.items()}
    whole = [slot for slot, people in sent.items() if len(people) == 2]
    assert len(whole) >= 3
    assert all(sorted(sent[slot]) in [sorted(t) for t in made.values()] for slot in whole)
    if teams == "only":
        assert len(whole) == len(sent)
        assert all(" " in person for person in codes)
    report = verify_file(tmp_path / "pack.zip", deep=True)
    assert not report.failed
    assert {v.check: v.outcome for v in report.verdicts}["secrets.persons"] is Outcome.HOLDS


def _relate(session: Session, first: str, other: Person | Target, ground: str) -> None:
    person = by_staff_no(session, first).id or 0
    row = Relation(person_id=person, ground=ground, starts=date(2020, 1, 1), source="test")
    if isinstance(other, Person):
        row.other_id = other.id
    else:
        row.target_id = other.id
    session.add(row)


def test_what_bars_a_member_bars_the_team(at: At) -> None:
    """A member's relation to a body stands under the team's code, and kin of members are kin of codes."""
    engine = at("empty")
    teams = [*pair_up(engine, HOST, leave=4).values()]
    with writing(engine) as session:
        session.execute(sa.delete(Relation))
        target = session.exec(select(Target).where(col(Target.kind) == "enterprise")).first()
        assert target is not None
        for staff_no in teams[0]:
            _relate(session, staff_no, target, "shareholding")
        _relate(session, teams[0][1], by_staff_no(session, teams[1][1]), "kin")
        _relate(session, teams[0][0], by_staff_no(session, teams[1][0]), "superior")
    play_form(engine, _form("mixed"), "frozen")
    with reading(engine) as session:
        rows = rows_of(session, find_draw(session, DRAW), "1-relations.jsonl")
        _, codes = _pool(session)
    first, second = (codes[" ".join(sorted(team))] for team in teams[:2])
    assert {(r["ground"], r["officer"]) for r in rows if r["ground"] != "kin"} == {("shareholding", first)}
    assert [(r["officer"], r["with"]) for r in rows if r["ground"] == "kin"] == [
        tuple(sorted((first, second)))
    ]


def _kin(session: Session, team: list[str]) -> None:
    _relate(session, team[0], by_staff_no(session, team[1]), "spouse")


def _gone(session: Session, team: list[str]) -> None:
    by_staff_no(session, team[0]).active = False


def _elsewhere(session: Session, team: list[str]) -> None:
    other = officers_of_department(session, "环保")[0]
    by_staff_no(session, team[0]).agency_code = other.agency_code


def _alone(session: Session, team: list[str]) -> None:
    session.delete(session.get_one(TeamMember, by_staff_no(session, team[0]).id))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_kin, "drawing.team-kin"),
        (_gone, "drawing.team-member"),
        (_elsewhere, "drawing.team-departments"),
        (_alone, "drawing.team-small"),
    ],
)
def test_a_team_that_cannot_go_whole_is_refused(
    spoil: Callable[[Session, list[str]], None], code: str, at: At
) -> None:
    """Kin in one team, a member who cannot be sent, two departments, one member: nothing is frozen, with words."""
    engine = at("empty")
    teams = [*pair_up(engine, HOST, leave=4).values()]
    play_form(engine, _form("mixed", "T01", "T03"), "new")
    with writing(engine) as session:
        spoil(session, teams[1])
    from inspect_engine.drawing.freezing import freeze

    with pytest.raises(EngineError) as caught, writing(engine) as session:
        freeze(session, DRAW, act(2))
    assert caught.value.code == code
    assert caught.value.message("zh")
    assert caught.value.remedy("en")
    with reading(engine) as session:
        assert session.exec(select(Draw.state)).one() is DrawState.new


def test_a_members_illness_is_the_teams(at: At) -> None:
    """A change of one member stands under the team's code; the other member's too."""
    engine = at("empty")
    team = [*pair_up(engine, HOST, leave=4).values()][2]
    play_form(engine, _form("mixed"), "frozen")
    with writing(engine) as session:
        span = (date(2026, 12, 9), date(2026, 12, 10))
        for minute, staff_no in enumerate(team, 3):
            change(session, DRAW, staff_no, away=[span], approver="审批岗", act=act(minute, ground="病假"))
    with reading(engine) as session:
        _, codes = _pool(session)
        found = change_rows(session, find_draw(session, DRAW))
    assert [row["officer"] for row in found] == [codes[" ".join(sorted(team))]] * 2


def test_without_being_asked_teams_are_drawn_singly(at: At) -> None:
    """Standing teams in the register change nothing where the form asks for none."""
    engine = at("empty")
    pair_up(engine, HOST)
    values = _form("mixed") | {"composition": []}
    play_form(engine, values, "frozen")
    with reading(engine) as session:
        rows, _ = _pool(session)
        assert session.exec(select(TeamMember)).first() is not None
    assert len(rows) > 10
    assert not [person for person in rows if " " in person]
    assert not [s for row in rows.values() for s in row["skills"] if s in (TEAM, SINGLE)]  # type: ignore[union-attr]
