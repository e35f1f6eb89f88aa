"""What of a draw is easier to guess than the rules like (可预测性预警), said in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from solver.roster.predictability import BodyForecast, OfficerForecast, SlotForecast
from solver.roster.repetition import PairForecast, Repetition


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the rules; chances and tails from 0 to 1.

    Attributes
    ----------
    chance, effective : float
        Of a slot: the likeliest officer's chance at most, and the effective number of candidates at least.
    body_chance, body_effective : float
        The same of the team that comes to a body.
    officer_chance : float
        Most chance that an officer is sent on one certain route.
    pair_chance : float
        Most chance that two officers meet on one certain route.
    repetition_tail : float
        A number of repeated pairs is odd where its tail is as thin as this.
    """

    chance: float
    effective: float
    body_chance: float
    body_effective: float
    officer_chance: float
    pair_chance: float
    repetition_tail: float

    @classmethod
    def read(cls, slots: Mapping[str, Any], rest: Mapping[str, Any]) -> Limits:
        """Read the two rules; their shares are in ppm."""
        return cls(
            chance=slots["chance"] / 1_000_000,
            effective=slots["effective"],
            body_chance=rest["body_chance"] / 1_000_000,
            body_effective=rest["body_effective"],
            officer_chance=rest["officer_chance"] / 1_000_000,
            pair_chance=rest["pair_chance"] / 1_000_000,
            repetition_tail=rest["repetition_tail"] / 1_000_000,
        )


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing past a threshold: its kind, what it concerns (by code, never a name), and a sentence in each language."""

    kind: str
    subject: str
    zh: str
    en: str


def warn(
    limits: Limits,
    slots: Iterable[SlotForecast] = (),
    bodies: Iterable[BodyForecast] = (),
    officers: Iterable[OfficerForecast] = (),
) -> Iterator[Warned]:
    """Say what is past a threshold: slots, bodies, officers, each in its order."""
    for slot in slots:
        if slot.poor(limits.chance, limits.effective):
            yield _guessed("slot", slot.slot, f"岗位 {slot.slot}", f"Slot {slot.slot}", slot)
    for body in bodies:
        if body.largest > limits.body_chance or body.effective < limits.body_effective:
            yield _guessed(
                "body", body.route, f"批次 {body.route} 各户", f"Bodies of route {body.route}", body
            )
    for one in officers:
        if one.largest > limits.officer_chance:
            yield Warned(
                "officer",
                one.officer,
                f"人员 {one.officer}：有 {one.largest:.1%} 的机会去批次 {one.route}",
                f"Officer {one.officer}: goes on route {one.route} with a chance of {one.largest:.1%}",
            )


def _guessed(kind: str, subject: str, zh: str, en: str, found: SlotForecast | BodyForecast) -> Warned:
    return Warned(
        kind,
        subject,
        f"{zh}：最可能者的机会 {found.largest:.1%}，有效人数 {found.effective:.1f}",
        f"{en}: the likeliest officer has a chance of {found.largest:.1%}, {found.effective:.1f} effective candidates",
    )


def warn_of_pairs(limits: Limits, pairs: Iterable[PairForecast]) -> Iterator[Warned]:
    """Say which two meet too surely: with two standard errors to spare, so that a chance of the forecast warns nobody."""
    for one in pairs:
        if one.chance - 2 * one.error > limits.pair_chance:
            yield Warned(
                "pair",
                f"{one.first} {one.second}",
                f"人员 {one.first} 与 {one.second}：约有 {one.chance:.0%}（±{2 * one.error:.0%}）的机会同去批次 {one.route}",
                f"Officers {one.first} and {one.second}: meet on route {one.route} with a chance of about {one.chance:.0%} "
                f"(±{2 * one.error:.0%})",
            )


def warn_of_repetition(limits: Limits, what: str, zh: str, en: str, found: Repetition) -> Iterator[Warned]:
    """Say where pairs repeat more, or less, often than chance does.

    Parameters
    ----------
    what, zh, en : str
        Which pairs: ``pairs`` or ``bodies``, and their words.
    """
    if found.upper is None or found.lower is None or not found.odd(limits.repetition_tail):
        return
    often = found.upper <= limits.repetition_tail
    tail = min(found.upper, found.lower)
    yield Warned(
        "repetition",
        what,
        f"{zh}重复 {found.observed} 对，理论 {found.expected:.1f}±{found.deviation:.1f}："
        f"{'这样多' if often else '这样少'}的机会不过 {tail:.1%}",
        f"{en}: {found.observed} repeat, theory {found.expected:.1f} ± {found.deviation:.1f}; "
        f"so {'many' if often else 'few'} have a chance of at most {tail:.1%}",
    )
