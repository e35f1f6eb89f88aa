"""The one error of the roster models: an instance that cannot be read, or a result that failed its own check."""

from __future__ import annotations

from solver.dr1.errors import ProtocolError


class RosterError(ProtocolError):
    """Faulty data (``slot-twice``, ``pair-unknown-slot``) or a numerical failure (``entropy-residual``).

    An instance that is sound but cannot be staffed is no error: it is answered by ``Short``.
    """
