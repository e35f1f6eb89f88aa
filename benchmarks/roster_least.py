"""The least that a lawful roster's load spread can be, by a program that knows nothing of how the engine finds it.

    least Σ_o Σ_k (2k - 1) / a_o · y_ok         y_ok ∈ {0, 1}: the k-th slot of o; Σ_o n_o² / a_o             (20)
    Σ_o x_os = 1 ∀ s,   Σ_{s on d} x_os ≤ 1 ∀ o, d,   0 ≤ x ≤ 1                                               (21)
    Σ_s x_os = Σ_k y_ok ∀ o                                                                                  (22)

is a bound on (3) of ``benchmarks.roster_measure`` that no lawful roster passes. Departments share nothing and are solved one
by one (HiGHS, no gap).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from solver.roster.instance import Instance, Ints, build


def least_loads(
    slots: Sequence[tuple[str, str, str]],
    pairs: Sequence[tuple[str, str]],
    days: Mapping[str, int],
    department: Mapping[str, str],
) -> dict[str, int]:
    """Loads of least spread, department by department.

    Parameters
    ----------
    department : mapping of officer to department

    Raises
    ------
    ValueError
        A slot that nobody may fill, or a department that is short of officers.
    """
    found: dict[str, int] = {}
    for part in _departments(slots, pairs, days, department):
        found |= _least(part)
    return found


def _departments(
    slots: Sequence[tuple[str, str, str]],
    pairs: Sequence[tuple[str, str]],
    days: Mapping[str, int],
    department: Mapping[str, str],
) -> Iterator[Instance]:
    home = {slot: department[officer] for officer, slot in pairs}
    if bare := [slot for slot, _, _ in slots if slot not in home]:
        raise ValueError(f"nobody may fill {bare[0]}")
    for name in sorted({department[officer] for officer in days}):
        yield build(
            [row for row in slots if home[row[0]] == name],
            [row for row in pairs if department[row[0]] == name],
            {officer: a for officer, a in days.items() if department[officer] == name},
        )


def _least(instance: Instance) -> dict[str, int]:
    free = np.bincount(instance.day_officer, minlength=len(instance.officers))
    owner = np.repeat(np.arange(len(free)), free)
    k = np.concatenate([np.arange(1, n + 1) for n in free])
    pairs = len(instance.pair_slot)
    cost = np.concatenate([np.zeros(pairs), (2 * k - 1) / instance.days_present[owner]])  # (20)
    slot, day, load = (
        _sums(of, count)
        for of, count in (
            (instance.pair_slot, len(instance.slots)),
            (instance.leg_day[instance.pair_leg], len(instance.day_date)),
            (instance.pair_officer, len(instance.officers)),
        )
    )
    none = [csr_array((m.shape[0], len(owner))) for m in (slot, day)]
    solved = milp(
        cost,
        constraints=[
            LinearConstraint(hstack([slot, none[0]]), 1, 1),  # (21)
            LinearConstraint(hstack([day, none[1]]), -np.inf, 1),
            LinearConstraint(hstack([load, -_sums(owner, len(free))]), 0, 0),  # (22)
        ],
        integrality=np.concatenate([np.zeros(pairs), np.ones(len(owner))]),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if solved.status:
        raise ValueError(f"least loads not found: {solved.message}")
    units = np.bincount(owner, weights=solved.x[pairs:], minlength=len(free))
    return dict(zip(instance.officers, np.rint(units).astype(int).tolist(), strict=True))


def _sums(of: Ints, count: int) -> csr_array:
    """Matrix that sums columns by their group."""
    return csr_array((np.ones(len(of)), (of, np.arange(len(of)))), shape=(count, len(of)))
