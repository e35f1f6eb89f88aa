"""What a plan says beside its tasks (计划参数): label and value in the rows above the headings of the complete layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from inspect_engine.planning.plans.form import ExtraMeans, PlanForm
from inspect_engine.planning.plans.layouts.amounts import parse_classes, show_classes
from inspect_engine.planning.plans.layouts.column import Parts
from inspect_engine.planning.plans.layouts.grid import Grid, Headings
from inspect_engine.planning.plans.layouts.wording import pieces, quote, quote_part, unquote
from inspect_engine.planning.spec import share
from inspect_engine.registers.importing.faults import Bad

_MEANS = re.compile(
    r'(?P<region>"(?:[^"\\]|\\.)*"|[^"；;/]+)/(?P<skill>"(?:[^"\\]|\\.)*"|[^"；;/]+(?:/[^"；;/]+)?)/(?P<month>\d{1,2})月/(?P<days>[+-]\d{1,5})天'
)


@dataclass(frozen=True, slots=True)
class Param:
    """One value of a plan: its label, and how it is read and written."""

    label: str
    read: Callable[[str], object]
    show: Callable[[Any], str]


def _share(text: str) -> str:
    share(text)
    return text


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError("not a whole number")
    return int(text)


def _means(text: str) -> tuple[ExtraMeans, ...]:
    found = []
    for part in pieces(text):
        match = _MEANS.fullmatch(part)
        if match is None:
            raise ValueError("not region/skill/month/days")
        found.append(
            ExtraMeans(
                region=unquote(match["region"]),
                skill=unquote(match["skill"]),
                month=int(match["month"]),
                days=int(match["days"]),
            )
        )
    return tuple(found)


def _show_means(means: tuple[ExtraMeans, ...]) -> str:
    return "；".join(f"{quote_part(m.region)}/{_skill(m.skill)}/{m.month}月/{m.days:+d}天" for m in means)


def _skill(skill: str) -> str:
    """Skills of a department bear a stroke (市监/食品), which stands as it is."""
    before, stroke, after = skill.partition("/")
    plain = stroke and quote_part(before) == before and quote_part(after) == after
    return skill if plain else quote_part(skill)


PARAMS: Mapping[str, Param] = {
    "plan": Param("计划编号", str, str),
    "title": Param("计划名称", unquote, quote),
    "year": Param("年度", _whole, str),
    "operator": Param("编制机关", unquote, quote),
    "end": Param("计划终期", date.fromisoformat, date.isoformat),
    "held_back": Param("预留力量", _share, str),
    "day_minutes": Param("每日分钟", _whole, str),
    "set_up": Param("每户准备分钟", _whole, str),
    "width": Param("区间宽度", _share, str),
    "slice": Param("均匀抽样份额", _share, str),
    "give": Param("让步份额", _share, str),
    "ranges": Param("全计划各等级比例", parse_classes, show_classes),
    "general_cap": Param("一般事项上限", _share, str),
    "yearly_cap": Param("全计划年度上限", _whole, str),
    "prior": Param("先验问题率", _share, str),
    "prior_weight": Param("先验权重", _whole, str),
    "means": Param("增援力量", _means, _show_means),
}
_FIELDS = {param.label: name for name, param in PARAMS.items()}


def show_params(form: PlanForm) -> list[tuple[str, str]]:
    """Labels and values of a plan; those that it leaves to the rules are left out."""
    said = [(param.label, getattr(form, name), param) for name, param in PARAMS.items()]
    pairs = [(label, param.show(value)) for label, value, param in said if value is not None]
    return [(label, text) for label, text in pairs if text]


def read_params(grid: Grid, headings: Headings, head: Parts) -> tuple[Parts, list[tuple[int, str, Bad]]]:
    """Read the rows above the headings; a row with one text alone is a title.

    Faults are ``plans.sheet-param`` for a value that does not fit, ``plans.sheet-param-unknown`` for a label that is none or
    stands twice, ``plans.sheet-header-differs`` for a value other than the one of ``head``.
    """
    found: Parts = {}
    faults: list[tuple[int, str, Bad]] = []
    for row in grid.rows:
        said = [text for text in grid.loose(row) if text] if row < headings.first else []
        if len(said) < 2:
            continue
        label, value = said[0], said[1]
        name = _FIELDS.get(label)
        if name is None or len(said) > 2 or name in found:
            faults.append((row, label, Bad("plans.sheet-param-unknown", value=label)))
            continue
        try:
            found[name] = PARAMS[name].read(value)
        except (ValueError, Bad):
            faults.append((row, label, Bad("plans.sheet-param", value=value)))
            continue
        if found[name] != head.get(name, found[name]):
            faults.append((row, label, Bad("plans.sheet-header-differs", value=value, other=head[name])))
    return found, faults
