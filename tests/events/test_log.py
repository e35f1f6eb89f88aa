"""The log of events: one chain, nothing changed, nothing lost, everything found."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

import inspect_engine.schema
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append, check_log, personal_hash
from inspect_engine.events.tables import Event, EventPayload
from inspect_engine.migrations.run import upgrade
from inspect_engine.store import open_store, reading, sqlite_url, writing

AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
SALT = "5a" * 32


def _add(session: Session, number: int, personal: bytes = b"") -> None:
    act = Act("抽取岗", AT + timedelta(minutes=number), "理由")
    salt = SALT if personal else ""
    append(session, act, "test.done", f"s{number}", {"n": number}, personal=personal, salt=salt)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A migrated store with five events, the third with a personal payload."""
    made = tmp_path / "log.db"
    engine = open_store(sqlite_url(made))
    upgrade(engine)
    with writing(engine) as session:
        for number in range(1, 6):
            _add(session, number, "张三".encode() if number == 3 else b"")
    engine.dispose()
    return made


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    """The store, open."""
    made = open_store(sqlite_url(path))
    yield made
    made.dispose()


def _faults(engine: Engine) -> list[tuple[int, str]]:
    with reading(engine) as session:
        return [(fault.seq, fault.code) for fault in check_log(session)]


def test_a_log_that_nobody_touched_is_whole(engine: Engine) -> None:
    """What was appended and read back from the disk has no fault, on a store as migrations make it."""
    assert _faults(engine) == []


def test_the_chain_can_be_checked_by_anyone_with_sha256(path: Path) -> None:
    """Each body is canonical JSON whose SHA-256 is its hash, and names the hash before, the first none."""
    rows = sqlite3.connect(path).execute("SELECT seq, body, hash FROM event ORDER BY seq").fetchall()
    previous = ""
    for number, (seq, body, stated) in enumerate(rows, 1):
        read = json.loads(body)
        again = json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        assert (seq, body) == (number, again)
        assert (read["seq"], read["previous"]) == (seq, previous)
        previous = hashlib.sha256(body).hexdigest()
        assert stated == previous
    assert len(rows) == 5


@pytest.mark.parametrize("verb", ["UPDATE event SET body = x'7b7d' WHERE seq = 2", "DELETE FROM event"])
def test_the_store_itself_refuses_to_change_the_log(path: Path, verb: str) -> None:
    """Even raw SQL can neither change an event nor delete one (F13, F14)."""
    raw = sqlite3.connect(path)
    before = raw.execute("SELECT * FROM event").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(verb)
    assert raw.execute("SELECT * FROM event").fetchall() == before


def _forge(raw: sqlite3.Connection) -> None:
    """Change a body and its hash together, as somebody who knows the format would."""
    (body,) = raw.execute("SELECT body FROM event WHERE seq = 2").fetchone()
    other = body.replace(b'"n":2', b'"n":9')
    raw.execute(
        "UPDATE event SET body = ?, hash = ? WHERE seq = 2", (other, hashlib.sha256(other).hexdigest())
    )


#: How a log is spoilt by raw SQL, and what must be found where.
TAMPERINGS: dict[str, tuple[str | Callable[[sqlite3.Connection], None], set[tuple[int, str]]]] = {
    "an event is taken out": ("DELETE FROM event WHERE seq = 2", {(3, "gap"), (3, "chain")}),
    "the first event is taken out": ("DELETE FROM event WHERE seq = 1", {(2, "gap"), (2, "chain")}),
    "events move up into a gap": (
        "DELETE FROM event WHERE seq = 4; UPDATE event SET seq = 4 WHERE seq = 5",
        {(4, "chain")},
    ),
    "a body is changed": (
        "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), '\"n\":2', '\"n\":9') AS BLOB) WHERE seq = 2",
        {(2, "hash")},
    ),
    "a body and its hash are changed": (_forge, {(3, "chain")}),
    "a body is no JSON": ("UPDATE event SET body = x'00' WHERE seq = 2", {(2, "hash"), (2, "body")}),
    "a body with a payload is no JSON": (
        "UPDATE event SET body = x'00' WHERE seq = 3",
        {(3, "hash"), (3, "body"), (3, "payload")},
    ),
    "a body is no object": ("UPDATE event SET body = x'5b5d' WHERE seq = 2", {(2, "hash"), (2, "chain")}),
    "a body is text": ("UPDATE event SET body = CAST(body AS TEXT) WHERE seq = 2", {(2, "body")}),
    "a hash is changed": ("UPDATE event SET hash = 'ff' WHERE seq = 2", {(2, "hash"), (3, "chain")}),
    "a subject is changed": ("UPDATE event SET subject = 's9' WHERE seq = 2", {(2, "columns")}),
    "a kind is changed": ("UPDATE event SET kind = 'x' WHERE seq = 2", {(2, "columns")}),
    "a time is changed": (
        "UPDATE event SET at = '2026-12-09 01:02:00.000000' WHERE seq = 2",
        {(2, "columns")},
    ),
    "a payload is changed": ("UPDATE eventpayload SET content = x'41'", {(3, "payload")}),
    "a payload is emptied, not erased": ("UPDATE eventpayload SET content = x''", {(3, "payload")}),
    "a salt is changed": ("UPDATE eventpayload SET salt = 'ff'", {(3, "payload")}),
    "a payload is put where none was": (
        "INSERT INTO eventpayload (seq, salt, content) VALUES (2, 'ff', x'41')",
        {(2, "payload")},
    ),
}


