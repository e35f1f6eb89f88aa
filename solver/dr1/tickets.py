"""Blinds, tickets and the draw of targets (抽取检查对象; dr1 section 4).

    nonce(key)  = H(text("dr1/nonce", pepper, key))
    blind(key)  = H(text("dr1/blind", nonce))
    ticket(key) = H(text("dr1/ticket", seed, group, blind))

In each stratum the targets are ranked by (ticket, blind); the first ``take`` are drawn and the next
``reserve`` stand by. A ticket depends on nothing but seed, group and body. Hence every target of a stratum
has chance exactly take/population, files may come in any order, striking one target moves no other, and a
low ticket draws a body in all its tasks of a group at once (综合查一次).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from solver.dr1.encoding import Row, check_text, hasher, hexdigest, text
from solver.dr1.errors import ProtocolError


def pepper_commitment(pepper: str, hash: str = "sha256") -> str:  # noqa: A002 - the protocol's own name
    """Return the commitment to the pepper that hides the targets' keys."""
    return hexdigest(text("dr1/pepper", pepper), hash)


def salt_commitment(salt: str, hash: str = "sha256") -> str:  # noqa: A002
    """Return the commitment to the salt that hides the officers' persons."""
    return hexdigest(text("dr1/salt", salt), hash)


def nonce(pepper: str, key: str, hash: str = "sha256") -> str:  # noqa: A002
    """Return the secret that a body is handed after the window, to open its own blind."""
    return hexdigest(text("dr1/nonce", pepper, key), hash)


def blind(nonce: str, hash: str = "sha256") -> str:  # noqa: A002
    """Return what stands for the target (盲码) wherever its identity is still secret.

    Of the nonce alone, so that what ties a blind to a body's key is the pepper; ADR 6 has why, and the price.
    """
    return hexdigest(text("dr1/blind", nonce), hash)


def ticket(seed: str, group: str, blind: str, hash: str = "sha256") -> str:  # noqa: A002
    """Return the body's ticket (签号) for all tasks of a group; the smallest are drawn."""
    return hexdigest(text("dr1/ticket", seed, group, blind), hash)


def officer_code(salt: str, person: str, hash: str = "sha256") -> str:  # noqa: A002
    """Return the pseudonym of a person or standing team in one draw: 16 hex digits (dr1 section 8)."""
    return hexdigest(text("dr1/officer", salt, person), hash)[:16]


@dataclass(frozen=True, slots=True)
class Sample:
    """The drawn and the reserves, as the rows of two files of the pack.

    Attributes
    ----------
    rows : list[Row]
        Rows of ``3-sample.jsonl``, by (task, stratum, rank).
    cutoffs : list[Row]
        Rows of ``3-cutoffs.jsonl``, by (task, stratum): the ticket of the last one taken.
    """

    rows: list[Row]
    cutoffs: list[Row]


@dataclass(frozen=True, slots=True, order=True)
class _Stratum:
    """One row of ``strata`` in the first stage's parameters."""

    task: str
    stratum: str
    group: str
    population: int
    take: int
    reserve: int

    @classmethod
    def of(cls, row: Row) -> _Stratum:
        task, stratum, group = (_string(row, name) for name in ("task", "stratum", "group"))
        population, take, reserve = (_count(row, name) for name in ("population", "take", "reserve"))
        return cls(task, stratum, group, population, take, reserve)


