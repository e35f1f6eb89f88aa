"""Commitment, contributions and seed of each stage, and the beacon's proof (dr1 section 3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from solver.dr1 import seed
from solver.dr1.checks.check import Check
from solver.dr1.checks.draw import FIRST, SECOND
from solver.dr1.checks.evidence import Evidence, number, objects, texts, word
from solver.dr1.encoding import Row
from solver.dr1.errors import ProtocolError
from solver.dr1.verdicts import Finding, fault, refused, remark, unseen

EVENTS = "7-events.jsonl"
_HEX = re.compile(r"(?:[0-9a-f]{2})+")


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the draw, and where it stands in the pack."""

    name: str
    parameters: str
    seed: str


TARGETS, OFFICERS = Stage("targets", FIRST, "2-seed.json"), Stage("officers", SECOND, "5-seed.json")


def commitment_of(e: Evidence, stage: Stage) -> str:
    """Return the commitment to a stage's frozen inputs."""
    return seed.commitment(e.one(stage.parameters), e.hash)


def rule_of(row: Row) -> list[Row]:
    """Return the seed rule of a stage or of a request."""
    return objects(row["seed_rule"])


def refusals(run: Callable[[], Iterable[Finding]], **where: object) -> Iterator[Finding]:
    """Run a part of a check, turning a refusal into a fault that says where it was met."""
    try:
        yield from run()
    except ProtocolError as error:
        yield refused(error, **where)


def _rule(e: Evidence, stage: Stage) -> Iterator[Finding]:
    seed.check_rule(rule_of(e.one(stage.parameters)))
    yield from ()


def _times(e: Evidence, stage: Stage) -> Iterator[Finding]:
    """Nothing that makes the seed is older than the commitment."""
    parameters, told = e.one(stage.parameters), e.one(stage.seed)
    yield from late(rule_of(parameters), word(parameters["committed_at"]), word(told["revealed_at"]))


def late(rule: Iterable[Row], committed_at: str, revealed_at: str) -> Iterator[Finding]:
    """Find what breaks the order: commitment, then each beacon's round, then the seed."""
    if committed_at >= revealed_at:
        yield fault("revealed-before", committed_at=committed_at, revealed_at=revealed_at)
    for row in rule:
        if row["kind"] == "drand" and row["chain"] not in seed.CHAINS:
            yield unseen("chain-unknown", chain=row["chain"])
        elif row["kind"] == "drand":
            at = seed.round_time(word(row["chain"]), number(row["round"]))
            if at <= committed_at:
                yield fault("beacon-past", round=row["round"], time=at, committed_at=committed_at)
            if at > revealed_at:
                yield fault("beacon-future", round=row["round"], time=at, revealed_at=revealed_at)


def _contributions(e: Evidence, stage: Stage) -> Iterator[Finding]:
    given = texts(e.one(stage.seed)["contributions"])
    yield from contributed(rule_of(e.one(stage.parameters)), given, e.hash)


def contributed(rule: list[Row], given: list[str], hash_name: str) -> Iterator[Finding]:
    """Find contributions that are not those of the rule, and name the shares that were withheld."""
    seed.check_contributions(rule, given, hash_name)
    for row, value in zip(rule, given, strict=True):
        if row["kind"] == "share" and value.endswith(":withheld"):
            yield remark("withheld", party=row["party"])


def _seed(e: Evidence, stage: Stage) -> Iterator[Finding]:
    told = e.one(stage.seed)
    found = seed.seed(commitment_of(e, stage), texts(told["contributions"]), e.hash)
    if found != told["seed"]:
        yield fault("seed-other", told=told["seed"], found=found)


def _beacon(e: Evidence, stage: Stage) -> Iterator[Finding]:
    """Each beacon's round bears its signature, nothing else bears one."""
    told = e.one(stage.seed)
    given, proofs = texts(told["contributions"]), texts(told["proofs"])
    if len(given) != len(proofs):
        yield fault("proofs-count", wanted=len(given), given=len(proofs))
        return
    for at, (value, proof) in enumerate(zip(given, proofs, strict=True)):
        if value.startswith("drand:"):
            yield from _signed(e, value, proof)
        elif proof:
            yield fault("proof-idle", position=at)


def _signed(e: Evidence, value: str, proof: str) -> Iterator[Finding]:
    """A round's randomness is the SHA-256 of its signature; the signature itself takes a pairing of curves."""
    chain, digits, randomness = [*value.split(":"), "", ""][1:4]
    where = {"chain": chain, "round": digits}
    if not _HEX.fullmatch(proof):
        yield fault("proof-form", **where)
    elif hashlib.sha256(bytes.fromhex(proof)).hexdigest() != randomness:
        yield fault("beacon-randomness", **where)
    elif chain not in seed.CHAINS:
        yield unseen("chain-unknown", chain=chain)
    elif e.means.beacon is None:
        yield unseen("needs-beacon", **where)
    elif not e.means.beacon(chain, int(digits), randomness, proof):
        yield fault("beacon-signature", **where)


def _fresh(e: Evidence) -> Iterator[Finding]:
    """No contribution is used twice, be it in a stage, between the stages, or in a substitution."""
    used: dict[str, str] = {}
    for file in (TARGETS.seed, OFFICERS.seed, EVENTS):
        gap = e.gap(file)
        if gap and gap.code != "not-yet":  # what does not exist yet cannot repeat anything
            yield gap
    for where, value in (*_given(e), *_promised(e)):
        if value in used:
            yield fault("contribution-again", value=value, first=used[value], again=where)
        used.setdefault(value, where)


def _given(e: Evidence) -> Iterator[tuple[str, str]]:
    for file in (TARGETS.seed, OFFICERS.seed, EVENTS):
        for at, row in enumerate(e.rows(file), 1):
            for value in texts(row.get("contributions", [])):
                if not value.endswith(":withheld"):
                    yield f"{file} {at}", value


def _promised(e: Evidence) -> Iterator[tuple[str, str]]:
    """Yield the commitments to shares: one that comes back hides a share that comes back."""
    for file in (FIRST, SECOND, EVENTS):
        for at, row in enumerate(e.rows(file), 1):
            for rule in objects(row.get("seed_rule", [])):
                if rule["kind"] == "share":
                    yield f"{file} {at}", word(rule["commitment"])


def _order(e: Evidence) -> Iterator[Finding]:
    """The second stage is committed to after the first seed is known, which shapes the routes."""
    revealed, committed = word(e.one(TARGETS.seed)["revealed_at"]), word(e.one(SECOND)["committed_at"])
    if committed <= revealed:
        yield fault("second-before-first", committed_at=committed, revealed_at=revealed)


def _staged(run: Callable[[Evidence, Stage], Iterator[Finding]], stage: Stage) -> Check:
    def of_stage(e: Evidence) -> Iterator[Finding]:
        return run(e, stage)

    needs = (stage.parameters,) if run is _rule else (stage.parameters, stage.seed)
    after = () if run in (_rule, _seed) else (f"{stage.name}.rule",)
    if run is _beacon:
        after = (f"{stage.name}.contributions",)
    return Check(f"{stage.name}{run.__name__.replace('_', '.')}", of_stage, needs, after)


def checks_of(stage: Stage) -> tuple[Check, ...]:
    """Return the checks of one stage's seed."""
    return tuple(_staged(run, stage) for run in (_rule, _times, _contributions, _seed, _beacon))


BETWEEN = (
    Check("stages.order", _order, needs=(TARGETS.seed, SECOND)),
    Check("stages.fresh", _fresh, needs=(TARGETS.seed,)),
)
