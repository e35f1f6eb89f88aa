"""Cases for the laws of shortage: by Hypothesis from the benchmark's kinds, and by hand where a law wants one kind alone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from benchmarks.shortage_cases import KINDS, SEED, case
from solver.dr1.eligibility import Officer, Route, Slot
from solver.dr1.encoding import hexdigest, text
from solver.shortage.problem import Case, Trip, Work

D1, D2 = "2026-12-01", "2026-12-02"
END = "2027-12-31"


def order(code: str, day: str) -> str:
    """A hash that nobody chose."""
    return hexdigest(text("tests/shortage", day, code))


WORK = Work(order=order)


@st.composite
def drawn(draw: st.DrawFn) -> Case:
    """A small case of any kind, short or not: some get so many able officers more in one department."""
    made = case(draw(st.sampled_from(KINDS)), draw(st.integers(0, 400)), name="tests")
    ample = tuple(
        officer(f"z{i}", skills="boiler food lift") for i in range(draw(st.sampled_from((0, 0, 9))))
    )
    return replace(made, officers=(*made.officers, *ample))


def officer(code: str, *, lead: bool = True, skills: str = "", away: str = "", until: str = END) -> Officer:
    """An officer of the one department, away on one day at most."""
    spans = ((away, away),) if away else ()
    return Officer(code, "fire", lead, frozenset(skills.split()), "u", until, spans)


def trip(name: str, day: str, skills: str = "", *, days: tuple[str, ...] = (), street: str = "") -> Trip:
    """A route of a lead and a second slot, which asks the skills; its one visit is named like it, in small letters."""
    slots = (
        Slot(f"{name}-1", "fire", True, frozenset()),
        Slot(f"{name}-2", "fire", False, frozenset(skills.split())),
    )
    route = Route(name, day, True, (name.lower(),), slots)
    return Trip(route=route, days=days or (day,), streets=frozenset((street,) if street else ()))


def plain(officers: list[Officer], trips: list[Trip], **more: object) -> Case:
    """A case that allows nothing but what is given."""
    known = {"may_direct": False, "relations": (), "seed": SEED} | more
    return Case(officers=tuple(officers), trips=tuple(trips), **known)  # type: ignore[arg-type]
