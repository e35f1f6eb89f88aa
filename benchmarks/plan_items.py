"""The 40 items of a real list as tasks of a plan: ratio, frequency, method and skill from its own columns.

The list has a row for each sub-item; an item is a pair of system and number. Of ratios and of frequencies that its sub-items
state, the item takes the one that most of them have, in doubt the smaller. Where an item states a ratio that binds, and the
classes' ranges where it states none: 2 % at most and 61 % of class D at least do not go together.

    frequency   n times a year, or at least   n batches, each with its part of the year
                at most n at one body         one batch, n a year at one body; a permit's term is five years
    method      on paper alone                no visit
    skill       qualified officers            those of its field; otherwise any officer of the department

Which bodies an item is open to is said by words in their names and scopes of business, or by their kind. Minutes are invented.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from solver.dr1.stream import Stream
from solver.plan.problem import PPM, Batch, Range, RatioForm, Task, Work

FORMS: dict[str, RatioForm] = {"min": "minimum", "max": "maximum", "exact": "exact", "free": "free"}
MARKET, POLICE = "市场监管(食药/质监/工商)", "公安"
#: Item → words, any of which opens a body to it; one with a ``+`` asks for both.
WORDS: dict[tuple[str, str], str] = {
    (MARKET, "1"): "食品+生产 食品+加工 糕点 豆制品 乳制品+生产 饮料+生产 粮食加工 食品添加剂",
    (MARKET, "2"): "保健食品",
    (MARKET, "3"): "食品 餐饮 酒店 饭店 副食 超市",
    (MARKET, "4"): "化妆品+生产 化妆品+制造 日化",
    (MARKET, "5"): "药品 药房 药店 中药",
    (MARKET, "6"): "医院 诊所 门诊 医疗机构 医疗服务",
    (MARKET, "7"): "医疗器械+销售 医疗器械+批发 医疗器械+零售 一类医疗器械 Ⅰ类医疗器械",
    (MARKET, "8"): "二类医疗器械 Ⅱ类医疗器械 医疗器械经营",
    (MARKET, "9"): "医疗器械+制造 医疗器械+生产",
    (MARKET, "10"): "诊所 门诊 卫生院 卫生室 医疗服务",
    (MARKET, "11"): "直销",
    (MARKET, "12"): "零售 批发 销售",
    (MARKET, "13"): "零售 服务 餐饮",
    (MARKET, "14"): "拍卖 典当 寄售",
    (MARKET, "15"): "市场管理 交易市场 网上销售 网上经营 野生动物",
    (MARKET, "16"): "文物 工艺品 古玩 字画",
    (MARKET, "17"): "*企业",
    (MARKET, "18"): "*",
    (MARKET, "19"): "*个体",
    (MARKET, "20"): "广告",
    (MARKET, "21"): "商标 知识产权 服装+制造 印刷",
    (MARKET, "22"): "体育用品 纪念品 玩具",
    (MARKET, "23"): "计量 仪器仪表+制造 衡器 仪表+生产",
    (MARKET, "24"): "空调 电冰箱 洗衣机 电机+制造 灯具 家用电器",
    (MARKET, "25"): "包装+食品 大米 化肥 饲料 涂料+生产 洗涤",
    (MARKET, "26"): "加油 超市 眼镜 餐饮 农贸市场 黄金",
    (MARKET, "27"): "校准 检定 计量检测",
    (MARKET, "28"): "检测 检验",
    (MARKET, "29"): "认证 ISO 有机",
    (MARKET, "30"): "锅炉 压力容器 电梯 起重机 压力管道",
    (MARKET, "31"): "特种设备检验 检验检测 气瓶 无损检测",
    (MARKET, "32"): "设备租赁 机械租赁 起重+租赁",
    (MARKET, "33"): "电梯 锅炉 压力容器 印染 化工+生产 酒店 加油 叉车",
    (MARKET, "34"): "水泥 电线 电缆 食品+包装 化肥+生产 危险化学品+生产 危险化学品+制造",
    (MARKET, "35"): "制造 生产 加工",
    (MARKET, "36"): "家具 电器 童装 建材",
    (POLICE, "1"): "硫酸 盐酸 丙酮 甲苯 易制毒 乙醚",
    (POLICE, "2"): "易制毒 麻黄 医药+原料",
    (POLICE, "3"): "硫酸 盐酸 高锰酸钾",
    (POLICE, "4"): "丙酮 甲苯 乙醚 丁酮",
}
#: First and last number of the market's items that ask for qualified officers of a field.
FIELDS = (("食药", 1, 10), ("特设", 30, 33))
#: A permit's term in years.
TERM = 5


@dataclass(frozen=True, slots=True)
class Item:
    """A task, and the words that open bodies to it."""

    task: Task
    words: tuple[tuple[str, ...], ...]

    def opens(self, text: str, kind: str) -> bool:
        """Whether a body of that text and kind (``企业`` or ``个体``) is open to it."""
        return any(word[0] in ("*", f"*{kind}") or all(part in text for part in word) for word in self.words)


def items(path: Path, months: int, stream: Stream) -> tuple[Item, ...]:
    """Read the list; each item once, in the list's order, with draws in the first ``months`` of the year."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = dict.fromkeys((row["系统"], row["编号"]) for row in rows)
    return tuple(
        Item(
            _task(key, [row for row in rows if (row["系统"], row["编号"]) == key], months, stream),
            tuple(tuple(word.split("+")) for word in WORDS[key].split()),
        )
        for key in keys
    )