@pytest.mark.parametrize("way", TAMPERINGS)
def test_tampering_is_found_where_it_was_done(path: Path, way: str) -> None:
    """Whoever takes the triggers away and changes anything is found by the recomputed chain (F13)."""
    spoil, expected = TAMPERINGS[way]
    raw = sqlite3.connect(path)
    for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {trigger}")
    if isinstance(spoil, str):
        raw.executescript(spoil)
    else:
        spoil(raw)
    raw.commit()
    raw.close()
    engine = open_store(sqlite_url(path))
    assert set(_faults(engine)) == expected
    engine.dispose()


def test_only_the_end_of_a_log_can_vanish_unseen(path: Path) -> None:
    """A log that lost its last events is a whole shorter log: that is why packs and notices carry its hashes outside."""
    raw = sqlite3.connect(path)
    raw.executescript("DROP TRIGGER event_no_DELETE; DELETE FROM event WHERE seq = 5")
    raw.commit()
    raw.close()
    engine = open_store(sqlite_url(path))
    assert _faults(engine) == []
    engine.dispose()


def test_an_erased_payload_leaves_the_chain_whole(engine: Engine) -> None:
    """Retention may erase what is personal; the event keeps its salted hash and the chain holds."""
    with writing(engine) as session:
        payload = session.get(EventPayload, 3)
        assert payload is not None
        assert payload.content == "张三".encode()
        payload.content, payload.erased_at = None, AT
    assert _faults(engine) == []
    with reading(engine) as session:
        body = json.loads(session.exec(select(Event.body).where(Event.seq == 3)).one())
        assert body["personal"] == personal_hash(SALT, "张三".encode())


def test_nothing_personal_stands_in_the_bodies(path: Path) -> None:
    """The payload is in no body, and its unsalted hash neither, which could be guessed from a list of names."""
    bodies = b"".join(row[0] for row in sqlite3.connect(path).execute("SELECT body FROM event"))
    for secret in ("张三", hashlib.sha256("张三".encode()).hexdigest(), SALT):
        assert secret.encode() not in bodies


def test_an_event_and_its_change_stand_or_fall_together(engine: Engine) -> None:
    """What is raised after an event takes the event back with everything else of the transaction."""

    def break_off() -> None:
        with writing(engine) as session:
            _add(session, 6)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    with reading(engine) as session:
        assert len(session.exec(select(Event)).all()) == 5
    with writing(engine) as session:
        _add(session, 6)
    assert _faults(engine) == []


def test_times_are_kept_as_instants(engine: Engine) -> None:
    """An act dated in Chinese time is the same instant in UTC, in the body and in the column."""
    china = timezone(timedelta(hours=8))
    with writing(engine) as session:
        append(session, Act("a", datetime(2026, 12, 2, 7, 30, tzinfo=china)), "k", "s", {})
    with reading(engine) as session:
        event = session.exec(select(Event).where(Event.seq == 6)).one()
        assert json.loads(event.body)["at"] == "2026-12-01T23:30:00Z"
    assert _faults(engine) == []
    assert Act("a", datetime(2026, 12, 1, 23, 30, tzinfo=UTC)).local_day.isoformat() == "2026-12-02"


@settings(derandomize=True, max_examples=60)
@given(st.text(max_size=20), st.text(max_size=20))
def test_any_words_are_kept_or_refused_with_a_code(ground: str, subject: str) -> None:
    """Text that has no canonical bytes is refused with words, and nothing is stored; all else is kept as it is."""
    engine = open_store("sqlite://")
    inspect_engine.schema.metadata.create_all(engine)
    try:
        with writing(engine) as session:
            append(session, Act("a", AT, ground), "k", subject, {})
        with reading(engine) as session:
            body = json.loads(session.exec(select(Event.body)).one())
        assert (body["ground"], body["subject"]) == (ground, subject)
    except EngineError as error:
        assert error.code == "store.text"
        assert any(c < " " or c == "\x7f" for c in ground + subject) or not _plain(ground + subject)
    engine.dispose()


