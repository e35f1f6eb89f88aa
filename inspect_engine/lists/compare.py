"""Two lists side by side (清单比对): what one has and the other lacks, where they differ, and which basis is stale.

Entries are matched by code, and those left by name and point. Of matched entries every field of :data:`FIELDS` is
compared as it is written, blanks aside. A basis is *stale* where it names a text of the rules' ``abolished-bases``, or
a text that none of the entries of the other, newer list names any longer while it names others for this entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Fields that are compared, in the order in which differences are shown.
FIELDS = ("name", "basis", "level", "body", "ratio", "frequency")

_TITLE = re.compile(r"《([^《》]+)》")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list (清单条目): a sub-item's or a power's words as the list states them."""

    code: str
    name: str
    basis: str = ""
    level: str = ""
    body: str = ""
    ratio: str = ""
    frequency: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding of a comparison (比对结果).

    Attributes
    ----------
    code, name : str
        Of the left entry, or of the right one where the left list has none.
    finding : str
        ``missing`` (the right list lacks it), ``extra`` (the left lacks it), ``differs``, ``stale-basis``.
    field : str
        Which field differs; empty for whole entries.
    left, right : str
        What each list says; for a stale basis ``left`` or ``right`` holds the stale title, the other why it is.
    """

    code: str
    name: str
    finding: str
    field: str = ""
    left: str = ""
    right: str = ""


def compare(
    left: Sequence[Entry], right: Sequence[Entry], abolished: Mapping[str, str] | None = None
) -> list[Difference]:
    """Compare two lists; ``right`` is taken for the newer, or the one to be measured by.

    Parameters
    ----------
    abolished : mapping of str to str
        Title of a law → what abolished it.

    Returns
    -------
    list of Difference
        Missing and matched entries in the left list's order, then what is extra in the right one's.
    """
    known = abolished or {}
    pairs, extra = match(left, right)
    named = {title for entry in right for title in titles(entry.basis)}
    found: list[Difference] = []
    for mine, theirs in pairs:
        if theirs is None:
            found.append(Difference(mine.code, mine.name, "missing", left=mine.basis))
        else:
            found += _differing(mine, theirs)
        found += _stale(mine, theirs, named, known)
    found += [Difference(entry.code, entry.name, "extra", right=entry.basis) for entry in extra]
    return found


def match(
    left: Sequence[Entry], right: Sequence[Entry]
) -> tuple[list[tuple[Entry, Entry | None]], list[Entry]]:
    """Pair entries by code, then by name where the name is still open once on either side.

    Returns
    -------
    list of (Entry, Entry or None), list of Entry
        A pair for each left entry, and the right entries that nobody took.
    """
    by_code = {entry.code: entry for entry in right}
    taken = {entry.code: by_code[entry.code] for entry in left if entry.code in by_code}
    lone_left = _by_name(entry for entry in left if entry.code not in taken)
    lone_right = _by_name(entry for entry in right if entry.code not in taken)
    for name, mine in lone_left.items():
        theirs = lone_right.get(name, [])
        if len(mine) == 1 and len(theirs) == 1:
            taken[mine[0].code] = theirs[0]
    gone = {entry.code for entry in taken.values()}
    return [(entry, taken.get(entry.code)) for entry in left], [e for e in right if e.code not in gone]


def _by_name(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(_plain(entry.name), []).append(entry)
    return found


def _plain(text: str) -> str:
    return _BLANKS.sub("", text)


def _differing(mine: Entry, theirs: Entry) -> Iterator[Difference]:
    for field in FIELDS:
        ours, others = getattr(mine, field), getattr(theirs, field)
        if _plain(ours) != _plain(others):
            yield Difference(mine.code, mine.name, "differs", field, ours, others)


def titles(basis: str) -> tuple[str, ...]:
    """Titles of laws that a basis names, without 中华人民共和国, each once."""
    found = (title.removeprefix("中华人民共和国").strip() for title in _TITLE.findall(basis))
    return tuple(dict.fromkeys(found))


def _stale(
    mine: Entry, theirs: Entry | None, named: set[str], abolished: Mapping[str, str]
) -> Iterator[Difference]:
    """Stale titles of a left entry and its match; a title that the other list still names elsewhere is only different."""
    for title in titles(mine.basis):
        if title in abolished:
            yield Difference(mine.code, mine.name, "stale-basis", "basis", title, abolished[title])
        elif theirs is not None and titles(theirs.basis) and title not in named:
            yield Difference(mine.code, mine.name, "stale-basis", "basis", title, theirs.basis)
    for title in titles(theirs.basis) if theirs is not None else ():
        if title in abolished:
            yield Difference(mine.code, mine.name, "stale-basis", "basis", abolished[title], title)
