"""The adversary: from all that is public at each date, a program that tries finds nothing but the published totals.

Two kinds of proof stand here. *Non-interference*: with the two keyed hashes read as an oracle by place, a world in
which bodies and officers have changed places gives the same public bytes, each and every one; so identities, classes
and coming officers reach the public through those hashes alone. *Attacks*: a program that knows the register, the
protocol and all public bytes searches them, tries every secret that it can derive, and guesses by every rule that it
can compute. Each attack is first run on a draw with a weak secret, where it must win.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from fixtures.world import World
from inspect_engine.drawing import freezing
from inspect_engine.drawing.people import pool
from tests.drawing.public import Public, play, swapped
from tests.drawing.world import DRAW, entropy, files, small

WEAK = "0" * 64


def _h(*fields: str) -> str:
    """Hash of the protocol, by hashlib alone."""
    return hashlib.sha256("\n".join(fields).encode()).hexdigest()


def _blind(pepper: str, key: str) -> str:
    return _h("dr1/blind", _h("dr1/nonce", pepper, key))


def _rows(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


Month = tuple[Engine, dict[str, Public]]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """A month with secrets as they should be."""
    engine, seen = play(tmp_path_factory.mktemp("month") / "m.db", small(), entropy("adversary"))
    yield engine, seen
    engine.dispose()


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The same month with secrets that anybody would try first, to see that the attacks bite."""
    engine, seen = play(tmp_path_factory.mktemp("weak") / "w.db", small(), lambda: WEAK)
    yield engine, seen
    engine.dispose()


# Non-interference


def _by_place(moved: Mapping[str, str]) -> Callable[..., str]:
    """Read the keyed hashes as an oracle that answers by the place in the first world, whoever stands there."""
    place = {there: here for here, there in moved.items()}

    def oracle(secret: str, name: str, hash_name: str = "sha256") -> str:
        return _h("oracle", secret, *(place.get(one, one) for one in name.split(" ")))

    return oracle


def _played(
    folder: Path, world: World, moved: Mapping[str, str], patch: pytest.MonkeyPatch
) -> dict[str, Public]:
    oracle = _by_place(moved)
    patch.setattr(freezing, "nonce", oracle)
    patch.setattr(pool, "officer_code", lambda *given: oracle(*given)[:16])
    folder.mkdir()
    engine, seen = play(folder / "engine.db", world, entropy("oracle"))
    drawn = {row["blind"] for row in _rows(files(engine)["3-sample.jsonl"]) if row["taken"]}
    keys = {row["blind"]: row["key"] for row in _rows(files(engine)["1-keys.jsonl"])}
    people = {row["officer"]: row["person"] for row in _rows(files(engine)["1-persons.jsonl"])}
    going = {people[row["officer"]] for row in _rows(files(engine)["6-roster.jsonl"])}
    _WHO[folder.name] = {keys[blind] for blind in drawn}, going
    engine.dispose()
    return seen


_WHO: dict[str, tuple[set[str], set[str]]] = {}


