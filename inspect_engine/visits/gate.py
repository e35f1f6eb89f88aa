"""Whether a visit may begin (准予检查): the one gate that all field work passes.

A visit begins when it waits (planned) and

    its agency's head has approved it                                    (1)
    or it is urgent, was reported, and nobody has decided on it yet      (2)

A refusal bars both: who reported an urgent inspection may not go there once the head has said no.
"""

from __future__ import annotations

from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Decision
from inspect_engine.visits.tables import VisitState

#: States out of which a visit begins.
WAITING = frozenset({VisitState.planned})

_PAST = {
    VisitState.begun: "visits.begun-already",
    VisitState.done: "visits.over",
    VisitState.impossible: "visits.over",
    VisitState.put_back: "visits.over",
    VisitState.cancelled: "visits.over",
}


def may_begin(visit: str, state: VisitState, decision: Decision | None, *, urgent: bool) -> None:
    """Refuse a visit that may not begin; silent where it may.

    Parameters
    ----------
    visit : str
        As its number or blind names it, for the words of the refusal.
    decision : Decision or None
        What the agency's head said of it; None as long as nothing.
    urgent : bool
        Whether it was reported as urgent.

    Raises
    ------
    EngineError
        ``visits.begun-already``, ``visits.over``, ``visits.approval-refused``, ``visits.not-approved``.
    """
    if state not in WAITING:
        raise EngineError(_PAST[state], visit=visit, state=state.value)
    if decision is Decision.refused:
        raise EngineError("visits.approval-refused", visit=visit)
    if decision is None and not urgent:  # neither (1) nor (2)
        raise EngineError("visits.not-approved", visit=visit)
