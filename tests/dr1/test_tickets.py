"""The draw of targets: known answers, and the laws that follow from tickets."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1 import tickets
from solver.dr1.encoding import HASHES, Row, hexdigest, jsonl, lines, parse_json_file, parse_jsonl
from solver.dr1.merkle import root
from tests.dr1.support import VECTORS, example, hashes, hex64, refused

Frame = list[tuple[str, str, str]]


def _cell(population: int, take: int, reserve: int = 0, **other: object) -> Row:
    row = {
        "group": "",
        "population": population,
        "reserve": reserve,
        "stratum": "S",
        "take": take,
        "task": "T",
    }
    return {**row, **other}  # type: ignore[dict-item]


def _bodies(count: int, stratum: str = "S", task: str = "T") -> Frame:
    return [(task, stratum, hexdigest(f"{stratum}-{i}".encode())) for i in range(count)]


def _order(frame: Frame, seed: str, name: str = "sha256") -> list[str]:
    """Rank a whole stratum by the text's own words."""
    return sorted((b for _, _, b in frame), key=lambda b: (tickets.ticket(seed, "", b, name), b))


@pytest.mark.parametrize("case", VECTORS["ticket"], ids=range(len(VECTORS["ticket"])))
def test_known_nonces_blinds_and_tickets(case: dict[str, str]) -> None:
    """Every known ticket, in both hashes all the way from the pepper."""
    assert tickets.nonce(case["pepper"], case["key"]) == case["nonce"]
    assert tickets.blind(case["nonce"]) == case["blind"]
    for name, known in (("sha256", "ticket"), ("sm3", "ticket_sm3")):
        body = tickets.blind(tickets.nonce(case["pepper"], case["key"], name), name)
        assert tickets.ticket(case["seed"], case["group"], body, name) == case[known]


def test_known_secrets_and_codes() -> None:
    """Commitments to pepper and salt in both hashes, and an officer's code."""
    known = VECTORS["secrets"]
    assert tickets.pepper_commitment(known["pepper"]) == known["pepper_commitment"]
    assert tickets.pepper_commitment(known["pepper"], "sm3") == known["pepper_commitment_sm3"]
    assert tickets.salt_commitment(known["salt"]) == known["salt_commitment"]
    officer = VECTORS["officer"]
    assert tickets.officer_code(officer["salt"], officer["person"]) == officer["code"]


def test_known_draw() -> None:
    """The known sample over three tasks in two groups, and the root of its frame."""
    known = VECTORS["draw"]
    frame = [(row["task"], row["stratum"], row["blind"]) for row in known["frame"]]
    assert tickets.draw(frame, known["strata"], known["seed"]).rows == known["sample"]
    assert root(lines(jsonl(known["frame"]))) == known["frame_root"]


def test_example_pack_is_drawn_again() -> None:
    """Sample and cutoffs of the example pack, byte for byte; blinds and codes from its secrets."""
    files = example()
    frame = [
        (str(r["task"]), str(r["stratum"]), str(r["blind"])) for r in parse_jsonl(files["1-frame.jsonl"])
    ]
    strata: list[Row] = parse_json_file(files["1-parameters.json"])["strata"]  # type: ignore[assignment]
    sample = tickets.draw(frame, strata, str(parse_json_file(files["2-seed.json"])["seed"]))
    assert jsonl(sample.rows) == files["3-sample.jsonl"]
    assert jsonl(sample.cutoffs) == files["3-cutoffs.jsonl"]
    secrets = parse_json_file(files["1-secrets.json"])
    for row in parse_jsonl(files["1-keys.jsonl"]):
        assert tickets.blind(tickets.nonce(str(secrets["pepper"]), str(row["key"]))) == row["blind"]
    for row in parse_jsonl(files["1-persons.jsonl"]):
        assert tickets.officer_code(str(secrets["salt"]), str(row["person"])) == row["officer"]


@given(hex64, st.integers(1, 12), st.data(), hashes)
def test_draw_is_the_ranking_by_ticket(seed: str, size: int, data: st.DataObject, name: str) -> None:
    """Rows, ranks, taken, reserves and cutoff are those of the literal ranking, in whatever order files come."""
    take, reserve = data.draw(st.integers(0, size)), data.draw(st.integers(0, size + 2))
    frame = data.draw(st.permutations(_bodies(size)))
    sample = tickets.draw(frame, [_cell(size, take, reserve)], seed, name)
    ranked = _order(frame, seed, name)[: take + reserve]
    assert [row["blind"] for row in sample.rows] == ranked
    assert [row["rank"] for row in sample.rows] == list(range(1, len(ranked) + 1))
    assert [row["taken"] for row in sample.rows] == [i < take for i in range(len(ranked))]
    cutoff = tickets.ticket(seed, "", ranked[take - 1], name) if take else ""
    assert sample.cutoffs == [{"cutoff": cutoff, "stratum": "S", "task": "T"}]


