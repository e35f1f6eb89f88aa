"""The least that a lawful roster's load spread can be, and what a lottery's could be were its loads whole beforehand.

The engine's loads L_o are even in expectation; the lottery rounds each down or up without bias, and so adds
Σ_o f_o (1 - f_o) / a_o, f_o the fraction of L_o, to Σ_o L_o² / a_o. Who makes one roster rounds as suits it. With

    least Σ_o Σ_k (2k - 1) / a_o · y_ok         y_ok ∈ {0, 1}: the k-th slot of o; Σ_o n_o² / a_o             (20)
    Σ_o x_os = 1 ∀ s,   Σ_{s on d} x_os ≤ 1 ∀ o, d,   Σ_{s on r} x_os ≤ c_r ∀ o, r,   0 ≤ x ≤ 1               (21)
    Σ_s x_os = Σ_k y_ok ∀ o                                                                                  (22)

and c_r = 1 it is a bound on (3) of ``benchmarks.roster_measure`` that no lawful roster passes; with the engine's caps the
n_o are whole loads that weights can have, if there are any: a cap can leave none. Departments share nothing and are
solved one by one (HiGHS, no gap). It is a measurement: the engine does not draw in this way, and who has the slot more
is not drawn here but as it falls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from solver.roster.caps import smallest_caps
from solver.roster.instance import Floats, Instance, Ints, build

#: Days of :func:`held` are slots times this, so that nobody has fewer days than dates.
DAYS = 400
#: SciPy's status of a problem without an answer.
INFEASIBLE = 2


def whole_loads(
    slots: Sequence[tuple[str, str, str]],
    pairs: Sequence[tuple[str, str]],
    days: Mapping[str, int],
    department: Mapping[str, str],
    pair_cap: int | None,
) -> dict[str, int] | None:
    """Whole loads of least spread under a cap, department by department; none where a cap leaves none.

    Parameters
    ----------
    department : mapping of officer to department
    pair_cap : int or None
        As :func:`solver.roster.weights.weigh` takes it [units of 2^-32]; none for no cap.

    Raises
    ------
    ValueError
        A slot that nobody may fill.
    """
    found: dict[str, int] = {}
    for part in _departments(slots, pairs, days, department):
        caps = [Fraction(1)] * len(part.routes) if pair_cap is None else list(smallest_caps(part, pair_cap))
        loads = _whole(part, np.array([float(cap) for cap in caps]))
        if loads is None:
            return None
        found |= loads
    return found


def held(
    slots: Sequence[tuple[str, str, str]], pairs: Iterable[tuple[str, str]], loads: Mapping[str, int]
) -> Instance:
    """Index a month so that its even loads are these: with days in proportion to them, all ratios are one."""
    days = {officer: DAYS * load for officer, load in loads.items()}
    return build(slots, [(officer, slot) for officer, slot in pairs if days[officer]], days)


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


def _whole(instance: Instance, caps: Floats) -> dict[str, int] | None:
    free = np.bincount(instance.day_officer, minlength=len(instance.officers))
    owner = np.repeat(np.arange(len(free)), free)
    k = np.concatenate([np.arange(1, n + 1) for n in free])
    pairs = len(instance.pair_slot)
    cost = np.concatenate([np.zeros(pairs), (2 * k - 1) / instance.days_present[owner]])  # (20)
    slot, day, leg, load = (
        _sums(of, count)
        for of, count in (
            (instance.pair_slot, len(instance.slots)),
            (instance.leg_day[instance.pair_leg], len(instance.day_date)),
            (instance.pair_leg, len(instance.leg_route)),
            (instance.pair_officer, len(instance.officers)),
        )
    )
    none = [csr_array((m.shape[0], len(owner))) for m in (slot, day, leg)]
    solved = milp(
        cost,
        constraints=[
            LinearConstraint(hstack([slot, none[0]]), 1, 1),  # (21)
            LinearConstraint(hstack([day, none[1]]), -np.inf, 1),
            LinearConstraint(hstack([leg, none[2]]), -np.inf, caps[instance.leg_route]),
            LinearConstraint(hstack([load, -_sums(owner, len(free))]), 0, 0),  # (22)
        ],
        integrality=np.concatenate([np.zeros(pairs), np.ones(len(owner))]),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if solved.status == INFEASIBLE:
        return None
    if solved.status:
        raise ValueError(f"whole loads not found: {solved.message}")
    units = np.bincount(owner, weights=solved.x[pairs:], minlength=len(free))
    return dict(zip(instance.officers, np.rint(units).astype(int).tolist(), strict=True))


def _sums(of: Ints, count: int) -> csr_array:
    """Matrix that sums columns by their group."""
    return csr_array((np.ones(len(of)), (of, np.arange(len(of)))), shape=(count, len(of)))
