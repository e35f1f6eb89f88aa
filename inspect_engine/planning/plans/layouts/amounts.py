"""Numbers of a plan sheet (比例、基数、频次、信用风险要求): texts ↔ the forms of a plan line, never guessed.

=====================================  ==============================================
≥3%、不低于3%、3%以上                       minimum
≤10%、不超过10%、10%以内                    maximum
3%、=3%、100%                            exact
12户                                    count
根据实际情况确定                           free
按清单                                   the line states none: its items' ratio counts
全部（分批次抽取次序）                       an order: all, batch by batch
5%（不分等级均匀抽取）                      a uniform slice
基数40065户，抽查比例不低于3%               the base is left aside, the ratio counts
=1、≥1次/年、每季度1次                      times, and the parts of the year they fall in
A 1% B 3% C 10%—20% D不低于50%            ranges of classes
按信用风险等级递增                         no ranges of the line's own: the plan's, which rise
=====================================  ==============================================

Shares are kept as they are written (``1/4``, ``2‰``). A bare whole number has no unit and is refused; ``份额`` behind it
says that it is a share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

from inspect_engine.planning.plans.form import ClassRanges, RatioSpec
from inspect_engine.planning.plans.layouts.windows import narrow
from inspect_engine.planning.spec import share
from inspect_engine.planning.tables import TaskKind
from inspect_engine.registers.importing.clauses import numeral
from inspect_engine.registers.importing.faults import Bad

_LEAST = "不少于|不低于|不得少于|不得低于|不小于|至少|≥|>="
_MOST = "不超过|不得超过|不高于|不得高于|不大于|不多于|至多|最多|≤|<="
_BOUND = rf"(?:(?P<least>{_LEAST})|(?P<most>{_MOST})|(?P<same>=|等于))?"
_SHARE = r"(?P<share>\d{1,9}(?:\.\d{1,9}|/\d{1,9})?[%‰]?)(?P<unit>份额)?"
_UNIT = "[户家个所名件处条台]"
_RATIO = re.compile(
    rf"(?:原则上)?(?:一般)?{_BOUND}{_SHARE}(?:(?P<up>及?以上)|(?P<down>及?以下|以内))?(?:/年|/年度)?"
)
_COUNT = re.compile(rf"(\d{{1,9}}){_UNIT}")
_BOUND_COUNT = re.compile(rf"[^\d]*\d+{_UNIT}(?:以上|以下|以内)?")
_FREE = re.compile(r"(?:根据|按|视)实际情况确定(?:\[(?P<share>[^\]]+?)(?P<unit>份额)?\])?")
_BASE = re.compile(rf"(?:全[市县区])?(?:抽查)?基数[:约为]*(?P<base>\d{{1,9}}){_UNIT}?[,;。]?")
_LEAD = re.compile("^(?:抽查|检查)?(?:比例|数量)[为:]?")
_REMARK = re.compile(r"\(([^()]*)\)")
_ORDER, _UNIFORM = "(分批次抽取次序)", "(不分等级均匀抽取)"
_FREE_SHARE = re.compile(r"^((?:根据|按|视)实际情况确定)\((.*)\)$")
_N = "[0-9]{1,4}|[一二两三四五六七八九十]"
_TIMES = re.compile(
    rf"(?:每(?P<years>{_N})?年度?|(?P<part>每季度?|每半年|每月)|全年|一年)?(?:组织|抽查|检查)?{_BOUND}(?P<times>{_N})次?"
    r"(?:/年|/年度|(?P<behind>/季度?|/半年|/月))?"
)
_SPAN = {"季": "quarter", "半": "half", "月": "month"}
_RISE = re.compile("递增|递加|逐级提高|等级比例相同")
_CLASS = re.compile(
    rf"(?P<name>[A-D])[类级]?(?:企业|主体|对象)?[:=为]?{_BOUND}{_SHARE}(?:-(?P<high>\d{{1,9}}(?:\.\d{{1,9}}|/\d{{1,9}})?[%‰]?)(?P<unit2>份额)?)?"
    r"(?:(?P<up>及?以上)|(?P<down>及?以下|以内))?[、,;。]*"
)
_TAIL = re.compile(r"(?:的?比例)?(?:递增|递加)?(?:抽取|抽查)?(?:比例)?(?:递增|递加)?。?")
_DASH = re.compile("[—–−~至到]+")


@dataclass(frozen=True, slots=True)
class Amount:
    """What a ratio cell says: the kind of the draw, the line's own ratio, and texts that say nothing of them."""

    kind: TaskKind
    ratio: RatioSpec | None
    aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """What a frequency cell says (频次): so many draws in each ``span`` of the year; a cap demands none."""

    times: int
    span: Literal["year", "half", "quarter", "month"] = "year"
    cap: bool = False


