"""A small maker of packs, step by step as the protocol has them, with a hook after each file.

A fault is planted by an edit of one file's content, right when the file is made; all later steps then follow from
what the edit left, as a forger's would. So a pack is wrong in just the way that was meant.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from solver.dr1 import eligibility, lottery, merkle, pack, seed, substitution, tickets
from solver.dr1.encoding import canonical, jsonl, lines

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "dr1"
EXAMPLE = FIXTURES / "example.zip"
DRAND = json.loads((FIXTURES / "drand.json").read_text())
UNIT = 2**32

Rows = list[dict[str, Any]]
Edit = Callable[[Any], None]

_SIGNERS = {"纪检监察组": bytes(range(32)), "公证处": bytes(range(1, 33))}
_SHARES = {"纪检监察组": "ab" * 32, "公证处": "cd" * 32}
_OPENED = {"纪检监察组": _SHARES["纪检监察组"]}
_DICE = {"2": "27182818284590452353", "5": "14142135623730950488", "7": "57721566490153286060"}


def given(name: str) -> Any:
    """Return the rows of a file of the example pack, or its object."""
    data = pack.read(EXAMPLE)[name]
    rows = [json.loads(line) for line in lines(data)]
    return rows if name.endswith(".jsonl") else rows[0]


def signed(commitment: str, at: str) -> Rows:
    """Let the two witnesses sign."""
    return [
        {
            "at": at,
            "key": key.public_key().public_bytes_raw().hex(),
            "kind": "ed25519",
            "name": name,
            "signature": key.sign(seed.witness_message(commitment, at)).hex(),
        }
        for name, key in ((name, Ed25519PrivateKey.from_private_bytes(raw)) for name, raw in _SIGNERS.items())
    ]


class Maker:
    """Makes one pack.

    Parameters
    ----------
    edits : Mapping[str, Edit]
        By file, or by one of ``allowed``, ``2-contributions``, ``5-contributions``, ``7-request``, ``7-draw``: what
        to do to it once it is made.
    hash : str
        ``sha256`` or ``sm3``.
    """

    def __init__(self, edits: Mapping[str, Edit] | None = None, hash: str = "sha256") -> None:  # noqa: A002
        self.edits = dict(edits or {})
        self.hash = hash
        self.rows: dict[str, Any] = {}

    def files(self) -> dict[str, bytes]:
        """Make all files but the manifest."""
        self._freeze()
        self._seed("2", self.rows["1-parameters.json"])
        self._draw_targets()
        self._routes()
        self._weights()
        self._potentials()
        self._parameters4()
        self._seed("5", self.rows["4-parameters.json"])
        self._draw_officers()
        self._events()
        return {name: encoded(name, rows) for name, rows in self.rows.items()}

    def whole(self, copy: str = "full", names: Callable[[str], bool] = lambda _: True) -> dict[str, bytes]:
        """Make the pack with its manifest, of the files whose names pass."""
        files = {name: data for name, data in self.files().items() if names(name)}
        return with_manifest(files, copy, self.hash)

    def _put(self, name: str, content: Any) -> Any:
        if name in self.edits:
            self.edits[name](content)
        if name[0].isdigit() and "." in name:
            self.rows[name] = content
        return content

    def _freeze(self) -> None:
        self._bodies()
        self._people()
        self.clean = given("1-parameters.json")
        for name in ("frame", "exclusions", "pool", "relations"):
            self.clean[f"{name}_root"] = self._root(f"1-{name}.jsonl")
        secrets = self.rows["1-secrets.json"]
        self.clean |= {
            "frame_rows": len(self.rows["1-frame.jsonl"]),
            "hash": self.hash,
            "pepper_commitment": tickets.pepper_commitment(secrets["pepper"], self.hash),
            "salt_commitment": tickets.salt_commitment(secrets["salt"], self.hash),
        }
        for rule in self.clean["seed_rule"]:
            if rule["kind"] == "share":
                rule["commitment"] = seed.share_commitment(rule["party"], _SHARES[rule["party"]], self.hash)
        parameters = json.loads(json.dumps(self.clean))
        self._put("1-parameters.json", parameters)

    def _bodies(self) -> None:
        """Take the example's bodies, and give them their blinds anew."""
        secrets = self._put("1-secrets.json", given("1-secrets.json"))
        keys = given("1-keys.jsonl")
        new = {
            row["blind"]: tickets.blind(tickets.nonce(secrets["pepper"], row["key"], self.hash), self.hash)
            for row in keys
        }
        self.new = new
        by = {"keys": ("blind",), "frame": ("task", "stratum", "blind"), "exclusions": ("task", "blind")}
        for name, order in by.items():
            rows = [{**row, "blind": new[row["blind"]]} for row in given(f"1-{name}.jsonl")]
            self._put(f"1-{name}.jsonl", in_order(rows, order))

    def _people(self) -> None:
        """Take the example's officers, and three of a department of its own: one may lead, two know lifts."""
        salt = self.rows["1-secrets.json"]["salt"]
        old = {row["officer"]: row["person"] for row in given("1-persons.jsonl")}
        new = {code: tickets.officer_code(salt, person, self.hash) for code, person in old.items()}
        pool = [{**row, "officer": new[row["officer"]]} for row in given("1-pool.jsonl")]
        persons = [{"officer": new[code], "person": person} for code, person in old.items()]
        for person, lead in (("特-1", True), ("特-2", False), ("特-3 特-4", False)):
            code = tickets.officer_code(salt, person, self.hash)
            persons.append({"officer": code, "person": person})
            pool.append(
                {
                    "away": [],
                    "department": "特设",
                    "lead": lead,
                    "officer": code,
                    "skills": [] if lead else ["电梯"],
                    "unit": "",
                    "until": "2027-06-30",
                }
            )
        self.leader = tickets.officer_code(salt, "特-1", self.hash)
        self.codes = new
        self._put("1-persons.jsonl", in_order(persons, ("officer",)))
        self._put("1-pool.jsonl", in_order(pool, ("officer",)))
        self.pool = {row["officer"] for row in pool}
        relations = [
            {**row, "officer": new[row["officer"]], "with": self.new.get(row["with"], new.get(row["with"]))}
            for row in given("1-relations.jsonl")
        ]
        for row in relations:
            if row["ground"] == "kin":
                row["officer"], row["with"] = sorted((row["officer"], row["with"]))
        self._put("1-relations.jsonl", in_order(relations, ("officer", "with", "ground")))

    def _root(self, name: str) -> str:
        return merkle.root(lines(encoded(name, self.rows[name])), self.hash)

    def _seed(self, step: str, parameters: dict[str, Any]) -> None:
        rule, told = parameters["seed_rule"], given(f"{step}-seed.json")
        contributions = self._put(f"{step}-contributions", [self._contribution(step, row) for row in rule])
        commitment = seed.commitment(parameters, self.hash)
        seen = {"2": "2026-12-01T01:00:30Z", "5": "2026-12-01T06:00:30Z"}[step]
        told |= {
            "contributions": contributions,
            "proofs": [_proof(value) for value in contributions],
            "seed": seed.seed(commitment, contributions, self.hash),
            "witness": signed(commitment, seen),
        }
        self._put(f"{step}-seed.json", told)

    def _contribution(self, step: str, rule: dict[str, Any]) -> str:
        if rule["kind"] == "dice":
            return f"dice:{_DICE[step]}"
        if rule["kind"] == "share":
            return f"share:{rule['party']}:{_OPENED.get(rule['party'], 'withheld')}"
        round_ = next(row for row in DRAND["rounds"] if row["round"] == rule["round"])
        return f"drand:{rule['chain']}:{rule['round']}:{round_['randomness']}"

    def _draw_targets(self) -> None:
        frame = [(row["task"], row["stratum"], row["blind"]) for row in self.rows["1-frame.jsonl"]]
        told = self.rows["2-seed.json"]["seed"]
        try:
            sample = tickets.draw(frame, self.rows["1-parameters.json"]["strata"], told, self.hash)
        except ValueError:  # the fault is in the strata: go on as if it were not
            sample = tickets.draw(set(frame), self.clean["strata"], told, self.hash)
        self._put("3-sample.jsonl", sample.rows)
        self._put("3-cutoffs.jsonl", sample.cutoffs)

    def _routes(self) -> None:
        routes = given("4-routes.jsonl")
        for route, date in (("R008", "2026-12-10"), ("R009", "2026-12-11")):
            slots = [
                {"department": "特设", "lead": True, "skills": [], "slot": f"{route}-1"},
                {"department": "特设", "lead": False, "skills": ["电梯"], "slot": f"{route}-2"},
            ]
            routes.append({"blinds": [], "date": date, "road": False, "route": route, "slots": slots})
        drawn = sorted({row["blind"] for row in self.rows["3-sample.jsonl"] if row["taken"]})
        for at, route in enumerate(routes):
            route["blinds"] = drawn[at :: len(routes)]
        changes = [{**row, "officer": self.codes[row["officer"]]} for row in given("4-changes.jsonl")]
        self._put("4-changes.jsonl", in_order(changes, ("officer", "at")))
        self._put("4-routes.jsonl", routes)

    def _weights(self) -> None:
        """Share each slot evenly among those who may: lawful, and with loads of whatever size."""
        officers = eligibility.apply_changes(
            eligibility.officers_of(self.rows["1-pool.jsonl"]),
            [row for row in self.rows["4-changes.jsonl"] if row["officer"] in self.pool],
        )
        routes = eligibility.routes_of(self.rows["4-routes.jsonl"])
        pairs = eligibility.allowed_pairs(
            officers, routes, self.rows["1-relations.jsonl"], self.rows["2-seed.json"]["seed"], self.hash
        )
        may: dict[str, list[str]] = {}
        for _, slot, officer in pairs:
            may.setdefault(slot, []).append(officer)
        self.may = may
        self._put("allowed", may)
        rows = []
        for slot in sorted(may):
            share, left = divmod(UNIT, len(may[slot]))
            for at, officer in enumerate(sorted(may[slot])):
                rows.append({"officer": officer, "slot": slot, "weight": share + (at < left)})
        self._put("4-weights.jsonl", rows)

    def _potentials(self) -> None:
        """Give each slot the logarithm of its shares; where the leader's limits bind, let them carry some of it."""
        where = {
            slot["slot"]: (row["route"], row["date"])
            for row in self.rows["4-routes.jsonl"]
            for slot in row["slots"]
        }
        dates: Counter[tuple[str, str]] = Counter()
        for row in self.rows["4-weights.jsonl"]:
            dates[row["officer"], where[row["slot"]][1]] += row["weight"]
        rows = [_potential(officer=row["officer"]) for row in self.rows["1-pool.jsonl"]]
        for slot, officers in self.may.items():
            value = round(-math.log(len(officers)) * UNIT)
            rows.append(_potential(slot=slot, value=value + (12 if len(officers) == 1 else 0)))
        rows += [_potential(officer=self.leader, route=route, value=-7) for route in ("R008", "R009")]
        for (officer, date), total in dates.items():
            if total == UNIT:
                rows.append(_potential(officer=officer, date=date, value=-5 if officer == self.leader else 0))
        self._put("4-potentials.jsonl", in_order(rows, ("slot", "officer", "date", "route")))

    def _parameters4(self) -> None:
        told = given("4-parameters.json")
        told |= {"caps": [{"cap": UNIT, "route": "R008"}, {"cap": UNIT, "route": "R009"}], "hash": self.hash}
        for name in ("routes", "changes", "weights", "potentials"):
            told[f"{name}_root"] = self._root(f"4-{name}.jsonl")
        told["sample_root"] = self._root("3-sample.jsonl")
        self._put("4-parameters.json", told)

    def _draw_officers(self) -> None:
        routes = self.rows["4-routes.jsonl"]
        slots = [(slot["slot"], row["date"]) for row in routes for slot in row["slots"]]
        weights = [(row["officer"], row["slot"], row["weight"]) for row in self.rows["4-weights.jsonl"]]
        try:
            pairs = lottery.lottery(self.rows["5-seed.json"]["seed"], slots, weights, self.hash)
        except ValueError:  # the fault is in the sums: any roster will do
            pairs = [(slot, self.may[slot][0]) for slot, _ in slots]
        self._put("6-roster.jsonl", [{"officer": officer, "slot": slot} for slot, officer in sorted(pairs)])

    def _events(self) -> None:
        events = [self._substitution("R002-2"), self._reserve(), self._direct("R001-2")]
        events.sort(key=lambda row: (row.get("at", row.get("requested_at")), row["kind"]))
        self._put("7-events.jsonl", events)

    def _free(self, slot: str) -> list[str]:
        """Return who may go and is free on the slot's date, its holder not being among them."""
        held = {row["slot"]: row["officer"] for row in self.rows["6-roster.jsonl"]}
        date = {s["slot"]: row["date"] for row in self.rows["4-routes.jsonl"] for s in row["slots"]}
        busy = {officer for other, officer in held.items() if date.get(other) == date[slot]}
        return sorted(set(self.may[slot]) - busy)

    def _holder(self, slot: str) -> str:
        return str(next(row["officer"] for row in self.rows["6-roster.jsonl"] if row["slot"] == slot))

    def _substitution(self, slot: str) -> dict[str, Any]:
        request = {
            "candidates": self._free(slot),
            "draw_id": self.rows["1-parameters.json"]["draw_id"],
            "from": self._holder(slot),
            "ground": "recusal",
            "requested_at": "2026-12-04T01:00:00Z",
            "seed_rule": [{"digits": 20, "kind": "dice"}],
            "slot": slot,
        }
        self._put("7-request", request)
        contributions = self._put(
            "7-contributions", [self._contribution("7", row) for row in request["seed_rule"]]
        )
        told = [seed.seed(seed.commitment(request, self.hash), contributions, self.hash)]
        self._put("7-draw", told)
        ranked = substitution.order(told[0], slot, request["candidates"], self.hash)
        return {
            **request,
            "contributions": contributions,
            "decided_at": "2026-12-04T01:30:00Z",
            "kind": "officer",
            "seed": told[0],
            "to": ranked[0],
        }

    def _reserve(self) -> dict[str, Any]:
        cell = [row for row in self.rows["3-sample.jsonl"] if (row["task"], row["stratum"]) == ("T01", "S01")]
        return {
            "approver": "审批岗-01",
            "at": "2026-12-09T03:00:00Z",
            "from": cell[0]["blind"],
            "ground": "deregistered",
            "kind": "target",
            "stratum": "S01",
            "task": "T01",
            "to": next(row["blind"] for row in cell if not row["taken"]),
        }

    def _direct(self, slot: str) -> dict[str, Any]:
        free = self._free(slot)
        return {
            "approver": "审批岗-01",
            "at": "2026-12-07T10:00:00Z",
            "from": self._holder(slot),
            "ground": "emergency",
            "kind": "direct",
            "slot": slot,
            "to": free[0],
        }


