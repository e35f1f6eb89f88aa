"""What happened after the draw (dr1 section 7): substitutions by lottery, reserves by rank, direct assignments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from solver.dr1 import seed, substitution
from solver.dr1.checks.check import Check
from solver.dr1.checks.draw import FIRST
from solver.dr1.checks.evidence import Evidence, number, texts, word
from solver.dr1.checks.roster import ROSTER
from solver.dr1.checks.sample import SAMPLE
from solver.dr1.checks.seeds import EVENTS, OFFICERS, TARGETS, contributed, late, refusals, rule_of
from solver.dr1.checks.weights import ALLOWED_NEEDS, allowed, places
from solver.dr1.encoding import Row
from solver.dr1.verdicts import Finding, fault, remark, unseen

_OUTCOME = ("contributions", "decided_at", "kind", "seed", "to")


@dataclass(frozen=True, slots=True)
class Leave:
    """An officer leaves a slot: the event, and how things stood just before it.

    Attributes
    ----------
    at : int
        Row of the event, from 1.
    row : Row
        The event.
    holder : str
        Who held the slot, ``""`` where there is no such slot.
    busy : frozenset[str]
        Who held a slot on that date.
    gone : frozenset[str]
        Who had left a slot by an earlier event: their absence needs no other ground.
    """

    at: int
    row: Row
    holder: str
    busy: frozenset[str]
    gone: frozenset[str]


def _leaves(e: Evidence) -> list[Leave]:
    """Follow the roster through its events, in the order of the file."""
    held = {word(row["slot"]): word(row["officer"]) for row in e.rows(ROSTER)}
    dates = {slot: date for slot, (_, date) in e.once(places).items()}
    by_date: dict[str, list[str]] = {}
    for slot, date in dates.items():
        by_date.setdefault(date, []).append(slot)
    found, gone = [], set[str]()
    for at, row in enumerate(e.rows(EVENTS), 1):
        if row["kind"] == "target":
            continue
        slot = word(row["slot"])
        busy = frozenset(held[other] for other in by_date.get(dates.get(slot, ""), ()) if other in held)
        found.append(Leave(at, row, held.get(slot, ""), busy, frozenset(gone)))
        gone.add(word(row["from"]))
        if slot in held:
            held[slot] = word(row["to"])
    return found


def _substitutions(e: Evidence) -> Iterator[tuple[int, Row]]:
    return ((at, row) for at, row in enumerate(e.rows(EVENTS), 1) if row["kind"] == "officer")


def _leaving(e: Evidence) -> Iterator[Finding]:
    """Whoever leaves a slot held it, after the roster was drawn."""
    drawn = word(e.one(OFFICERS.seed)["revealed_at"])
    for leave in e.once(_leaves):
        row = leave.row
        if not leave.holder:
            yield fault("event-slot", row=leave.at, slot=row["slot"])
        elif leave.holder != row["from"]:
            yield fault("event-from", row=leave.at, slot=row["slot"], told=row["from"], held=leave.holder)
        elif word(row.get("requested_at", row.get("at"))) <= drawn:
            yield fault("event-early", row=leave.at, drawn=drawn)


def _draws(e: Evidence) -> Iterator[Finding]:
    """A substitution is a small draw: its request is committed to, and only then comes the chance."""
    for at, row in _substitutions(e):
        yield from refusals(partial(_draw, e, at, row), row=at)


def _draw(e: Evidence, at: int, row: Row) -> Iterator[Finding]:
    rule, given = rule_of(row), texts(row["contributions"])
    seed.check_rule(rule)
    yield from contributed(rule, given, e.hash)
    yield from late(rule, word(row["requested_at"]), word(row["decided_at"]))
    request: Row = {key: value for key, value in row.items() if key not in _OUTCOME}
    found = seed.seed(seed.commitment(request, e.hash), given, e.hash)
    if found != row["seed"]:
        yield fault("seed-other", row=at, told=row["seed"], found=found)
    if any(value.startswith("drand:") for value in given):  # an event has no place for its signature
        yield unseen("event-beacon", row=at)


def _successor(e: Evidence) -> Iterator[Finding]:
    for at, row in _substitutions(e):
        ranked = substitution.order(word(row["seed"]), word(row["slot"]), texts(row["candidates"]), e.hash)
        if row["to"] != next(iter(ranked), None):
            yield fault("successor-other", row=at, told=row["to"], found=next(iter(ranked), ""))


def _candidates(e: Evidence) -> Iterator[Finding]:
    """Candidates are allowed in the slot, free on its date, and not the one who leaves."""
    may = e.once(allowed)
    for leave in e.once(_leaves):
        if leave.row["kind"] != "officer":
            continue
        for code in texts(leave.row["candidates"]):
            if code not in may.get(word(leave.row["slot"]), ()):
                yield fault("candidate-barred", row=leave.at, officer=code)
            elif code in leave.busy or code == leave.row["from"]:
                yield fault("candidate-busy", row=leave.at, officer=code)


def _asked(e: Evidence) -> Iterator[Finding]:
    """All that could go were asked; whom the pack shows as able and who was not, only the operator can explain.

    Leave that was granted after the second freezing stands nowhere in a pack, so this is no fault by itself.
    """
    may = e.once(allowed)
    for leave in e.once(_leaves):
        if leave.row["kind"] == "officer":
            able = (
                may.get(word(leave.row["slot"]), set()) - leave.busy - leave.gone - {word(leave.row["from"])}
            )
            for code in sorted(able - set(texts(leave.row["candidates"]))):
                yield unseen("not-asked", row=leave.at, officer=code, slot=leave.row["slot"])


def _reserves(e: Evidence) -> Iterator[Finding]:
    """A body that cannot be inspected is followed by the next reserve of its stratum, by rank."""
    known, waiting = _ranks(e)
    drawn = word(e.one(TARGETS.seed)["revealed_at"])
    for at, row in enumerate(e.rows(EVENTS), 1):
        if row["kind"] != "target":
            continue
        cell = (word(row["task"]), word(row["stratum"]))
        due, queue = known.setdefault(cell, set()), waiting.get(cell, [])
        if word(row["at"]) <= drawn:
            yield fault("event-early", row=at, drawn=drawn)
        if row["from"] not in due:
            yield fault("reserve-from", row=at, blind=row["from"])
        due.discard(word(row["from"]))
        if row["to"] == "":
            yield remark("no-reserve", row=at, left=len(queue))
        elif not queue or row["to"] != queue.pop(0):
            yield fault("reserve-to", row=at, blind=row["to"])
        else:
            due.add(word(row["to"]))


def _ranks(e: Evidence) -> tuple[dict[tuple[str, str], set[str]], dict[tuple[str, str], list[str]]]:
    """Return the taken of each stratum, and its reserves by rank."""
    taken: dict[tuple[str, str], set[str]] = {}
    waiting: dict[tuple[str, str], list[str]] = {}
    for row in sorted(e.rows(SAMPLE), key=lambda row: number(row["rank"])):
        cell = (word(row["task"]), word(row["stratum"]))
        if row["taken"]:
            taken.setdefault(cell, set()).add(word(row["blind"]))
        else:
            waiting.setdefault(cell, []).append(word(row["blind"]))
    return taken, waiting


def _direct(e: Evidence) -> Iterator[Finding]:
    """Direct assignments are counted; the law may allow them, but not of anyone barred or sent elsewhere."""
    may, count = e.once(allowed), 0
    for leave in e.once(_leaves):
        if leave.row["kind"] == "direct":
            count += 1
            if leave.row["to"] not in may.get(word(leave.row["slot"]), ()):
                yield fault("direct-barred", row=leave.at, officer=leave.row["to"])
            elif leave.row["to"] in leave.busy:
                yield fault("direct-busy", row=leave.at, officer=leave.row["to"])
    if count:
        yield remark("direct-count", count=count)


_FOLLOWED = (*ALLOWED_NEEDS, ROSTER, EVENTS)

CHECKS = (
    Check("events.leaving", _leaving, needs=(OFFICERS.seed, "4-routes.jsonl", ROSTER, EVENTS)),
    Check("events.draws", _draws, needs=(FIRST, EVENTS)),
    Check("events.successor", _successor, needs=(FIRST, EVENTS)),
    Check("events.candidates", _candidates, needs=_FOLLOWED),
    Check("events.asked", _asked, needs=_FOLLOWED),
    Check("events.reserves", _reserves, needs=(SAMPLE, TARGETS.seed, EVENTS)),
    Check("events.direct", _direct, needs=_FOLLOWED),
)