def parse_amount(text: str) -> Amount:
    """Read a ratio text.

    Raises
    ------
    Bad
        ``plans.sheet-ratio``, ``plans.sheet-ratio-unit`` (a number without one), ``plans.sheet-ratio-range`` (above one),
        ``plans.sheet-count-bound`` (at least or at most so many bodies).
    """
    said = _LEAD.sub("", narrow(text).rstrip("。;,"))
    kind = TaskKind.set
    if said in ("全部" + _ORDER, "100%" + _ORDER):
        return Amount(TaskKind.order, None)
    if said.endswith(_UNIFORM):
        kind, said = TaskKind.uniform, said.removesuffix(_UNIFORM)
    said = _FREE_SHARE.sub(r"\1[\2]", said)
    aside = tuple(_REMARK.findall(said))
    said = _REMARK.sub("", said)
    if re.fullmatch("(?:按|以)(?:抽查)?(?:事项)?清单(?:规定)?", said) and kind is TaskKind.set:
        return Amount(kind, None, aside)
    ratio = _ratio(said, text)
    if kind is TaskKind.uniform and ratio.form != "exact":
        raise Bad("plans.sheet-ratio", value=text)
    return Amount(kind, ratio, aside)


def _ratio(said: str, text: str) -> RatioSpec:
    if match := _FREE.fullmatch(said):
        return RatioSpec(form="free", value=_checked(match, text) if match["share"] else "0")
    if match := _COUNT.fullmatch(said):
        return RatioSpec(form="count", value=match[1])
    if match := _RATIO.fullmatch(said):
        return RatioSpec(form=_form(match, text), value=_checked(match, text))
    if _BOUND_COUNT.fullmatch(said):
        raise Bad("plans.sheet-count-bound", value=text)
    raise Bad("plans.sheet-ratio", value=text)


def _form(match: re.Match[str], text: str) -> Literal["minimum", "maximum", "exact"]:
    least, most = bool(match["least"]) or bool(match["up"]), bool(match["most"]) or bool(match["down"])
    if (least and most) or ((least or most) and match["same"]):
        raise Bad("plans.sheet-ratio", value=text)
    return "minimum" if least else "maximum" if most else "exact"


def _checked(match: re.Match[str], text: str, value: str = "share", unit: str = "unit") -> str:
    """The share as it is written, if it is one."""
    written = str(match[value])
    if written.isdigit() and not match[unit]:
        raise Bad("plans.sheet-ratio-unit", value=text)
    try:
        share(written)
    except ValueError as error:
        raise Bad("plans.sheet-ratio-range", value=text) from error
    return written


def show_share(value: str) -> str:
    """Write a share so that it cannot be taken for a number of bodies."""
    return f"{value}份额" if value.isdigit() else value


def show_amount(kind: TaskKind, ratio: RatioSpec | None) -> str:
    """Write a line's kind and ratio; :func:`parse_amount` reads them back."""
    if kind is TaskKind.order:
        return "全部（分批次抽取次序）"
    if ratio is None:
        return "按清单"
    uniform = "（不分等级均匀抽取）" if kind is TaskKind.uniform else ""
    return _show_ratio(ratio) + uniform


def _show_ratio(ratio: RatioSpec) -> str:
    if ratio.form == "count":
        return f"{ratio.value}户"
    if ratio.form == "free":
        return "根据实际情况确定" + ("" if ratio.value == "0" else f"（{show_share(ratio.value)}）")
    return {"minimum": "不低于", "maximum": "不超过", "exact": ""}[ratio.form] + show_share(ratio.value)


def parse_base(text: str) -> tuple[int | None, Amount | None]:
    """Read base and ratio from one cell (基数和比例); either may be missing.

    Raises
    ------
    Bad
        As :func:`parse_amount`.
    """
    said = narrow(text)
    match = _BASE.match(_without_remarks_before(said))
    if match is None:
        return None, parse_amount(text)
    rest = re.sub(r"^\([^()]*\)[,;]?", "", _without_remarks_before(said)[match.end() :])
    return int(match["base"]), parse_amount(rest) if rest else None


