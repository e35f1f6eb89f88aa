"""Planted faults: for each check, one edit of one step after which a pack fails just that check."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.dr1.checker.maker import UNIT, Edit, Maker, encoded, with_manifest

Files = dict[str, bytes]
Build = Callable[[], Files]

EARLY = "2026-12-01T00:00:00Z"
PAST = {
    "chain": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    "kind": "drand",
    "round": 1000,
}


def made(**edits: Edit) -> Build:
    """Make a pack with edits, keyed by file with ``_`` for what a name cannot hold."""
    return lambda: Maker({_name(key): edit for key, edit in edits.items()}).whole()


def _name(key: str) -> str:
    key = key.removeprefix("_")
    step, what = key.split("_", 1) if key[0].isdigit() else ("", key)
    if step and what in ("parameters", "secrets", "seed"):
        return f"{step}-{what}.json"
    if step and what not in ("contributions", "request", "draw"):
        return f"{step}-{what}.jsonl"
    return f"{step}-{what}" if step else what


def put(*path: Any) -> Edit:
    """Set the value at a path of keys and places; the last argument is the value."""
    *way, last, value = path

    def edit(content: Any) -> None:
        for key in way:
            content = content[key]
        content[last] = value

    return edit


def drop(at: int) -> Edit:
    """Leave out one row."""
    return lambda rows: rows.pop(at)


def late(change: Callable[[Files], None]) -> Build:
    """Change a lawful pack's bytes, and write the manifest anew."""

    def build() -> Files:
        files = Maker().files()
        change(files)
        return with_manifest(files)

    return build


def rows_of(files: Files, name: str) -> list[dict[str, Any]]:
    """Read the rows of a file."""
    return [json.loads(line) for line in files[name].splitlines()]


def rewrite(name: str, edit: Edit) -> Build:
    """Edit the rows of a file that nothing is committed to, after all is made."""

    def change(files: Files) -> None:
        rows = rows_of(files, name)
        edit(rows)
        files[name] = encoded(name, rows)

    return late(change)


def _swap(rows: list[Any]) -> None:
    rows[0], rows[1] = rows[1], rows[0]


def _both_in_and_out(rows: list[Any]) -> None:
    blind = _framed()
    rows.append({"blind": blind, "reason": "annual-cap", "task": "T03"})
    rows.sort(key=lambda row: (row["task"], row["blind"]))


def _framed() -> str:
    """Return a blind that stands in the frame of task T03."""
    maker = Maker()
    maker.files()
    return str(next(row["blind"] for row in maker.rows["1-frame.jsonl"] if row["task"] == "T03"))


def _dice_before_share(parameters: Any) -> None:
    parameters["seed_rule"].insert(0, parameters["seed_rule"].pop())


def _sample_swapped(rows: list[Any]) -> None:
    """Let a reserve and a drawn body change places, within one stratum."""
    drawn = next(row for row in rows if (row["task"], row["stratum"]) == ("T01", "S01") and row["rank"] == 8)
    reserve = next(
        row for row in rows if (row["task"], row["stratum"]) == ("T01", "S01") and row["rank"] == 9
    )
    drawn["blind"], reserve["blind"] = reserve["blind"], drawn["blind"]


def _barred_let_in(may: dict[str, list[str]]) -> None:
    slot = "R006-3"
    may[slot].append(next(code for code in may["R001-2"] if code not in may[slot]))


def _one_unit_more(rows: list[Any]) -> None:
    next(row for row in rows if row["slot"] == "R001-1")["weight"] += 1


def _roster_swapped(rows: list[Any]) -> None:
    """Let two officers of one department change their leading slots of two dates."""
    one, two = (next(row for row in rows if row["slot"] == slot) for slot in ("R003-2", "R004-2"))
    assert one["officer"] != two["officer"]
    one["officer"], two["officer"] = two["officer"], one["officer"]


def _event(rows: list[Any], kind: str) -> dict[str, Any]:
    return next(row for row in rows if row["kind"] == kind)


def _second_best(rows: list[Any]) -> None:
    event = _event(rows, "officer")
    event["to"] = next(code for code in event["candidates"] if code != event["to"])


def _reserve_skipped(rows: list[Any]) -> None:
    event = _event(rows, "target")
    maker = Maker()
    maker.files()
    event["to"] = next(row["blind"] for row in maker.rows["3-sample.jsonl"] if row["rank"] == 10)


def _changes_early(rows: list[Any]) -> None:
    for row in rows:
        row["at"] = "2026-12-01T01:30:00Z"


