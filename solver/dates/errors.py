"""The one error of the dates: a problem that cannot be read, or an answer of ours that failed the plain check."""

from __future__ import annotations

from solver.dr1.errors import ProtocolError


class DatesError(ProtocolError):
    """Faulty data (``outing-twice``, ``fixed-unknown``), or ``unlawful``, which is a fault of ours.

    A problem that is sound but has no lawful days is no error: it is answered by ``NoDate``.
    """