@given(hex64, st.data())
def test_order_of_files_does_not_matter(seed: str, data: st.DataObject) -> None:
    """Shuffled frame and strata give the same bytes."""
    cells = [(task, stratum, n) for task in "ab" for stratum, n in (("x", 5), ("y", 3))]
    frame = [row for task, stratum, n in cells for row in _bodies(n, stratum, task)]
    strata = [_cell(n, 2, 1, task=task, stratum=stratum) for task, stratum, n in cells]
    straight = tickets.draw(frame, strata, seed)
    assert straight == tickets.draw(
        data.draw(st.permutations(frame)), data.draw(st.permutations(strata)), seed
    )
    places = [(row["task"], row["stratum"], row["rank"]) for row in straight.rows]
    assert places == sorted(places)  # type: ignore[type-var]


@given(hex64, st.integers(1, 12), st.data())
def test_a_larger_sample_begins_with_the_smaller(seed: str, size: int, data: st.DataObject) -> None:
    """Taking one more adds the first reserve and moves nobody."""
    take = data.draw(st.integers(0, size - 1))
    frame = _bodies(size)
    small = tickets.draw(frame, [_cell(size, take, 1)], seed).rows
    large = tickets.draw(frame, [_cell(size, take + 1)], seed).rows
    assert [row["blind"] for row in small] == [row["blind"] for row in large]


@given(hex64, st.integers(2, 12), st.data())
def test_striking_targets_moves_no_other(seed: str, size: int, data: st.DataObject) -> None:
    """The rest keep their order: the draw of a part is the part of the draw."""
    frame = _bodies(size)
    kept = [row for row in frame if data.draw(st.booleans())]
    whole = [row["blind"] for row in tickets.draw(frame, [_cell(size, size)], seed).rows]
    part = [row["blind"] for row in tickets.draw(kept, [_cell(len(kept), len(kept))], seed).rows]
    assert part == [body for body in whole if body in {b for _, _, b in kept}]


@given(hex64, st.integers(1, 6), st.integers(1, 6))
def test_regions_merge(seed: str, one: int, other: int) -> None:
    """Ranked apart and merged by ticket, two regions give the ranking of their union."""
    a, b = _bodies(one, "A"), _bodies(other, "B")
    apart = tickets.draw(a + b, [_cell(one, one, stratum="A"), _cell(other, other, stratum="B")], seed).rows
    merged = sorted((str(row["blind"]) for row in apart), key=lambda body: tickets.ticket(seed, "", body))
    union = [("T", "S", body) for _, _, body in a + b]
    assert [
        row["blind"] for row in tickets.draw(union, [_cell(one + other, one + other)], seed).rows
    ] == merged


@given(hex64)
def test_one_group_falls_on_the_same_bodies(seed: str) -> None:
    """Tasks of a group that share a stratum's bodies draw the same ones; another group does not follow them."""
    frame = [row for task in "abc" for row in _bodies(40, "S", task)]
    strata = [_cell(40, 10, task=task, group="other" if task == "c" else "") for task in "abc"]
    drawn: dict[object, list[object]] = {}
    for row in tickets.draw(frame, strata, seed).rows:
        drawn.setdefault(row["task"], []).append(row["blind"])
    assert drawn["a"] == drawn["b"]
    assert drawn["a"] != drawn["c"]  # by chance once in 40!/30! seeds


