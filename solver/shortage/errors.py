"""The one error of the shortage models: a case that cannot be read, or a change that does not fit it."""

from __future__ import annotations

from solver.dr1.errors import ProtocolError


class ShortageError(ProtocolError):
    """Faulty data (``trip-twice``, ``date-not-allowed``) or a change that the case does not admit.

    That a case cannot be staffed is no error: it is what this package answers.
    """
