"""Whole loads through a whole draw: every officer has just the slots that were set, whatever the second seed says."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from inspect_engine.drawing import staffing
from inspect_engine.drawing.forecast.predictable import weights_of
from inspect_engine.drawing.packing import write_pack
from inspect_engine.drawing.staffing import problem
from inspect_engine.drawing.steps import find_draw, object_of, rows_of
from inspect_engine.drawing.verifying import verify_file
from inspect_engine.errors import EngineError
from inspect_engine.store import reading, writing
from solver.dr1.verdicts import Report
from solver.roster.caps import smallest_caps
from solver.roster.whole import NoWholeLoads, drawn_order, whole_loads
from tests.drawing.conftest import At
from tests.drawing.playing import play_form
from tests.drawing.world import DRAW, act, dump, form

UNIT = 2**32
DICE = ("16180339887498948482", "14142135623730950488", "17320508075688772935")


def _loads(engine: Engine) -> dict[str, int]:
    """Whole loads of the draw's own problem, found again from its files."""
    with reading(engine) as session:
        draw = find_draw(session, DRAW)
        instance = problem(session, draw).instance
        seed = str(object_of(session, draw, "2-seed.json")["seed"])
        found = whole_loads(
            instance, smallest_caps(instance, UNIT), drawn_order(instance.officers, seed, draw.hash)
        )
    assert not isinstance(found, NoWholeLoads)
    return {o: n for o, n in zip(instance.officers, found, strict=True) if n}


def _slots(engine: Engine) -> Counter[str]:
    with reading(engine) as session:
        return Counter(
            str(row["officer"]) for row in rows_of(session, find_draw(session, DRAW), "6-roster.jsonl")
        )


def _report(engine: Engine, path: Path) -> Report:
    with writing(engine) as session:
        write_pack(session, DRAW, "full", path, act(60))
    return verify_file(path, deep=True)


def _remarks(report: Report) -> set[str]:
    return {finding.code for verdict in report.verdicts for finding in verdict.remarks}


def test_every_roster_keeps_the_whole_loads(at: At, tmp_path: Path) -> None:
    """Three second seeds give different rosters with the same number of slots of each officer, and the deep audit says whole."""
    rosters = set()
    for dice in DICE:
        engine = at("empty")
        play_form(engine, form(loads="whole", pair_cap="1"), dice=dice)
        loads = _loads(engine)
        assert _slots(engine) == loads
        assert len(loads) > 5
        with reading(engine) as session:
            draw = find_draw(session, DRAW)
            rosters.add(tuple(str(row["officer"]) for row in rows_of(session, draw, "6-roster.jsonl")))
            weights = weights_of(session, draw)
        assert len({officer for officer, _, _ in weights}) == len(loads)
    assert len(rosters) > 1
    report = _report(engine, tmp_path / "pack.zip")
    assert not report.failed
    assert {v.check for v in report.verdicts} >= {"deep.loads", "deep.zeros"}
    assert "loads-whole" in _remarks(report)
    assert "loads-even" not in _remarks(report)


def test_even_loads_are_told_as_even(at: At, tmp_path: Path) -> None:
    """The default is weighed evenly: some officer's load is a fraction, and the audit says so."""
    engine = at("rostered")
    with reading(engine) as session:
        total: Counter[str] = Counter()
        for officer, _, weight in weights_of(session, find_draw(session, DRAW)):
            total[officer] += weight
    assert any(Fraction(units, UNIT).denominator > 1 for units in total.values())
    report = _report(engine, tmp_path / "pack.zip")
    assert not report.failed
    assert "loads-even" in _remarks(report)


def test_other_whole_loads_do_not_pass_the_audit(
    at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole loads in an order that the seed did not draw are found out: nobody picks who has the slot more."""
    monkeypatch.setattr(
        staffing, "drawn_order", lambda names, seed, algorithm: tuple(sorted(names, reverse=True))
    )
    engine = at("empty")
    play_form(engine, form(loads="whole", pair_cap="1"))
    assert _slots(engine) != _loads(engine)
    report = _report(engine, tmp_path / "pack.zip")
    assert [v.check for v in report.verdicts if v.outcome.value == "fails"][:1] == ["deep.loads"]


def test_without_whole_loads_the_step_refuses(at: At) -> None:
    """Where the caps leave none nothing is stored, and the words name the ways out; it never weighs evenly instead."""
    engine = at("empty")
    play_form(engine, form(loads="whole", pair_cap="1/2"), until="routed")
    before = dump(engine)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        staffing.staff(session, DRAW, act(10))
    assert caught.value.code == "drawing.no-whole-loads"
    assert dump(engine) == before
    assert "pair_cap" in caught.value.remedy("zh")
    assert 'loads = "even"' in caught.value.remedy("en")