def test_who_is_who_reaches_the_public_through_the_keyed_hashes_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where bodies and officers change places not one public byte differs, at any date.

    Other bodies are drawn, others have their class, other officers go: so no public byte tells anything of them that
    the hashes do not.
    """
    world = small()
    other, moved = swapped(world)
    classes = {row.key: row.risk_class for row in world.targets}
    assert sum(there != here for here, there in moved.items()) > 300
    assert sum(classes[here] != classes[there] for here, there in moved.items() if here in classes) > 50

    one = _played(tmp_path / "one", world, dict.fromkeys(()), monkeypatch)
    two = _played(tmp_path / "two", other, moved, monkeypatch)

    assert len(_WHO["one"][0] - _WHO["two"][0]) > 5
    assert _WHO["one"][1] != _WHO["two"][1]
    assert one.keys() == two.keys()
    for state in one:
        assert one[state] == two[state], state


# Direct searches


def test_no_key_name_number_code_or_blind_stands_in_public(month: Month) -> None:
    """Nothing that names a body, a person or a secret is anywhere in what the public can read, at any date.

    Sought are keys, names and addresses, staff numbers and names, officers' codes, blinds, nonces, pepper and salt;
    of routes the public knows no more than the codes of those with few candidates, which tell no day (``caps``).
    """
    engine, seen = month
    world, held = small(), files(engine)
    secret = json.loads(held["1-secrets.json"])
    sought = {row.key for row in world.targets} | {row.name for row in world.targets}
    sought |= {row.address for row in world.targets if row.address}
    sought |= {row.staff_no for row in world.persons} | {row.name for row in world.persons}
    sought |= {row["blind"] for row in _rows(held["1-keys.jsonl"])}
    sought |= {_h("dr1/nonce", secret["pepper"], row.key) for row in world.targets}
    sought |= {row["officer"] for row in _rows(held["1-pool.jsonl"])}
    routes = {row["route"] for row in _rows(held["4-routes.jsonl"])}
    sought |= {secret["pepper"], secret["salt"]}
    assert len(sought) > 1000
    for state, public in seen.items():
        assert [one for one in sought if one.encode() in public.bytes] == [], state
        elsewhere = replace(public, files={n: c for n, c in public.files.items() if n != "4-parameters.json"})
        assert [one for one in routes if f'"{one}' in elsewhere.bytes.decode()] == [], state


def test_the_search_finds_what_is_there(month: Month) -> None:
    """The same search over the full copy finds keys, codes and blinds: it is not blind itself."""
    held = b"\n".join(files(month[0]).values())
    assert sum(row.key.encode() in held for row in small().targets) > 300
    assert sum(row.staff_no.encode() in held for row in small().persons) > 10


#: Every entry that the public copies, the events and the status have, ``*`` standing for any place in a list.
LEAVES = {
    "manifest.json": "copy draw_id files.* hash protocol",
    "1-parameters.json": (
        "after committed_at draw_id exclusions_root frame_root frame_rows hash pepper_commitment pool_root previous "
        "protocol relations_root salt_commitment seed_rule.*.commitment seed_rule.*.digits seed_rule.*.kind "
        "seed_rule.*.party serial stage strata.*.group strata.*.population strata.*.reserve strata.*.stratum "
        "strata.*.take strata.*.task"
    ),
    "2-seed.json": "contributions.* proofs.* revealed_at seed",
    "5-seed.json": "contributions.* proofs.* revealed_at seed",
    "4-parameters.json": (
        "caps.*.cap caps.*.route changes_root committed_at draw_id hash pair_cap potentials_root protocol routes_root "
        "sample_root seed_rule.*.digits seed_rule.*.kind stage weights_root"
    ),
    "3-cutoffs.jsonl": "cutoff stratum task",
    "draw.opened": "after month operator tasks",
    "draw.consented": "agency approval approver",
    "draw.frozen": "commitment exclusions.* frame_rows pool serial",
    "draw.contributed": "contribution position stage",
    "draw.seeded": "seed stage witnesses",
    "draw.targets-drawn": "joint reserve taken visits",
    "draw.routed": "aside days desk over road routes short shut slots visits",
    "draw.staffed": "commitment pairs raised_caps",
    "draw.rostered": "officers slots",
}


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        free = path in ("files", "exclusions")
        for name, child in value.items():
            yield from _leaves(child, f"{path}.{'*' if free else name}".lstrip("."))
    elif isinstance(value, list):
        for child in value:
            yield from _leaves(child, f"{path}.*")
    else:
        yield path


def test_the_public_has_no_entry_that_nobody_thought_of(month: Month) -> None:
    """Each entry of each public file and event is one of a list made by hand: a new one is a decision, not a slip."""
    seen = month[1]["closed"]
    found: dict[str, set[str]] = {}
    for name, content in seen.files.items():
        for row in _rows(content):
            found.setdefault(name, set()).update(_leaves(row))
    for body in seen.events:
        event = json.loads(body)
        assert set(event) == {
            "actor",
            "at",
            "data",
            "ground",
            "kind",
            "personal",
            "previous",
            "seq",
            "subject",
        }
        if event["kind"].startswith("draw."):
            found.setdefault(event["kind"], set()).update(_leaves(event["data"]))
            assert event["subject"] == DRAW
    assert found.keys() == LEAVES.keys()
    for name, leaves in found.items():
        assert leaves <= set(LEAVES[name].split()), name


#: What a printed status may say: places in the ceremony, commitments, seeds and totals.
SHOWN = {
    *(
        "draw",
        "state",
        "next",
        "serial",
        "after",
        "ground",
        "commitment of targets",
        "commitment of officers",
    ),
    *("seed of targets", "seed of officers", "witnesses of targets", "witnesses of officers", "frame rows"),
    *("excluded", "pool", "merged strata", "taken rows", "routes", "slots filled", "month"),
}


def test_a_status_shows_totals_only(month: Month) -> None:
    """Each line of the status and of the list of draws is a total or a place in the ceremony, at every step."""
    lines = [json.loads(public.status) for public in month[1].values()]
    shown = {name for one, every in lines for row in (one, *every) for name in row}
    assert shown <= SHOWN
    assert {"slots filled", "excluded"} <= shown


def test_what_opens_when(month: Month) -> None:
    """Before the draw: the first parameters. After it: both parameters and seeds. After the window: the cutoffs."""
    seen = month[1]
    at_once = {"manifest.json", "1-parameters.json"}
    assert seen["frozen"].files.keys() == at_once
    assert seen["drawn"].files.keys() == at_once | {"2-seed.json"}
    told = at_once | {"2-seed.json", "4-parameters.json", "5-seed.json"}
    assert seen["rostered"].files.keys() == told
    assert seen["closed"].files.keys() == told | {"3-cutoffs.jsonl"}


# Attacks on the secrets

_HEX = re.compile(rb"[0-9a-f]{16,}")
_WORD = re.compile(r"[\w:.-]+")


def _candidates(public: Public) -> set[str]:
    """Secrets that somebody may try: constants, everything public, hashes of it, times, and staples of both."""
    found = {"", WEAK, "f" * 64, "ab" * 32, DRAW}
    found |= {one.decode() for one in _HEX.findall(public.bytes)}
    found |= set(_WORD.findall(public.bytes.decode()))
    found |= {hashlib.sha256(one.encode()).hexdigest() for one in tuple(found)}
    found |= {_h("dr1/seed", one) for one in tuple(found)} | {_h("dr1/pepper", one) for one in tuple(found)}
    found |= {f"{n:064x}" for n in range(2000)} | {_h(str(n)) for n in range(2000)}
    return found


def _break_pepper(public: Public) -> str | None:
    committed = public.object("1-parameters.json")["pepper_commitment"]
    return next((one for one in _candidates(public) if _h("dr1/pepper", one) == committed), None)


def _break_salt(public: Public) -> str | None:
    committed = public.object("1-parameters.json")["salt_commitment"]
    return next((one for one in _candidates(public) if _h("dr1/salt", one) == committed), None)


def test_no_secret_can_be_derived_from_what_is_public(month: Month, weak: Month) -> None:
    """Thousands of candidates open neither commitment at any date; a weak secret is found at once."""
    assert _break_pepper(weak[1]["frozen"]) == WEAK
    assert _break_salt(weak[1]["frozen"]) == WEAK
    for public in month[1].values():
        assert len(_candidates(public)) > 4000
        assert _break_pepper(public) is None
        assert _break_salt(public) is None


def _name_the_drawn(public: Public, keys: Iterable[str]) -> set[str]:
    """After the window the cutoffs are public tickets: find bodies whose ticket under any candidate is one of them."""
    seed = public.object("2-seed.json")["seed"]
    cutoffs = {row["cutoff"] for row in _rows(public.files["3-cutoffs.jsonl"])}
    tries = {"", WEAK, seed, public.object("1-parameters.json")["pepper_commitment"]}
    return {
        key
        for key in keys
        for pepper in tries
        for blind in (key, _h(key), _h("dr1/blind", key), _blind(pepper, key))
        if _h("dr1/ticket", seed, "", blind) in cutoffs
    }


def test_cutoffs_name_nobody(month: Month, weak: Month) -> None:
    """The last ticket of a stratum is public in the end, and no body can be found to it without its nonce."""
    keys = [row.key for row in small().targets]
    assert len(_name_the_drawn(weak[1]["closed"], keys)) > 5
    assert _name_the_drawn(month[1]["closed"], keys) == set()


def test_roots_give_no_row_away(month: Month, weak: Month) -> None:
    """Whoever guesses whole rows cannot confirm one: single-row files and pools rest on salted codes and blinds."""

    def confirmed(public: Public, salt: str) -> bool:
        rows = sorted(_pool_guess(salt), key=lambda row: str(row["officer"]))
        return _root(rows) == public.object("1-parameters.json")["pool_root"]

    assert confirmed(weak[1]["frozen"], WEAK)
    for salt in ("", WEAK, month[1]["rostered"].object("2-seed.json")["seed"]):
        assert not confirmed(month[1]["rostered"], salt)


def _pool_guess(salt: str) -> list[dict[str, Any]]:
    """The pool's rows as an insider of the personnel office would write them, but for the salt."""
    return [
        row | {"officer": _h("dr1/officer", salt, row.pop("person"))[:16]}
        for row in json.loads(_POOL["rows"])
    ]


