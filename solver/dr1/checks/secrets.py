"""What only a full copy can show: blinds and codes against keys, persons, pepper and salt (dr1 sections 4 and 8)."""

from __future__ import annotations

from collections.abc import Iterator

from solver.dr1 import tickets
from solver.dr1.checks.check import Check
from solver.dr1.checks.draw import FIRST
from solver.dr1.checks.evidence import Evidence, word
from solver.dr1.checks.frame import EXCLUSIONS, FRAME, POOL
from solver.dr1.verdicts import Finding, fault

SECRETS, KEYS, PERSONS = "1-secrets.json", "1-keys.jsonl", "1-persons.jsonl"


def _pepper(e: Evidence) -> Iterator[Finding]:
    if tickets.pepper_commitment(word(e.one(SECRETS)["pepper"]), e.hash) != e.one(FIRST)["pepper_commitment"]:
        yield fault("commitment-other", field="pepper")


def _salt(e: Evidence) -> Iterator[Finding]:
    if tickets.salt_commitment(word(e.one(SECRETS)["salt"]), e.hash) != e.one(FIRST)["salt_commitment"]:
        yield fault("commitment-other", field="salt")


def _blinds(e: Evidence) -> Iterator[Finding]:
    pepper = word(e.one(SECRETS)["pepper"])
    for at, row in enumerate(e.rows(KEYS), 1):
        key = word(row["key"])
        if tickets.blind(tickets.nonce(pepper, key, e.hash), e.hash) != row["blind"]:
            yield fault("blind-other", row=at, key=key)


def _bodies(e: Evidence) -> Iterator[Finding]:
    """Keys are listed for just those that stand in the frame or among the excluded."""
    listed = {word(row["blind"]) for row in e.rows(KEYS)}
    used = {word(row["blind"]) for file in (FRAME, EXCLUSIONS) for row in e.rows(file)}
    yield from (fault("blind-without-key", blind=blind) for blind in sorted(used - listed))
    yield from (fault("key-without-row", blind=blind) for blind in sorted(listed - used))


def _codes(e: Evidence) -> Iterator[Finding]:
    salt = word(e.one(SECRETS)["salt"])
    for at, row in enumerate(e.rows(PERSONS), 1):
        if tickets.officer_code(salt, word(row["person"]), e.hash) != row["officer"]:
            yield fault("code-other", row=at, officer=row["officer"])


def _persons(e: Evidence) -> Iterator[Finding]:
    """Each code of the pool is a person or a team, and nobody is in two codes."""
    pool = {word(row["officer"]) for row in e.rows(POOL)}
    listed = {word(row["officer"]) for row in e.rows(PERSONS)}
    yield from (fault("officer-without-person", officer=code) for code in sorted(pool - listed))
    yield from (fault("person-not-in-pool", officer=code) for code in sorted(listed - pool))
    seen: set[str] = set()
    for at, row in enumerate(e.rows(PERSONS), 1):
        for member in word(row["person"]).split(" "):
            if member in seen or not member:
                yield fault("person-twice" if member else "person-empty", row=at, officer=row["officer"])
            seen.add(member)


CHECKS = (
    Check("secrets.pepper", _pepper, needs=(FIRST, SECRETS)),
    Check("secrets.salt", _salt, needs=(FIRST, SECRETS)),
    Check("secrets.blinds", _blinds, needs=(SECRETS, KEYS)),
    Check("secrets.bodies", _bodies, needs=(KEYS, FRAME, EXCLUSIONS)),
    Check("secrets.codes", _codes, needs=(SECRETS, PERSONS)),
    Check("secrets.persons", _persons, needs=(PERSONS, POOL)),
)
