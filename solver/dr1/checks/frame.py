"""The frozen inputs of the first stage (dr1 sections 3, 4 and 8): strata, who is in, who is out, and the relations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from solver.dr1.checks.check import Check
from solver.dr1.checks.draw import FIRST
from solver.dr1.checks.evidence import Evidence, number, objects, word
from solver.dr1.verdicts import Finding, fault, remark

FRAME, EXCLUSIONS, POOL, RELATIONS = (
    f"1-{name}.jsonl" for name in ("frame", "exclusions", "pool", "relations")
)


def _strata(e: Evidence) -> Iterator[Finding]:
    """No stratum is to give more than it has, a task has one group, and those that give none are named."""
    groups: dict[str, str] = {}
    for row in objects(e.one(FIRST)["strata"]):
        where = {"task": row["task"], "stratum": row["stratum"]}
        if number(row["take"]) > number(row["population"]):
            yield fault("take-above-population", **where, take=row["take"], population=row["population"])
        if groups.setdefault(word(row["task"]), word(row["group"])) != row["group"]:
            yield fault("task-groups", task=row["task"])
        if row["take"] == 0:
            yield remark("takes-no-one", **where, population=row["population"])


def _populations(e: Evidence) -> Iterator[Finding]:
    """`population` and `frame_rows` count the rows that there are."""
    rows = Counter((row["task"], row["stratum"]) for row in e.rows(FRAME))
    told = {(row["task"], row["stratum"]): row["population"] for row in objects(e.one(FIRST)["strata"])}
    for task, stratum in sorted({*rows, *told}, key=str):
        if rows[task, stratum] != told.get((task, stratum)):
            told_rows = told.get((task, stratum), "")
            yield fault("population", task=task, stratum=stratum, told=told_rows, found=rows[task, stratum])
    if len(e.rows(FRAME)) != e.one(FIRST)["frame_rows"]:
        yield fault("frame-rows", told=e.one(FIRST)["frame_rows"], found=len(e.rows(FRAME)))


def _apart(e: Evidence) -> Iterator[Finding]:
    """Nobody is both in and out of a task."""
    inside = {(row["task"], row["blind"]) for row in e.rows(FRAME)}
    for at, row in enumerate(e.rows(EXCLUSIONS), 1):
        if (row["task"], row["blind"]) in inside:
            yield fault("in-and-out", task=row["task"], blind=row["blind"], row=at)
    for reason, count in sorted(Counter(word(row["reason"]) for row in e.rows(EXCLUSIONS)).items()):
        yield remark("excluded", reason=reason, count=count)


def _relations(e: Evidence) -> Iterator[Finding]:
    """Relations tie officers of the pool; kin are both in it, the smaller code first."""
    pool = {row["officer"] for row in e.rows(POOL)}
    for at, row in enumerate(e.rows(RELATIONS), 1):
        kin = row["ground"] == "kin"
        for code in (row["officer"], row["with"]) if kin else (row["officer"],):
            if code not in pool:
                yield fault("officer-unknown", file=RELATIONS, row=at, officer=code)
        if kin and word(row["officer"]) >= word(row["with"]):
            yield fault("kin-order", row=at, officer=row["officer"])


CHECKS = (
    Check("frame.strata", _strata, needs=(FIRST,)),
    Check("frame.populations", _populations, needs=(FIRST, FRAME)),
    Check("frame.apart", _apart, needs=(FRAME, EXCLUSIONS)),
    Check("pool.relations", _relations, needs=(POOL, RELATIONS)),
)
