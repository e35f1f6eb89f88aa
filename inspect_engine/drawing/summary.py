"""A draw on one page for those who run it (抽取小结): what was committed, drawn, planned, and how sure it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from sqlmodel import Session, col, select

from inspect_engine.drawing import pictures
from inspect_engine.drawing.forecast.predictable import predictability
from inspect_engine.drawing.forecast.repetition import Meetings, meetings
from inspect_engine.drawing.steps import find_draw, object_of, rows_of
from inspect_engine.drawing.tables import Draw, DrawStratum
from inspect_engine.rules import codes_of
from solver.dr1 import words
from solver.dr1.encoding import Row
from solver.dr1.report import statement
from solver.dr1.seed import commitment
from solver.dr1.verdicts import Outcome, Report

_MARKS = {Outcome.HOLDS: "✓", Outcome.FAILS: "✗", Outcome.UNSEEN: "○"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A copy of the pack and what the checker said of it."""

    title: str
    report: Report


def summary(session: Session, draw_id: str, checked: Sequence[Checked], pairs: Meetings | None = None) -> str:
    """Write the page as HTML that needs nothing beside it: no script, no font, no other host.

    Parameters
    ----------
    pairs : Meetings, optional
        The forecast of pairs where it has been played already: it takes its time.
    """
    draw = find_draw(session, draw_id)
    folder = files("inspect_engine") / "drawing" / "templates"
    page = Environment(autoescape=True).from_string((folder / "summary.html.j2").read_text(encoding="utf-8"))
    foreseen, pairs = predictability(session, draw_id), pairs or meetings(session, draw_id)
    heat = foreseen.heat
    return page.render(
        title=f"{draw.month} 双随机抽查 · 抽取小结",
        draw=draw.draw_id,
        month=draw.month,
        flow=_flow(session, draw),
        stages=_stages(session, draw),
        strata=_strata(session, draw),
        excluded=_excluded(session, draw),
        merged=_merged(session, draw),
        days=_days(session, draw),
        heat=pictures.heat_map(
            heat.chances, heat.officers, heat.routes, pictures.cell_size(len(heat.routes))
        ),
        tables=[
            ("最易猜中的岗位 · Slots easiest to guess", foreseen.HEADS, foreseen.worst(8)),
            (
                "最易猜中的户 · Bodies whose team is easiest to guess",
                foreseen.BODY_HEADS,
                foreseen.worst_bodies(6),
            ),
            (
                "行程最易猜中的人员 · Officers easiest to foretell",
                foreseen.OFFICER_HEADS,
                foreseen.worst_officers(6),
            ),
            ("最可能同行的两人 · Pairs likeliest to meet", pairs.HEADS, pairs.worst(6)),
            ("与上次相比的重复 · What repeats from last time", pairs.REPEAT_HEADS, pairs.repeated()),
        ],
        trials=pairs.trials,
        warned=[(one.zh, one.en) for one in (*foreseen.warned, *pairs.warned)],
        predictability=list(foreseen.summary().items()),
        copies=[_copy(one) for one in checked],
        limits=[zh for zh, _ in words.LIMITS],
    )


def _flow(session: Session, draw: Draw) -> list[tuple[int, str, str]]:
    sample = rows_of(session, draw, "3-sample.jsonl")
    routes = rows_of(session, draw, "4-routes.jsonl")
    taken = [row for row in sample if row["taken"] is True]
    return [
        (
            len({row["blind"] for row in rows_of(session, draw, "1-frame.jsonl")}),
            "可抽对象",
            "could be drawn",
        ),
        (len(taken), "抽中人次（任务×对象）", "drawn, task by task"),
        (len({row["blind"] for row in taken}), "检查户数（一次进门）", "visits, one door each"),
        (len(routes), "批次", "routes"),
        (len(rows_of(session, draw, "6-roster.jsonl")), "岗位", "slots"),
        (len(rows_of(session, draw, "1-pool.jsonl")), "可派人员", "officers in the pool"),
    ]


def _stages(session: Session, draw: Draw) -> list[dict[str, Any]]:
    found = []
    for name, first, second in (
        ("对象 targets", "1-parameters.json", "2-seed.json"),
        ("人员 officers", "4-parameters.json", "5-seed.json"),
    ):
        parameters, seed = object_of(session, draw, first), object_of(session, draw, second)
        witnesses = seed["witness"] if isinstance(seed["witness"], list) else []
        found.append(
            {
                "name": name,
                "commitment": commitment(parameters, draw.hash),
                "committed_at": parameters["committed_at"],
                "seed": seed["seed"],
                "revealed_at": seed["revealed_at"],
                "witnesses": [one["name"] for one in witnesses if isinstance(one, dict)],
            }
        )
    return found


def _strata(session: Session, draw: Draw) -> str:
    strata = object_of(session, draw, "1-parameters.json")["strata"]
    rows: list[Row] = [row for row in strata if isinstance(row, dict)] if isinstance(strata, list) else []
    return pictures.bars(
        [
            pictures.Bar(
                f"{row['task']} · {row['stratum']}", int(str(row["take"])), int(str(row["population"]))
            )
            for row in rows
        ]
    )


def _excluded(session: Session, draw: Draw) -> list[tuple[str, int]]:
    reasons = Counter(str(row["reason"]) for row in rows_of(session, draw, "1-exclusions.jsonl"))
    names = codes_of("exclusion-grounds")
    return [(names[reason]["zh"] if reason in names else reason, n) for reason, n in sorted(reasons.items())]


def _merged(session: Session, draw: Draw) -> list[str]:
    query = select(DrawStratum).where(col(DrawStratum.draw_id) == draw.id, col(DrawStratum.merged))
    return [f"{row.task} {row.stratum}（{len(row.cells)} 个单元合为一层）" for row in session.exec(query)]


def _days(session: Session, draw: Draw) -> str:
    days = Counter(str(row["date"]) for row in rows_of(session, draw, "4-routes.jsonl"))
    return pictures.columns([(str(int(day[8:])), n) for day, n in sorted(days.items())])


def _copy(one: Checked) -> dict[str, Any]:
    counts = Counter(verdict.outcome for verdict in one.report.verdicts)
    return {
        "title": one.title,
        "outcome": "fails" if one.report.failed else "holds",
        "words": statement(one.report, "zh"),
        "counts": (
            f"成立 {counts[Outcome.HOLDS]}，不成立 {counts[Outcome.FAILS]}，"
            f"此处不能核验 {counts[Outcome.UNSEEN]}"
        ),
        "verdicts": [
            (_MARKS[v.outcome], v.check, words.CHECKS[v.check][0], v.outcome.value)
            for v in one.report.verdicts
        ],
    }
