"""Draw the months of a year by tickets, and replay them on what was really found.

Draw      each month has a seed of its own; in each stratum the lowest tickets of dr1 of those not drawn in an earlier month.
          A body of a stratum of N, of which y_m are drawn in month m, is drawn in m with chance y_m / N exactly    (1)
Replay    a body drawn in a month is taken as seen on the month's 15th, or on the nearest day of the replay. What is found
          is what its real inspection nearest to that day found, the earlier of two; of who had none, nothing is known  (2)
Orders    each body's first real inspection of the replay, set in a new order on the same days: rank by rank, equal ranks
          by ticket. A visit in a rank has the mean of the rank's days as its expected day                          (3)
Sooner    mean over problems found of the real day less the replayed day, in days; > 0 is sooner than really happened (4)
Unseen    share of bodies never drawn in the replay, of all and of those of whom some real inspection found a problem; and
          after three years of the same plan, drawn anew each: the mean of (1 - p)³ over bodies, p = Σ_m y_m / N    (5)
Inspectors what a policy would find if every group of inspectors found its own mean of the replay wherever it goes: what of a
          policy's figure comes of who was sent. It looks at outcomes, as figures do, and no draw sees it               (6)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from benchmarks.histories_cases import Case, Visit
from benchmarks.histories_policies import Policy
from solver.dr1.encoding import Row, hexdigest, text
from solver.dr1.tickets import draw, ticket

#: A body and the month in which it is drawn.
Drawn = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Problems found per 100 visits; days sooner (4); shares never seen (5): of all, and of those with a problem."""

    per_100: float
    sooner: float
    unseen: float
    unseen_found: float


def seed(case: str, number: int, month: int = 0) -> str:
    """Return the seed of a month of one run; the same for every policy."""
    return hexdigest(text("benchmarks.histories", case, str(number), str(month)))


def drawn(policy: Policy, months: Sequence[int], case: str, number: int) -> list[Drawn]:
    """Draw month after month (1)."""
    left = dict(policy.stratum)
    out: list[Drawn] = []
    for month in months:
        size = Counter(left.values())
        takes = {s: n for (s, m), n in sorted(policy.takes.items()) if m == month and n}
        rows: list[Row] = [
            {"task": "visit", "stratum": s, "group": "g", "population": size[s], "take": n, "reserve": 0}
            for s, n in takes.items()
        ]
        frame = (("visit", s, body) for body, s in left.items() if s in takes)
        taken = [str(row["blind"]) for row in draw(frame, rows, seed(case, number, month)).rows]
        out += [(body, month) for body in taken]
        for body in taken:
            del left[body]
    return out


def days(case: Case) -> dict[int, date]:
    """Return each month's day of the replay (2)."""
    return {m: min(max(date(case.start.year, m, 15), case.start), case.end) for m in case.months}


def nearest(visits: Iterable[Visit], day: date) -> Visit:
    """Return the inspection nearest to the day, the earlier of two (2)."""
    return min(visits, key=lambda v: (abs(v.day - day), v.day))


def by_body(visits: Iterable[Visit]) -> dict[str, list[Visit]]:
    """Return each body's inspections."""
    out: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        out[visit.body].append(visit)
    return dict(out)


def chances(policy: Policy) -> dict[Drawn, float]:
    """Return the exact chance of each body to be drawn in each month (1)."""
    size = Counter(policy.stratum.values())
    of: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for (stratum, month), take in policy.takes.items():
        if take:
            of[stratum].append((month, take / size[stratum]))
    return {(body, m): p for body, s in policy.stratum.items() for m, p in of[s]}


def replay(
    weight: Mapping[Drawn, float], real: Mapping[str, Sequence[Visit]], on: Mapping[int, date]
) -> Figures:
    """Look up what would have been found, and when.

    Parameters
    ----------
    weight : mapping of (body, month) to float
        1 for the drawn, or the chances: the figures are then expectations, days sooner the ratio of two of them.
    real : mapping of str to sequence of Visit
        Each body of the frame and its real inspections, at least one.
    on : mapping of int to date
        Each month's day of the replay.
    """
    visits = found = gained = 0.0
    seen: dict[str, float] = defaultdict(float)
    for (body, month), chance in weight.items():
        visit = nearest(real[body], on[month])
        visits += chance
        found += chance * visit.found
        gained += chance * visit.found * (visit.day - on[month]).days
        seen[body] += chance
    faulty = [body for body, its in real.items() if any(v.found for v in its)]
    return Figures(
        per_100=100 * found / visits if visits else 0.0,
        sooner=gained / found if found else 0.0,
        unseen=1 - fmean(seen[body] for body in real),
        unseen_found=1 - fmean(seen[body] for body in faulty) if faulty else 0.0,
    )


def by_inspectors(
    weight: Mapping[Drawn, float], real: Mapping[str, Sequence[Visit]], on: Mapping[int, date]
) -> float:
    """Return the problems per 100 visits that only the inspectors would make of it (6)."""
    every = [v for its in real.values() for v in its]
    made, found = Counter(v.inspectors for v in every), Counter(v.inspectors for v in every if v.found)
    sent = [(chance, nearest(real[body], on[month]).inspectors) for (body, month), chance in weight.items()]
    total = sum(chance for chance, _ in sent)
    return 100 * sum(chance * found[who] / made[who] for chance, who in sent) / total if total else 0.0


def unseen_after(policy: Policy, years: int) -> float:
    """Return the share of bodies that no year saw, of some years of the same plan (5)."""
    size, takes = Counter(policy.stratum.values()), Counter[str]()
    for (stratum, _), take in policy.takes.items():
        takes[stratum] += take
    return fmean((1 - takes[s] / size[s]) ** years for s in policy.stratum.values())


@dataclass(frozen=True, slots=True)
class Ordered:
    """Days sooner (4), and share of all problems found in the first half of the visits."""

    sooner: float
    first_half: float


def firsts(real: Iterable[Visit]) -> list[Visit]:
    """Return each body's first inspection, by day."""
    return sorted(min(visits) for visits in by_body(real).values())


def ordered(visits: Sequence[Visit], rank: Mapping[str, float], seed: str) -> Ordered:
    """Set the visits in order of rank, highest first, equal ranks by ticket (3)."""
    places = [v.day.toordinal() for v in visits]
    order = sorted(visits, key=lambda v: (-rank[v.body], ticket(seed, "g", v.body), v.body))
    half = len(order) // 2
    return _ordered(
        [(v, place, float(i < half)) for i, (v, place) in enumerate(zip(order, places, strict=True))]
    )


def expected_order(visits: Sequence[Visit], rank: Mapping[str, float]) -> Ordered:
    """Return the expectation over all tickets (3)."""
    places = [v.day.toordinal() for v in visits]
    order = sorted(visits, key=lambda v: -rank[v.body])
    half, start, out = len(order) // 2, 0, list[tuple[Visit, float, float]]()
    while start < len(order):
        end = start
        while end < len(order) and rank[order[end].body] == rank[order[start].body]:
            end += 1
        early = min(max(half - start, 0), end - start) / (end - start)
        out += [(v, fmean(places[start:end]), early) for v in order[start:end]]
        start = end
    return _ordered(out)


def _ordered(rows: Sequence[tuple[Visit, float, float]]) -> Ordered:
    found = [(v.day.toordinal() - place, early) for v, place, early in rows if v.found]
    if not found:
        return Ordered(0.0, 0.0)
    return Ordered(fmean(gain for gain, _ in found), fmean(early for _, early in found))
