"""The one error of the protocol: something does not obey ``dr1``."""

from __future__ import annotations


class ProtocolError(ValueError):
    """An input that the protocol refuses.

    Parameters
    ----------
    code : str
        Stable name of the fault, words joined by hyphens (``"text-control"``).
    **params : object
        What a reader needs to find it: the field, the value, the bound.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by code and parameters, so that the error crosses process borders."""
        return (_rebuild, (type(self), self.code, self.params))

    def __str__(self) -> str:
        """Code and parameters on one line."""
        return " ".join([self.code, *(f"{k}={v!r}" for k, v in self.params.items())])


def _rebuild(kind: type[ProtocolError], code: str, params: dict[str, object]) -> ProtocolError:
    return kind(code, **params)