def test_a_body_is_hashed_once_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tasks of a group a body stands in."""
    asked: list[bytes] = []

    def counting(_name: str) -> object:
        def toy(data: bytes) -> bytes:
            asked.append(data)
            return bytes(32)

        return toy

    monkeypatch.setattr(tickets, "hasher", counting)
    frame = [row for task in "abcd" for row in _bodies(9, "S", task)]
    strata = [_cell(9, 3, task=task, group="g" if task == "d" else "") for task in "abcd"]
    tickets.draw(frame, strata, "00" * 32)
    assert len(asked) == len(set(asked)) == 18


@pytest.mark.parametrize(("size", "take"), [(1, 1), (3, 1), (4, 2), (5, 2), (5, 4), (5, 0)])
def test_inclusion_is_exact_by_symmetry(monkeypatch: pytest.MonkeyPatch, size: int, take: int) -> None:
    """Over all orders that tickets can have, equally likely, each body is taken in just take/population of them."""
    frame = _bodies(size)
    names = [body.encode() for _, _, body in frame]
    taken: Counter[object] = Counter()
    orders = 0
    for order in itertools.permutations(range(size)):
        place = {name: bytes([at]) for name, at in zip(names, order, strict=True)}
        monkeypatch.setattr(
            tickets, "hasher", lambda _name, p=place: lambda data: p[data.rpartition(b"\n")[2]]
        )
        rows = tickets.draw(frame, [_cell(size, take, 1)], "00" * 32).rows
        taken.update(row["blind"] for row in rows if row["taken"])
        orders += 1
    assert all(taken[body] * size == take * orders for _, _, body in frame)


@pytest.mark.parametrize("name", HASHES)
def test_inclusion_over_many_seeds(name: str) -> None:
    """Over 2,000 fixed seeds each of 10 bodies is taken 3 times in 10, within five standard deviations."""
    frame = _bodies(10)
    taken: Counter[object] = Counter()
    for i in range(2000):
        rows = tickets.draw(frame, [_cell(10, 3)], hexdigest(b"%d" % i), name).rows
        taken.update(row["blind"] for row in rows)
    assert len(taken) == 10
    assert all(abs(times - 600) < 5 * (2000 * 0.3 * 0.7) ** 0.5 for times in taken.values())


@pytest.mark.parametrize(
    ("frame", "strata", "code"),
    [
        (_bodies(3), [_cell(4, 1)], "stratum-population"),
        (_bodies(3), [_cell(2, 1)], "stratum-population"),
        (_bodies(3), [_cell(3, 4)], "stratum-take"),
        (_bodies(3), [], "stratum-unknown"),
        (_bodies(3), [_cell(3, 1), _cell(3, 2)], "stratum-twice"),
        (_bodies(3) + _bodies(1), [_cell(4, 1)], "frame-twice"),
        (
            [("T", "A", "b"), ("T", "B", "b")],
            [_cell(1, 1, stratum="A"), _cell(1, 0, stratum="B")],
            "frame-twice",
        ),
        ([], [_cell(0, 0, stratum="A"), _cell(0, 0, stratum="B", group="g")], "task-groups"),
        (_bodies(3), [_cell(3, -1)], "stratum-field"),
        (_bodies(3), [_cell(3, 1, reserve=-1)], "stratum-field"),
        (_bodies(1), [_cell(1, True)], "stratum-field"),
        (_bodies(3), [_cell(3, 1, group=None)], "stratum-field"),
        ([("T", "S", "a\nb")], [_cell(1, 1)], "text-control"),
        ([("T", "S", "e\u0301")], [_cell(1, 1)], "text-not-nfc"),
        ([*_bodies(9), ("T", "S", "\ud800")], [_cell(10, 1)], "text-surrogate"),
    ],
)
def test_frames_and_strata_that_do_not_go_together(frame: Frame, strata: list[Row], code: str) -> None:
    """Each way to be wrong has its code."""
    with refused(code):
        tickets.draw(frame, strata, "00" * 32)


def test_an_empty_stratum_takes_no_one() -> None:
    """It has an empty cutoff and no rows."""
    sample = tickets.draw([], [_cell(0, 0, 3)], "00" * 32)
    assert (sample.rows, sample.cutoffs) == ([], [{"cutoff": "", "stratum": "S", "task": "T"}])


@pytest.mark.parametrize("take", [0, 1, 4, 6])
def test_equal_tickets_are_ranked_by_blind(monkeypatch: pytest.MonkeyPatch, take: int) -> None:
    """Where tickets tie, the blind decides, and no more than take and reserve are named."""
    monkeypatch.setattr(tickets, "hasher", lambda _name: lambda data: bytes(31) + bytes([data[-1] & 1]))
    frame = [("T", "S", f"{i:02d}") for i in range(6)]
    rows = tickets.draw(frame[::-1], [_cell(6, take, 1)], "00" * 32).rows
    assert [row["blind"] for row in rows] == ["00", "02", "04", "01", "03", "05"][: take + 1]


def test_text_of_any_script_has_a_ticket() -> None:
    """A blind that is no hex, which the protocol does not forbid, is hashed as text like any other."""
    sample = tickets.draw([("T", "S", "嘉兴"), ("T", "S", "plain")], [_cell(2, 2)], "00" * 32)
    assert sample.cutoffs[0]["cutoff"] == max(tickets.ticket("00" * 32, "", b) for b in ("嘉兴", "plain"))
