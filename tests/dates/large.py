"""Large problems of dates, the same at every run; run it to see how long they take.

python -m tests.dates.large [county|prefecture]
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace
from datetime import date, timedelta

from solver.dates.problem import Outing, Problem, Work
from solver.dates.solve import date_outings
from solver.dr1.eligibility import Officer, Slot
from solver.dr1.encoding import hexdigest, text
from solver.dr1.stream import Stream

SKILLS = ("食品", "特种设备", "计量")
TRADES = ("市监", "应急", "消防", "住建", "生态")


def large(name: str, routes: int, officers: int, counties: int, working_days: int = 21) -> Problem:
    """Routes of one to three departments in counties, a month of days, leave, tied bodies and streets."""
    chance = Stream(hexdigest(text("tests/dates/large", name)))
    days = _days(working_days)
    pool = tuple(_officer(chance, i, counties, days) for i in range(officers))
    outings = tuple(_outing(chance, i, counties, working_days, pool) for i in range(routes))
    blinds = [blind for one in outings for blind in one.blinds]
    barred = frozenset(
        (pool[chance.below(officers)].code, blinds[chance.below(len(blinds))]) for _ in range(routes // 4)
    )
    joint = {
        f"消防-{c}": frozenset(d for d in range(working_days) if d % 5 in (1, 3)) for c in range(counties)
    }
    return Problem(days, outings, pool, barred, joint=joint)


def _days(count: int) -> tuple[date, ...]:
    days: list[date] = []
    day = date(2026, 12, 1)
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)


def _officer(chance: Stream, i: int, counties: int, days: tuple[date, ...]) -> Officer:
    planted = i < 10 * counties  # two leaders for every department
    trade = TRADES[i // counties % 5] if planted else TRADES[max(0, chance.below(8) - 3)]
    skills = frozenset(s for s in SKILLS if chance.below(100) < 75)
    first = chance.below(len(days))
    away = ((days[first].isoformat(), days[min(len(days) - 1, first + 3)].isoformat()),)
    department = f"{trade}-{i % counties}"
    return Officer(
        f"o{i:03d}",
        department,
        planted or chance.below(100) < 70,
        skills,
        "u",
        "2027-12-31",
        away if i % 3 == 0 else (),
    )


def _outing(chance: Stream, i: int, counties: int, width: int, pool: tuple[Officer, ...]) -> Outing:
    county, name = i % counties, f"R{i:03d}"
    trades = [TRADES[0] if chance.below(2) else TRADES[1 + chance.below(4)]]
    if chance.below(100) < 20:
        trades = sorted({*trades, TRADES[chance.below(5)]})
    slots = []
    for place, trade in enumerate(t for t in trades for _ in range(2)):
        slot = Slot(f"{name}-{place}", f"{trade}-{county}", place == 0, frozenset())
        asking = replace(slot, skills=frozenset((SKILLS[chance.below(3)],)))
        able = [o for o in pool if _able(o, asking)]
        slots.append(asking if chance.below(100) < 30 and len(able) > 2 else slot)
    first = chance.below(width // 2)
    last = min(width, first + width // 2 + chance.below(width // 2))
    streets = frozenset(f"s{county}-{chance.below(60)}" for _ in range(2))
    blinds = tuple(f"b{i}-{j}" for j in range(1 + chance.below(4)))
    return Outing(name, tuple(slots), blinds, tuple(range(first, last)), streets)


def _able(officer: Officer, slot: Slot) -> bool:
    """Leave bars and skills aside: the large problems are to be busy, not impossible."""
    return (
        officer.department == slot.department
        and (officer.lead or not slot.lead)
        and slot.skills <= officer.skills
    )


SIZES = {"county": (300, 90, 1), "prefecture": (800, 220, 7)}

if __name__ == "__main__":
    for name in sys.argv[1:] or SIZES:
        problem = large(name, *SIZES[name])
        clock, processor = time.perf_counter(), time.process_time()
        answer = date_outings(problem, Work())
        spent = (
            f"{time.perf_counter() - clock:.1f} s, of the processor {time.process_time() - processor:.1f} s"
        )
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(f"{name}: {spent}, {memory} MiB, {type(answer).__name__}\n{str(answer)[-1500:]}\n")
