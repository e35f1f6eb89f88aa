"""What is wrong with a form, in both languages, and where (表单错误说明): pydantic's faults in a bureau's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from inspect_engine.errors import EngineError, words


def refusal(code: str, error: ValidationError, values: object) -> EngineError:
    """Make the refusal of a form: its first fault with its place, and how many more there are.

    Parameters
    ----------
    values : object
        The form as it was given; a task is named by its code where it has one.
    """
    first = error.errors()[0]
    return EngineError(
        code, place=_place(first["loc"], values), fault=_fault(first), more=error.error_count() - 1
    )


def _place(parts: tuple[int | str, ...], values: object) -> str:
    shown: list[str] = []
    here = values
    for part in parts:
        if isinstance(part, int) and isinstance(here, list) and part < len(here):
            here = here[part]
            code = here.get("code") if isinstance(here, Mapping) else None
            shown[-1:] = [f"{shown[-1] if shown else ''}[{code if isinstance(code, str) else part + 1}]"]
        else:
            here = here.get(part) if isinstance(here, Mapping) else None
            shown.append(str(part))
    return ".".join(shown) or "-"


def _fault(fault: Any) -> str:
    """The fault in Chinese and English; one that has no Chinese words yet stands in English alone."""
    english = str(fault["msg"]).removeprefix("Value error, ")
    key = english.partition(":")[0] if fault["type"] == "value_error" else str(fault["type"])
    chinese = words("forms").get(key, {}).get("zh", "")
    if not chinese:
        return english
    context = {name: value for name, value in fault.get("ctx", {}).items() if name != "error"}
    return f"{chinese.format_map(context)} · {english}"
