"""The files of a pack: what their rows hold, how they are ordered, what stands once, who may see them (dr1 section 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from solver.dr1.checks import shapes as s
from solver.dr1.encoding import MAX_INTEGER, Row

UNIT = 2**32  # weights, caps and potentials are whole numbers of 2^-32

Key: TypeAlias = tuple[str, ...]

RULES: dict[str, s.Fields] = {
    "dice": {"digits": s.whole(20), "kind": s.name},
    "share": {"commitment": s.hex64, "kind": s.name, "party": s.name},
    "drand": {"chain": s.hex64, "kind": s.name, "round": s.whole(1)},
}
WITNESSES: dict[str, s.Fields] = {
    "ed25519": {"at": s.time, "key": s.hex64, "kind": s.name, "name": s.name, "signature": s.digits(128)},
    "rfc3161": {"kind": s.name, "name": s.name, "token": s.base64_text},
    "log": {"checkpoint": s.anything, "kind": s.name, "name": s.name, "proof": s.anything},
}
STRATUM: s.Fields = {
    "group": s.string,
    "population": s.whole(0),
    "reserve": s.whole(0),
    "stratum": s.name,
    "take": s.whole(0),
    "task": s.name,
}
SLOT: s.Fields = {"department": s.name, "lead": s.flag, "skills": s.several(s.name), "slot": s.name}
SEED: s.Fields = {
    "contributions": s.some(s.name),
    "proofs": s.several(s.string),
    "revealed_at": s.time,
    "seed": s.hex64,
    "witness": s.several(s.by_kind(WITNESSES)),
}
_COMMON: s.Fields = {
    "committed_at": s.time,
    "draw_id": s.name,
    "hash": s.one_of("sha256", "sm3"),
    "protocol": s.one_of("dr1"),
    "seed_rule": s.some(s.by_kind(RULES)),
}
EVENTS: dict[str, s.Fields] = {
    "officer": {
        "candidates": s.several(s.code),
        "contributions": s.some(s.name),
        "decided_at": s.time,
        "draw_id": s.name,
        "from": s.code,
        "ground": s.name,
        "kind": s.name,
        "requested_at": s.time,
        "seed": s.hex64,
        "seed_rule": s.some(s.by_kind(RULES)),
        "slot": s.name,
        "to": s.code,
    },
    "target": {
        "approver": s.name,
        "at": s.time,
        "from": s.hex64,
        "ground": s.name,
        "kind": s.name,
        "stratum": s.name,
        "task": s.name,
        "to": s.either(s.hex64, s.empty),  # empty: recorded, and no reserve takes the place
    },
    "direct": {  # the text names only the kind: the shape is that of a reserve, with slot and codes
        "approver": s.name,
        "at": s.time,
        "from": s.code,
        "ground": s.name,
        "kind": s.name,
        "slot": s.name,
        "to": s.code,
    },
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of the pack.

    Attributes
    ----------
    fields : Callable[[Row], Fields]
        The keys that a row must have, and what each may hold.
    order : Key
        Fields by which rows are ordered, compared one after another.
    once : tuple[Key, ...]
        Fields that no two rows share.
    lists : Key
        Fields with lists that are in order too; the others (the seed rule and what answers to it) have an
        order of their own.
    public : bool
        Whether a public copy may hold it at some date.
    at_once : bool
        Whether a public copy must hold it as soon as it exists.
    """

    fields: Callable[[Row], s.Fields]
    order: Key = ()
    once: tuple[Key, ...] = ()
    lists: Key = ()
    public: bool = False
    at_once: bool = False


def _of(fields: s.Fields) -> Callable[[Row], s.Fields]:
    return lambda _: fields


