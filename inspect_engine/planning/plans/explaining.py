"""Bounds and their changes in the bureau's words (冲突说明): what clashes, and the smallest changes that would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from sqlmodel import Session, col, select

from inspect_engine.errors import Language, words
from inspect_engine.planning.plans.form import PPM, PlanForm, shown
from inspect_engine.registers.tables import Agency, Region
from solver.plan.problem import Problem
from solver.plan.result import Bound, Change, Impossible

#: Kinds whose limit is a least, lowered by a change; the others are raised.
_LEAST = frozenset({"class-minimum", "item-minimum", "slice", "batch"})

#: What each kind's ``where`` names, in its order.
_PLACES: Mapping[str, tuple[str, ...]] = {
    "class-minimum": ("task", "risk_class"),
    "class-maximum": ("task", "risk_class"),
    "class-order": ("task", "risk_class", "other"),
    "item-minimum": ("task",),
    "item-maximum": ("task",),
    "general-cap": ("task",),
    "slice": ("task", "risk_class", "region"),
    "region-maximum": ("task", "risk_class", "region"),
    "repeat": ("task", "risk_class", "region"),
    "batch": ("task", "batch"),
    "closed": ("task", "month"),
    "hours": ("region", "skill", "month"),
    "yearly-cap": ("group", "agency", "month"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called: tasks, regions and agencies."""

    tasks: Mapping[str, str]
    regions: Mapping[str, str]
    agencies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Turns bounds of one problem into words.

    ``day_minutes`` makes officer-days of minutes.
    """

    problem: Problem
    names: Names
    day_minutes: int

    def bound(self, bound: Bound, language: Language) -> str:
        """What the bound asks."""
        return words("bounds")[bound.kind][language].format_map(self._params(bound, 0))

    def change(self, change: Change, language: Language) -> str:
        """What to change, from what to what."""
        key = f"change_{language}"
        return words("bounds")[change.bound.kind][key].format_map(self._params(change.bound, change.amount))

    def _params(self, bound: Bound, amount: int) -> dict[str, object]:
        place = dict(zip(_PLACES[bound.kind], bound.where, strict=True))
        to = bound.limit - amount if bound.kind in _LEAST else bound.limit + amount
        population = self._population(place)
        usable = PPM - self.problem.held_back
        return {
            **place,
            "task": self.names.tasks.get(place.get("task", ""), place.get("task", "")),
            "region": self.names.regions.get(place.get("region", ""), place.get("region", "")),
            "agency": self.names.agencies.get(place.get("agency", ""), place.get("agency", "")),
            "limit": bound.limit,
            "to": to,
            "amount": amount,
            "ratio": shown(bound.limit * PPM // population) if population else "-",
            "to_ratio": shown(to * PPM // population) if population else "-",
            "days": bound.limit // self.day_minutes,
            # What is held back comes off what is added too.
            "more": ceil(amount * PPM / usable / self.day_minutes) if usable else "∞",
        }

    def _population(self, place: Mapping[str, str]) -> int:
        """Bodies of the bound's task, of its class where it names one."""
        return sum(
            group.size
            for group in self.problem.groups
            if place.get("task") in group.tasks
            and place.get("risk_class", group.risk_class) == group.risk_class
            and place.get("region", group.region) == group.region
        )


def wording(session: Session, form: PlanForm, problem: Problem) -> Wording:
    """Read the names that a plan's bounds need."""
    return Wording(
        problem,
        Names(
            tasks={line.code: line.name for line in form.tasks},
            regions=dict(iter(session.exec(select(col(Region.code), col(Region.name))))),
            agencies=dict(iter(session.exec(select(col(Agency.code), col(Agency.name))))),
        ),
        form.day_minutes,
    )


def explained(found: Impossible, said: Wording) -> dict[str, object]:
    """The clash and the ranked remedies as plain values, each in both languages."""
    return {
        "irreducible": found.irreducible,
        "clash": [{"zh": said.bound(b, "zh"), "en": said.bound(b, "en")} for b in found.clash],
        "remedies": [
            {
                "proved": remedy.proved,
                "zh": "；".join(said.change(change, "zh") for change in remedy.changes),
                "en": "; ".join(said.change(change, "en") for change in remedy.changes),
            }
            for remedy in found.remedies
        ],
    }
