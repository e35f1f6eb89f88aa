"""Drawing 3,000 of 100,000 bodies: our tickets beside the two published verifiable samplers.

``python -m benchmarks.draw``: five runs of each in turn, medians of processor time (each is one thread that waits
for nothing, and neighbours on the machine do not count). All are given their list of names ready made; ours also
checks the frame (no body twice, population as declared) and gives the cutoff, as it does in a real draw.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable

POPULATION, TAKE, RUNS = 100_000, 3_000, 5
SEED = hashlib.sha256(b"benchmark of the draw").hexdigest()
GOAL = {"ours_to_consistent_sampler": 1 / 3}

Sampler = Callable[[list[str]], list[str]]


def ours(names: list[str], hash_name: str = "sha256") -> list[str]:
    """Rank by ticket (dr1 section 4)."""
    from solver.dr1 import tickets
    from solver.dr1.encoding import Row

    stratum: Row = {
        "group": "", "population": len(names), "reserve": 0, "stratum": "s", "take": TAKE, "task": "t",
    }  # fmt: skip
    frame = (("t", "s", name) for name in names)
    return [str(row["blind"]) for row in tickets.draw(frame, [stratum], SEED, hash_name).rows]


def plain(names: list[str]) -> list[str]:
    """Rank by ticket with nothing but a hash and a full sort: what ours must equal."""
    head = f"dr1/ticket\n{SEED}\n\n"
    return sorted(names, key=lambda name: (hashlib.sha256((head + name).encode()).digest(), name))[:TAKE]


def consistent(names: list[str]) -> list[str]:
    """Sample by Rivest's consistent_sampler, without replacement."""
    from consistent_sampler import sampler

    return list(sampler(names, seed=SEED, take=TAKE, output="id"))


def crypto(names: list[str], method: str) -> list[str]:
    """Sample by cryptorandom (Ottoboni and Stark) with its SHA-256 stream."""
    from cryptorandom.cryptorandom import SHA256
    from cryptorandom.sample import random_sample

    picked = random_sample(len(names), TAKE, method=method, prng=SHA256(SEED))
    return [names[at] for at in picked]


SAMPLERS: dict[str, Sampler] = {
    "ours": ours,
    "ours, sm3": lambda names: ours(names, "sm3"),
    "plain sort of hashes": plain,
    "consistent_sampler": consistent,
    "cryptorandom by index": lambda names: crypto(names, "sample_by_index"),
    "cryptorandom PIKK": lambda names: crypto(names, "PIKK"),
}


def _seconds(sampler: Sampler, names: list[str]) -> float:
    began = time.process_time()
    sample = sampler(names)
    seconds = time.process_time() - began
    assert len(sample) == len(set(sample)) == TAKE
    return seconds


def main() -> int:
    """Measure, print the table and the figures; 0 if the goal holds."""
    names = [hashlib.sha256(b"body %d" % i).hexdigest() for i in range(POPULATION)]
    assert ours(names) == plain(names)  # a fast wrong answer is no answer; this run also warms the imports
    for sampler in SAMPLERS.values():
        sampler(names[:TAKE])
    runs: dict[str, list[float]] = {name: [] for name in SAMPLERS}
    for _ in range(RUNS):
        for name, sampler in SAMPLERS.items():
            runs[name].append(_seconds(sampler, names))
    medians = {name: statistics.median(found) for name, found in runs.items()}
    print(f"{TAKE:,} of {POPULATION:,}{'':<10}{'median s':>10}{'fastest':>10}{'slowest':>10}{'to ours':>10}")
    for name, found in runs.items():
        print(
            f"{name:<26}{medians[name]:>10.3f}{min(found):>10.3f}{max(found):>10.3f}"
            f"{medians[name] / medians['ours']:>10.2f}"
        )
    ratio = medians["ours"] / medians["consistent_sampler"]
    figures = {name: round(seconds, 4) for name, seconds in medians.items()}
    figures["ours_to_consistent_sampler"] = round(ratio, 4)
    holds = ratio <= GOAL["ours_to_consistent_sampler"]
    print(json.dumps({"figures": figures, "goal": GOAL, "holds": holds}))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
