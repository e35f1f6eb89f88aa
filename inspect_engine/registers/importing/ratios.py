"""Ratio texts of item lists (抽查比例) → the closed forms of an item version.

===================================  =========================================
不少于3%、不低于3%或按专项计划确定          minimum 30,000 ppm
不超过10%/年、一般不超过10%             maximum 100,000 ppm
10%、100%                            exact
根据实际情况确定、结合……一并开展           free
A类1%、B类3%—5%、C类不超过10%、D类100%     by class; a range is a pair
===================================  =========================================

A number without a percent or per-mille sign is no ratio: it is refused, never taken for "free".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from inspect_engine.registers.importing.clauses import bound_before, for_level, plain
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.tables import Bound, RatioForm

WHOLE = 1_000_000
Share: TypeAlias = "int | tuple[int, int]"

_NUMBER = re.compile(r"(?:(\d+(?:\.\d+)?)\s*[%％‰]?\s*[-—–~～至到]+\s*)?(\d+(?:\.\d+)?)\s*([%％‰])")
_CLASS = re.compile(r"([A-D])\s*[类级]")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of an item: ``share`` [ppm] where the form has one number, ``by_class`` where each class has its own."""

    form: RatioForm
    share: int | None = None
    by_class: tuple[tuple[str, Share], ...] = ()


def parse_ratio(text: str, level: str = "county") -> Ratio:
    """Read a ratio text as it speaks to one level of government.

    Raises
    ------
    Bad
        ``ratio-unclear`` (a number that is no ratio), ``ratio-range`` (above 100 %), ``ratio-too-fine`` (below 1 ppm).
    """
    ours = plain(for_level(text, level))
    if len(set(_CLASS.findall(ours))) > 1:
        return Ratio(RatioForm.by_class, None, _by_class(ours))
    match = _NUMBER.search(ours)
    if match is None:
        if re.search(r"\d", ours):
            raise Bad("ratio-unclear", value=text)
        return Ratio(RatioForm.free)
    if match[1]:
        raise Bad("ratio-unclear", value=text)  # a range without classes has no form of its own
    bound = bound_before(ours, match.start())
    return Ratio(RatioForm(bound.value), _ppm(match[2], match[3]))


def _by_class(text: str) -> tuple[tuple[str, Share], ...]:
    pieces = _CLASS.split(text)[1:]
    found: dict[str, Share] = {}
    for name, piece in zip(pieces[::2], pieces[1::2], strict=True):
        match = _NUMBER.search(piece)
        if match is None or name in found:
            raise Bad("ratio-unclear", value=text)
        found[name] = _share(piece, match)
    return tuple(sorted(found.items()))


def _share(piece: str, match: re.Match[str]) -> Share:
    high = _ppm(match[2], match[3])
    if match[1]:
        return (_ppm(match[1], match[3]), high)
    bound = bound_before(piece, match.start())
    if bound == Bound.exact:
        return high
    return (high, WHOLE) if bound == Bound.minimum else (0, high)


def _ppm(digits: str, sign: str) -> int:
    share = Fraction(digits) * (1_000 if sign == "‰" else 10_000)
    if share > WHOLE:
        raise Bad("ratio-range", value=digits + sign)
    if share.denominator != 1 or share == 0:
        raise Bad("ratio-too-fine", value=digits + sign)
    return int(share)


def render_ratio(ratio: Ratio) -> str:
    """Write a ratio in the words of a list; :func:`parse_ratio` reads them back."""
    if ratio.form == RatioForm.free:
        return "根据实际情况确定"
    if ratio.form == RatioForm.by_class:
        return "、".join(f"{name}类{_render_share(share)}" for name, share in ratio.by_class)
    word = {RatioForm.minimum: "不少于", RatioForm.maximum: "不超过", RatioForm.exact: ""}[ratio.form]
    return word + _percent(ratio.share or 0)


def _render_share(share: Share) -> str:
    if isinstance(share, int):
        return _percent(share)
    low, high = share
    if low == 0:
        return f"不超过{_percent(high)}"
    return f"不少于{_percent(low)}" if high == WHOLE else f"{_percent(low)}—{_percent(high)}"


def _percent(ppm: int) -> str:
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + "%"


def shares_json(ratio: Ratio) -> Mapping[str, int | list[int]] | None:
    """``by_class`` as the item version keeps it."""
    if not ratio.by_class:
        return None
    return {name: share if isinstance(share, int) else list(share) for name, share in ratio.by_class}
