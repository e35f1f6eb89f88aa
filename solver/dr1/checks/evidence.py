"""The pack as the checks see it: each file read once, and for each that cannot be used, the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from solver.dr1 import encoding
from solver.dr1.checks.shapes import wrong_field
from solver.dr1.checks.table import EVENTS, SHEETS, step
from solver.dr1.encoding import HASHES, Json, Row
from solver.dr1.errors import ProtocolError
from solver.dr1.means import Means
from solver.dr1.verdicts import Finding, brief, fault, refused, unseen

T = TypeVar("T")

MAX_ROWS = 5_000_000  # twenty times a prefecture's weights; each empty line costs a reader eight bytes
MAX_OBJECT = 2**25  # bytes of one object: unpacked, JSON can take forty times its size
MAX_FAULTS = 1000  # of one file; then reading it further tells nothing new


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, read.

    Attributes
    ----------
    rows : tuple[Row, ...]
        Its objects; a ``.json`` file has one. Empty where anything is wrong with the file.
    form : tuple[Finding, ...]
        Faults of the bytes: what is not canonical JSON.
    shape : tuple[Finding, ...]
        Faults of the content: keys, types, ranges.
    """

    rows: tuple[Row, ...]
    form: tuple[Finding, ...]
    shape: tuple[Finding, ...]


class Evidence:
    """What a pack holds, and why what it does not hold is not there.

    Parameters
    ----------
    pack : Mapping[str, bytes]
        Content of each file by name.
    means : Means
        What the caller lends to see further than the standard library does.
    """

    def __init__(self, pack: Mapping[str, bytes], means: Means) -> None:
        self.pack = pack
        self.means = means
        self._readings: dict[str, Reading] = {}
        self._made: dict[object, object] = {}
        self.copy = self._word("manifest.json", "copy", "unknown")
        named = self._word("1-parameters.json", "hash", self._word("manifest.json", "hash", ""))
        self.hash = named if named in HASHES else "sha256"
        self.draw_id = self._word("1-parameters.json", "draw_id", self._word("manifest.json", "draw_id", ""))
        self.reached = self._reached()

    def reading(self, name: str) -> Reading:
        """Return what a file holds; one that is not there reads as empty."""
        if name not in self._readings:
            self._readings[name] = read(name, self.pack[name]) if name in self.pack else Reading((), (), ())
        return self._readings[name]

    def rows(self, name: str) -> tuple[Row, ...]:
        """Return the rows of a sound ``.jsonl`` file, else none."""
        return self.reading(name).rows

    def one(self, name: str) -> Row:
        """Return the object of a ``.json`` file that `gap` found nothing against."""
        return self.reading(name).rows[0]

    def sound(self, name: str) -> bool:
        """Tell whether a file is there and of the right form, so that its content can be used."""
        return name in self.pack and not self.reading(name).form and not self.reading(name).shape

    def gap(self, name: str) -> Finding | None:
        """Say why a file cannot be used, or None if it can."""
        if self.sound(name):
            return None
        if name in self.pack:
            return unseen("malformed", file=name)
        if self.copy == "public" and not SHEETS[name].at_once:
            return unseen("sealed", file=name)
        return unseen("not-yet" if step(name) > self.reached else "missing", file=name)

    def once(self, make: Callable[[Evidence], T]) -> T:
        """Return what ``make`` derives from this pack, deriving it only once."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    def _word(self, name: str, key: str, otherwise: str) -> str:
        return str(self.one(name)[key]) if self.sound(name) else otherwise

    def _reached(self) -> int:
        """Return the last step begun.

        The second freezing begins with its parameters: routes without them are a draft. Reserves may be called
        in early; officers change only after step 6.
        """
        steps = [step(name) for name in self.pack if name in SHEETS]
        if "4-parameters.json" not in self.pack:
            steps = [number for number in steps if number != 4]
        if all(row.get("kind") == "target" for row in self.rows("7-events.jsonl")):
            early = [number for number in steps if number < 7]
            return 7 if 7 in steps and 6 in early else max(early, default=0)
        return 7


def read(name: str, data: bytes) -> Reading:
    """Read one file of the pack; whatever its bytes are, this returns."""
    try:
        leaves = _lines(data) if name.endswith(".jsonl") else [_only(data)]
    except ProtocolError as error:
        return Reading((), (refused(error, file=name),), ())
    rows: list[Row] = []
    form: list[Finding] = []
    shape: list[Finding] = []
    for number, line in enumerate(leaves, 1):
        if len(form) + len(shape) >= MAX_FAULTS:
            break
        try:
            row = _object(line)
        except ProtocolError as error:
            form.append(refused(error, file=name, row=number))
            continue
        wrong = wrong_field(row, SHEETS[name].fields(row)) if name in SHEETS else None
        if wrong is None:
            rows.append(row)
        else:
            shape.append(_misfit(name, number, row, wrong))
    return Reading(() if form or shape else tuple(rows), tuple(form), tuple(shape))


def _lines(data: bytes) -> list[bytes]:
    if data.count(b"\n") > MAX_ROWS:
        raise ProtocolError("rows-too-many", most=MAX_ROWS)
    return encoding.lines(data)


def _object(line: bytes) -> Row:
    if len(line) > MAX_OBJECT:
        raise ProtocolError("object-too-large", most=MAX_OBJECT)
    return encoding.parse_object(line)


def _only(data: bytes) -> bytes:
    if not data.endswith(b"\n"):
        raise ProtocolError("json-newline")
    return data[:-1]


def _misfit(name: str, number: int, row: Row, key: str) -> Finding:
    known = SHEETS[name].fields(row)
    if key not in row:
        return fault("field-missing", file=name, row=number, field=key)
    if key not in known:
        return fault("field-unknown", file=name, row=number, field=key)
    if key == "kind" and name.startswith("7"):
        return fault("kind-unknown", file=name, row=number, value=brief(row[key]), known="/".join(EVENTS))
    return fault("field-value", file=name, row=number, field=key, value=brief(row[key]))


def texts(value: Json) -> list[str]:
    """Return a list of texts that the shape check let through, with its type."""
    return cast("list[str]", value)


def objects(value: Json) -> list[Row]:
    """Return a list of objects that the shape check let through, with its type."""
    return cast("list[Row]", value)


def number(value: Json) -> int:
    """Return a whole number that the shape check let through, with its type."""
    return cast("int", value)


def word(value: Json) -> str:
    """Return a text that the shape check let through, with its type."""
    return cast("str", value)
