"""Lotteries of this kind have failed before; each test here bears the number and name of one such failure.

F1 to F28 are the known failures of draws elsewhere (judges in Poland, Ukraine and Georgia, lotteries, housing draws,
procurement experts, spot checks). Those that do not apply yet, and what they wait for:

F2, F24   notices for the public and for a body wait for publication; the packs are files without any gate already
F6        no effort weight can be set or changed yet, so none can be wrong; it comes with the durations of visits
F19, F20  the access log and the timed release wait for officers' accounts; what is sealed when is tested here
F26       substitutes wait for the command that asks for one; the protocol's rules for them are tested in ``tests/dr1``
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import select

from inspect_engine.drawing import service
from inspect_engine.drawing.forecast.predictable import predictability
from inspect_engine.drawing.staffing import days_present
from inspect_engine.drawing.tables import Draw
from inspect_engine.errors import EngineError
from inspect_engine.events.log import check_log
from inspect_engine.events.tables import Event
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.registers.tables import Leave, Person, Target
from inspect_engine.rules import edition
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Assignment, Mode, Slot
from solver.dr1.checker import check
from solver.dr1.eligibility import Officer
from solver.dr1.pack import manifest
from solver.dr1.seed import share_commitment
from solver.dr1.tickets import draw as draw_sample
from solver.dr1.verdicts import Outcome
from tests.drawing.conftest import At
from tests.drawing.world import (
    DICE,
    DRAW,
    PARTY,
    SHARE,
    STATES,
    STEPS,
    act,
    digits,
    dump,
    entropy,
    files,
    form,
    give,
    open_draw,
    small,
    spec,
)

ROOT = Path(__file__).parents[2]


def _rows(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def _pack(engine: Engine) -> dict[str, bytes]:
    held = files(engine) | {"7-events.jsonl": b""}
    return {"manifest.json": manifest(held, "full", DRAW, "sha256"), **held}


def _failing(pack: dict[str, bytes]) -> list[str]:
    return [verdict.check for verdict in check(pack).of(Outcome.FAILS)]


def test_f1_a_secret_algorithm(at: At) -> None:
    """A draw names its protocol, its hash and the edition of the rules; all three are public texts with it."""
    engine = at("rostered")
    parameters = json.loads(files(engine)["1-parameters.json"])
    assert (parameters["protocol"], parameters["hash"]) == ("dr1", "sha256")
    with reading(engine) as session:
        assert session.exec(select(Draw.rules_edition)).one() == edition()
    assert (ROOT / "docs" / "protocol" / "dr1.md").is_file()


def test_f3_only_long_run_statistics_can_be_checked(at: At) -> None:
    """One draw is recomputed from its own pack, without the store, the registers or any other draw; also F27."""
    report = check(_pack(at("rostered")))
    assert report.of(Outcome.FAILS) == ()
    unseen = {verdict.check for verdict in report.of(Outcome.UNSEEN)}
    assert unseen <= {"targets.witness", "officers.witness"}


# F4: the button that leaves a candidate out


def _exclusion(**changes: str) -> dict[str, str]:
    key = next(
        row.key for row in small().targets if row.state.value == "live" and row.kind.value == "enterprise"
    )
    row = {"key": key, "task": "T03", "ground": "under-case", "evidence": "案号 1"}
    return {**row, "asked_by": "计划岗", "decided_by": "审批岗", **changes}


def _opened(engine: Engine, **changes: Any) -> None:
    with writing(engine) as session:
        open_draw(session, DrawSpec.model_validate(form(**changes)), act(1, "计划岗"), entropy())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ground": "不想查"}, "drawing.exclusion-ground"),
        ({"ground": "yearly-cap"}, "drawing.exclusion-ground"),
        ({"key": "没有这个主体"}, "drawing.unknown-target"),
        ({"decided_by": "没有此人"}, "drawing.unknown-actor"),
        ({"asked_by": "没有此人"}, "drawing.unknown-actor"),
    ],
)
def test_f4_the_exclude_button_without_a_ground(at: At, changes: dict[str, str], code: str) -> None:
    """An exclusion by hand needs a listed ground that no rule sets by itself, a real body and two real persons."""
    engine = at("empty")
    before = dump(engine)
    with pytest.raises(EngineError) as caught:
        _opened(engine, exclusions=[_exclusion(**changes)])
    assert caught.value.code == code
    assert dump(engine) == before


def test_f4_exclusions_are_counted_by_ground(at: At) -> None:
    """A lawful exclusion by hand stands in the committed file, and its ground is counted in the event and status."""
    engine = at("empty")
    _opened(engine, exclusions=[_exclusion()])
    STEPS["frozen"](engine)
    keys = {row["blind"]: row["key"] for row in _rows(files(engine)["1-keys.jsonl"])}
    out = [row for row in _rows(files(engine)["1-exclusions.jsonl"]) if row["reason"] == "under-case"]
    assert [(keys[row["blind"]], row["task"]) for row in out] == [(_exclusion()["key"], "T03")]
    assert not any(
        keys[row["blind"]] == _exclusion()["key"] and row["task"] == "T03"
        for row in _rows(files(engine)["1-frame.jsonl"])
    )
    with reading(engine) as session:
        body = session.exec(select(Event.body).where(Event.kind == "draw.frozen")).one()
        assert json.loads(body)["data"]["exclusions"]["under-case"] == 1
        assert "under-case 1" in service.status(session, DRAW)["excluded"]


def test_f5_weights_edited_by_hand(at: At) -> None:
    """Weights follow from the frozen files alone, and one that is edited afterwards makes its checks fail."""
    one, two = at("routed"), at("routed")
    STEPS["staffed"](one)
    STEPS["staffed"](two)
    assert files(one)["4-weights.jsonl"] == files(two)["4-weights.jsonl"]
    pack = _pack(at("rostered"))
    rows = _rows(pack["4-weights.jsonl"])
    rows[0]["weight"] += 1
    pack["4-weights.jsonl"] = b"".join(
        json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n" for row in rows
    )
    assert {"roots.weights", "weights.slots"} <= set(_failing(pack))


def test_f7_absentees_rewarded() -> None:
    """The share of work that an officer owes is counted in days present: away for half the dates, owed for half."""
    dates = {f"2026-12-{day:02d}" for day in range(1, 11)}
    away = (("2026-12-01", "2026-12-05"),)
    there = Officer("a", "市监", True, frozenset(), "u", "2027-01-01", ())
    half = Officer("b", "市监", True, frozenset(), "u", "2027-01-01", away)
    expired = Officer("c", "市监", True, frozenset(), "u", "2026-12-02", ())
    assert days_present([there, half, expired], dates) == {"a": 10, "b": 5, "c": 2}


def test_f8_a_small_pool_makes_the_outcome_certain(at: At) -> None:
    """Every slot has its largest chance and effective number stated, and those below the rules' floor are named."""
    with reading(at("staffed")) as session:
        report = predictability(session, DRAW)
        slots = {
            row["slot"] for route in _rows(files(at("staffed"))["4-routes.jsonl"]) for row in route["slots"]
        }
    assert {one.slot for one in report.slots} == slots
    for one in report.slots:
        assert 1 <= one.effective <= one.candidates + 1e-9
        assert 1 / one.candidates - 1e-9 <= one.largest <= 1
        assert (one.largest > 0.5 or one.effective < 2) <= (one in report.poor)
    assert sum(key.endswith("poor slots") for key in report.summary()) == 1


