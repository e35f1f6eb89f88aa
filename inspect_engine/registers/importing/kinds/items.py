"""The list of items (随机抽查事项清单): a row is one version of one sub-item.

Misaligned rows, as real lists have them, are found by what their cells say (:mod:`..itemtexts`): a method column
that holds a legal basis, a requirement that holds steps of work. A column in which somebody marked them is not read.

A version in force is not written over: a change comes with a later first day, which ends the version before.
Only its end and notes may change in place, and drafts; nothing follows a repeal. A row without a basis or a method becomes a
draft, with a notice: no task can use it (58号: without a basis, no inspection).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from inspect_engine.registers.importing import fields, vocabulary
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.frequencies import parse_frequency
from inspect_engine.registers.importing.itemstore import ItemStore
from inspect_engine.registers.importing.itemtexts import needs_skill, parse_methods
from inspect_engine.registers.importing.kind import Claim, Identity, Kind
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.ratios import parse_ratio, shares_json
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.timelines import after_repeal, remember_states
from inspect_engine.registers.tables import ItemState, ItemVersion

#: What may change in a version that is in force; everything else takes a new version.
_IN_PLACE = frozenset({"ends", "note", "ground", "power_code", "field"})
_DEFAULTS: Record = {
    "power_code": None,
    "sub_number": None,
    "ends": None,
    "state": ItemState.active.value,
    "level": None,
    "basis": "",
    "methods": [],
    "ratio_text": "",
    "frequency_text": "",
    "officer_requirement": "",
    "skill": None,
    "minutes": 60,
    "standard": "",
    "note": "",
    "ground": "",
}


def _requirement(value: str) -> str:
    needs_skill(value)
    return value


def _build(values: Record, columns: ColumnMap) -> Record:
    record: Record = {n: value for n, value in values.items() if value is not None and n not in _ASIDE}
    record["sub_code"] = values.get("sub_code") or values["item_code"]
    record["sub_name"] = values.get("sub_name") or values["item_name"]
    if record.get("ends") and str(record["ends"]) <= str(record["starts"]):
        raise Bad("ends-before-start", column="ends")
    record |= _ratio(str(values.get("ratio") or ""), columns.level)
    record |= _frequency(str(values.get("frequency") or ""), columns.level)
    if "skill" not in record:
        record["skill"] = (
            needs_skill(str(record["officer_requirement"])) if "officer_requirement" in record else None
        )
    return record


def _complete(record: Record) -> Record:
    full = _DEFAULTS | record
    return full if full["basis"] and full["methods"] else full | {"state": ItemState.draft.value}


def _ratio(text: str, level: str) -> Record:
    try:
        ratio = parse_ratio(text, level)
    except Bad as bad:
        bad.column = "ratio"
        raise
    shares = cast("Any", shares_json(ratio))
    return {
        "ratio_form": ratio.form.value,
        "ratio": ratio.share,
        "ratio_by_class": shares,
        "ratio_text": text,
    }


def _frequency(text: str, level: str) -> Record:
    try:
        found = parse_frequency(text, level)
    except Bad as bad:
        bad.column = "frequency"
        raise
    return {
        "frequency_form": found.form.value,
        "frequency_bound": found.bound.value if found.bound else None,
        "frequency_times": found.times,
        "frequency_years": found.years,
        "frequency_text": text,
    }


_ASIDE = frozenset({"ratio", "frequency"})


def _identity(record: Record) -> Identity:
    return (str(record["item_code"]), str(record["sub_code"]), str(record["starts"]))


def _claims(values: Record, _map: ColumnMap) -> Iterable[Claim]:
    code = str(values["item_code"])
    sub_code = str(values.get("sub_code") or code)
    yield Claim(("item", code), str(values["item_name"]), "item-two-names", "item_name")
    yield Claim(("sub-item", sub_code), code, "sub-item-twice", "sub_code")


def _prepare(records: Sequence[Record], refs: References) -> None:
    remember_states(records, refs, "sub_code")


def _check(record: Record, refs: References) -> Iterator[Bad]:
    if any(record.get(name) is None for name in ("item_code", "sub_code", "starts")):
        return
    owner = refs.sub_items.get(str(record["sub_code"]), record["item_code"])
    if owner != record["item_code"]:
        yield Bad("sub-item-twice", column="sub_code", value=record["sub_code"], other=owner)
    starts = refs.versions.get(str(record["sub_code"]), {record["starts"]})
    if record["starts"] not in starts and str(record["starts"]) < max(map(str, starts)):
        yield Bad("version-earlier", column="starts", value=record["starts"], last=max(map(str, starts)))
    yield from after_repeal(record, refs, "sub_code", refs.item_states)


def _notices(record: Record) -> Iterator[Bad]:
    for name in ("basis", "methods"):
        if not record.get(name):
            yield Bad("draft-for-want-of", column=name, what=name)


def _change(before: Record, after: Record) -> Iterator[Bad]:
    if before["state"] == ItemState.draft:
        return
    changed = sorted(name for name in after if name in before and after[name] != before[name])
    if any(name not in _IN_PLACE for name in changed):
        yield Bad("version-in-force", column="starts", starts=before["starts"], changed=", ".join(changed))


ITEMS = Kind(
    name="items",
    fields=(
        Field("item_code", fields.text, required=True),
        Field("item_name", fields.text, required=True),
        Field("field", fields.text, required=True),
        Field("power_code", fields.text),
        Field("sub_code", fields.text),
        Field("sub_number", fields.whole(1, 9999)),
        Field("sub_name", fields.text),
        Field("starts", fields.day, required=True),
        Field("ends", fields.day),
        Field("state", fields.one_of(vocabulary.ITEM_STATES)),
        Field("basis", fields.text),
        Field("level", fields.one_of(vocabulary.LEVELS)),
        Field("subject", fields.text, required=True),
        Field("kind", fields.one_of(vocabulary.ITEM_KINDS), required=True),
        Field("target_kind", fields.text, required=True),
        Field("methods", parse_methods),
        Field("ratio", fields.text, required=True, aside=True),
        Field("frequency", fields.text, required=True, aside=True),
        Field("officer_requirement", _requirement),
        Field("skill", fields.text),
        Field("minutes", fields.whole(1, 480)),
        Field("standard", fields.text),
        Field("note", fields.text),
        Field("ground", fields.text),
    ),
    build=_build,
    identity=_identity,
    complete=_complete,
    check=_check,
    prepare=_prepare,
    claims=_claims,
    notices=_notices,
    change=_change,
    store=ItemStore(_identity),
    ordered=True,
    approved=ItemVersion,
)
