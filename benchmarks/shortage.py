"""Every case of too few officers answered: with a true cause, and remedies that do make it feasible.

``python -m benchmarks.shortage``: twenty-two cases in each of ten kinds, labelled by brute force over all single
relaxations, and a handful of the size of a prefecture, without labels. A cause is true if its slots outnumber those who
may fill them, nobody else may, every single relaxation that lessens what is missing touches one, and each is touched so.
Every remedy is applied and judged by the plain checker, with its own matching and rules; every single remedy that
brute force finds is to be matched by one offered of that kind, no larger, and a move by one that goes no further.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from time import process_time

from benchmarks.report import conclude, table, timed
from benchmarks.shortage_cases import KINDS, SEED, short_cases
from benchmarks.shortage_labels import false_of, nearest, shift, smallest
from benchmarks.shortage_large import prefectures
from solver.dr1.encoding import hexdigest, text
from solver.shortage.lawful import violations
from solver.shortage.problem import Case, Work
from solver.shortage.remedies import KINDS as REMEDIES
from solver.shortage.remedies import Answered, answered, apply

PER_KIND = 22
GOAL = {"cases": 200, "seconds_each": 2.0, "untrue": 0, "unlawful": 0, "unmatched": 0}


@dataclass(slots=True)
class Tally:
    """What was seen of some cases."""

    cases: int = 0
    slowest: float = 0.0
    processor: float = 0.0
    unanswered: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    unlawful: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    offered: Counter[str] = field(default_factory=Counter)
    unproved: int = 0
    singles: int = 0

    def row(self, name: str) -> list[object]:
        """One line of the table."""
        faults = (self.unanswered, self.untrue, self.unlawful, self.unmatched)
        kinds = " ".join(f"{kind}:{n}" for kind, n in sorted(self.offered.items()))
        return [
            name,
            self.cases,
            f"{self.slowest:.2f}",
            *map(len, faults),
            self.singles,
            self.unproved,
            kinds,
        ]


def order(code: str, day: str) -> str:
    """The hash by which the callable are chosen."""
    return hexdigest(text("benchmarks/shortage-call", SEED, day, code))


def main() -> None:
    """Answer all cases, and leave with 0 if each is answered truly, lawfully and in time."""
    answered(
        next(short_cases("crowded", 1)), Work(order=order)
    )  # loads the solvers, which is no part of an answer
    tallies = {kind: _small(kind) for kind in KINDS}
    tallies["prefecture"] = _large()
    heads = [
        "kind",
        "cases",
        "slowest [s]",
        "unanswered",
        "untrue",
        "unlawful",
        "unmatched",
        "singles",
        "unproved",
    ]
    table([*heads, "offered"], [tally.row(kind) for kind, tally in tallies.items()])
    every = list(tallies.values())
    for tally in every:
        for fault in (*tally.unanswered, *tally.untrue, *tally.unlawful, *tally.unmatched):
            print(fault)
    figures = {
        "cases": sum(t.cases for t in every),
        "large_cases": tallies["prefecture"].cases,
        "slowest_large_seconds": round(tallies["prefecture"].slowest, 2),
        "slowest_processor_seconds": round(max(t.processor for t in every), 2),
        "slowest_seconds": round(max(t.slowest for t in every), 2),
        "remedies": sum(sum(t.offered.values()) for t in every),
        "singles_by_brute_force": sum(t.singles for t in every),
        "unanswered": sum(len(t.unanswered) for t in every),
        "unlawful": sum(len(t.unlawful) for t in every),
        "unmatched": sum(len(t.unmatched) for t in every),
        "unproved": sum(t.unproved for t in every),
        "untrue": sum(len(t.untrue) for t in every),
    }
    faults = sum(figures[name] for name in ("unanswered", "unlawful", "unmatched", "untrue"))
    in_time = figures["slowest_seconds"] <= GOAL["seconds_each"]
    conclude(figures, GOAL, holds=not faults and in_time and figures["cases"] >= GOAL["cases"])


def _small(kind: str) -> Tally:
    tally = Tally()
    for number, case in enumerate(short_cases(kind, PER_KIND)):
        name = f"{kind}/{number}"
        found = _judge(tally, name, case)
        tally.untrue += [f"{name}: {wrong}" for wrong in false_of(case, found.causes)]
        sizes = {remedy.kind: remedy.size for remedy in found.remedies}
        near = nearest(case)
        for remedy_ in found.remedies:
            far = shift(remedy_.effect.moved)
            if remedy_.kind == "move" and near is not None and far > near:
                tally.unmatched.append(f"{name}: move by {near}, offered {far}")
        for remedy in REMEDIES:
            least = smallest(case, remedy)
            if least is None:
                continue
            tally.singles += 1
            if sizes.get(remedy, least + 1) > least:
                tally.unmatched.append(f"{name}: {remedy} of size {least}, offered {sizes.get(remedy)}")
    return tally


def _large() -> Tally:
    tally = Tally()
    for name, case in prefectures():
        _judge(tally, name, case)
    return tally


def _judge(tally: Tally, name: str, case: Case) -> Answered:
    began = process_time()
    seconds, found = timed(lambda: answered(case, Work(order=order)))
    tally.processor = max(tally.processor, process_time() - began)
    tally.cases += 1
    tally.slowest = max(tally.slowest, seconds)
    if not found.causes or not found.remedies:
        tally.unanswered.append(f"{name}: unanswered")
    for remedy in found.remedies:
        tally.offered[remedy.kind] += 1
        tally.unproved += not remedy.proved
        broken = violations(case, remedy, apply(case, remedy), order)
        tally.unlawful += [f"{name}: {remedy.kind} breaks {one.rule} at {one.where}" for one in broken]
    return found


if __name__ == "__main__":
    main()
