"""Frequency texts of item lists (抽查频次) → times within a span.

=================================  ===================================
每年1次、1次/年、每年一次               exactly 1 in 1 year
每年不少于2次                         at least 2 in 1 year
对同一单位每2年抽查不超过1次              at most 1 in 2 years
在许可有效期内不超过2次                  at most 2 in a permit's term
1—2次/年                             at most 2 in 1 year
每月组织1次、每季度1次、每半年1次         12, 4, 2 in 1 year
根据实际情况确定                       free
=================================  ===================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspect_engine.registers.importing.clauses import bound_before, for_level, numeral, plain
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.tables import Bound, FrequencyForm

_N = "[0-9]+|[一二两三四五六七八九十]"
_TIMES = re.compile(f"(?:({_N})\\s*[-—–~～至到]+\\s*)?({_N})\\s*次")
_YEARS = re.compile(f"每?({_N})个?年(?!度)")
_PARTS = {"每月": 12, "/月": 12, "每季": 4, "/季": 4, "每半年": 2, "/半年": 2}


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often: ``times`` in ``years`` years, or in a permit's term where ``years`` is None."""

    form: FrequencyForm
    bound: Bound | None = None
    times: int | None = None
    years: int | None = None


def parse_frequency(text: str, level: str = "county") -> Frequency:
    """Read a frequency text as it speaks to one level of government.

    A range ``1—2次`` keeps its upper end as a cap: visits beyond it are barred, and no visit is owed twice.

    Raises
    ------
    Bad
        ``frequency-unclear``: a number that says no times, or times of no known span.
    """
    ours = plain(for_level(text, level))
    match = _TIMES.search(ours)
    if match is None:
        if re.search(r"\d", ours):
            raise Bad("frequency-unclear", value=text)
        return Frequency(FrequencyForm.free)
    times = numeral(match[2])
    bound = Bound.maximum if match[1] else bound_before(ours, match.start())
    if "有效期" in ours:
        return Frequency(FrequencyForm.permit_term, bound, _positive(times, text))
    for word, number in _PARTS.items():
        if word in ours:
            return Frequency(FrequencyForm.per_years, bound, _positive(times * number, text), 1)
    return Frequency(FrequencyForm.per_years, bound, _positive(times, text), _years(ours, text))


def _positive(times: int, text: str) -> int:
    if times < 1:
        raise Bad("frequency-unclear", value=text)
    return times


def _years(ours: str, text: str) -> int:
    match = _YEARS.search(ours)
    if match:
        return _positive(numeral(match[1]), text)
    if "年" not in ours:
        raise Bad("frequency-unclear", value=text)
    return 1


def render_frequency(frequency: Frequency) -> str:
    """Write a frequency in the words of a list; :func:`parse_frequency` reads them back."""
    if frequency.form == FrequencyForm.free:
        return "根据实际情况确定"
    word = {Bound.minimum: "不少于", Bound.maximum: "不超过", Bound.exact: ""}[frequency.bound or Bound.exact]
    if frequency.form == FrequencyForm.permit_term:
        return f"在许可有效期内{word}{frequency.times}次"
    span = "每年" if frequency.years == 1 else f"每{frequency.years}年"
    return f"{span}{word}{frequency.times}次"