def _proof(value: str) -> str:
    if not value.startswith("drand:"):
        return ""
    number = int(value.split(":")[2])
    return str(next(row["signature"] for row in DRAND["rounds"] if row["round"] == number))


def _potential(
    slot: str = "", officer: str = "", date: str = "", route: str = "", value: int = 0
) -> dict[str, Any]:
    return {"date": date, "officer": officer, "route": route, "slot": slot, "value": value}


def in_order(rows: Rows, fields: tuple[str, ...]) -> Rows:
    """Sort rows by fields."""
    return sorted(rows, key=lambda row: [row[field] for field in fields])


def encoded(name: str, rows: Any) -> bytes:
    """Write a file as the protocol has it."""
    return jsonl(rows) if name.endswith(".jsonl") else canonical(rows) + b"\n"


def with_manifest(files: Mapping[str, bytes], copy: str = "full", hash: str = "sha256") -> dict[str, bytes]:  # noqa: A002
    """Add the manifest that the files call for."""
    return {**files, "manifest.json": pack.manifest(files, copy, given("1-parameters.json")["draw_id"], hash)}


def repaired(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Do what a clever forger with both witnesses' keys would after a change: roots, seeds, signatures, manifest.

    What follows from the seeds (sample, roster) is left: a forger who redoes all of that has made a lawful pack.
    """
    files = {name: data for name, data in files.items() if name != "manifest.json"}
    for step, names in (
        ("1", ("frame", "exclusions", "pool", "relations")),
        ("4", ("routes", "changes", "weights", "potentials")),
    ):
        parameters = _loads(files.get(f"{step}-parameters.json"))
        told = _loads(files.get("2-seed.json" if step == "1" else "5-seed.json"))
        if not isinstance(parameters, dict):
            continue
        for name in (*names, *(("sample",) if step == "4" else ())):
            file = f"{'3' if name == 'sample' else step}-{name}.jsonl"
            if file in files:
                parameters[f"{name}_root"] = merkle.root(files[file].removesuffix(b"\n").split(b"\n"))
        files[f"{step}-parameters.json"] = _dumps(parameters)
        if not isinstance(told, dict):
            continue
        try:
            commitment = seed.commitment(parameters)
            told["seed"] = seed.seed(commitment, told["contributions"])
            ats = [row["at"] for row in told["witness"]]
            for row, new in zip(told["witness"], signed(commitment, ats[0]), strict=True):
                row["signature"] = (
                    new["signature"] if row["at"] == ats[0] else signed(commitment, row["at"])[1]["signature"]
                )
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            pass  # too broken to be repaired: the forger leaves it
        files["2-seed.json" if step == "1" else "5-seed.json"] = _dumps(told)
    return with_manifest(files)


def _loads(data: bytes | None) -> Any:
    try:
        return json.loads(data or b"")
    except (ValueError, RecursionError):
        return None


def _dumps(value: Any) -> bytes:
    return dumps(value) + b"\n"


def dumps(value: Any) -> bytes:
    """Write any value the way canonical JSON would be, were it allowed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
