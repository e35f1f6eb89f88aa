"""What a copy holds, what it lacks, and what is then said of it."""

from __future__ import annotations

from collections import Counter

import pytest

from solver.dr1 import checker
from solver.dr1.checks.table import SHEETS, step
from solver.dr1.verdicts import Outcome, Report
from tests.dr1.checker.maker import Maker, with_manifest

AT_ONCE = ("1-parameters.json", "2-seed.json", "4-parameters.json", "5-seed.json")


def _outcome(report: Report, check: str) -> Outcome:
    return next(verdict.outcome for verdict in report.verdicts if verdict.check == check)


def _gaps(report: Report, check: str) -> list[tuple[str, object]]:
    verdict = next(verdict for verdict in report.verdicts if verdict.check == check)
    return [(gap.code, gap.get("file")) for gap in verdict.gaps]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Files of a lawful pack, without manifest."""
    return Maker().files()


def _part(files: dict[str, bytes], names: tuple[str, ...], copy: str) -> Report:
    return checker.check(with_manifest({name: files[name] for name in names}, copy))


def test_a_public_copy_is_not_called_good_for_what_it_lacks(files: dict[str, bytes]) -> None:
    """A public copy fails nothing, holds in what it shows, and names the sealed file for all the rest."""
    report = _part(files, AT_ONCE, "public")
    assert not report.failed
    assert not report.complete
    assert report.copy == "public"
    assert _outcome(report, "targets.seed") is Outcome.HOLDS
    assert _outcome(report, "officers.witness") is Outcome.HOLDS
    for check, file in (
        ("roots.frame", "1-frame.jsonl"),
        ("roots.relations", "1-relations.jsonl"),
        ("secrets.pepper", "1-secrets.json"),
        ("sample.cutoffs", "3-cutoffs.jsonl"),
        ("roster.lottery", "6-roster.jsonl"),
        ("events.draws", "7-events.jsonl"),
        ("stages.fresh", "7-events.jsonl"),
    ):
        assert ("sealed", file) in _gaps(report, check)


@pytest.mark.parametrize("name", sorted(name for name, sheet in SHEETS.items() if not sheet.public))
def test_a_public_copy_with_a_sealed_file_fails(files: dict[str, bytes], name: str) -> None:
    """What may never be public makes a public copy fail, and nothing else does."""
    report = _part(files, (*AT_ONCE, name), "public")
    assert "files.copy" in {verdict.check for verdict in report.of(Outcome.FAILS)}


def test_a_public_copy_may_open_its_cutoffs_later(files: dict[str, bytes]) -> None:
    """After the window the cutoffs stand in the public copy; without the frame only their places can be seen."""
    report = _part(files, (*AT_ONCE, "3-cutoffs.jsonl"), "public")
    assert not report.failed
    assert ("sealed", "1-frame.jsonl") in _gaps(report, "sample.cutoffs")
    short = {**files, "3-cutoffs.jsonl": files["3-cutoffs.jsonl"].split(b"\n", 1)[1]}
    assert _outcome(_part(short, (*AT_ONCE, "3-cutoffs.jsonl"), "public"), "sample.cutoffs") is Outcome.FAILS


@pytest.mark.parametrize("name", AT_ONCE[:3])
def test_a_public_copy_lacks_nothing_that_is_public_at_once(files: dict[str, bytes], name: str) -> None:
    """A public copy of a later step without what was public before it fails."""
    report = _part(files, tuple(other for other in AT_ONCE if other != name), "public")
    assert _outcome(report, "files.copy") is Outcome.FAILS


@pytest.mark.parametrize("reached", range(1, 7))
def test_an_unfinished_draw_holds_so_far(files: dict[str, bytes], reached: int) -> None:
    """A full copy up to any step fails nothing and says of the rest that it is not there yet."""
    names = tuple(name for name in files if step(name) <= reached)
    report = _part(files, names, "full")
    assert not report.failed
    assert report.reached == reached
    assert not report.complete
    codes = {gap.code for verdict in report.verdicts for gap in verdict.gaps}
    assert codes == {"not-yet"}
    assert report.unwitnessed == ()


def test_routes_without_their_commitment_are_a_draft(files: dict[str, bytes]) -> None:
    """Routes made before the second freezing may stand in a full copy; the step is not reached by them."""
    names = tuple(name for name in files if step(name) <= 3)
    report = _part(files, (*names, "4-routes.jsonl"), "full")
    assert not report.failed
    assert report.reached == 3


@pytest.mark.parametrize("name", sorted(name for name in SHEETS if 0 < step(name) < 7))
def test_a_full_copy_that_lacks_a_file_fails(files: dict[str, bytes], name: str) -> None:
    """A full copy with a later step has all files before it; which one is missing is said."""
    report = _part(files, tuple(other for other in files if other != name), "full")
    verdict = next(verdict for verdict in report.verdicts if verdict.check == "files.copy")
    assert ("file-missing", name) in [(found.code, found.get("file")) for found in verdict.faults]


def test_strata_that_take_no_one_and_pairs_without_weight_are_told() -> None:
    """The report lists the strata that take no one, and counts allowed pairs that have no weight."""

    def none_of_one(parameters: dict[str, list[dict[str, int]]]) -> None:
        parameters["strata"][1]["take"] = 0

    left_out: list[str] = []
    report = checker.check(
        Maker(
            {
                "1-parameters.json": none_of_one,
                "allowed": lambda may: left_out.append(may["R001-2"].pop()),
            }
        ).whole()
    )
    assert left_out
    assert report.idle_strata == (("T01", "S02"),)
    assert report.uncovered == 1


def test_a_reserve_called_in_before_the_second_freezing_is_on_a_route() -> None:
    """Where a body is replaced before routes are frozen, its reserve is on a route in its place, and it is not.

    A body that another task drew too stays due for that task.
    """
    maker = Maker()
    maker.files()
    sample = maker.rows["3-sample.jsonl"]
    tasks = Counter(row["blind"] for row in sample if row["taken"])
    cell = [row for row in sample if (row["task"], row["stratum"]) == ("T01", "S01")]
    reserve = next(row["blind"] for row in cell if not row["taken"])
    once = next(row["blind"] for row in cell if row["taken"] and tasks[row["blind"]] == 1)
    twice = next(row["blind"] for row in cell if row["taken"] and tasks[row["blind"]] == 2)

    def outcome(gone: str, on_routes: set[str]) -> Outcome:
        def early(rows: list[dict[str, str]]) -> None:
            event = next(row for row in rows if row["kind"] == "target")
            event.update({"at": "2026-12-01T03:00:00Z", "from": gone, "to": reserve})
            rows.sort(key=lambda row: (row.get("at", row.get("requested_at")), row["kind"]))

        def placed(routes: list[dict[str, list[str]]]) -> None:
            for route in routes:
                here = {reserve if blind == gone else blind for blind in route["blinds"]}
                route["blinds"] = sorted(here | (on_routes if reserve in here else set()))

        files = Maker({"7-events.jsonl": early, "4-routes.jsonl": placed}).whole()
        return _outcome(checker.check(files), "routes.bodies")

    assert outcome(once, set()) is Outcome.HOLDS
    assert outcome(once, {once}) is Outcome.FAILS
    assert outcome(twice, {twice}) is Outcome.HOLDS
    assert outcome(twice, set()) is Outcome.FAILS


def test_a_candidate_who_was_not_asked_is_named() -> None:
    """One who was allowed and free and yet no candidate is named; the pack cannot tell whether rightly."""
    left_out: list[str] = []
    report = checker.check(
        Maker({"7-request": lambda request: left_out.append(request["candidates"].pop(0))}).whole()
    )
    verdict = next(verdict for verdict in report.verdicts if verdict.check == "events.asked")
    assert verdict.outcome is Outcome.UNSEEN
    assert [gap.get("officer") for gap in verdict.gaps] == left_out
    assert not report.failed
