"""One installation that is hit again and again, and what must hold of it after each blow."""

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cosigning
import psycopg
import pytest
import withholding
from faulty import EVENTS, IDS, PATIENCE, Outcome, Point, Workers, document, event_id
from msgspec.structs import replace

from suyuan import ledger
from suyuan.capture import OnRefusal, Options
from suyuan.kit import SuyuanError
from suyuan.kit.clock import system_clock
from suyuan.kit.durable import FRESH
from suyuan.ledger import acts, keys, publishing, restored, shards
from suyuan.ledger.types import LedgerError, Shard
from suyuan.record import event_by_id
from suyuan.record.types import Decision
from suyuan.service import (
    OPERATOR,
    Config,
    Platform,
    backup,
    capture,
    check_backup,
    erase,
    erased,
    examine,
    follow,
    local_capturer,
    log_keys,
    log_of,
    mirror_to,
    on_store,
    publish,
)
from suyuan.store import StoreSettings, open_store
from suyuan.tlog.artefact import Trust, verify_file, verify_mirror
from suyuan.tlog.checkpoint import Checkpoint
from suyuan.tlog.mirror import CHECKPOINT
from suyuan.tlog.note import parse_note, parse_vkey
from suyuan.tlog.policy import trusting
from suyuan.tlog.shards import OPENED

Copies = Callable[[str], AbstractContextManager[str]]
"""Makes a database as another is, for a block."""

MANY = 60
"""Documents at the beginning: more than a tile's worth of events."""

FIRST_YEAR = 5_000
"""No clock has come to it, so that the next one is always a year to be opened."""

HERE = """
select count(*) from record.entry as e join capture.job as j on j.id = e.job
where j.request_key = %s
"""
SESSIONS = """
select pid from pg_stat_activity
where datname = current_database() and application_name = 'suyuan'
"""