def _two_dice_alike(contributions: list[str]) -> None:
    contributions[0] = "dice:27182818284590452353"


def _share_of_another(contributions: list[str]) -> None:
    contributions[0] = "share:纪检监察组:" + "ef" * 32


def _not_canonical(files: Files) -> None:
    files["1-persons.jsonl"] = files["1-persons.jsonl"].replace(b'","person"', b'", "person"', 1)


def _with_key_twice(rows: list[Any]) -> None:
    rows.insert(1, dict(rows[0]))


def _potential_off(rows: list[Any]) -> None:
    next(row for row in rows if row["officer"] and not row["date"] and not row["route"])["value"] = (
        UNIT // 100
    )


def _missing_officer_potential(rows: list[Any]) -> None:
    rows.remove(next(row for row in rows if row["officer"] and row["value"] == 0))


def _stranger_related(rows: list[Any]) -> None:
    rows.insert(0, {"ground": "former-employer", "officer": "0" * 16, "with": "0" * 64})


def _lone_key(files: Files) -> None:
    files["1-keys.jsonl"] = files["1-keys.jsonl"].split(b"\n", 1)[1]


def _two_leaders(routes: list[Any]) -> None:
    next(row for row in routes if row["route"] == "R001")["slots"][1]["lead"] = True


def _same_date(routes: list[Any]) -> None:
    routes[-1]["date"] = routes[-2]["date"]


def _hash_of_another(files: Files) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["files"]["1-keys.jsonl"] = "0" * 64
    files["manifest.json"] = encoded("manifest.json", manifest)


def _manifest_wrong() -> Files:
    files = Maker().whole()
    _hash_of_another(files)
    return files


def _stranger_listed() -> Files:
    return with_manifest({**Maker().files(), "8-notes.txt": b"hello"})


def _kept_back() -> Files:
    files = Maker().files()
    del files["1-keys.jsonl"]
    return with_manifest(files)


def _no_manifest() -> Files:
    return Maker().files()


