"""The registers that can be imported, by name."""

from __future__ import annotations

from inspect_engine.errors import EngineError
from inspect_engine.registers.importing.kind import Kind
from inspect_engine.registers.importing.kinds.calendar import CALENDAR
from inspect_engine.registers.importing.kinds.cases import CASES
from inspect_engine.registers.importing.kinds.duties import DUTIES
from inspect_engine.registers.importing.kinds.history import HISTORY
from inspect_engine.registers.importing.kinds.items import ITEMS
from inspect_engine.registers.importing.kinds.leave import LEAVE
from inspect_engine.registers.importing.kinds.listings import LISTINGS
from inspect_engine.registers.importing.kinds.officers import OFFICERS
from inspect_engine.registers.importing.kinds.places import AGENCIES, REGIONS
from inspect_engine.registers.importing.kinds.powers import POWERS
from inspect_engine.registers.importing.kinds.relations import RELATIONS
from inspect_engine.registers.importing.kinds.targets import TARGETS

KINDS = {
    kind.name: kind
    for kind in (
        REGIONS,
        AGENCIES,
        TARGETS,
        OFFICERS,
        POWERS,
        DUTIES,
        CASES,
        ITEMS,
        LISTINGS,
        RELATIONS,
        LEAVE,
        CALENDAR,
        HISTORY,
    )
}


def kind_named(name: str) -> Kind:
    """Look up a register.

    Raises
    ------
    EngineError
        ``registers.kind-unknown``.
    """
    if name not in KINDS:
        raise EngineError("registers.kind-unknown", kind=name, known=", ".join(KINDS))
    return KINDS[name]
