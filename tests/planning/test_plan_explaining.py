"""Bounds in the bureau's words: every kind the model can name has both languages, filled, with the right numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from inspect_engine.errors import Language, words
from inspect_engine.planning.plans.explaining import Names, Wording, explained
from solver.plan.elastic import limit_of
from solver.plan.model import build
from solver.plan.problem import PPM, Batch, Done, Group, Means, Problem, Range, Rate, Task, Work
from solver.plan.result import Bound, Change, Impossible
from solver.plan.rows import DEFINING
from solver.plan.shortage import FIXED
from solver.plan.solve import solve

LANGUAGES: tuple[Language, Language] = ("zh", "en")
NAMES = Names(
    tasks={"T1": "餐饮联合检查", "T2": "计量检查", "T3": "均匀抽样"},
    regions={"330402": "南湖区", "330411": "秀洲区"},
    agencies={"SJ": "南湖区市场监督管理局"},
)
LEAST = {"class-minimum", "item-minimum", "slice", "batch"}


def _task(name: str, form: str, ratio: int, months: tuple[int, ...], **more: object) -> Task:
    made: dict[str, object] = {
        "name": name,
        "agencies": ("SJ",),
        "work": (Work(skill="市监/食品", minutes=60, officers=1), Work(skill="市监", minutes=60, officers=1)),
        "batches": (Batch(months=months, least=7),),
        "form": form,
        "ratio": ratio,
    }
    return Task(**made | more)  # type: ignore[arg-type]


def problem(**changes: object) -> Problem:
    """A plan with a bound of every kind: minimum and maximum, ordinary item, slice, repeats, seasons, months past."""
    tasks = (
        _task("T1", "minimum", 100_000, (3, 4, 5), busy=frozenset({4}), per_year=Fraction(2)),
        _task("T2", "maximum", 300_000, (5,), general=True),
        _task("T3", "exact", 200_000, (3, 4), uniform=True),
    )
    both = frozenset({"市监", "市监/食品"})
    made = Problem(
        classes=("A", "D"),
        tasks=tasks,
        groups=tuple(
            Group(
                name=f"{region}-{risk}",
                region=region,
                risk_class=risk,
                size=size,
                tasks=frozenset({"T1", "T2", "T3"}),
                visits_made=(("SJ", 1),),
            )
            for region, risk, size in (("330402", "A", 40), ("330402", "D", 12), ("330411", "A", 30))
        ),
        ranges=(
            Range(risk_class="A", lowest=50_000, highest=400_000),
            Range(risk_class="D", lowest=200_000, highest=PPM),
        ),
        means=tuple(
            Means(region=region, skills=skills, month=month, minutes=30 * 420)
            for region in ("330402", "330411")
            for skills in (both, frozenset({"市监/食品"}))
            for month in range(1, 13)
        ),
        rates=tuple(
            Rate(task=task.name, risk_class=risk, region=region, rate=50_000)
            for task in tasks
            for risk, region in (("A", "330402"), ("D", "330402"), ("A", "330411"))
        ),
        first_month=3,
        done=(Done(task="T1", risk_class="A", region="330402", month=2, take=1),),
        yearly_cap=1,
        slice=50_000,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def wording(of: Problem) -> Wording:
    """Words of a problem, seven hours to the day."""
    return Wording(of, NAMES, 420)


def bounds(of: Problem) -> list[Bound]:
    """Every bound that a clash of the problem can name."""
    rows = [row for row in build(of, closed=True).rows if row.kind not in DEFINING]
    return [Bound(kind=row.kind, where=row.where, limit=limit_of(row)) for row in rows]


def test_the_model_names_every_kind_that_has_words() -> None:
    """Kinds of bounds are the same in the model, in the result's docstring and in the words."""
    named = {bound.kind for bound in bounds(problem())}
    assert named == words("bounds").keys()
    told = re.findall(r"``([a-z-]+)``", (Bound.__doc__ or "").partition("Kinds:")[2])
    assert set(told) == named


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bound_has_words_without_a_gap(language: Language) -> None:
    """What a bound asks, and how it is moved, is said in full: no brace is left, no code where there is a name."""
    said = wording(problem())
    seen = 0
    for bound in bounds(problem()):
        asked = said.bound(bound, language)
        moved = said.change(Change(bound=bound, amount=3), language)
        for text in (asked, moved):
            assert text.strip()
            assert not set("{}") & set(text)
            assert "None" not in text
        if "T1" in bound.where:
            assert NAMES.tasks["T1"] in asked
        if bound.kind not in ("yearly-cap", "closed", "class-order"):
            shown = bound.limit // 420 if bound.kind == "hours" else bound.limit
            assert re.search(rf"(?<!\d){shown}(?!\d)", asked), (bound, asked)
        seen += 1
    assert seen > 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_least_goes_down_and_a_most_goes_up(language: Language) -> None:
    """A change names the bound's limit and where it goes: lower for what asks for a least, higher for all else."""
    said = wording(problem())
    seen = set()
    for bound in bounds(problem()):
        if bound.kind in FIXED | {"hours", "yearly-cap"}:
            continue
        to = bound.limit - 1 if bound.kind in LEAST else bound.limit + 1
        text = said.change(Change(bound=bound, amount=1), language)
        assert re.search(rf"(?<!\d){to}(?!\d)", text), (bound, text)
        assert bound.kind == "closed" or re.search(rf"(?<!\d){bound.limit}(?!\d)", text), (bound, text)
        seen.add(bound.kind)
    assert seen == words("bounds").keys() - {"class-order", "hours", "yearly-cap"}


def test_days_to_add_suffice_after_what_is_held_back() -> None:
    """Officer-days named for missing minutes are the fewest whole days that leave as much after the share held back."""
    bound = Bound(kind="hours", where=("330402", "市监/食品", "4"), limit=8_400)
    for amount in (1, 335, 336, 337, 5_000):
        said = wording(problem(held_back=200_000)).change(Change(bound=bound, amount=amount), "en")
        days = int(re.findall(r"add (\d+) ", said)[0])
        assert days * 420 * 8 // 10 >= amount > (days - 1) * 420 * 8 // 10
    assert "∞" in wording(problem(held_back=PPM)).change(Change(bound=bound, amount=1), "zh")


def test_ratios_are_of_the_bodies_that_the_bound_is_of() -> None:
    """A class's bound shows its share of the class's bodies, an item's of all bodies of the task."""
    said = wording(problem())
    of_class = Bound(kind="class-minimum", where=("T1", "A"), limit=7)
    of_item = Bound(kind="item-minimum", where=("T1",), limit=41)
    assert "7 户（10%）" in said.bound(of_class, "zh")
    assert "41 户（50%）" in said.bound(of_item, "zh")


def test_a_clash_is_told_with_its_remedies() -> None:
    """An impossible plan's clash and remedies come in both languages, one for one."""
    short = problem(means=tuple(replace(m, minutes=300) for m in problem().means))
    found = solve(short)
    assert isinstance(found, Impossible)
    told = explained(found, wording(short))
    clash, remedies = told["clash"], told["remedies"]
    assert isinstance(clash, list)
    assert isinstance(remedies, list)
    assert len(clash) == len(found.clash) > 0
    assert len(remedies) == len(found.remedies) > 0
    for one in [*clash, *remedies]:
        assert one["zh"] != one["en"]
        assert not set("{}") & set(one["zh"] + one["en"])
    assert [one["proved"] for one in remedies] == [r.proved for r in found.remedies]
