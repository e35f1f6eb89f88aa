"""The comparison of rosters: what it is held on, who is refused, and its bound against brute force."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from fractions import Fraction
from itertools import product
from types import ModuleType

import pytest

from benchmarks import roster as bench
from benchmarks.roster import DEFAULT, OBJECTIVES, SAME, Roster, holds
from benchmarks.roster_cases import Month, county, month, prefecture
from benchmarks.roster_least import least_loads
from solver.roster.instance import build
from solver.roster.staffing import Staffed, staff
from solver.roster.whole import NoWholeLoads, drawn_order, whole_loads
from solver.rules import broken_roster
from tests.roster.cases import cases


def _staffed(one: Month) -> list[tuple[str, str]]:
    found = staff(one.instance())
    assert isinstance(found, Staffed)
    return [(slot, officer) for officer, slot in found.roster]


def _fake(one: Month, objective: str, seconds: float) -> Roster:
    assert objective in OBJECTIVES
    assert seconds == bench.QUICK_SECONDS
    return _staffed(one)


@pytest.mark.parametrize(("make", "sizes"), [(county, (60, 80, 200)), (prefecture, (220, 276, 826))])
def test_months_are_as_told(make: object, sizes: tuple[int, int, int]) -> None:
    """Sizes are those of the task, every rule has something to bar, and every slot can be filled."""
    assert callable(make)
    one: Month = make()
    assert (len(one.officers), len(one.routes), len(one.slots)) == sizes
    assert one == make()
    assert len(set(one.days.values())) > 5
    assert any(who.until < "2027" for who in one.officers)
    assert any(not who.lead for who in one.officers)
    assert any(slot.skills for route in one.routes for slot in route.slots)
    assert {str(row["ground"]) for row in one.relations} == {"interest", "kin"}
    department = {who.code: who.department for who in one.officers}
    assert all(department[a] == department[b] for a, b in one.facts.kin)
    assert len(one.pairs()) < len(one.single_pairs())
    assert not broken_roster(one.facts, _staffed(one))


def test_the_whole_with_an_uneven_peer(capsys: pytest.CaptureFixture[str]) -> None:
    """Beside a roster made without thought of evenness ours is no more uneven, and the default's figures are told too."""
    with pytest.raises(SystemExit) as left:
        bench.main(["--quick"], _fake)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    figures = last["figures"]["small"]
    assert (left.value.code == 0) is last["holds"] is holds(figures, bench.QUICK_SECONDS, bench.QUICK_SEEDS)
    mine, rival = figures[SAME], figures["timefold squares"]
    default = figures[DEFAULT]
    assert mine["rosters"] == bench.QUICK_SEEDS
    assert mine["guess_rate"] < 1
    assert rival["largest_chance"] is rival["guess_rate"] is rival["expected"] is None
    assert default["expected"] < default["deviation"]
    assert mine["expected"] == mine["deviation"] == mine["deviation_median"] < rival["deviation"]
    assert mine["deviation"] <= default["deviation_median"]
    assert default["largest_chance"] < mine["largest_chance"]
    assert default["guess_rate"] < mine["guess_rate"]
    assert figures["least possible"]["deviation"] <= min(mine["deviation"], rival["deviation"])


def test_an_unlawful_peer_is_refused() -> None:
    """A peer that leaves a slot open, or sends one officer everywhere, is named and not measured."""
    asked = []

    def one_short(one: Month, objective: str, _: float) -> Roster:
        asked.append(objective)
        return _staffed(one)[1:]

    def one_for_all(one: Month, objective: str, _: float) -> Roster:
        asked.append(objective)
        return [(slot, one.officers[0].code) for slot, _, _ in one.slots]

    for peer in (one_short, one_for_all):
        with pytest.raises(SystemExit, match="timefold balance is not lawful"):
            bench.main(["--quick"], peer)
    assert asked == ["balance", "balance"]