_POOL: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _know_the_pool(weak: Month) -> None:
    held = files(weak[0])
    people = {row["officer"]: row["person"] for row in _rows(held["1-persons.jsonl"])}
    rows = [row | {"person": people[row["officer"]]} for row in _rows(held["1-pool.jsonl"])]
    _POOL["rows"] = json.dumps(rows)


def _root(rows: list[dict[str, Any]]) -> str:
    leaves = [
        hashlib.sha256(
            b"\0" + json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ).digest()
        for row in rows
    ]

    def tree(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return part[0]
        half = 1 << (len(part) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + tree(part[:half]) + tree(part[half:])).digest()

    return tree(leaves).hex()


# Attacks by guessing

Guess = Callable[[Public, list[str], str], list[str]]


def _ranked_by(score: Callable[[str, str, str], str]) -> Guess:
    def guess(public: Public, keys: list[str], task: str) -> list[str]:
        seed = public.object("2-seed.json")["seed"]
        return sorted(keys, key=lambda key: score(seed, key, task))

    return guess


GUESSERS: dict[str, Guess] = {
    "by key": _ranked_by(lambda seed, key, task: key),
    "by key, backwards": _ranked_by(lambda seed, key, task: key[::-1]),
    "the ticket of the bare key": _ranked_by(lambda seed, key, task: _h("dr1/ticket", seed, "", key)),
    "the ticket of the hashed key": _ranked_by(lambda seed, key, task: _h("dr1/ticket", seed, "", _h(key))),
    "the ticket under no pepper": _ranked_by(
        lambda seed, key, task: _h("dr1/ticket", seed, "", _blind("", key))
    ),
    "the ticket under the seed": _ranked_by(
        lambda seed, key, task: _h("dr1/ticket", seed, "", _blind(seed, key))
    ),
    "the ticket under a weak pepper": _ranked_by(
        lambda seed, key, task: _h("dr1/ticket", seed, "", _blind(WEAK, key))
    ),
    "the order of a sorted table": _ranked_by(lambda seed, key, task: key[8:]),
}


def _tail(population: int, take: int, draws: int, hits: int) -> Fraction:
    """Probability of so many hits or more when ``take`` guesses are made blindly in each of ``draws`` draws, exactly."""
    total = comb(population, take)
    one = [Fraction(comb(take, h) * comb(population - take, take - h), total) for h in range(take + 1)]
    sums = [Fraction(1)]
    for _ in range(draws):
        sums = [
            sum(
                (sums[i] * one[k - i] for i in range(max(0, k - take), min(k, len(sums) - 1) + 1)),
                Fraction(0),
            )
            for k in range(len(sums) + take)
        ]
    return sum(sums[hits:], Fraction(0))


DRAWS = 10


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Public, list[str], set[str]]]:
    """Draws under other secrets: what is public, the slice's whole frame by key, and who was really taken."""
    found = []
    for number in range(DRAWS):
        path = tmp_path_factory.mktemp("trial") / "t.db"
        engine, seen = play(path, small(), entropy(f"trial {number}"), until="drawn")
        held = files(engine)
        keys = {row["blind"]: row["key"] for row in _rows(held["1-keys.jsonl"])}
        frame = [keys[row["blind"]] for row in _rows(held["1-frame.jsonl"]) if row["task"] == "T06"]
        taken = {
            keys[row["blind"]]
            for row in _rows(held["3-sample.jsonl"])
            if row["task"] == "T06" and row["taken"]
        }
        found.append((seen["drawn"], sorted(frame), taken))
        engine.dispose()
    return found