def _string(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise ProtocolError("stratum-field", field=name, value=value)
    return value


def _count(row: Row, name: str) -> int:
    value = row.get(name)
    if type(value) is not int or value < 0:
        raise ProtocolError("stratum-field", field=name, value=value)
    return value


def draw(
    frame: Iterable[tuple[str, str, str]],
    strata: Sequence[Row],
    seed: str,
    hash: str = "sha256",  # noqa: A002
) -> Sample:
    """Draw the targets of all tasks.

    Parameters
    ----------
    frame : Iterable[tuple[str, str, str]]
        Eligible (task, stratum, blind) rows in any order.
    strata : Sequence[Row]
        Rows ``{"group", "population", "reserve", "stratum", "take", "task"}`` in any order.
    seed : str
        Seed of the first stage.

    Raises
    ------
    ProtocolError
        ``stratum-field``, ``stratum-twice``, ``stratum-unknown``, ``stratum-population`` where the frame has
        another number of rows, ``stratum-take`` where more are to be taken than there are,
        ``task-groups`` where one task has two groups, ``frame-twice`` where a body has two rows in a task.
    """
    cells = _cells(strata)
    members = _members(frame, cells)
    sample = Sample([], [])
    tasks = Counter(group for _, group in {(cell.task, cell.group) for cell in cells.values()})
    tickets = {group: _Tickets(seed, group, hash, shared=count > 1) for group, count in tasks.items()}
    for key, cell in cells.items():
        _draw_stratum(cell, members[key], tickets[cell.group], sample)
    return sample


class _Tickets:
    """Raw tickets of a group, each hashed once however many tasks ask; raw and hex order agree.

    Where one task has the group to itself nothing is asked for twice, and nothing is remembered.
    """

    def __init__(self, seed: str, group: str, hash: str, *, shared: bool) -> None:  # noqa: A002
        self._shared, self._known = shared, dict[str, bytes]()
        self._prefix = text("dr1/ticket", seed, group) + b"\n"
        self._hash: Callable[[bytes], bytes] = hasher(hash)

    def of(self, blinds: Sequence[str]) -> list[bytes]:
        """Return the tickets in the order of the blinds; by the batch, which halves the time of a large draw."""
        known, prefix, digest = self._known, self._prefix, self._hash
        new = [blind for blind in blinds if blind not in known]
        if not _plain("".join(new)):
            for blind in new:
                check_text(blind)
        fresh = [digest(prefix + blind.encode()) for blind in new]
        if self._shared:
            known.update(zip(new, fresh, strict=True))
        return fresh if len(new) == len(blinds) else [known[blind] for blind in blinds]


def _plain(joined: str) -> bool:
    """Whether texts pass without a look at each: what is ASCII and printable as a whole is so in every part."""
    return joined.isascii() and joined.isprintable()


def _cells(strata: Sequence[Row]) -> dict[tuple[str, str], _Stratum]:
    cells: dict[tuple[str, str], _Stratum] = {}
    groups: dict[str, str] = {}
    for cell in sorted(_Stratum.of(row) for row in strata):
        where = {"task": cell.task, "stratum": cell.stratum}
        if (cell.task, cell.stratum) in cells:
            raise ProtocolError("stratum-twice", **where)
        if cell.take > cell.population:
            raise ProtocolError("stratum-take", **where, take=cell.take, population=cell.population)
        if groups.setdefault(cell.task, cell.group) != cell.group:
            raise ProtocolError("task-groups", task=cell.task)
        cells[cell.task, cell.stratum] = cell
    return cells


def _members(
    frame: Iterable[tuple[str, str, str]], cells: dict[tuple[str, str], _Stratum]
) -> dict[tuple[str, str], list[str]]:
    members: dict[tuple[str, str], list[str]] = {key: [] for key in cells}
    for task, stratum, body in frame:
        try:
            members[task, stratum].append(body)
        except KeyError:
            raise ProtocolError("stratum-unknown", task=task, stratum=stratum) from None
    for (task, stratum), cell in cells.items():
        rows = len(members[task, stratum])
        if rows != cell.population:
            raise ProtocolError(
                "stratum-population", task=task, stratum=stratum, population=cell.population, rows=rows
            )
    _check_once(members)
    return members


def _check_once(members: dict[tuple[str, str], list[str]]) -> None:
    rows: Counter[str] = Counter()
    bodies: dict[str, set[str]] = {}
    for (task, _), blinds in members.items():
        rows[task] += len(blinds)
        bodies.setdefault(task, set()).update(blinds)
    for task, distinct in bodies.items():
        if len(distinct) != rows[task]:
            raise ProtocolError("frame-twice", task=task, rows=rows[task] - len(distinct))


def _draw_stratum(cell: _Stratum, blinds: list[str], tickets: _Tickets, sample: Sample) -> None:
    ranked = _first(cell.take + cell.reserve, tickets.of(blinds), blinds)
    for rank, (_, body) in enumerate(ranked, 1):
        sample.rows.append(
            {
                "blind": body,
                "rank": rank,
                "stratum": cell.stratum,
                "taken": rank <= cell.take,
                "task": cell.task,
            }
        )
    cutoff = ranked[cell.take - 1][0].hex() if cell.take else ""
    sample.cutoffs.append({"cutoff": cutoff, "stratum": cell.stratum, "task": cell.task})


def _first(count: int, tickets: Sequence[bytes], blinds: Sequence[str]) -> list[tuple[bytes, str]]:
    """Return the first (ticket, blind) in order; tickets alone are compared until few are left."""
    least = nsmallest(count, tickets)
    if not least:
        return []
    return sorted(pair for pair in zip(tickets, blinds, strict=True) if pair[0] <= least[-1])[:count]