def test_f9_twenty_nine_judges_ill_at_once(at: At) -> None:
    """Leave entered once the pool is frozen does not shrink this draw, however many fall ill at once."""
    well, ill = at("frozen"), at("frozen")
    with writing(ill) as session:
        for person in session.exec(select(Person.id)).all():
            span = {"first": date(2026, 12, 1), "last": date(2026, 12, 31)}
            session.execute(sa.insert(Leave).values(person_id=person, ground="病假", **span))
    for state in ("seeded", "drawn", "routed", "staffed"):
        STEPS[state](well)
        STEPS[state](ill)
    assert files(ill) == files(well)


def test_f10_assignment_by_hand(at: At) -> None:
    """Every slot, the leading one too, is filled by the lottery and by nothing else; no command names an officer (F25)."""
    engine = at("rostered")
    people = {row["officer"]: row["person"] for row in _rows(files(engine)["1-persons.jsonl"])}
    roster = {row["slot"]: people[row["officer"]] for row in _rows(files(engine)["6-roster.jsonl"])}
    with reading(engine) as session:
        query = (
            select(Slot.code, Person.staff_no, Assignment.mode)
            .join(Assignment, Assignment.slot_id == Slot.id)  # type: ignore[arg-type]
            .join(Person, Person.id == Assignment.person_id)  # type: ignore[arg-type]
        )
        rows = session.exec(query).all()
        total = len(session.exec(select(Slot)).all())
    assert {code: staff for code, staff, _ in rows}.keys() == roster.keys()
    assert all(staff in roster[code].split(" ") for code, staff, _ in rows)
    assert {mode for _, _, mode in rows} == {Mode.lottery}
    assert len(roster) == total