@pytest.mark.parametrize("name", GUESSERS)
def test_no_guesser_does_better_than_the_totals(
    name: str, trials: list[tuple[Public, list[str], set[str]]]
) -> None:
    """A guesser who knows the frame itself and all that is public does no better than blind chance.

    So many hits or more would come blindly in more than one of a thousand such trials, by exact convolution of
    hypergeometric counts; the trials are fixed.
    """
    frame, size = trials[0][1], len(trials[0][2])
    hits = sum(len(set(GUESSERS[name](public, keys, "T06")[:size]) & taken) for public, keys, taken in trials)
    assert size >= 4
    assert all(keys == frame for _, keys, _ in trials)
    assert _tail(len(frame), size, len(trials), hits) > Fraction(1, 1000)


def test_a_guesser_who_knows_the_pepper_always_wins(weak: Month) -> None:
    """The measure has teeth: under a pepper that it knows, the same guesser names every one that is drawn."""
    held = files(weak[0])
    keys = {row["blind"]: row["key"] for row in _rows(held["1-keys.jsonl"])}
    frame = [keys[row["blind"]] for row in _rows(held["1-frame.jsonl"]) if row["task"] == "T06"]
    taken = {keys[r["blind"]] for r in _rows(held["3-sample.jsonl"]) if r["task"] == "T06" and r["taken"]}
    guess = GUESSERS["the ticket under a weak pepper"](weak[1]["drawn"], frame, "T06")
    assert set(guess[: len(taken)]) == taken
    assert _tail(len(frame), len(taken), 1, len(taken)) < Fraction(1, 1000)