def test_what_holds() -> None:
    """Ours must be within both of the peer's better figures, a tenth of the time, and a roster for each seed."""
    mine = {"range": 0.1, "deviation": 0.02, "seconds": 3.0, "rosters": 50}
    rivals = {
        "timefold balance": {"range": 0.1, "deviation": 0.03},
        "timefold squares": {"range": 0.2, "deviation": 0.02},
    }
    assert holds({SAME: mine} | rivals, 30, 50)
    for worse in ({"range": 0.11}, {"deviation": 0.021}, {"seconds": 3.1}, {"rosters": 49}):
        assert not holds({SAME: mine | worse} | rivals, 30, 50)


def test_the_default_is_not_what_is_held() -> None:
    """An uneven default does not fail the goal, and an even one does not save it: the same rules are compared."""
    even = {"range": 0.1, "deviation": 0.02, "seconds": 3.0, "rosters": 50}
    rivals = {f"timefold {objective}": {"range": 0.1, "deviation": 0.02} for objective in OBJECTIVES}
    assert holds({SAME: even, DEFAULT: even | {"range": 9.0}} | rivals, 30, 50)
    assert not holds({SAME: even | {"range": 9.0}, DEFAULT: even} | rivals, 30, 50)


def test_whole_loads_have_the_least_spread() -> None:
    """Where of kin nobody is kept off a route by the seed, the engine's whole loads are as even as the bound."""
    seen = 0
    for name in ("w1", "w2", "w3"):
        one = month(name, officers=24, routes=30, joint=8, dates=8, departments=2)
        department = {who.code: who.department for who in one.officers}
        instance = build(one.slots, one.single_pairs(), one.days)
        found = whole_loads(
            instance, [Fraction(1)] * len(instance.routes), drawn_order(instance.officers, "ab" * 32)
        )
        assert not isinstance(found, NoWholeLoads)
        bound = least_loads(one.slots, one.single_pairs(), one.days, department)
        ours, least = (
            sum(Fraction(n * n, one.days[o]) for o, n in loads.items() if n)
            for loads in (dict(zip(instance.officers, found, strict=True)), bound)
        )
        assert ours == least
        seen += 1
    assert seen == 3


def test_bound_is_the_least_of_all_rosters() -> None:
    """The loads of the bound have the least Σ n²/a of all rosters of small months, walked one by one."""
    seen = 0
    for case in cases("whole", 30, planted=True, officers=4, routes=3, dates=2):
        days = {officer: a for officer, a in case.days.items() if a}
        found = least_loads(case.slots, case.pairs, days, dict.fromkeys(days, "D"))
        able = {slot: [o for o, s in case.pairs if s == slot] for slot, _, _ in case.slots}
        least = min(
            sum(Fraction(n * n, days[o]) for o, n in Counter(chosen).items())
            for chosen in product(*able.values())
            if len({(o, case.date_of[s]) for s, o in zip(able, chosen, strict=True)}) == len(able)
        )
        assert sum(Fraction(n * n, days[o]) for o, n in found.items() if n) == least
        seen += 1
    assert seen == 30


def test_a_missing_peer_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, or without Java, the benchmark leaves with a word and no trace."""
    monkeypatch.setitem(sys.modules, "_jpyinterpreter", None)
    with pytest.raises(SystemExit, match="timefold is not installed"):
        bench.main(["--quick"])

    class NoJavaError(RuntimeError):
        pass

    class Broken(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise NoJavaError(name)

    java = ModuleType("_jpyinterpreter")
    monkeypatch.setattr(java, "InvalidJVMVersionError", NoJavaError, raising=False)
    monkeypatch.setitem(sys.modules, "_jpyinterpreter", java)
    monkeypatch.setitem(sys.modules, "benchmarks.roster_timefold", Broken("benchmarks.roster_timefold"))
    monkeypatch.delattr(importlib.import_module("benchmarks"), "roster_timefold", raising=False)
    with pytest.raises(SystemExit, match="Timefold needs Java 17"):
        bench.main(["--quick"])