def test_f11_exemptions_until_few_are_random(at: At) -> None:
    """How much of the work is left to chance is a figure of each draw: the rate at which an insider guesses right."""
    with reading(at("staffed")) as session:
        shown = service.predictability(session, DRAW).summary()
    (rate,) = [value for key, value in shown.items() if key.endswith("guess rate")]
    assert 0 < float(rate.rstrip("%")) < 100


# F12: the same file handed in again


def test_f12_one_body_has_one_ticket(at: At) -> None:
    """A body in several tasks has one blind, and so one ticket, in all of them: no row more gives it another chance."""
    held = files(at("drawn"))
    seed = json.loads(held["2-seed.json"])["seed"]
    frame = _rows(held["1-frame.jsonl"])
    tasks = Counter(row["blind"] for row in frame)
    assert max(tasks.values()) > 1
    assert len({(row["task"], row["blind"]) for row in frame}) == len(frame)
    assert len({row["key"] for row in _rows(held["1-keys.jsonl"])}) == len(tasks.keys() | _excluded(held))
    strata: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for row in _rows(held["3-sample.jsonl"]):
        ticket = hashlib.sha256(f"dr1/ticket\n{seed}\n\n{row['blind']}".encode()).hexdigest()
        strata.setdefault((row["task"], row["stratum"]), []).append((ticket, row["rank"]))
    for ranked in strata.values():
        assert [rank for _, rank in sorted(ranked)] == list(range(1, len(ranked) + 1))


def _excluded(held: dict[str, bytes]) -> set[str]:
    return {row["blind"] for row in _rows(held["1-exclusions.jsonl"])}


def test_f12_no_body_stands_in_the_register_twice(at: At) -> None:
    """The store itself refuses a second row under a key that is there."""
    engine = at("empty")
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as session:
        one = session.exec(select(Target)).first()
        assert one is not None
        values = {
            "key": one.key,
            "name": "重报",
            "kind": one.kind,
            "supervising_region": one.supervising_region,
        }
        session.execute(sa.insert(Target).values(**values, changed_at=act().at, address="", risk_source=""))


def test_f13_software_altered_without_trace(at: At) -> None:
    """Each step leaves an event in the chain, with who, when and what, and the chain is whole at the end."""
    engine = at("rostered")
    with reading(engine) as session:
        assert list(check_log(session)) == []
        kinds = [event.kind for event in session.exec(select(Event).order_by(sa.text("seq")))]
    steps = [
        "opened",
        *["consented"] * 2,
        "frozen",
        "contributed",
        "contributed",
        "seeded",
        "targets-drawn",
        "routed",
        "staffed",
    ]
    steps += ["contributed", "seeded", "rostered"]
    assert [kind for kind in kinds if kind.startswith("draw.")] == [f"draw.{step}" for step in steps]


# F14: redraw until it suits


def _tried(engine: Engine, state: str) -> list[str]:
    """Try every way to draw again; the codes of the refusals."""
    again = {
        "frozen": lambda s: service.freeze(s, DRAW, act(60)),
        "seeded": lambda s: service.contribute(s, DRAW, [service.Given("dice", value="9" * 20)], [], act(60)),
        "drawn": lambda s: service.draw_targets(s, DRAW, act(60)),
        "routed": lambda s: service.plan(s, DRAW, act(60)),
        "staffed": lambda s: service.staff(s, DRAW, act(60)),
        "rostered": lambda s: service.draw_officers(s, DRAW, act(60)),
        "void": lambda s: service.void(s, DRAW, "审批岗", act(60, ground="结果不合适")),
        "same": lambda s: service.open_draw(s, spec(), act(60), entropy("again")),
        "other": lambda s: service.open_draw(s, spec(draw_id="other"), act(60), entropy("again")),
        "after": lambda s: service.open_draw(s, spec(draw_id="other", after=DRAW), act(60), entropy("again")),
    }
    done = set(STATES[: STATES.index(state) + 1]) | {"void", "same", "other", "after"}
    if state == "staffed":  # dice are what comes next here, for the second stage
        done.discard("seeded")
    codes = []
    for name, run in again.items():
        if name in done:
            with pytest.raises(EngineError) as caught, writing(engine) as session:
                run(session)
            codes.append(caught.value.code)
    return codes