class Site:
    """The installation, as an operator sees it who comes by after each blow."""

    def __init__(
        self,
        dsn: str,
        spare: str,
        folder: Path,
        *,
        many: int = MANY,
        settings: StoreSettings | None = None,
    ) -> None:
        self.dsn, self.spare, self.folder = dsn, spare, folder
        self.number, self.finals = 0, dict[int, str]()
        self.rules, self.whole = list[tuple[int, int]](), 0  # of what is withheld
        settings = settings or StoreSettings(data_dir=folder, database_url=dsn)
        self.store = open_store(replace(settings, pool_min=1, pool_max=1))
        self.year = system_clock()
        config = Config(data_dir=folder, database_url=dsn)
        self.platform = on_store(self.store, config, clock=self.now)
        self.clients = self.sessions()
        for _ in range(many * 90 // (EVENTS * 20)):
            self.capture()
        self.published = publish(self.platform).note
        follow(self.platform)
        self.backup = folder / "first.backup"
        backup(self.platform, self.backup)

    def now(self) -> datetime:
        """The time, or the beginning of the year that was come to."""
        return max(self.year, system_clock())

    def capture(self) -> int:
        """Record the next document, by a client that nothing happens to; its number."""
        self.number += 1
        send(self.platform, self.number)
        return self.number

    def capture_many(self, events: int) -> None:
        """Record so many events in one document."""
        send(self.platform, self.number + 1, events)
        self.number += -(-events // IDS)

    def sessions(self) -> set[int]:
        """The server's processes that work for this installation."""
        with psycopg.connect(self.dsn) as connection:
            return {int(row[0]) for row in connection.execute(SESSIONS.encode())}

    def alone(self) -> None:
        """Wait until a killed client's session has ended: it outlives its client for a moment."""
        deadline = time.monotonic() + PATIENCE
        while not self.sessions() <= self.clients:
            assert time.monotonic() < deadline, "a session does not end"
            time.sleep(0.01)

    def there(self, number: int) -> int:
        """How many events of a document are recorded."""
        with psycopg.connect(self.dsn) as connection:
            row = connection.execute(HERE.encode(), [f"fault-{number}"]).fetchone()
        assert row is not None
        return int(row[0])

    def trust(self) -> Trust:
        """What an outsider believes."""
        return Trust(policy=trusting([parse_vkey(each, "") for each in log_keys(self.platform)]))

    def continues(self) -> int:
        """Publish; what was published before must be the beginning of it. How many entries.

        Those that opened a shard or are decisions to destroy are not counted.
        """
        before = verify_file(self.published, self.trust())
        done = publish(self.platform)
        with self.store.read() as conn:
            there = shards.until(conn, ledger.head(conn).size)
            same = shards.shard_of(there, shards.number_in(there, before.origin))
            publishing.require_same(conn, same, Checkpoint("", before.size, before.root))
            reached = publishing.reached(conn)
        assert reached == there[-1].last
        assert reached >= same.before + before.size
        self.published = done.note
        return reached - len(there[1:]) - len(erased(self.platform))

    def years(self) -> list[Shard]:
        """The shards that there are."""
        with self.store.read() as conn:
            return shards.until(conn, ledger.head(conn).size)

    def clean(self) -> None:
        """Nothing is damaged anywhere."""
        follow(self.platform)
        assert examine(self.platform).damages == ()


def send(platform: Platform, number: int, events: int = EVENTS) -> list[str | None]:
    """Record a document under its request key; the ids of its events."""
    options = Options(on_refusal=OnRefusal.PROCEED, request_key=f"fault-{number}")
    done = capture(platform, document(number, events), local_capturer(platform, None), options)
    assert all(each.position is not None for each in done.events)
    return [each.event_id for each in done.events]


def strike(site: Site, workers: Workers, point: Point) -> Outcome:
    """Let a worker do its work with a fault in it, and see that all is as it must be."""
    target = site.folder / "target"
    order, first = order_of(site, point.component, target)
    done = workers.run(point, first=first, **order)
    site.alone()
    AFTER[point.component](site, done, target)
    return done


def order_of(  # noqa: C901 -- one case each
    site: Site, component: str, target: Path
) -> tuple[dict[str, Any], Callable[[], object]]:
    """What a worker is told, and what is done once it is ready; `target` is a folder anew."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    order: dict[str, Any] = {"dsn": site.dsn, "folder": str(site.folder)}
    match component:
        case "capture":
            site.number += 1
            order["number"] = site.number
        case "sequencer":
            return order, lambda: unnumbered(site)
        case "turn":
            site.capture()  # so that the old year has still to be signed to its end
            year = max(site.years()[-1].number, FIRST_YEAR) + 1
            order["at"] = f"{year}-01-01T00:00:00+08:00"
            site.year = datetime.fromisoformat(order["at"])
            return order, lambda: unnumbered(site)
        case "signer" | "index":
            site.capture()
        case "tiles":
            mirror_to(site.platform, target)  # as it was before
            site.capture()
            site.continues()
            order["target"] = str(target)
        case "keys" | "unpack" | "backup":
            order["target"] = str(target / ("file" if component == "backup" else "log"))
        case "witness":
            order |= cosigning.order(target / "w")
        case "restore":
            site.capture()
            order = {"dsn": site.spare, "folder": str(target), "source": str(site.backup)}
        case "erase":
            order["event"] = event_id(site.capture(), 0)
            follow(site.platform)
        case "prune" | "rule-file" | "resume":
            order |= withholding.order(site, component)
    return order, lambda: None


def unnumbered(site: Site) -> None:
    """Record a document whose client dies before its events have positions."""
    site.number += 1
    with patch("suyuan.record.intake.number", lambda _store, _recorder, result: result):
        options = Options(on_refusal=OnRefusal.PROCEED, request_key=f"fault-{site.number}")
        data = document(site.number)
        capture(site.platform, data, local_capturer(site.platform, None), options)


def after_capture(site: Site, done: Outcome, _target: Path) -> None:
    """Acknowledged is there; not acknowledged is there whole or not at all; sent again, once."""
    number = site.number
    assert site.there(number) in ((EVENTS,) if done.acked else (0, EVENTS))
    expected = [event_id(number, place) for place in range(EVENTS)]
    assert send(site.platform, number) == expected
    assert site.there(number) == EVENTS
    site.continues()


def after_sequencer(site: Site, _done: Outcome, _target: Path) -> None:
    """Everything gets its position, in one row without gaps."""
    with site.store.write() as conn:
        ledger.sequence(conn, now=site.platform.clock())
    assert site.there(site.number) == EVENTS
    assert send(site.platform, site.number)
    assert site.continues() % EVENTS == 0


def after_signer(site: Site, done: Outcome, _target: Path) -> None:
    """What was shown to anybody had been marked, and is continued."""
    mark = keys.last_signed(keys.read_log(site.folder / "log"))[0]
    assert not done.acked or int(done.acked[0]) <= mark.size
    site.continues()


def after_turn(site: Site, done: Outcome, _target: Path) -> None:
    """The year is opened once or not at all; what was closed never ends in another way."""
    before = verify_file(site.published, site.trust())
    year = max(site.years()[-1].number, FIRST_YEAR)
    opened = shards.number_in(site.years(), before.origin) != year and year != FIRST_YEAR
    assert opened or not done.acked
    site.continues()
    assert site.there(site.number) == EVENTS
    assert send(site.platform, site.number)
    *closed, newest = site.years()
    with site.store.read() as conn:
        openings = acts.acts(conn, kind=OPENED)
    assert [each.position for each in openings] == [each.first for each in (*closed, newest)[1:]]
    finals = keys.closed(keys.read_log(site.folder / "log"))
    texts = {number: parse_note(note).text for number, note in finals.items()}
    assert set(texts) == {each.number for each in closed}
    assert texts.items() >= site.finals.items()
    site.finals = texts


def after_index(site: Site, _done: Outcome, _target: Path) -> None:
    """The index goes on from where it stood."""
    follow(site.platform)
    site.continues()


def after_tiles(site: Site, done: Outcome, target: Path) -> None:
    """A mirror is always one of a published checkpoint; done again, of the newest."""
    found = verify_mirror(lambda name: _bytes(target / name), site.trust())
    assert found.damages == ()
    assert not done.acked or (target / CHECKPOINT).read_bytes() == site.published
    mirror_to(site.platform, target)
    assert (target / CHECKPOINT).read_bytes() == site.published
    assert examine(site.platform, mirror=target).damages == () or not done.met


def after_keys(site: Site, _done: Outcome, target: Path) -> None:
    """A log has a key and its mark, or is not begun; either way it can be signed with."""
    log = keys.open_log(target / "log", origin="log.example/f", draw=site.platform.draw)
    before, note = keys.last_signed(log)
    verify_file(note, Trust(policy=trusting(log.vkeys)))
    assert before.size == 0
    assert keys.rotate(log, draw=site.platform.draw).origin == "log.example/f"


def after_backup(site: Site, done: Outcome, target: Path) -> None:
    """The file is whole or it is not there; done again it is."""
    path = target / "file"
    if path.exists():
        assert check_backup(path).entries >= 1
        path.unlink()
    else:
        assert not done.acked
    assert backup(site.platform, path).entries == check_backup(path).entries


def after_witness(_site: Site, done: Outcome, target: Path) -> None:
    """What was cosigned is remembered."""
    cosigning.after(done, target / "w")


def after_restore(site: Site, done: Outcome, _target: Path) -> None:
    """The database is empty, or holds all of it; the next one restores it whole."""
    entries = check_backup(site.backup).entries
    with psycopg.connect(site.spare) as connection:
        row = connection.execute("select to_regclass('record.entry') is not null").fetchone()
        assert row is not None
        recorded = 0
        if row[0]:
            (counted,) = connection.execute("select count(*) from record.entry").fetchall()
            recorded = int(counted[0])
    assert recorded in (0, entries)
    assert not done.acked or recorded == entries
    if recorded:
        empty(site.spare)


def after_erase(site: Site, done: Outcome, _target: Path) -> None:
    """It is there whole and nothing says that it went, or gone by one logged decision."""
    event = event_id(site.number, 0)
    explained = [each for each in erased(site.platform) if each.by == event]
    assert len(explained) == (0 if _recorded(site, event) else 1)
    assert explained or not done.acked
    if not explained:
        erase(site.platform, event, decision_on(event))
    follow(site.platform)
    with pytest.raises(SuyuanError, match=r"erase\.none"):
        erase(site.platform, event, decision_on(event))
    (gap,) = [each for each in erased(site.platform) if each.by == event]
    assert gap.proven
    others = [event_id(site.number, place) for place in range(1, EVENTS)]
    assert all(_recorded(site, each) for each in others)
    site.continues()


def decision_on(event: str) -> Decision:
    """A decision that names its event, so that it is told from others."""
    return Decision(by=event, ground="a court's order")


def _recorded(site: Site, event: str) -> bool:
    with site.store.read() as conn:
        return bool(event_by_id(conn, event, OPERATOR, secret=site.platform.recorder.secret))


def after_unpack(site: Site, done: Outcome, target: Path) -> None:
    """Keys of a backup are there whole and do not sign, or none are and it is told; then whole."""
    folder, files = target / "log", keys.packed(log_of(site.platform))
    if keys.is_begun(folder):
        assert keys.packed(keys.read_log(folder)) == files
    else:
        assert not done.acked
        if restored.is_restored(folder):
            with pytest.raises(LedgerError, match=r"ledger\.unfinished"):
                keys.open_log(folder, origin=None, draw=site.platform.draw)
        else:
            assert all(path.suffix == FRESH for path in folder.glob("*"))
    keys.unpack(folder, files, at="2026-03-01", faults=0)
    log = keys.read_log(folder)
    assert keys.packed(log) == files
    with pytest.raises(LedgerError, match=r"ledger\.restored"):
        restored.require_current(folder)


def empty(dsn: str) -> None:
    """A database as it was made."""
    with psycopg.connect(dsn) as connection:
        for schema in ("registry", "ledger", "capture", "state", "record", "index", "store"):
            connection.execute(f"drop schema if exists {schema} cascade".encode())


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


AFTER: dict[str, Callable[[Site, Outcome, Path], None]] = {
    "capture": after_capture,
    "sequencer": after_sequencer,
    "signer": after_signer,
    "turn": after_turn,
    "tiles": after_tiles,
    "keys": after_keys,
    "index": after_index,
    "backup": after_backup,
    "restore": after_restore,
    "witness": after_witness,
    "erase": after_erase,
    "prune": withholding.after_prune,
    "rule-file": withholding.after_rule_file,
    "resume": withholding.after_resume,
    "unpack": after_unpack,
}
