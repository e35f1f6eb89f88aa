"""The steps of a draw: one order, each once, and a refused step changes nothing at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import Session, select

from inspect_engine.drawing.changing import change
from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.packing import write_pack
from inspect_engine.drawing.rostering import draw_officers
from inspect_engine.drawing.routes.routing import plan
from inspect_engine.drawing.sampling import draw_targets
from inspect_engine.drawing.seeding import Given, contribute
from inspect_engine.drawing.staffing import staff
from inspect_engine.drawing.steps import NEXT_STEP
from inspect_engine.drawing.tables import Draw, DrawContribution, DrawState
from inspect_engine.drawing.voiding import void
from inspect_engine.errors import EngineError
from inspect_engine.events.log import check_log
from inspect_engine.registers.tables import Capacity, Person
from inspect_engine.store import reading, writing
from tests.drawing.conftest import At
from tests.drawing.world import (
    DICE,
    DRAW,
    PARTY,
    SHARE,
    STATES,
    STEPS,
    act,
    dump,
    entropy,
    files,
    open_draw,
    spec,
    store_at,
)

Step = Callable[[Session, int], object]


def _dice(stage: str) -> Step:
    given = [Given("share", PARTY, SHARE)] if stage == "targets" else []
    given.append(Given("dice", value=DICE[stage]))
    return lambda s, at: contribute(s, DRAW, given, [], act(at))


#: Every step by name: the state that it wants, and the state that it brings.
MOVES: dict[str, tuple[str, str, Step]] = {
    "freeze": ("new", "frozen", lambda s, at: freeze(s, DRAW, act(at))),
    "seed of targets": ("frozen", "seeded", _dice("targets")),
    "targets": ("seeded", "drawn", lambda s, at: draw_targets(s, DRAW, act(at))),
    "routes": ("drawn", "routed", lambda s, at: plan(s, DRAW, act(at))),
    "staff": ("routed", "staffed", lambda s, at: staff(s, DRAW, act(at))),
    "seed of officers": ("staffed", "reseeded", _dice("officers")),
    "officers": ("reseeded", "rostered", lambda s, at: draw_officers(s, DRAW, act(at))),
}


def _code(store: Any, step: Step, minute: int) -> str:
    """Run one step in a transaction of its own; the code of its refusal, or nothing."""
    try:
        with writing(store) as session:
            step(session, minute)
    except EngineError as error:
        return error.code
    return ""


class Ceremony(RuleBasedStateMachine):
    """A drawer who tries everything at any time, against the one order that the protocol allows."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ceremony-"))
        self.minute = 60

    @initialize(state=st.sampled_from(STATES))
    def begin(self, state: str) -> None:
        """Start in any state, so that late steps are tried as often as early ones."""
        self.store = store_at(state, self.folder)
        self.state = state
        self.kept = files(self.store)

    @rule(name=st.sampled_from(sorted(MOVES)))
    def step(self, name: str) -> None:
        """The next step is done and only adds files; any other is refused and changes no row."""
        wanted, brought, run = MOVES[name]
        self.minute += 1
        before = dump(self.store)
        code = _code(self.store, run, self.minute)
        if self.state == wanted:
            assert code == ""
            self.state = brought
            after = files(self.store)
            assert after.keys() > self.kept.keys() or name == "freeze"
            assert {name: after[name] for name in self.kept} == self.kept
            self.kept = after
        elif name.startswith("seed") and self.state in ("frozen", "staffed"):
            assert code == "drawing.contribution-order"
            assert dump(self.store) == before
        else:
            assert code == "drawing.step-order"
            assert dump(self.store) == before

    @rule()
    def open_again(self) -> None:
        """No draw is made twice under one id."""
        before = dump(self.store)
        code = _code(self.store, lambda s, at: open_draw(s, spec(), act(at), entropy("other")), self.minute)
        assert code == "drawing.draw-exists"
        assert dump(self.store) == before

    @rule()
    def open_under_another_name(self) -> None:
        """The same tasks are drawn again only after a void draw, and openly."""
        before = dump(self.store)
        other = spec(draw_id="again")
        code = _code(self.store, lambda s, at: open_draw(s, other, act(at), entropy("other")), self.minute)
        wanted = "drawing.unfollowed-void" if self.state == "void" else "drawing.task-drawn-already"
        if code:  # a draw that was voided before its commitment leaves nothing to follow
            assert code == wanted
            assert dump(self.store) == before
        else:
            assert self.state == "void"
            self.state = "void and followed"

    @rule(two=st.booleans())
    def void_it(self, two: bool) -> None:
        """Two persons may void what nobody can know the outcome of; nobody may void more."""
        self.minute += 1
        before = dump(self.store)
        approver = "审批岗" if two else "抽取岗"
        code = _code(self.store, lambda s, at: void(s, DRAW, approver, act(at, ground="试")), self.minute)
        with reading(self.store) as session:
            known = session.exec(select(DrawContribution)).first() is not None
        if self.state.startswith("void"):
            wanted = "drawing.step-order"
        elif not two:
            wanted = "drawing.void-second-person"
        else:
            wanted = "drawing.no-second-try" if known else ""
        assert code == wanted
        if wanted:
            assert dump(self.store) == before
        else:
            self.state = "void"

    @invariant()
    def nothing_is_deleted_and_the_log_is_whole(self) -> None:
        """The draw stands, its files are those of before, and the chain of events holds."""
        if not hasattr(self, "store"):
            return
        with reading(self.store) as session:
            assert list(check_log(session)) == []
            draw = session.exec(select(Draw).where(Draw.draw_id == DRAW)).one()
            assert self.state.startswith(draw.state.value)
        assert files(self.store) == self.kept

    def teardown(self) -> None:
        """Close and remove the store."""
        if hasattr(self, "store"):
            self.store.dispose()
        shutil.rmtree(self.folder)