@pytest.mark.parametrize("state", STATES[2:])
def test_f14_redraw_until_it_suits(at: At, state: str) -> None:
    """Once anything is known there is no way to another outcome: each is refused, and no row has changed."""
    engine = at(state)
    before = dump(engine)
    codes = _tried(engine, state)
    assert set(codes) <= {
        *("drawing.step-order", "drawing.no-second-try", "drawing.draw-exists", "drawing.task-drawn-already"),
        "drawing.contribution-order",
    }
    assert len(codes) >= 6
    assert dump(engine) == before


def test_f15_an_insider_rigs_the_generator(at: At) -> None:
    """The seed hangs on every contribution: another share, a withheld one, or one other digit draws other bodies."""
    drawn: set[bytes] = set()
    rolls = [DICE["targets"], *digits("f15", 3)]
    for value in rolls:
        for given in (service.Given("share", PARTY, SHARE), service.Given("withheld", PARTY)):
            engine = at("frozen")
            with writing(engine) as session:
                service.contribute(session, DRAW, [given, service.Given("dice", value=value)], [], act(3))
            STEPS["drawn"](engine)
            drawn.add(files(engine)["3-sample.jsonl"])
    assert len(drawn) == 8


def test_f15_nobody_gives_the_last_word(at: At) -> None:
    """A party that holds a share never gives last, when it could choose between two known outcomes."""
    rule = [{"kind": "dice", "digits": 20}, {"kind": "share", "party": PARTY}]
    rule[1]["commitment"] = share_commitment(PARTY, SHARE)
    with pytest.raises(EngineError) as caught:
        _opened(at("empty"), seed={"targets": rule, "officers": form()["seed"]["officers"]})
    assert caught.value.code == "drawing.seed-rule"


def test_f16_outcomes_excluded_silently(at: At) -> None:
    """Over 400 seeds every body is drawn about as often as its chance says, and none is left out for ever.

    In a stratum of n with chance p the counts' squared deviations over 400·p·(1 − p) sum to n − 1 on average; all
    strata together stay within six standard deviations. The seeds are fixed.
    """
    held = files(at("frozen"))
    frame = [(row["task"], row["stratum"], row["blind"]) for row in _rows(held["1-frame.jsonl"])]
    strata = json.loads(held["1-parameters.json"])["strata"]
    chance = {(s["task"], s["stratum"]): s["take"] / s["population"] for s in strata}
    taken: Counter[tuple[str, str, str]] = Counter()
    for number in range(400):
        sample = draw_sample(frame, strata, hashlib.sha256(f"f16 {number}".encode()).hexdigest())
        rows = [row for row in sample.rows if row["taken"]]
        taken.update((str(row["task"]), str(row["stratum"]), str(row["blind"])) for row in rows)
    open_rows = [(row, chance[row[:2]]) for row in frame if chance[row[:2]] < 1]
    assert all(taken[row] > 0 for row, p in open_rows if 400 * p > 12)
    squares = sum((taken[row] - 400 * p) ** 2 / (400 * p * (1 - p)) for row, p in open_rows)
    freedom = len(open_rows) - sum(p < 1 for p in chance.values())
    assert freedom > 300
    assert abs(squares - freedom) < 6 * (2 * freedom) ** 0.5


def test_f16_repeated_digits_refused(at: At) -> None:
    """Dice that all show the same are as good as any: no pattern of digits is thrown away as unlikely."""
    given = [service.Given("share", PARTY, SHARE), service.Given("dice", value="7" * 20)]
    with writing(at("frozen")) as session:
        assert service.contribute(session, DRAW, given, [], act(3)).seed


