"""The life of a power or an item (事项状态): which state may follow which, as one table.

::

    draft → active → suspended → repealed
               ↑________|            ↑
               |_____________________|

A suspended one may be taken up again; an active one may be repealed at once; nothing leaves ``repealed``.
"""

from __future__ import annotations

from collections.abc import Mapping

from inspect_engine.registers.tables import ItemState

_NEXT: Mapping[ItemState, frozenset[ItemState]] = {
    ItemState.draft: frozenset({ItemState.active}),
    ItemState.active: frozenset({ItemState.suspended, ItemState.repealed}),
    ItemState.suspended: frozenset({ItemState.active, ItemState.repealed}),
    ItemState.repealed: frozenset(),
}


def may_follow(before: ItemState, after: ItemState) -> bool:
    """Tell whether one state may give way to another; none gives way to itself."""
    return after in _NEXT[before]


def states_after(before: ItemState) -> tuple[ItemState, ...]:
    """States that may follow, in the order of a life."""
    return tuple(state for state in ItemState if state in _NEXT[before])


def breaks_repeal(history: Mapping[str, str], starts: str, state: str) -> str | None:
    """The day of the other version, where one of the two follows a repeal.

    Parameters
    ----------
    history : mapping
        First day → state of every version of the thing; days as ``2026-04-01``.
    """
    for day, other in sorted(history.items()):
        if (day < starts and other == ItemState.repealed) or (day > starts and state == ItemState.repealed):
            return day
    return None
