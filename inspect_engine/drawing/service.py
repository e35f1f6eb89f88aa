"""All that can be done with a draw, in the order of its steps (抽取服务); command line and API call these."""

from inspect_engine.drawing.changing import change
from inspect_engine.drawing.forecast.predictable import predictability
from inspect_engine.drawing.forecast.repetition import meetings
from inspect_engine.drawing.forecast.team_cost import cost_of_teams
from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.opening import open_draw
from inspect_engine.drawing.packing import files_of, write_pack
from inspect_engine.drawing.rostering import draw_officers
from inspect_engine.drawing.routes.routing import plan
from inspect_engine.drawing.sampling import draw_targets
from inspect_engine.drawing.seeding import Given, SeedState, contribute
from inspect_engine.drawing.staffing import staff
from inspect_engine.drawing.status import all_draws, status
from inspect_engine.drawing.voiding import void

__all__ = [
    "Given",
    "SeedState",
    "all_draws",
    "change",
    "contribute",
    "cost_of_teams",
    "draw_officers",
    "draw_targets",
    "files_of",
    "freeze",
    "meetings",
    "open_draw",
    "plan",
    "predictability",
    "staff",
    "status",
    "void",
    "write_pack",
]
