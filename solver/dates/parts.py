"""A problem seen department by department (分部门): small models that bound the large one, and better its days.

Peaks and weeks are sums over departments, and most outings are of one. So the least that a department could attain if
there were no other is a bound, and often attained by all at once; and while the days of all others stand, those of one
department's own outings can be chosen anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from solver.dates.crews import Crew, Crowd, Setting
from solver.dates.model import Model


def alone(setting: Setting, crew: Crew) -> Setting:
    """The outings of one department, as if there were no other."""
    return _part(setting, crew, [setting.options[i] for i in crew.outings.tolist()])


def around(setting: Setting, crew: Crew, chosen: Sequence[int]) -> Setting:
    """The same where all others, and what is done together with others, stay on the days chosen."""
    own = crew.outings.tolist()
    streets: dict[int, set[int]] = {i: set() for i in own}
    for who in setting.streets.values():
        taken = {chosen[j] for j in who if j not in streets}
        for i in who:
            if i in streets:
                streets[i] |= taken
    options = [
        (chosen[i],)
        if len(setting.outings[i].departments) > 1
        else tuple(day for day in setting.options[i] if day not in streets[i])
        for i in own
    ]
    return _part(setting, crew, options)


def _part(setting: Setting, crew: Crew, options: Sequence[tuple[int, ...]]) -> Setting:
    own = crew.outings.tolist()
    place = {i: j for j, i in enumerate(own)}
    streets = {
        street: inside
        for street, who in setting.streets.items()
        if len(inside := tuple(place[i] for i in who if i in place)) > 1
    }
    return replace(
        setting,
        outings=tuple(setting.outings[i] for i in own),
        options=tuple(options),
        crews=(replace(crew, outing=np.searchsorted(crew.outings, crew.outing)),),
        streets=streets,
    )


def model_of(part: Setting, crowds: Sequence[Crowd], held: Mapping[str, int]) -> Model:
    """State the model of a part, with aims held."""
    model = Model(part, [crowd for crowd in crowds if crowd[0] == part.crews[0].department])
    for aim, most in held.items():
        model.hold(aim, most)
    return model
