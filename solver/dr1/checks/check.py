"""One check: its stable id, what it needs, and the function that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from solver.dr1.checks.evidence import Evidence
from solver.dr1.errors import ProtocolError
from solver.dr1.verdicts import Finding, Outcome, Verdict, judge, refused, unseen


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the pack.

    Attributes
    ----------
    id : str
        Stable id; reports, tests and other programs refer to it.
    run : Callable[[Evidence], Iterable[Finding]]
        Yields what it comes upon; may raise ProtocolError, which is a fault.
    needs : tuple[str, ...]
        Files without which it cannot be made.
    after : tuple[str, ...]
        Checks that must not have failed: their fault would only be repeated in darker words.
    """

    id: str
    run: Callable[[Evidence], Iterable[Finding]]
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def verdict(self, evidence: Evidence, done: Mapping[str, Verdict]) -> Verdict:
        """Make the check, or say why it cannot be made here."""
        gaps = [gap for name in self.needs if (gap := evidence.gap(name))]
        gaps += [unseen("waits", check=id) for id in self.after if done[id].outcome is Outcome.FAILS]  # noqa: A001
        return judge(self.id, gaps or self._findings(evidence))

    def _findings(self, evidence: Evidence) -> Iterable[Finding]:
        try:
            yield from self.run(evidence)
        except ProtocolError as error:
            yield refused(error)