def _without_remarks_before(said: str) -> str:
    """The text without remarks between base and ratio, such as (动态更新)."""
    return re.sub(rf"(基数[:约为]*\d+{_UNIT}?)\([^()]*\)", r"\1", said)


def show_base(population: int | None, amount: str, *, colon: bool = False) -> str:
    """Write base and ratio in one cell; :func:`parse_base` reads them back."""
    if population is None:
        return amount
    return f"基数：{population}户，抽查比例：{amount}" if colon else f"基数{population}户，抽查比例{amount}"


def parse_number(text: str) -> int:
    """Read a number of bodies (1200户、约3家); raises ``plans.sheet-number``."""
    match = re.fullmatch(rf"约?(\d{{1,9}}){_UNIT}?(?:左右)?", _REMARK.sub("", narrow(text)).rstrip("。"))
    if match is None:
        raise Bad("plans.sheet-number", value=text)
    return int(match[1])


def parse_times(text: str) -> Times | None:
    """Read a frequency text; None where it is left open. Raises ``plans.sheet-frequency``."""
    said = _REMARK.sub("", narrow(text)).rstrip("。")
    if _FREE.fullmatch(said):
        return None
    match = _TIMES.fullmatch(said)
    if match is None or (match["part"] and match["behind"]):
        raise Bad("plans.sheet-frequency", value=text)
    times, years = numeral(match["times"]), numeral(match["years"] or "1")
    if times < 1 or years < 1:
        raise Bad("plans.sheet-frequency", value=text)
    span = _SPAN.get((match["part"] or match["behind"] or "年")[1:2], "year")
    return Times(
        -(-times // years), cast("Literal['year', 'half', 'quarter', 'month']", span), bool(match["most"])
    )


def parse_classes(text: str) -> ClassRanges:
    """Read what the credit risk classes change; nothing stated where the text only says that ratios rise.

    Raises
    ------
    Bad
        ``plans.sheet-classes``, ``plans.sheet-classes-order`` (lowest above highest), and those of shares.
    """
    said = _DASH.sub("-", narrow(text))
    if not re.search(r"\d", said):
        if _RISE.search(said):
            return ClassRanges()
        raise Bad("plans.sheet-classes", value=text)
    start = re.search(r"[A-D][类级]?(?:企业|主体|对象)?[:=为]?[^A-D、,;/]*?\d", said)
    at = start.start() if start else 0
    if start is None or re.search(rf"\d|{_LEAST}|{_MOST}", said[:at]):
        raise Bad("plans.sheet-classes", value=text)
    found: dict[str, tuple[str, str]] = {}
    while match := _CLASS.match(said, at):
        if match["name"] in found:
            raise Bad("plans.sheet-classes", value=text)
        found[match["name"]] = _range(match, text)
        at = match.end()
    if not _TAIL.fullmatch(said, at):
        raise Bad("plans.sheet-classes", value=text)
    return ClassRanges(**found)


def _range(match: re.Match[str], text: str) -> tuple[str, str]:
    if match["high"]:
        if _form(match, text) != "exact":
            raise Bad("plans.sheet-classes", value=text)
        high = _checked(match, text, "high", "unit2")
        low = match["share"]
        if low.isdigit() and not match["unit"] and high[-1] in "%‰":
            low += high[-1]  # 3—5% is 3% to 5%
        elif low.isdigit() and not match["unit"]:
            raise Bad("plans.sheet-ratio-unit", value=text)
        pair = (low, high)
        if _fraction(low, text) > _fraction(high, text):
            raise Bad("plans.sheet-classes-order", value=text)
        return pair
    value = _checked(match, text)
    return {"minimum": (value, "100%"), "maximum": ("0%", value), "exact": (value, value)}[_form(match, text)]


def _fraction(value: str, text: str) -> Fraction:
    try:
        return share(value)
    except ValueError as error:
        raise Bad("plans.sheet-ratio-range", value=text) from error


def show_classes(ranges: ClassRanges) -> str:
    """Write ranges of classes; :func:`parse_classes` reads them back. Empty where none is stated."""
    pairs: Mapping[str, tuple[str, str] | None] = {name: getattr(ranges, name) for name in "ABCD"}
    return "、".join(
        f"{name}类{show_share(pair[0])}~{show_share(pair[1])}"
        for name, pair in pairs.items()
        if pair is not None
    )