SHEETS: dict[str, Sheet] = {
    "manifest.json": Sheet(
        _of(
            {
                "copy": s.one_of("full", "public"),
                "draw_id": s.name,
                "files": s.mapping(s.hex64),
                "hash": s.one_of("sha256", "sm3"),
                "protocol": s.one_of("dr1"),
            }
        ),
        public=True,
        at_once=True,
    ),
    "1-parameters.json": Sheet(
        _of(
            {
                **_COMMON,
                "after": s.string,
                "exclusions_root": s.hex64,
                "frame_root": s.hex64,
                "frame_rows": s.whole(0),
                "pepper_commitment": s.hex64,
                "pool_root": s.hex64,
                "previous": s.either(s.hex64, s.empty),
                "relations_root": s.hex64,
                "salt_commitment": s.hex64,
                "serial": s.whole(1),
                "stage": s.one_of("targets"),
                "strata": s.some(s.row(STRATUM)),
            }
        ),
        lists=("strata",),
        public=True,
        at_once=True,
    ),
    "1-secrets.json": Sheet(_of({"pepper": s.hex64, "salt": s.hex64})),
    "1-keys.jsonl": Sheet(
        _of({"blind": s.hex64, "key": s.name}), order=("blind",), once=(("blind",), ("key",))
    ),
    "1-persons.jsonl": Sheet(
        _of({"officer": s.code, "person": s.name}), order=("officer",), once=(("officer",),)
    ),
    "1-frame.jsonl": Sheet(
        _of({"blind": s.hex64, "stratum": s.name, "task": s.name}),
        order=("task", "stratum", "blind"),
        once=(("task", "blind"),),
    ),
    "1-exclusions.jsonl": Sheet(
        _of({"blind": s.hex64, "reason": s.name, "task": s.name}),
        order=("task", "blind"),
        once=(("task", "blind"),),
    ),
    "1-pool.jsonl": Sheet(
        _of(
            {
                "away": s.several(s.interval),
                "department": s.name,
                "lead": s.flag,
                "officer": s.code,
                "skills": s.several(s.name),
                "unit": s.string,
                "until": s.date,
            }
        ),
        order=("officer",),
        once=(("officer",),),
        lists=("away", "skills"),
    ),
    "1-relations.jsonl": Sheet(
        lambda row: {
            "ground": s.name,
            "officer": s.code,
            "with": s.code if row.get("ground") == "kin" else s.hex64,
        },
        order=("officer", "with", "ground"),
        once=(("officer", "with", "ground"),),
    ),
    "2-seed.json": Sheet(_of(SEED), public=True, at_once=True),
    "3-sample.jsonl": Sheet(
        _of({"blind": s.hex64, "rank": s.whole(1), "stratum": s.name, "taken": s.flag, "task": s.name}),
        order=("task", "stratum", "rank"),
        once=(("task", "stratum", "rank"), ("task", "blind")),
    ),
    "3-cutoffs.jsonl": Sheet(
        _of({"cutoff": s.either(s.hex64, s.empty), "stratum": s.name, "task": s.name}),
        order=("task", "stratum"),
        once=(("task", "stratum"),),
        public=True,
    ),
    "4-parameters.json": Sheet(
        _of(
            {
                **_COMMON,
                "caps": s.several(s.row({"cap": s.whole(1, UNIT), "route": s.name})),
                "changes_root": s.hex64,
                "pair_cap": s.whole(1, UNIT),
                "potentials_root": s.hex64,
                "routes_root": s.hex64,
                "sample_root": s.hex64,
                "stage": s.one_of("officers"),
                "weights_root": s.hex64,
            }
        ),
        lists=("caps",),
        public=True,
        at_once=True,
    ),
    "4-changes.jsonl": Sheet(
        _of(
            {
                "approver": s.name,
                "at": s.time,
                "away": s.several(s.interval),
                "ground": s.name,
                "officer": s.code,
                "present": s.several(s.interval),
            }
        ),
        order=("officer", "at"),
        lists=("away", "present"),
    ),
    "4-routes.jsonl": Sheet(
        _of(
            {
                "blinds": s.some(s.hex64),
                "date": s.date,
                "road": s.flag,
                "route": s.name,
                "slots": s.several(s.row(SLOT)),
            }
        ),
        order=("route",),
        once=(("route",),),
        lists=("blinds", "slots"),
    ),
    "4-weights.jsonl": Sheet(
        _of({"officer": s.code, "slot": s.name, "weight": s.whole(1, UNIT)}),
        order=("slot", "officer"),
        once=(("slot", "officer"),),
    ),
    "4-potentials.jsonl": Sheet(
        _of(
            {
                "date": s.either(s.date, s.empty),
                "officer": s.either(s.code, s.empty),
                "route": s.string,
                "slot": s.string,
                "value": s.whole(-MAX_INTEGER),
            }
        ),
        order=("slot", "officer", "date", "route"),
        once=(("slot", "officer", "date", "route"),),
    ),
    "5-seed.json": Sheet(_of(SEED), public=True, at_once=True),
    "6-roster.jsonl": Sheet(_of({"officer": s.code, "slot": s.name}), order=("slot",), once=(("slot",),)),
    "7-events.jsonl": Sheet(lambda row: s.fields_of(row, EVENTS), lists=("candidates",), public=True),
}

LIST_ORDER: dict[str, Key] = {"strata": ("task", "stratum"), "caps": ("route",), "slots": ("slot",)}


def step(name: str) -> int:
    """Return the step of the draw that a file belongs to, by the number it begins with; 0 for the manifest."""
    return int(name[0]) if name[0].isdigit() else 0
