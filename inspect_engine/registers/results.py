"""What a result's code says of a visit (检查结果): whether it found a problem."""

from __future__ import annotations

from inspect_engine.errors import EngineError
from inspect_engine.rules import codes_of

_SAID = {"yes": True, "no": False, "none": None}


def problem_of(code: str) -> bool | None:
    """Tell whether a result is a problem found (发现问题).

    Parameters
    ----------
    code : str
        Of the rules' ``result-codes``.

    Returns
    -------
    bool or None
        None where there was nobody to inspect (注销、迁出…): such a visit says nothing of any rate.

    Raises
    ------
    EngineError
        ``registers.result-unknown``.
    """
    found = codes_of("result-codes").get(code)
    if found is None:
        raise EngineError("registers.result-unknown", value=code)
    return _SAID[found["problem"]]