def test_f17_eligibility_changed_after_the_draw(at: At) -> None:
    """Who was in, who was out and why is hashed before the draw: another row in either file fails its root."""
    whole = _pack(at("rostered"))
    for name, check_id in (("1-frame.jsonl", "roots.frame"), ("1-exclusions.jsonl", "roots.exclusions")):
        pack = dict(whole)
        pack[name] = pack[name][pack[name].index(b"\n") + 1 :]
        assert check_id in _failing(pack)


def test_f18_whole_offices_exempt(at: At) -> None:
    """Every stratum draws someone, so that each eligible body has the chance take/population, and none has zero."""
    held = files(at("frozen"))
    strata = json.loads(held["1-parameters.json"])["strata"]
    assert all(0 < row["take"] <= row["population"] for row in strata)
    sizes = Counter((row["task"], row["stratum"]) for row in _rows(held["1-frame.jsonl"]))
    assert sizes == {(row["task"], row["stratum"]): row["population"] for row in strata}


def test_f20_names_leak_between_draw_and_visit(at: At) -> None:
    """No step prints, returns or logs who is drawn or who goes; counts are all that a screen in the hall shows."""
    engine = at("seeded")
    told = []
    with writing(engine) as session:
        told.append(service.draw_targets(session, DRAW, act(4)))
        told.append(service.plan(session, DRAW, act(5)))
        service.staff(session, DRAW, act(6))
    give(engine, "officers", 7)
    with writing(engine) as session:
        told.append(service.draw_officers(session, DRAW, act(8)))
    assert all(isinstance(value, int) for counts in told for value in counts.values())
    assert {name for counts in told for name in counts} == {
        *("joint", "reserve", "taken", "visits", "days", "desk", "over", "road", "routes", "short", "shut"),
        *("slots", "officers"),
    }


def test_f21_one_seed_for_several_rounds(at: At) -> None:
    """The second stage takes fresh contributions: the first stage's dice are refused, and the seeds differ."""
    engine = at("staffed")
    used = [service.Given("dice", value=DICE["targets"])]
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        service.contribute(session, DRAW, used, [], act(7))
    assert caught.value.code == "drawing.contribution-used"
    give(engine, "officers", 7)
    seeds = [json.loads(files(engine)[name])["seed"] for name in ("2-seed.json", "5-seed.json")]
    assert seeds[0] != seeds[1]


def test_f22_published_inputs_differ_from_those_hashed(at: At) -> None:
    """One byte more, less or other in any file of the pack, and a checker that sees nothing but the pack says so."""
    whole = _pack(at("rostered"))
    for name, content in whole.items():
        for spoilt in (content[:-2] + b"\n", content + b"\n", content.replace(b"1", b"2", 1)):
            if spoilt != content:
                assert _failing(whole | {name: spoilt}), name


_PLAY = """
import hashlib, random, sys
from pathlib import Path
import numpy
random.seed(int(sys.argv[2])); numpy.random.seed(int(sys.argv[2]))
from tests.drawing.public import play
from tests.drawing.world import entropy, files, small
engine, _ = play(Path(sys.argv[1]), small(), entropy("f23"))
print(hashlib.sha256(repr(sorted(files(engine).items())).encode()).hexdigest())
"""


def test_f23_a_librarys_state_changes_the_draw(tmp_path: Path) -> None:
    """Neither Python's hash seed nor any library's generator moves a byte: chance comes from the protocol alone."""
    found = set()
    for number in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", _PLAY, str(tmp_path / f"{number}.db"), number],
            env={**os.environ, "PYTHONHASHSEED": number},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1
    assert len(found.pop().strip()) == 64


def test_f28_firms_in_the_wrong_risk_class(at: At) -> None:
    """A uniform slice is drawn without regard to class, so that wrong classes show; classes bear source and date."""
    engine = at("drawn")
    held = files(engine)
    keys = {row["blind"]: row["key"] for row in _rows(held["1-keys.jsonl"])}
    with reading(engine) as session:
        rows = session.execute(
            sa.select(Target.key, Target.risk_class, Target.risk_source, Target.risk_date)
        ).all()  # type: ignore[call-overload]
    classed = {key: risk for key, risk, _, _ in rows}
    assert all(source and day for _, risk, source, day in rows if risk)
    slice_ = [row for row in _rows(held["1-frame.jsonl"]) if row["task"] == "T06"]
    assert len({row["stratum"] for row in slice_}) == 1
    assert len({classed[keys[row["blind"]]] for row in slice_}) >= 4