PLANTED: dict[str, tuple[Build, ...]] = {
    "files.manifest": (_no_manifest,),
    "files.listed": (_stranger_listed,),
    "files.hashes": (_manifest_wrong,),
    "files.copy": (_kept_back,),
    "files.form": (late(_not_canonical),),
    "files.rows": (
        rewrite("1-persons.jsonl", put(0, "person", "")),
        rewrite("1-persons.jsonl", put(0, "note", "x")),
        made(_1_parameters=put("seed_rule", 2, "digits", 19)),
    ),
    "files.order": (
        rewrite("1-persons.jsonl", _swap),
        made(_1_pool=lambda rows: rows[0]["skills"].reverse()),
    ),
    "files.once": (rewrite("1-keys.jsonl", _with_key_twice),),
    "draw.same": (made(_4_parameters=put("draw_id", "another")), made(_7_request=put("draw_id", "another"))),
    "draw.number": (
        made(_1_parameters=put("serial", 2)),
        made(_1_parameters=put("after", "330400-2026-12")),
        made(_1_parameters=put("after", "330400-2026-11")),
    ),
    **{
        f"roots.{name}": (made(_1_parameters=put(f"{name}_root", "0" * 64)),)
        for name in ("frame", "exclusions", "pool", "relations")
    },
    **{
        f"roots.{name}": (made(_4_parameters=put(f"{name}_root", "0" * 64)),)
        for name in ("sample", "routes", "changes", "weights", "potentials")
    },
    "frame.strata": (
        made(_1_parameters=put("strata", 1, "take", 14)),
        made(_1_parameters=put("strata", 1, "group", "other")),
    ),
    "frame.populations": (
        made(_1_parameters=put("strata", 1, "population", 14)),
        made(_1_parameters=put("frame_rows", 367)),
    ),
    "frame.apart": (made(_1_exclusions=_both_in_and_out),),
    "pool.relations": (made(_1_relations=_stranger_related),),
    "secrets.pepper": (made(_1_parameters=put("pepper_commitment", "0" * 64)),),
    "secrets.salt": (made(_1_parameters=put("salt_commitment", "0" * 64)),),
    "secrets.blinds": (rewrite("1-keys.jsonl", put(0, "key", "91330402MA00000000")),),
    "secrets.bodies": (late(_lone_key),),
    "secrets.codes": (rewrite("1-persons.jsonl", put(0, "person", "somebody-else")),),
    "secrets.persons": (rewrite("1-persons.jsonl", drop(0)),),
    "targets.rule": (made(_1_parameters=_dice_before_share),),
    "targets.times": (made(_1_parameters=lambda p: p["seed_rule"].append(PAST)),),
    "targets.contributions": (made(_2_contributions=_share_of_another),),
    "targets.seed": (made(_2_seed=put("seed", "0" * 64)),),
    "targets.beacon": (made(_2_seed=put("proofs", 2, "ab")), made(_2_seed=put("proofs", []))),
    "targets.witness": (
        made(_2_seed=put("witness", 0, "signature", "0" * 128)),
        made(_2_seed=put("revealed_at", "2026-12-01T01:00:30Z")),
        made(_2_seed=lambda told: told["witness"].append(dict(told["witness"][0], name="another"))),
    ),
    "sample.rows": (made(_3_sample=_sample_swapped),),
    "sample.cutoffs": (made(_3_cutoffs=put(0, "cutoff", "0" * 64)), made(_3_cutoffs=put(0, "cutoff", ""))),
    "routes.bodies": (
        made(_4_routes=lambda routes: routes[0]["blinds"].pop()),
        made(_4_routes=lambda routes: routes[1]["blinds"].append("f" * 64)),
        made(
            _4_routes=lambda routes: routes[1].update(
                blinds=sorted({*routes[1]["blinds"], routes[0]["blinds"][0]})
            )
        ),
    ),
    "routes.teams": (made(_4_routes=_two_leaders),),
    "routes.changes": (
        made(_4_changes=put(0, "at", EARLY)),
        made(_4_changes=lambda rows: rows.insert(0, dict(rows[0], officer="0" * 16))),
    ),
    "weights.bars": (made(allowed=_barred_let_in),),
    "weights.slots": (made(_4_weights=_one_unit_more),),
    "weights.days": (made(_4_routes=_same_date),),
    "weights.routes": (made(_4_parameters=put("pair_cap", UNIT // 64)),),
    "weights.caps": (
        made(_4_parameters=lambda p: p["caps"].insert(0, {"cap": p["pair_cap"], "route": "R001"})),
        made(_4_parameters=lambda p: p["caps"].insert(0, {"cap": p["pair_cap"] + 5, "route": "R001"})),
        made(_4_parameters=lambda p: p["caps"].append({"cap": UNIT, "route": "R999"})),
    ),
    "weights.potentials": (
        made(_4_potentials=_missing_officer_potential),
        made(
            _4_potentials=lambda rows: rows.append(
                {"date": "", "officer": "", "route": "", "slot": "X", "value": 0}
            )
        ),
    ),
    "weights.optimum": (made(_4_potentials=_potential_off),),
    "officers.rule": (
        made(
            _4_parameters=lambda p: p["seed_rule"].append(
                {"commitment": "0" * 64, "kind": "share", "party": "x"}
            )
        ),
    ),
    "officers.times": (made(_4_parameters=lambda p: p["seed_rule"].append(PAST)),),
    "officers.contributions": (made(_5_contributions=lambda given: given.append("dice:" + "1" * 20)),),
    "officers.seed": (made(_5_seed=put("seed", "0" * 64)),),
    "officers.beacon": (made(_5_seed=put("proofs", 0, "ab")),),
    "officers.witness": (made(_5_seed=put("witness", 1, "at", "2026-12-01T06:00:31Z")),),
    "stages.order": (
        made(_4_changes=_changes_early, _4_parameters=put("committed_at", "2026-12-01T02:00:00Z")),
    ),
    "stages.fresh": (made(_5_contributions=_two_dice_alike),),
    "roster.lottery": (made(_6_roster=_roster_swapped),),
    "events.leaving": (made(_7_request=put("requested_at", "2026-12-01T07:00:00Z")),),
    "events.draws": (
        made(_7_draw=put(0, "0" * 64)),
        made(_7_events=lambda rows: _event(rows, "officer").update(decided_at="2026-12-04T00:30:00Z")),
    ),
    "events.successor": (made(_7_events=_second_best),),
    "events.candidates": (made(_7_request=lambda request: request["candidates"].insert(0, "0" * 16)),),
    "events.reserves": (made(_7_events=_reserve_skipped),),
    "events.direct": (
        made(_7_events=lambda rows: _event(rows, "direct").update(to="0" * 16)),
        made(_7_events=lambda rows: _event(rows, "direct").update(to=_event(rows, "direct")["from"])),
    ),
}
