"""Which draw this is: one name everywhere, a number, and the chain to the draw before (dr1 section 3)."""

from __future__ import annotations

from collections.abc import Iterator

from solver.dr1.checks.check import Check
from solver.dr1.checks.evidence import Evidence, number, read, word
from solver.dr1.encoding import hexdigest
from solver.dr1.verdicts import Finding, fault, remark, unseen

FIRST, SECOND = "1-parameters.json", "4-parameters.json"


def _same(e: Evidence) -> Iterator[Finding]:
    """Everything in the pack names one draw, one hash and one protocol."""
    own = e.one(FIRST)
    for name in ("manifest.json", SECOND):
        if e.sound(name):
            for field in ("draw_id", "hash", "protocol"):
                if e.one(name)[field] != own[field]:
                    yield fault("not-the-same", file=name, field=field, value=e.one(name)[field])
    for at, event in enumerate(e.rows("7-events.jsonl"), 1):
        if event.get("draw_id", own["draw_id"]) != own["draw_id"]:
            yield fault(
                "not-the-same", file="7-events.jsonl", row=at, field="draw_id", value=event["draw_id"]
            )


def _number(e: Evidence) -> Iterator[Finding]:
    own = e.one(FIRST)
    serial, previous, after = number(own["serial"]), word(own["previous"]), word(own["after"])
    if (serial == 1) != (previous == ""):
        yield fault("serial-previous", serial=serial, previous=previous)
    if after == own["draw_id"]:
        yield fault("after-itself", after=after)
    if after and serial == 1:
        yield fault("after-nothing", after=after)
    if after:
        yield remark("after-void", after=after)


def _previous(e: Evidence) -> Iterator[Finding]:
    """The first draw has none before it; for any other, the one before must be lent to be seen."""
    own, lent = e.one(FIRST), e.means.previous
    if own["previous"] == "":
        return
    if lent is None:
        yield unseen("needs-previous", serial=own["serial"], previous=own["previous"])
        return
    before = read(FIRST, lent)
    yield from (*before.form, *before.shape)
    for row in before.rows:
        if hexdigest(lent[:-1], word(row["hash"])) != own["previous"]:
            yield fault("previous-other", previous=own["previous"])
        elif number(row["serial"]) != number(own["serial"]) - 1:
            yield fault("serial-gap", serial=own["serial"], before=row["serial"])
        elif row["draw_id"] == own["draw_id"]:
            yield fault("draw-id-again", draw_id=own["draw_id"])
        elif word(row["committed_at"]) >= word(own["committed_at"]):
            yield fault("previous-later", before=row["committed_at"], committed_at=own["committed_at"])


CHECKS = (
    Check("draw.same", _same, needs=(FIRST,)),
    Check("draw.number", _number, needs=(FIRST,)),
    Check("draw.previous", _previous, needs=(FIRST,)),
)
