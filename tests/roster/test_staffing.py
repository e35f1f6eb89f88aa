"""Laws of the staffing check: short exactly when no roster exists, and every cut is true and least."""

from __future__ import annotations

from itertools import product

from solver.roster.staffing import Short, staff
from tests.roster.cases import Case, cases


def _fills(case: Case, slots: set[str]) -> bool:
    """Whether some choice of officers fills the slots, nobody twice a date; by trying them all."""
    dates = case.date_of
    options = [[o for o, s in case.pairs if s == slot] for slot in sorted(slots)]
    names = sorted(slots)
    return any(
        len({(o, dates[s]) for o, s in zip(choice, names, strict=True)}) == len(names)
        for choice in product(*options)
    )


def test_short_exactly_when_no_roster_exists() -> None:
    """Brute force over all choices agrees with the flow, and a staffed answer shows a roster."""
    staffed = short = 0
    for case in cases("staff", 250, planted=False, officers=4, routes=3, dates=2):
        answer = staff(case.instance())
        assert isinstance(answer, Short) != _fills(case, {s for s, _, _ in case.slots})
        if isinstance(answer, Short):
            short += 1
            continue
        staffed += 1
        dates = case.date_of
        assert sorted(s for _, s in answer.roster) == sorted(s for s, _, _ in case.slots)
        assert all(pair in case.pairs for pair in answer.roster)
        assert len({(o, dates[s]) for o, s in answer.roster}) == len(answer.roster)
    assert staffed > 30
    assert short > 30


def test_cuts_are_true_and_least() -> None:
    """A cut's slots have fewer officer-days than slots; without any one of them the rest of the cut can be filled."""
    seen = 0
    for case in cases("cuts", 250, planted=False, officers=4, routes=4, dates=2):
        answer = staff(case.instance())
        if not isinstance(answer, Short):
            continue
        dates = case.date_of
        for cut in answer.cuts:
            able = {(o, dates[s]) for o, s in case.pairs if s in cut.slots}
            assert (len(cut.slots), len(able)) == (cut.needed, cut.there)
            assert cut.there < cut.needed
            assert set(cut.officers) == {o for o, _ in able}
            assert set(cut.dates) == {dates[s] for s in cut.slots}
            if cut.needed - cut.there == 1:
                assert all(_fills(case, set(cut.slots) - {one}) for one in cut.slots)
            seen += 1
        named = [s for cut in answer.cuts for s in cut.slots]
        assert len(named) == len(set(named))
    assert seen > 60
