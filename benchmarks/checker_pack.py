"""A lawful full pack of a large prefecture's month for `benchmarks.checker`, the same each time.

100,000 bodies, of which 5,000 are drawn; 1,000 officers in eight departments; 1,250 routes of two slots, four bodies each,
on 20 dates; near 250,000 allowed pairs, weighed by the solver as a real draw is.
"""

from __future__ import annotations

from typing import TypeAlias

from solver.dr1 import eligibility, lottery, merkle, pack, seed, tickets
from solver.dr1.encoding import Row, hexdigest, json_file, jsonl, lines, text
from solver.dr1.stream import Stream
from solver.roster.instance import build
from solver.roster.staffing import Short
from solver.roster.weights import Weighed, weigh

OFFICERS, ROUTES, BODIES, DRAWN, DATES, DEPARTMENTS = 1000, 1250, 100_000, 5000, 20, 8
PAIR_CAP = 2**30
DRAW = "benchmark-2026-12"

Rows: TypeAlias = dict[str, list[Row]]


def make() -> tuple[bytes, int]:
    """Return the pack's zip and the number of its weights."""
    chance = Stream(hexdigest(text("benchmarks/checker", "pack")))
    pepper, salt = (hexdigest(text("benchmarks/checker", name)) for name in ("pepper", "salt"))
    rows = {**_bodies(pepper), **_people(salt, chance)}
    first = _first(rows, pepper, salt)
    one = _seed(first, "1" * 20, "02")
    _draw(rows, first, str(one["seed"]))
    rows["4-routes.jsonl"], rows["4-changes.jsonl"] = _routes(rows, chance), []
    weighed = _weigh(rows, str(one["seed"]))
    rows["4-weights.jsonl"], rows["4-potentials.jsonl"] = weighed.weight_rows(), weighed.potential_rows()
    second = _second(rows, dict(weighed.caps))
    two = _seed(second, "2" * 20, "07")
    slots = [(str(slot["slot"]), str(row["date"])) for row in rows["4-routes.jsonl"] for slot in _slots(row)]
    roster = lottery.lottery(str(two["seed"]), slots, weighed.weights)
    rows["6-roster.jsonl"] = [{"officer": officer, "slot": slot} for slot, officer in roster]
    rows["7-events.jsonl"] = []
    files = {name: jsonl(content) for name, content in rows.items()}
    singles: dict[str, Row] = {
        "1-parameters.json": first,
        "1-secrets.json": {"pepper": pepper, "salt": salt},
        "2-seed.json": one,
        "4-parameters.json": second,
        "5-seed.json": two,
    }
    files |= {name: json_file(content) for name, content in singles.items()}
    return pack.pack(files, "full", DRAW, "sha256"), len(weighed.weights)


def _slots(route: Row) -> list[Row]:
    slots = route["slots"]
    assert isinstance(slots, list)
    return [slot for slot in slots if isinstance(slot, dict)]


def _bodies(pepper: str) -> Rows:
    keys = [f"REG:{number:08d}" for number in range(BODIES + 1000)]
    blinds = [tickets.blind(tickets.nonce(pepper, key)) for key in keys]
    out, into = sorted(blinds[BODIES:]), sorted(blinds[:BODIES])
    return {
        "1-keys.jsonl": [
            {"blind": blind, "key": key} for blind, key in sorted(zip(blinds, keys, strict=True))
        ],
        "1-frame.jsonl": [{"blind": blind, "stratum": "S1", "task": "T1"} for blind in into],
        "1-exclusions.jsonl": [{"blind": blind, "reason": "annual-cap", "task": "T1"} for blind in out],
    }


def _people(salt: str, chance: Stream) -> Rows:
    people = sorted((tickets.officer_code(salt, f"P{number:04d}"), number) for number in range(OFFICERS))
    pool: list[Row] = []
    for code, number in people:
        first = chance.below(DATES - 2) + 1
        away = [[_date(first), _date(first + 2)]] if chance.below(100) < 35 else []
        pool.append(
            {
                "away": [list(span) for span in away],
                "department": f"D{number % DEPARTMENTS}",
                "lead": chance.below(100) < 70,
                "officer": code,
                "skills": [],
                "unit": "",
                "until": "2027-12-31",
            }
        )
    return {
        "1-persons.jsonl": [{"officer": code, "person": f"P{number:04d}"} for code, number in people],
        "1-pool.jsonl": pool,
        "1-relations.jsonl": [],
    }


