"""Small problems of dates by Hypothesis, and all their datings by trying them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from solver.dates.problem import Dated, Lack, Outing, Problem
from solver.dr1.eligibility import Officer, Slot

#: Two calendar weeks: Thursday, Friday, Monday, Tuesday.
DAYS = (date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 7), date(2026, 12, 8))
SKILLS = ("计量", "食品")


def officer(
    code: str, department: str = "甲", *, lead: bool = True, skills: str = "", away: str = ""
) -> Officer:
    """An officer; ``away`` lists indices of days, ``skills`` names parted by blanks."""
    spans = tuple((DAYS[int(d)].isoformat(),) * 2 for d in away)
    return Officer(code, department, lead, frozenset(skills.split()), "u", "2027-12-31", spans)


def slot(name: str, department: str = "甲", *, lead: bool = False, skills: str = "") -> Slot:
    """A slot; ``skills`` as above."""
    return Slot(name, department, lead, frozenset(skills.split()))


def outing(
    name: str,
    *slots: Slot,
    days: tuple[int, ...] = (0, 1, 2, 3),
    streets: str = "",
    stays: int | None = None,
    blinds: tuple[str, ...] = (),
) -> Outing:
    """An outing, by default of one slot that anybody of 甲 can fill."""
    team = slots or (slot(f"{name}-1"),)
    return Outing(name, team, blinds or (f"b{name}",), days, frozenset(streets), stays)


@st.composite
def officers(draw: st.DrawFn, most: int = 4) -> tuple[Officer, ...]:
    """Officers of two departments, some away for a day or two; one of each who can do everything may be among them."""
    able = [
        officer(f"p{k}", k, skills=" ".join(SKILLS))
        for k in "甲乙"
        if draw(st.sampled_from((True, True, False)))
    ]
    return *able, *(
        Officer(
            f"o{i}",
            draw(st.sampled_from("甲甲乙")),
            draw(st.sampled_from((True, True, False))),
            draw(st.sampled_from((frozenset(SKILLS), frozenset(SKILLS), frozenset(SKILLS[:1]), frozenset()))),
            "u",
            draw(st.sampled_from(("2027-12-31", "2027-12-31", "2026-12-07"))),
            draw(st.sampled_from(((), (), (("2026-12-04", "2026-12-07"),), (("2026-12-03", "2026-12-03"),)))),
        )
        for i in range(draw(st.integers(1, most)))
    )


@st.composite
def outings(draw: st.DrawFn, stays: bool) -> tuple[Outing, ...]:
    """One to four outings of one or two slots."""
    found = []
    for i in range(draw(st.integers(2, 4))):
        team = tuple(
            Slot(
                f"R{i}-{k}",
                draw(st.sampled_from("甲甲乙")),
                k == 0 and draw(st.booleans()),
                draw(
                    st.sampled_from((frozenset[str](), frozenset[str](), *(frozenset((s,)) for s in SKILLS)))
                ),
            )
            for k in range(draw(st.sampled_from((1, 1, 2))))
        )
        days = tuple(sorted(draw(st.sets(st.integers(0, 3), min_size=2))))
        now = draw(st.none() | st.integers(0, 3)) if stays else None
        streets = frozenset(draw(st.sets(st.sampled_from("东西"), max_size=1)))
        found.append(Outing(f"R{i}", team, (f"b{i}",), days, streets, now))
    return tuple(found)


@st.composite
def problems(draw: st.DrawFn, *, stays: bool = False, allow_short: bool = False) -> Problem:
    """Problems with every rule in some."""
    people, routes = draw(officers()), draw(outings(stays))
    tied = st.tuples(
        st.sampled_from([o.code for o in people]), st.sampled_from([b for r in routes for b in r.blinds])
    )
    fixed = [one.name for one in routes if one.stays in one.days]
    return Problem(
        days=DAYS,
        outings=routes,
        officers=people,
        barred=frozenset(draw(st.sets(tied, max_size=2))),
        quiet=draw(
            st.dictionaries(st.integers(0, 3), st.sampled_from((Fraction(1, 2), Fraction(2, 3))), max_size=2)
        ),
        joint=draw(
            st.dictionaries(st.sampled_from("甲乙"), st.frozensets(st.integers(0, 3), min_size=2), max_size=1)
        ),
        apart=draw(st.booleans()),
        fixed=frozenset(draw(st.sets(st.sampled_from(fixed), max_size=1))) if fixed else frozenset(),
        allow_short=allow_short,
    )


def datings(problem: Problem) -> Iterator[dict[str, int]]:
    """Every choice of a day for each outing, by its days alone."""
    names = [one.name for one in problem.outings]
    for days in product(*(one.days for one in problem.outings)):
        yield dict(zip(names, days, strict=True))


def claim(days: dict[str, int], missing: int = 0) -> Dated:
    """An answer that claims so much to be missing, for the plain check."""
    lacks = (Lack(0, "", tuple(map(str, range(missing))), (), 0),) if missing else ()
    return Dated(days, 0, missing, lacks, {}, {}, optimal=False)
