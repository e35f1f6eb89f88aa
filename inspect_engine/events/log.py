"""The event log: appended in the transaction of the change, chained by hash, checked by anyone who has it.

Each event's body is canonical JSON and names the hash of the body before. What is personal stands in
:class:`EventPayload` under a salted hash, so that it can be erased and the chain still holds.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Event, EventPayload
from solver.dr1.encoding import Json, canonical, parse
from solver.dr1.errors import ProtocolError
from solver.dr1.seed import format_time

#: Any number, the same for all processes: the PostgreSQL lock that lines up the writers of the log.
_LOG_LOCK = 58_201_505


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when and on what ground; every service that changes anything takes one.

    Attributes
    ----------
    actor : str
        Name of the actor, as in the actors' register.
    at : datetime
        Aware; the time is an argument, never read from a clock inside the core.
    ground : str
        Why, in words; empty where the act needs no reason.
    """

    actor: str
    at: datetime
    ground: str = ""

    @property
    def local_day(self) -> date:
        """Day of the act in China (Asia/Shanghai)."""
        return self.at.astimezone(ZoneInfo("Asia/Shanghai")).date()


@dataclass(frozen=True, slots=True)
class Fault:
    """What :func:`check_log` found wrong with one event."""

    seq: int
    code: str


def append(
    session: Session,
    act: Act,
    kind: str,
    subject: str,
    data: dict[str, Json],
    *,
    personal: bytes = b"",
    salt: str = "",
) -> Event:
    """Add one event to the log, inside the caller's transaction.

    Parameters
    ----------
    kind : str
        ``subject.past-participle``, such as ``draw.frozen``.
    subject : str
        Whom it concerns: a draw's id, a target's key, a file's hash.
    data : dict
        Canonical JSON values; nothing personal.
    personal : bytes
        What must be erasable, kept apart; ``salt`` (64 random hex digits) is then needed.

    Raises
    ------
    EngineError
        ``store.text`` for words that have no canonical bytes: control characters, or not in normal form C.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOG_LOCK})
    last = session.exec(select(Event).order_by(col(Event.seq).desc()).limit(1)).first()
    seq = 1 if last is None else last.seq + 1
    body = _body(
        {
            "actor": act.actor,
            "at": format_time(act.at),
            "data": data,
            "ground": act.ground,
            "kind": kind,
            "personal": personal_hash(salt, personal) if personal else "",
            "previous": "" if last is None else last.hash,
            "seq": seq,
            "subject": subject,
        }
    )
    event = Event(seq=seq, at=act.at, kind=kind, subject=subject, body=body, hash=_hash(body))
    session.add(event)
    session.flush()
    if personal:
        session.add(EventPayload(seq=seq, salt=salt, content=personal))
    return event


def _body(values: dict[str, Json]) -> bytes:
    try:
        return canonical(values)
    except ProtocolError as error:
        raise EngineError("store.text", fault=error.code, value=error.params.get("value", "")) from error


def personal_hash(salt: str, content: bytes) -> str:
    """Hash under which a personal payload stands in its event: SHA-256 of salt, newline, content."""
    return hashlib.sha256(salt.encode() + b"\n" + content).hexdigest()


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def check_log(session: Session) -> Iterator[Fault]:
    """Recompute the whole chain, and compare the columns that repeat it.

    Yields
    ------
    Fault
        ``gap``, ``hash``, ``chain``, ``columns``, ``body`` or ``payload``; nothing when the log is whole.
    """
    previous, expected = "", 1
    for event in session.exec(select(Event).order_by(col(Event.seq)).execution_options(yield_per=1000)):
        yield from (Fault(event.seq, code) for code in _faults(event, previous, expected))
        previous, expected = event.hash, event.seq + 1
    for event, payload in session.exec(select(Event, EventPayload).where(Event.seq == EventPayload.seq)):
        if payload.content is not None and not _payload_holds(event, payload):
            yield Fault(event.seq, "payload")


def _faults(event: Event, previous: str, expected: int) -> Iterator[str]:
    if event.seq != expected:
        yield "gap"
    if not isinstance(event.body, bytes):  # SQLite keeps text in a column of bytes, if told to
        yield "body"
        return
    if _hash(event.body) != event.hash:
        yield "hash"
    try:
        body = parse(event.body)
    except ProtocolError:
        yield "body"
        return
    if not isinstance(body, dict) or body.get("previous") != previous:
        yield "chain"
        return
    shown = (event.seq, event.kind, event.subject, format_time(event.at))
    if shown != (body.get("seq"), body.get("kind"), body.get("subject"), body.get("at")):
        yield "columns"


def _payload_holds(event: Event, payload: EventPayload) -> bool:
    if not isinstance(event.body, bytes):
        return False
    try:
        body = parse(event.body)
    except ProtocolError:
        return False
    stated = body.get("personal") if isinstance(body, dict) else None
    return stated == personal_hash(payload.salt, payload.content or b"")