def _task(key: tuple[str, str], rows: list[dict[str, str]], months: int, stream: Stream) -> Task:
    form, ratio = _ratio(rows)
    often, bound = _stated(rows, "freq_per_year", "freq_bound") or (Fraction(1), "free")
    at_body = bound.startswith("max")
    batches = 1 if at_body else min(months, int(often))
    skill = _skill(key, qualified=any(row["needs_qualification"] == "Y" for row in rows))
    wide = tuple(Range(risk_class=c, lowest=0, highest=PPM) for c in "ABCD")
    return Task(
        name=f"{'公' if key[0] == POLICE else ''}{key[1]} {rows[0]['抽查事项名称']}",
        agencies=(key[0],),
        work=(Work(skill=skill, minutes=2 * (15 + 5 * stream.below(8))),),
        batches=tuple(Batch(months=window) for window in _windows(months, batches)),
        form=form,
        ratio=ratio,
        ranges=() if form == "free" else wide,
        general=form == "free" and skill == MARKET,
        per_year=often / TERM if bound == "max_in_permit_term" else often if at_body else Fraction(1),
        onsite=not all(row["抽查方式"] == "书面检查" for row in rows),
    )


def _ratio(rows: list[dict[str, str]]) -> tuple[RatioForm, int]:
    stated = _stated(rows, "ratio_pct", "ratio_bound")
    return (FORMS[stated[1]], int(stated[0] * PPM / 100)) if stated else ("free", 0)


def _stated(rows: list[dict[str, str]], number: str, bound: str) -> tuple[Fraction, str] | None:
    """What most sub-items state, in doubt the smaller."""
    said = Counter((Fraction(row[number]), row[bound].split(";")[0]) for row in rows if row[number])
    return min(said, key=lambda one: (-said[one], one)) if said else None


def _skill(key: tuple[str, str], *, qualified: bool) -> str:
    field = next((name for name, low, high in FIELDS if low <= int(key[1]) <= high), "")
    return f"{key[0]}/{field}" if key[0] == MARKET and qualified and field else key[0]


def _windows(months: int, parts: int) -> Iterable[tuple[int, ...]]:
    """The year's months in so many parts, the first ones longer."""
    bounds = [-(-months * i // parts) for i in range(parts + 1)]
    return (tuple(range(low + 1, high + 1)) for low, high in pairwise(bounds))
