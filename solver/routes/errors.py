"""The one error of the routes: a problem that cannot be read, or a stop that no route could ever serve."""

from __future__ import annotations

from solver.dr1.errors import ProtocolError


class RouteError(ProtocolError):
    """Faulty data (``stop-twice``, ``matrix-shape``), or a stop never served (``stop-hours``, ``stop-agreed``).

    ``unlawful`` is a fault of ours: an answer that failed the plain check.
    """
