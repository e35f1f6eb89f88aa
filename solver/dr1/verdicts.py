"""What a checker says of a pack: three outcomes, their grounds, and the report that gathers them (dr1 section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from solver.dr1.errors import ProtocolError

SHOWN = 20  # findings kept for one verdict; all are counted


class Outcome(Enum):
    """A check's verdict (核验结论)."""

    HOLDS = "holds"
    FAILS = "fails"
    UNSEEN = "unseen"  # cannot be checked here: sealed, not yet there, or beyond the checker's means


class Kind(Enum):
    """What a finding does to the verdict."""

    FAULT = "fault"  # makes it fail
    UNSEEN = "unseen"  # keeps it from holding
    REMARK = "remark"  # changes nothing and is to be read


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check came upon.

    Attributes
    ----------
    kind : Kind
        What it does to the verdict.
    code : str
        Stable name, words joined by hyphens; `solver.dr1.report` has the words in both languages.
    params : tuple[tuple[str, object], ...]
        Where and what: file, row (from 1), field, value.
    """

    kind: Kind
    code: str
    params: tuple[tuple[str, object], ...]

    def get(self, name: str) -> object:
        """Return one parameter, or None."""
        return dict(self.params).get(name)


def fault(code: str, **params: object) -> Finding:
    """Say that the pack does not obey the protocol."""
    return Finding(Kind.FAULT, code, tuple(params.items()))


def unseen(code: str, **params: object) -> Finding:
    """Say what could not be seen, and why."""
    return Finding(Kind.UNSEEN, code, tuple(params.items()))


def remark(code: str, **params: object) -> Finding:
    """Say what a reader ought to know though nothing is wrong."""
    return Finding(Kind.REMARK, code, tuple(params.items()))


def refused(error: ProtocolError, **where: object) -> Finding:
    """Turn a refusal of the protocol's core into a fault, saying where it was met."""
    params = {key: value if isinstance(value, int) else brief(value) for key, value in error.params.items()}
    return Finding(Kind.FAULT, error.code, tuple({**params, **where}.items()))


def brief(value: object) -> str:
    """Show a value of any size in at most 80 characters."""
    shown = value if isinstance(value, str) else repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "…"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of one check.

    Attributes
    ----------
    check : str
        Stable id of the check.
    outcome : Outcome
        Holds, fails, or cannot be checked here.
    faults, gaps, remarks : tuple[Finding, ...]
        The first `SHOWN` faults, the reasons for not seeing, and what else is to be read.
    count : int
        Number of all faults.
    """

    check: str
    outcome: Outcome
    faults: tuple[Finding, ...] = ()
    gaps: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()
    count: int = 0


def judge(check: str, findings: Iterable[Finding]) -> Verdict:
    """Turn a check's findings into its verdict: one fault fails it, one gap keeps it from holding."""
    kept: dict[Kind, list[Finding]] = {kind: [] for kind in Kind}
    count = 0
    for finding in findings:
        count += finding.kind is Kind.FAULT
        if finding.kind is Kind.REMARK or len(kept[finding.kind]) < SHOWN:
            kept[finding.kind].append(finding)
    outcome = Outcome.FAILS if count else Outcome.UNSEEN if kept[Kind.UNSEEN] else Outcome.HOLDS
    return Verdict(
        check, outcome, tuple(kept[Kind.FAULT]), tuple(kept[Kind.UNSEEN]), tuple(kept[Kind.REMARK]), count
    )


@dataclass(frozen=True, slots=True)
class Witness:
    """Who is said to have seen a stage's commitment before its seed (见证).

    Attributes
    ----------
    stage : str
        ``targets`` or ``officers``.
    name : str
        The name in the seed file.
    kind : str
        ``ed25519``, ``rfc3161`` or ``log``.
    at : str
        The time that was proved, ``""`` where the proof could not be tested.
    tested : bool
        Whether this checker tested the proof and it held.
    key : str
        The public key that signed, ``""`` for other kinds.
    known : bool
        Whether the caller vouched for that key under that name.
    """

    stage: str
    name: str
    kind: str
    at: str
    tested: bool
    key: str
    known: bool


def _unwitnessed(verdict: Verdict) -> bool:
    return any(gap.code == "unwitnessed" for gap in verdict.gaps)


@dataclass(frozen=True, slots=True)
class Report:
    """All that a check of one pack found.

    Attributes
    ----------
    copy : str
        ``full``, ``public``, or ``unknown`` where no manifest says so.
    draw_id : str
        The draw, ``""`` where it cannot be read.
    hash : str
        Name of the hash of the draw.
    reached : int
        Last step of the draw that the pack holds, 0 to 7, by the number that its files begin with.
    verdicts : tuple[Verdict, ...]
        One for each check, in the order of the protocol.
    """

    copy: str
    draw_id: str
    hash: str
    reached: int
    verdicts: tuple[Verdict, ...]

    def of(self, outcome: Outcome) -> tuple[Verdict, ...]:
        """Return the verdicts with that outcome."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome is outcome)

    @property
    def failed(self) -> bool:
        """Whether any check fails."""
        return bool(self.of(Outcome.FAILS))

    @property
    def complete(self) -> bool:
        """Whether each and every check was made, and holds."""
        return all(verdict.outcome is Outcome.HOLDS for verdict in self.verdicts)

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """The witnesses of both stages, tested or not."""
        return tuple(Witness(**dict(found.params)) for found in self._remarks("witness"))  # type: ignore[arg-type]

    @property
    def unwitnessed(self) -> tuple[str, ...]:
        """Stages whose commitment nobody is proved to have seen before the seed."""
        seen = {witness.stage for witness in self.witnesses if witness.tested}
        looked_at = (
            v for v in self.verdicts if v.check.endswith(".witness") and (v.faults or _unwitnessed(v))
        )
        return tuple(stage for v in looked_at if (stage := v.check.partition(".")[0]) not in seen)

    @property
    def idle_strata(self) -> tuple[tuple[str, str], ...]:
        """(task, stratum) of the strata that take no one."""
        return tuple((str(f.get("task")), str(f.get("stratum"))) for f in self._remarks("takes-no-one"))

    @property
    def uncovered(self) -> int | None:
        """Number of allowed pairs without weight, None where it could not be counted."""
        for found in self._remarks("allowed-without-row"):
            count = found.get("count")
            return count if isinstance(count, int) else None
        return None

    def _remarks(self, code: str) -> Iterator[Finding]:
        return (found for verdict in self.verdicts for found in verdict.remarks if found.code == code)
