"""The steps of a draw and their only order (抽取步骤): nothing is skipped, nothing done twice.

new → frozen → seeded → drawn → routed → staffed → reseeded → rostered, and ``void`` from any of them.
"""

from datetime import UTC, datetime

from sqlmodel import Session, col, select

from inspect_engine.drawing.tables import Draw, DrawFile, DrawSecret, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.registers.tables import Agency
from solver.dr1.encoding import Row, json_file, jsonl, parse_json_file, parse_jsonl
from solver.dr1.errors import ProtocolError
from solver.dr1.seed import check_not_past, format_time

#: What brings a draw from each state to the next: the command that the user is told to run.
NEXT_STEP = {
    DrawState.new: "freeze",
    DrawState.frozen: "seed",
    DrawState.seeded: "targets",
    DrawState.drawn: "routes",
    DrawState.routed: "staff",
    DrawState.staffed: "seed",
    DrawState.reseeded: "officers",
    DrawState.rostered: "pack",
    DrawState.void: "status",
}


def find_draw(session: Session, draw_id: str) -> Draw:
    """Read a draw by its public id.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``.
    """
    draw = session.exec(select(Draw).where(col(Draw.draw_id) == draw_id)).first()
    if draw is None:
        raise EngineError("drawing.unknown-draw", draw=draw_id)
    return draw


def expect(draw: Draw, *states: DrawState) -> None:
    """Refuse a step that is not the draw's next one.

    Raises
    ------
    EngineError
        ``drawing.step-order`` with the state and the command that comes next.
    """
    if draw.state not in states:
        wanted = "/".join(states)
        raise EngineError(
            "drawing.step-order",
            draw=draw.draw_id,
            state=draw.state.value,
            wanted=wanted,
            next=NEXT_STEP[draw.state],
        )


def spec_of(draw: Draw) -> DrawSpec:
    """Order form of a draw, as it was accepted."""
    return DrawSpec.model_validate(draw.settings)


def row_id(row: Draw) -> int:
    """Primary key of a stored draw."""
    if row.id is None:
        raise AssertionError("a stored row has an id")
    return row.id


def secrets_of(session: Session, draw: Draw) -> DrawSecret:
    """Pepper and salt of a draw."""
    return session.exec(select(DrawSecret).where(col(DrawSecret.draw_id) == draw.id)).one()


def put_rows(session: Session, draw: Draw, name: str, rows: list[Row]) -> bytes:
    """Keep a ``.jsonl`` file of the pack; a file is written once."""
    return _put(session, draw, name, jsonl(rows))


def put_object(session: Session, draw: Draw, name: str, row: Row) -> bytes:
    """Keep a ``.json`` file of the pack; a file is written once."""
    return _put(session, draw, name, json_file(row))


def _put(session: Session, draw: Draw, name: str, content: bytes) -> bytes:
    session.add(DrawFile(draw_id=row_id(draw), name=name, content=content))
    session.flush()
    return content


def file_bytes(session: Session, draw: Draw, name: str) -> bytes:
    """Bytes of one file of the pack, as they were hashed."""
    query = select(DrawFile.content).where(col(DrawFile.draw_id) == draw.id, col(DrawFile.name) == name)
    return session.exec(query).one()


def rows_of(session: Session, draw: Draw, name: str) -> list[Row]:
    """Rows of a ``.jsonl`` file of the pack."""
    return parse_jsonl(file_bytes(session, draw, name))


def object_of(session: Session, draw: Draw, name: str) -> Row:
    """Object of a ``.json`` file of the pack."""
    return parse_json_file(file_bytes(session, draw, name))


def stamp(at: datetime) -> str:
    """Write a time as the protocol does: UTC, whole seconds.

    A fraction of a second is cut off: a commitment is then never dated later than it was made.
    """
    return format_time(at.astimezone(UTC).replace(microsecond=0))


def expect_later(at: datetime, than: str) -> None:
    """Refuse an act that is not dated after what it follows.

    A clock set back would date a seed before its commitment: a checker would fail the pack, and the draw could be
    voided by whoever knows its outcome.

    Raises
    ------
    EngineError
        ``drawing.too-early``.
    """
    if stamp(at) <= than:
        raise EngineError("drawing.too-early", at=stamp(at), than=than)


def refuse_past(rule: list[Row], committed_at: str) -> None:
    """Refuse to commit while the rule names a beacon's round that is known already.

    Raises
    ------
    EngineError
        ``drawing.beacon-past``; ``drawing.seed-rule`` for a chain that is not pinned.
    """
    try:
        check_not_past(rule, committed_at)
    except ProtocolError as error:
        if error.code == "beacon-past":
            raise EngineError("drawing.beacon-past", **error.params) from error
        raise EngineError("drawing.seed-rule", stage="-", fault=str(error)) from error


def region_of(session: Session, agency: str) -> str:
    """Region that an agency answers for; rules of a place are found by it."""
    return session.exec(select(Agency.region_code).where(col(Agency.code) == agency)).one()
