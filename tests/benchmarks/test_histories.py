"""Histories: no look into the year after, and what is asked is asked of every case."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from benchmarks import histories
from benchmarks.histories_cases import Case, Visit, case
from benchmarks.histories_cases import histories as read
from benchmarks.histories_policies import capacity, pasts
from benchmarks.histories_replay import by_body, chances, days, drawn, replay
from benchmarks.histories_tables import SHARE, half_the_visits, policies, ranks, scored

DATA = Path(os.environ.get("INSPECT_DATA", "../shared/data")) / "inspections"


def made_up(*, city: str = "chicago") -> Case:
    """A city of 60 bodies in one region, seen once or twice each autumn; every third is of the high class and mostly bad."""
    visits = [
        Visit(
            date(year, 9, 1) + timedelta(day),
            f"b{i:02d}",
            found=i % 3 == 0 or (i + year) % 7 == 0,
            risk_class=str(1 + i % 3),
        )
        for year in (2020, 2021, 2022)
        for i in range(60)
        for day in ((i, i + 20) if i % 2 and i < 40 else (i,))
    ]
    region = {f"b{i:02d}": "x" for i in range(60)}
    return case(f"{city} made up", visits, region, start=date(2022, 9, 1), end=date(2022, 10, 31))


def overturned(one: Case) -> Case:
    """The same case with every outcome of the replay turned over."""
    return replace(one, real=tuple(replace(v, found=not v.found) for v in one.real))


@pytest.mark.parametrize("city", ["chicago", "sf"])
def test_outcomes_of_the_replay_change_nobody_who_is_drawn(city: str) -> None:
    """With every outcome of the year after overturned, the same bodies are drawn in the same months and ranked alike."""
    one = made_up(city=city)
    room = capacity(one, SHARE)
    before, after = policies(one, room), policies(overturned(one), room)
    assert len(before) == (5 if city == "chicago" else 3)
    for name, policy in before.items():
        draws = drawn(policy, one.months, one.name, 0)
        assert len(draws) >= 25
        assert draws == drawn(after[name], one.months, one.name, 0)
    assert ranks(one) == ranks(overturned(one))


def test_outcomes_before_the_replay_do_change_who_is_drawn() -> None:
    """The law above is no law of things that never change: overturned findings of the past move the model's numbers."""
    one = made_up(city="sf")
    past = replace(one, past=tuple(replace(v, found=not v.found) for v in one.past))
    room = capacity(one, SHARE)
    assert policies(one, room)["model"].stratum != policies(past, room)["model"].stratum


def test_findings_of_the_replay_change_the_figures() -> None:
    """Overturned outcomes do reach the figures: what was found and what was not add up to all."""
    one = made_up()
    for name, shown in half_the_visits(one).items():
        turned = half_the_visits(overturned(one))[name]
        assert shown.exact.per_100 + turned.exact.per_100 == pytest.approx(100)
        assert shown.exact.per_100 > 0


def test_every_policy_keeps_to_the_capacity_and_sees_nobody_twice() -> None:
    """No policy draws more in a month than can be visited, and none a body twice; all but the model use it all."""
    one = made_up()
    room = capacity(one, SHARE)
    for name, policy in policies(one, room).items():
        draws = drawn(policy, one.months, one.name, 3)
        assert len({body for body, _ in draws}) == len(draws)
        in_month = Counter((one.region[body], month) for body, month in draws)
        assert all(n <= room[key] for key, n in in_month.items())
        assert len(draws) == sum(room.values()) or name.startswith("model")


def test_the_score_takes_the_highest_within_the_capacity() -> None:
    """The published score sees its best, month after month, and no draw."""
    one = made_up()
    one = replace(one, scores={body: float(body[1:]) for body in one.region})
    chosen = scored(one, capacity(one, SHARE))
    assert [body for body, _ in chosen] == [f"b{i:02d}" for i in range(59, 29, -1)]
    assert [month for _, month in chosen] == sorted(month for _, month in chosen)
    assert half_the_visits(one)["score"].later is None


def test_asked_of_neighbours_in_order() -> None:
    """A figure that falls from uniform over class ratios to the model is not as asked, whichever step falls."""
    for values, good in (((1, 2, 3), True), ((2, 2, 2), True), ((2, 1, 3), False), ((1, 3, 2), False)):
        named = zip(("uniform", "class ratios", "model"), values, strict=True)
        assert histories.in_order({name: {"x": v} for name, v in named}, "x") is good


def test_absent_data_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the folder the benchmark says so and leaves; it gives no figures."""
    monkeypatch.setattr(sys, "argv", ["histories", str(tmp_path)])
    with pytest.raises(SystemExit, match="no inspection histories"):
        histories.main()


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no inspection histories at {DATA}")
def test_real_cases_are_cut_between_years() -> None:
    """In every real case the past ends before the replay starts, and every body of the frame has an outcome."""
    cases = list(read(DATA))
    assert len(cases) == 5
    for one in cases:
        assert len(one.past) > 8_000 and len(one.real) > 1_600
        assert max(v.day for v in one.past) < one.start <= min(v.day for v in one.real)
        assert max(v.day for v in one.real) <= one.end
        assert set(one.region) == {v.body for v in one.real}
        assert 0.1 < sum(v.found for v in one.real) / len(one.real) < 0.5
        assert not one.scores or set(one.scores) == set(one.region)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no inspection histories at {DATA}")
def test_real_draws_know_no_outcome_of_their_year() -> None:
    """On Chicago's test months too: overturned outcomes draw the same bodies, and the runs lie round the exact figure."""
    one = next(c for c in read(DATA) if c.scores)
    room, real, on = capacity(one, SHARE), by_body(one.real), days(one)
    after = policies(overturned(one), room)
    for name, policy in policies(one, room).items():
        draws = drawn(policy, one.months, one.name, 0)
        assert len(draws) > 800
        assert draws == drawn(after[name], one.months, one.name, 0)
        run, exact = replay(dict.fromkeys(draws, 1.0), real, on), replay(chances(policy), real, on)
        assert run.per_100 == pytest.approx(exact.per_100, abs=4)
        assert run.unseen == pytest.approx(exact.unseen)
    assert sum(p.found for p in pasts(one.past, {v.body: "" for v in one.past}).values()) > 1_000
