"""The one error of replanning: a problem that cannot be read, or one that has no lawful answer."""

from __future__ import annotations

from solver.dr1.errors import ProtocolError


class ReplanError(ProtocolError):
    """Faulty data (``visit-twice``, ``route-unknown``), or no answer: ``no-day``, ``nowhere``.

    ``unlawful`` is a fault of ours: an answer that failed the plain check.
    """