def _date(day: int) -> str:
    return f"2026-12-{day:02d}"


def _common(stage: str, at: str) -> Row:
    return {
        "committed_at": at,
        "draw_id": DRAW,
        "hash": "sha256",
        "protocol": "dr1",
        "seed_rule": [{"digits": 20, "kind": "dice"}],
        "stage": stage,
    }


def _roots(rows: Rows, step: str, names: tuple[str, ...]) -> Row:
    return {f"{name}_root": merkle.root(lines(jsonl(rows[f"{step}-{name}.jsonl"]))) for name in names}


def _first(rows: Rows, pepper: str, salt: str) -> Row:
    stratum: Row = {
        "group": "", "population": BODIES, "reserve": 100, "stratum": "S1", "take": DRAWN, "task": "T1",
    }  # fmt: skip
    return {
        **_common("targets", "2026-11-30T01:00:00Z"),
        **_roots(rows, "1", ("frame", "exclusions", "pool", "relations")),
        "after": "",
        "frame_rows": BODIES,
        "pepper_commitment": tickets.pepper_commitment(pepper),
        "previous": "",
        "salt_commitment": tickets.salt_commitment(salt),
        "serial": 1,
        "strata": [stratum],
    }


def _second(rows: Rows, caps: dict[str, int]) -> Row:
    return {
        **_common("officers", "2026-11-30T06:00:00Z"),
        **_roots(rows, "4", ("routes", "changes", "weights", "potentials")),
        **_roots(rows, "3", ("sample",)),
        "caps": [{"cap": cap, "route": route} for route, cap in sorted(caps.items())],
        "pair_cap": PAIR_CAP,
    }


def _seed(parameters: Row, digits: str, hour: str) -> Row:
    given = [f"dice:{digits}"]
    return {
        "contributions": [*given],
        "proofs": [""],
        "revealed_at": f"2026-11-30T{hour}:00:00Z",
        "seed": seed.seed(seed.commitment(parameters), given),
        "witness": [],
    }


def _draw(rows: Rows, first: Row, told: str) -> None:
    frame = ((str(row["task"]), str(row["stratum"]), str(row["blind"])) for row in rows["1-frame.jsonl"])
    strata = first["strata"]
    assert isinstance(strata, list)
    sample = tickets.draw(frame, [row for row in strata if isinstance(row, dict)], told)
    rows["3-sample.jsonl"], rows["3-cutoffs.jsonl"] = sample.rows, sample.cutoffs


def _routes(rows: Rows, chance: Stream) -> list[Row]:
    drawn = [str(row["blind"]) for row in rows["3-sample.jsonl"] if row["taken"]]
    routes: list[Row] = []
    for number in range(ROUTES):
        department, name = f"D{chance.below(DEPARTMENTS)}", f"R{number:04d}"
        slots: list[Row] = [
            {"department": department, "lead": place == 1, "skills": [], "slot": f"{name}-{place}"}
            for place in (1, 2)
        ]
        routes.append(
            {
                "blinds": [*sorted(drawn[number::ROUTES])],
                "date": _date(number * DATES // ROUTES + 1),
                "road": True,
                "route": name,
                "slots": [*slots],
            }
        )
    return routes


def _weigh(rows: Rows, told: str) -> Weighed:
    officers = eligibility.officers_of(rows["1-pool.jsonl"])
    routes = eligibility.routes_of(rows["4-routes.jsonl"])
    allowed = eligibility.allowed_pairs(officers, routes, rows["1-relations.jsonl"], told)
    dates = sorted({route.date for route in routes})
    found = weigh(
        build(
            [(slot.slot, route.route, route.date) for route in routes for slot in route.slots],
            [(officer, slot) for _, slot, officer in allowed],
            {one.code: sum(one.present_on(day) for day in dates) for one in officers},
        ),
        PAIR_CAP,
    )
    if isinstance(found, Short):
        raise SystemExit("the pack's routes cannot be staffed")
    return found