def _plain(value: str) -> bool:
    import unicodedata

    return unicodedata.is_normalized("NFC", value) and not any("\ud800" <= c <= "\udfff" for c in value)


def _write(url: str, first: int, count: int, together: Barrier) -> None:
    engine = open_store(url)
    together.wait(120)
    for number in range(first, first + count):
        with writing(engine) as session:
            _add(session, number)
    engine.dispose()


def test_four_processes_lose_no_event(path: Path) -> None:
    """Writers from four processes at once are lined up: every event is there once, and the chain is one."""
    context = get_context("spawn")
    url = sqlite_url(path)
    together = context.Barrier(4)
    writers = [context.Process(target=_write, args=(url, 100 * w, 25, together)) for w in range(1, 5)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(120)
    assert [one.exitcode for one in writers] == [0] * 4
    engine = open_store(url)
    with reading(engine) as session:
        subjects = sorted(session.exec(select(Event.subject)))
    assert subjects == sorted(
        [f"s{n}" for n in range(1, 6)] + [f"s{100 * w + i}" for w in range(1, 5) for i in range(25)]
    )
    assert _faults(engine) == []
    engine.dispose()


def test_a_writer_waits_until_the_one_before_has_ended(path: Path) -> None:
    """Two read-modify-write transactions never read the same old state: the second begins after the first."""

    def later() -> None:
        second = open_store(sqlite_url(path))
        with writing(second) as session:
            _add(session, 7)
        second.dispose()

    engine = open_store(sqlite_url(path))
    waiting = Thread(target=later)
    with writing(engine) as session:
        session.exec(select(Event.seq)).all()
        waiting.start()
        waiting.join(
            0.3
        )  # time enough to overtake, were it let in; a slow machine only makes it easier to pass
        assert waiting.is_alive()
        _add(session, 6)
    waiting.join(60)
    with reading(engine) as session:
        assert session.exec(select(Event.subject).order_by(Event.seq)).all()[5:] == ["s6", "s7"]  # type: ignore[arg-type]
    assert _faults(engine) == []
    engine.dispose()


def test_a_reader_sees_one_state_while_others_write(engine: Engine) -> None:
    """A reading session has a stable view: an event that is committed meanwhile appears in the next one."""
    count = sa.text("SELECT count(*) FROM event")
    with reading(engine) as reader:
        assert reader.execute(count).scalar() == 5
        with writing(engine) as writer:
            _add(writer, 6)
        assert reader.execute(count).scalar() == 5
    with reading(engine) as reader:
        assert reader.execute(count).scalar() == 6


def test_a_reading_session_changes_nothing(engine: Engine) -> None:
    """Whatever is added to a reading session is gone at its end."""
    with reading(engine) as session:
        _add(session, 6)
    with reading(engine) as session:
        assert len(session.exec(select(Event)).all()) == 5


@pytest.mark.parametrize("words", ["database or disk is full", "disk I/O error"])
def test_a_full_disk_is_refused_in_words_and_changes_nothing(engine: Engine, words: str) -> None:
    """Where the commit finds no room, the caller gets ``store.disk-full`` with a remedy, and the store is as before."""

    def full(_connection: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", None, sqlite3.OperationalError(words))

    sa.event.listen(engine, "commit", full)
    with pytest.raises(EngineError, match="disk-full") as caught, writing(engine) as session:
        _add(session, 6)
    sa.event.remove(engine, "commit", full)
    assert caught.value.remedy("en")
    with reading(engine) as session:
        assert len(session.exec(select(Event)).all()) == 5


def test_a_store_that_may_not_grow_is_a_full_disk(engine: Engine) -> None:
    """SQLite's own refusal, provoked by a page limit: the same error, and nothing changed."""

    def grow() -> None:
        with writing(engine) as session:
            session.execute(sa.text("PRAGMA max_page_count = 1"))  # as low as it goes: the pages there now
            for number in range(6, 2000):
                _add(session, number)

    with pytest.raises(EngineError, match="disk-full"):
        grow()
    engine.dispose()
    assert _faults(engine) == []
    with reading(engine) as session:
        assert len(session.exec(select(Event)).all()) == 5
