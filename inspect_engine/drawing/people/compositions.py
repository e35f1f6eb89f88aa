"""Which sorts of officers the slots of each department take in a draw (人员搭配), from its order form."""

from __future__ import annotations

from inspect_engine.planning.spec import DrawSpec
from inspect_engine.visits.teams import Composition, Teams


def compositions_of(spec: DrawSpec) -> dict[str, Composition]:
    """Department → composition; a department that is missing takes anybody."""
    return {
        one.department: Composition(one.grades, one.mixed_units, Teams(one.teams)) for one in spec.composition
    }