TestCeremony = Ceremony.TestCase
TestCeremony.settings = settings(max_examples=15, stateful_step_count=12, derandomize=True)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", MOVES)
def test_no_step_is_taken_out_of_order(at: At, state: str, name: str) -> None:
    """Of all steps in all states just the next one is done; each other one is refused and changes no row."""
    wanted, _, run = MOVES[name]
    if state == wanted:
        return
    store = at(state)
    before = dump(store)
    code = _code(store, run, 60)
    waits = {"frozen", "staffed"}
    assert code in (
        {"drawing.contribution-order"} if state in waits and "seed" in name else {"drawing.step-order"}
    )
    assert dump(store) == before


@pytest.mark.parametrize("state", ["empty", *STATES])
def test_an_unknown_draw_has_no_steps(at: At, state: str) -> None:
    """Every step of a draw that nobody opened is refused by name."""
    store = at(state)
    for _, _, run in MOVES.values():
        with pytest.raises(EngineError) as caught, writing(store) as session:
            _unknown(run)(session, 60)
        assert caught.value.code == "drawing.unknown-draw"


def _unknown(run: Step) -> Step:
    def other(session: Session, minute: int) -> object:
        draw = session.exec(select(Draw)).first()
        if draw is not None:
            draw.draw_id = "nobody's"
            session.flush()
        return run(session, minute)

    return other


def test_the_refusal_names_the_next_command(at: At) -> None:
    """Who tries a step too early is told the state and the command that comes next, in both languages."""
    with pytest.raises(EngineError) as caught, writing(at("new")) as session:
        draw_targets(session, DRAW, act(9))
    assert caught.value.params["next"] == "freeze"
    assert "freeze" in caught.value.remedy("zh")
    assert "freeze" in caught.value.remedy("en")


def test_every_state_has_a_next_step() -> None:
    """No draw can stand where nobody can say what comes next."""
    assert set(NEXT_STEP) == set(DrawState)
    assert list(STATES) == [state.value for state in DrawState][:-1]


@pytest.mark.parametrize("state", STATES)
def test_a_step_repeated_on_a_copy_gives_the_same_bytes(at: At, state: str, tmp_path: Path) -> None:
    """A step is a function of the store and its arguments: two copies end in the same rows and files."""
    place = STATES.index(state)
    if place == len(STATES) - 1:
        return
    one, two = at(state), at(state)
    STEPS[STATES[place + 1]](one)
    STEPS[STATES[place + 1]](two)
    assert dump(one) == dump(two)


def test_no_pack_before_the_commitment(at: At, tmp_path: Path) -> None:
    """Before the first commitment there is nothing to prove: no pack is written, and no file left behind."""
    path = tmp_path / "pack.zip"
    with pytest.raises(EngineError) as caught, writing(at("new")) as session:
        write_pack(session, DRAW, "full", path, act(9))
    assert caught.value.code == "drawing.step-order"
    assert not path.exists()


def test_a_change_is_taken_only_between_the_freezings(at: At) -> None:
    """Before the first commitment and after the second no officer can be made ill or well (F9)."""
    for state in STATES:
        store = at(state)
        before = dump(store)

        def fall_ill(session: Session, minute: int) -> None:
            query = (
                select(Person.staff_no).where(Person.capacity == Capacity.officer).order_by(Person.staff_no)
            )
            person = session.exec(query).first() or ""
            change(
                session,
                DRAW,
                person,
                away=[(date(2026, 12, 24), date(2026, 12, 24))],
                approver="审批岗",
                act=act(minute, ground="病假"),
            )

        code = _code(store, fall_ill, 60)
        if state in ("frozen", "seeded", "drawn", "routed"):
            assert code == ""
        else:
            assert code == "drawing.step-order"
            assert dump(store) == before
