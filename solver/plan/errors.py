"""Errors of the annual plan's numbers; words and remedies live at the edge."""

from __future__ import annotations


class PlanError(ValueError):
    """A plan's bounds or means cannot be read as a problem; ``code`` says why, ``params`` where."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