def test_labels_of_strata_tell_no_class() -> None:
    """Over 600 peppers each class bears each label equally often: the label's place says nothing (exact bounds)."""
    from inspect_engine.drawing.frame import _label
    from inspect_engine.planning.eligible import Candidate
    from inspect_engine.planning.strata import Cell, Stratum
    from inspect_engine.planning.tables import Method, Source, Task

    strata = [Stratum((Cell(name, "", 5, Fraction(1)),), 1) for name in "ABCD"]
    bodies = [Candidate(i, f"k{i}", "ABCD"[i % 4], "330402", True) for i in range(20)]
    row: dict[str, Any] = {"scope": {}, "ratios": {}, "strata": ["class"], "month": "2026-12", "name": "t"}
    task = Task(code="T01", source=Source.plan, method=Method.onsite, **row)
    seen: Counter[tuple[str, str]] = Counter()
    for number in range(600):
        pepper = _h("pepper", str(number))
        seen.update((s.label, s.stratum.cells[0].risk_class) for s in _label(strata, task, bodies, pepper))
    assert len(seen) == 16
    chance, total = Fraction(1, 4), 600
    for count in seen.values():
        far = abs(count - 150)
        both = sum(
            comb(total, k) * chance**k * (1 - chance) ** (total - k)
            for k in range(total + 1)
            if abs(k - 150) >= far
        )
        assert both > Fraction(1, 10_000)


# After the window


def test_a_body_checks_itself_with_sha256_alone(month: Month) -> None:
    """With its nonce, the public seed and the cutoffs each body finds by hashlib alone whether it was drawn."""
    engine, seen = month
    held, public = files(engine), seen["closed"]
    pepper = json.loads(held["1-secrets.json"])["pepper"]
    seed = public.object("2-seed.json")["seed"]
    cutoffs = {(row["task"], row["stratum"]): row["cutoff"] for row in _rows(public.files["3-cutoffs.jsonl"])}
    keys = {row["blind"]: row["key"] for row in _rows(held["1-keys.jsonl"])}
    taken = {(r["task"], r["blind"]) for r in _rows(held["3-sample.jsonl"]) if r["taken"]}
    checked: Counter[bool] = Counter()
    for row in _rows(held["1-frame.jsonl"]):
        nonce = _h("dr1/nonce", pepper, keys[row["blind"]])  # what the bureau hands to the body
        assert _h("dr1/blind", nonce) == row["blind"]
        drawn = _h("dr1/ticket", seed, "", row["blind"]) <= cutoffs[row["task"], row["stratum"]]
        assert drawn is ((row["task"], row["blind"]) in taken)
        checked[drawn] += 1
    assert checked[True] == len(taken)
    assert checked[False] > 100


def test_one_bodys_nonce_opens_nobody_else(month: Month) -> None:
    """A body that tries its own nonce as pepper, or its blind as a key, finds no other blind of the draw."""
    held = files(month[0])
    pepper = json.loads(held["1-secrets.json"])["pepper"]
    blinds = {row["blind"]: row["key"] for row in _rows(held["1-keys.jsonl"])}
    mine = next(iter(blinds.values()))
    nonce = _h("dr1/nonce", pepper, mine)
    others = [key for key in blinds.values() if key != mine]
    for secret in (nonce, _h("dr1/blind", nonce)):
        assert not {_blind(secret, key) for key in others} & blinds.keys()
        assert not {_h("dr1/blind", _h(secret, key)) for key in others} & blinds.keys()
