"""``draw pack``: the files of a draw as one zip, whole for auditors or what may be public by now (证明包)."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import events_file
from inspect_engine.drawing.steps import expect, find_draw
from inspect_engine.drawing.tables import Draw, DrawFile, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.planning.spec import DrawSpec
from solver.dr1 import pack as packs
from solver.dr1.encoding import hexdigest

Copy = Literal["full", "public"]

_COMMITTED = tuple(state for state in DrawState if state not in (DrawState.new, DrawState.void))


def files_of(session: Session, draw: Draw, copy: Copy, on: date | None = None) -> dict[str, bytes]:
    """Files of one copy, without the manifest.

    Parameters
    ----------
    on : datetime.date, optional
        Day of a public copy; what opens after the window is left out until the window has closed.
    """
    rows = session.exec(select(DrawFile).where(col(DrawFile.draw_id) == draw.id)).all()
    files = {row.name: row.content for row in rows}
    if copy == "full":
        happened = events_file(session, draw)
        if happened or "6-roster.jsonl" in files:
            files["7-events.jsonl"] = happened
        return files
    closes = max(task.window[1] for task in DrawSpec.model_validate(draw.settings).tasks)
    opened = {"at once"} | ({"after the window"} if on is not None and on > closes else set())
    return {name: content for name, content in files.items() if packs.FILES[name] in opened}


def write_pack(
    session: Session, draw_id: str, copy: Copy, path: Path, act: Act, on: date | None = None
) -> Mapping[str, int]:
    """Write a copy of a draw's pack, whole or not at all.

    Parameters
    ----------
    on : datetime.date, optional
        Day for which a public copy is made; by default the day of the act, in China.

    Raises
    ------
    EngineError
        ``drawing.step-order`` before the first commitment; ``drawing.future-copy``; ``drawing.pack-not-written``
        where the disk refuses.
    """
    draw = find_draw(session, draw_id)
    if draw.state is DrawState.void and draw.serial is None:
        expect(draw, *_COMMITTED)
    if draw.state is not DrawState.void:
        expect(draw, *_COMMITTED)
    day = on or act.local_day
    if day > act.local_day:
        raise EngineError("drawing.future-copy", on=day)
    files = files_of(session, draw, copy, day)
    try:
        packs.write(path, files, copy, draw.draw_id, draw.hash)
    except OSError as error:
        raise EngineError("drawing.pack-not-written", path=str(path), fault=error.strerror or "") from error
    content = path.read_bytes()
    append(
        session,
        act,
        "draw.packed",
        draw_id,
        {"copy": copy, "day": day.isoformat(), "files": len(files), "sha256": hexdigest(content)},
    )
    return {name: len(content) for name, content in sorted(files.items())}
