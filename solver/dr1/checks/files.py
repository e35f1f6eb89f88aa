"""The files as such: manifest, hashes, what each copy may and must hold, canonical form, order (dr1 sections 2 and 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from solver.dr1.checks.check import Check
from solver.dr1.checks.evidence import Evidence, objects, word
from solver.dr1.checks.table import LIST_ORDER, SHEETS, Key, step
from solver.dr1.encoding import Json, Row, hexdigest
from solver.dr1.verdicts import Finding, brief, fault, remark

MANIFEST = "manifest.json"


def _manifest(e: Evidence) -> Iterator[Finding]:
    if MANIFEST not in e.pack:
        yield fault("file-missing", file=MANIFEST)
    yield from e.reading(MANIFEST).form
    yield from e.reading(MANIFEST).shape


def _listed(e: Evidence) -> Iterator[Finding]:
    listed = e.one(MANIFEST)["files"]
    assert isinstance(listed, dict)
    held = set(e.pack) - {MANIFEST}
    yield from (fault("file-unknown", file=brief(name)) for name in sorted({*held, *listed} - set(SHEETS)))
    yield from (fault("file-not-listed", file=brief(name)) for name in sorted(held - set(listed)))
    yield from (fault("file-not-there", file=brief(name)) for name in sorted(set(listed) - held))


def _hashes(e: Evidence) -> Iterator[Finding]:
    manifest = e.one(MANIFEST)
    listed = manifest["files"]
    assert isinstance(listed, dict)
    for name in sorted(set(listed) & set(e.pack)):
        if hexdigest(e.pack[name], word(manifest["hash"])) != listed[name]:
            yield fault("file-hash", file=brief(name))
    yield remark("files-hashed", count=len(set(listed) & set(e.pack)))


def _copy(e: Evidence) -> Iterator[Finding]:
    """Of the steps reached, a full copy holds all files, a public one all that is public at once and no secret."""
    for name, sheet in SHEETS.items():
        due = step(name) <= min(e.reached, 6) and (e.copy == "full" or sheet.at_once)
        if due and name not in e.pack:
            yield fault("file-missing", file=name)
        if e.copy == "public" and not sheet.public and name in e.pack:
            yield fault("file-not-public", file=name)
    if e.reached == 0:
        yield fault("pack-empty")
    if e.reached < 6 and e.copy == "full":
        yield remark("unfinished", step=e.reached)


def _form(e: Evidence) -> Iterator[Finding]:
    for name in sorted(set(e.pack) & set(SHEETS)):
        yield from e.reading(name).form


def _rows(e: Evidence) -> Iterator[Finding]:
    for name in sorted(set(e.pack) & set(SHEETS)):
        yield from e.reading(name).shape


def _order(e: Evidence) -> Iterator[Finding]:
    for name, sheet in SHEETS.items():
        rows = e.rows(name)
        keys = [_order_key(name, row, sheet.order) for row in rows]
        yield from (
            fault("rows-order", file=name, row=at)
            for at, (one, two) in enumerate(pairwise(keys), 2)
            if one > two  # type: ignore[operator]
        )
        for at, row in enumerate(rows, 1):
            for field, one, two in _neighbours(row, sheet.lists):
                if one > two:  # type: ignore[operator]
                    yield fault("list-order", file=name, row=at, field=field)


def _once(e: Evidence) -> Iterator[Finding]:
    for name, sheet in SHEETS.items():
        rows = e.rows(name)
        for fields in sheet.once:
            yield from _repeats(name, [tuple(map(row.__getitem__, fields)) for row in rows], "/".join(fields))
        if not sheet.once and len(rows) > 1:  # such rows may tie in their order, but not be the same
            yield from _repeats(name, e.pack[name][:-1].split(b"\n"), "*")
        for at, row in enumerate(rows, 1):
            for field, one, two in _neighbours(row, sheet.lists):
                if one == two:
                    yield fault("list-twice", file=name, row=at, field=field)
    names = [slot["slot"] for route in e.rows("4-routes.jsonl") for slot in objects(route["slots"])]
    yield from (fault("slot-twice", slot=slot) for slot in sorted({*_doubled(names)}, key=str))


def _order_key(name: str, row: Row, fields: Key) -> object:
    if name == "7-events.jsonl":
        return (row["at"] if "at" in row else row["requested_at"], row["kind"])
    return tuple(map(row.__getitem__, fields))


def _neighbours(row: Row, lists: Key) -> Iterator[tuple[str, object, object]]:
    """Yield neighbours of the row's ordered lists, and of the lists inside them, by what orders them."""
    for field in lists:
        values = row.get(field, [])
        assert isinstance(values, list)
        yield from ((field, one, two) for one, two in pairwise(_list_key(field, value) for value in values))
        if field == "slots":
            for slot in objects(values):
                yield from _neighbours(slot, ("skills",))


def _list_key(field: str, value: Json) -> object:
    return tuple(value[key] for key in LIST_ORDER[field]) if isinstance(value, dict) else value


def _repeats(name: str, keys: Sequence[object], field: str) -> Iterator[Finding]:
    if len(set(keys)) == len(keys):
        return
    seen: set[object] = set()
    for at, key in enumerate(keys, 1):
        if key in seen:
            yield fault("row-twice", file=name, row=at, field=field)
        seen.add(key)


def _doubled(values: Sequence[object]) -> Iterator[object]:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)


CHECKS = (
    Check("files.manifest", _manifest),
    Check("files.listed", _listed, needs=(MANIFEST,)),
    Check("files.hashes", _hashes, needs=(MANIFEST,)),
    Check("files.copy", _copy, needs=(MANIFEST,)),
    Check("files.form", _form),
    Check("files.rows", _rows),
    Check("files.order", _order),
    Check("files.once", _once),
)
