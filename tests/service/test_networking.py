"""The base of a network is made anew in the background: by no question, whole, never too late."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from oil import BLEND, BOTTLER, LOT, SHOP, STORY, moved, told
from test_movements import bring_in, links, sites, table, windows

from suyuan import index
from suyuan.network import snapshot
from suyuan.network.arrays import columns
from suyuan.network.graph import Network, network
from suyuan.service import (
    OPERATOR,
    Config,
    Decision,
    Platform,
    contacts,
    erase,
    networking,
    on_store,
    reindex,
)
from suyuan.trace import site_base
from suyuan.wire.movements import MovementsAs

DECISION = Decision(by="杭州市市场监督管理局", ground="个人信息保护法第四十七条")
SENT, _ = moved(80, 20, BOTTLER, SHOP, much=5, lot=BLEND)
FIRST, NEXT = "1,2,a,2005-09-02,1,Cattle", "2,3,a,2005-09-03,1,Cattle"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """One link is enough, and the thread looks at once."""
    monkeypatch.setattr("suyuan.trace.site_base.WORTH_KEEPING", 1)
    monkeypatch.setattr("suyuan.service.networking._LOOK", 0.02)


@contextmanager
def followed(platform: Platform) -> Iterator[Callable[[], bool]]:
    """The thread at work; gives what waits a little, and says whether it still is."""
    stop = threading.Event()
    thread = threading.Thread(target=networking.keep_network, args=(platform, stop))

    def is_alive() -> bool:
        thread.join(0.02)
        return thread.is_alive()

    thread.start()
    try:
        yield is_alive
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def guessed(platform: Platform) -> bool:
    """Whether a recall has a base of lots to go by."""
    guesser = networking.lot_guesser(platform, OPERATOR)
    assert guesser is not None
    with platform.store.read() as conn:
        return guesser(conn, [LOT]) is not None


def asked(platform: Platform) -> int:
    days = windows("2005-09-01", "2005-09-30")
    (found,) = contacts(platform, ["1"], days, OPERATOR, issuer="register", minutes=480)
    return found.outgoing_contact_chain


@pytest.mark.usefixtures("soon")
def test_no_question_writes_a_base_and_the_thread_does(platform: Platform, tmp_path: Path) -> None:
    bring_in(platform, table(tmp_path, FIRST), MovementsAs.STOCK)
    kept = networking.base_at(platform, 1)
    assert asked(platform) == 1
    assert not kept.exists()
    with followed(platform) as is_alive:
        while not kept.exists():
            assert is_alive()
        bring_in(platform, table(tmp_path, NEXT), MovementsAs.STOCK)
        assert asked(platform) == 2
        while len(snapshot.read(kept)[0]) < 2:
            assert is_alive()
    assert asked(platform) == 2
    assert links(sites(platform, kept)) == links(sites(platform, None))


def test_of_few_links_no_base_is_kept(platform: Platform, tmp_path: Path) -> None:
    bring_in(platform, table(tmp_path, FIRST), MovementsAs.STOCK)
    assert list(networking.renewed(platform)) == []
    assert not networking.base_at(platform, 1).parent.exists()


_KILLED = """
import os, sys
from pathlib import Path
from suyuan import index
from suyuan.network import snapshot
net, about = snapshot.read(Path(sys.argv[1]))
os.fsync = lambda handle: os._exit(9)
snapshot.write(Path(sys.argv[1]), net, about=about)
"""


@pytest.mark.usefixtures("soon")
def test_who_is_killed_while_writing_leaves_the_old_base_and_the_next_clears_up(
    platform: Platform, tmp_path: Path
) -> None:
    bring_in(platform, table(tmp_path, FIRST), MovementsAs.STOCK)
    (kept,) = networking.renewed(platform)
    before = kept.read_bytes()
    assert subprocess.run([sys.executable, "-c", _KILLED, kept], check=False).returncode == 9
    assert kept.read_bytes() == before
    assert list(kept.parent.glob("*.part"))
    bring_in(platform, table(tmp_path, NEXT), MovementsAs.STOCK)
    assert asked(platform) == 2
    with followed(platform) as is_alive:
        while kept.read_bytes() == before or list(kept.parent.glob("*.part")):
            assert is_alive()
    assert asked(platform) == 2


@pytest.mark.usefixtures("soon")
def test_what_was_read_before_bases_are_forgotten_is_never_written(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(platform, table(tmp_path, FIRST), MovementsAs.STOCK)
    kept = networking.base_at(platform, 1)
    plain = snapshot.write

    def late(path: Path, net: Network, *, about: str = "") -> None:
        reindex(platform)
        plain(path, net, about=about)

    monkeypatch.setattr(snapshot, "write", late)
    with pytest.raises(FileNotFoundError):
        list(networking.renewed(platform))
    assert not kept.exists()
    assert not list(kept.parent.parent.glob("network*"))
    monkeypatch.setattr(snapshot, "write", plain)
    assert list(networking.renewed(platform)) == [kept]
    assert asked(platform) == 1


@pytest.mark.usefixtures("soon")
def test_a_base_that_is_foreign_or_broken_is_made_anew(platform: Platform, tmp_path: Path) -> None:
    bring_in(platform, table(tmp_path, FIRST), MovementsAs.STOCK)
    (kept,) = networking.renewed(platform)
    assert list(networking.renewed(platform)) == []
    whole = kept.read_bytes()
    column = len(whole) - 64  # the last begins there, and what follows it fills up
    kept.write_bytes(whole[:column] + bytes([whole[column] ^ 1]) + whole[column + 1 :])
    assert list(networking.renewed(platform, checked=False)) == []
    assert list(networking.renewed(platform)) == [kept]
    assert kept.read_bytes() == whole
    foreign = network(columns([0, 1], [1, 0], [1, 1], [1, 1], [1, 2]), position=10**9)
    snapshot.write(kept, foreign, about="another")
    assert list(networking.renewed(platform, checked=False)) == [kept]
    assert kept.read_bytes() == whole


def test_a_base_of_lots_is_kept_too_and_goes_with_the_others(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suyuan.trace.site_base.ACTS_WORTH_KEEPING", 1)
    kept = networking.lots_at(platform, 1)
    assert networking.lot_guesser(platform, OPERATOR) is None
    bring_in(platform, table(tmp_path, FIRST), MovementsAs.STOCK)
    assert list(networking.renewed(platform)) == [kept]
    assert list(networking.renewed(platform)) == []
    before = snapshot.take(kept).position
    bring_in(platform, table(tmp_path, NEXT), MovementsAs.STOCK)
    assert list(networking.renewed(platform)) == [kept]
    assert snapshot.take(kept).position > before
    assert networking.lot_guesser(platform, OPERATOR) is not None
    reindex(platform)
    assert not kept.exists()


@pytest.mark.usefixtures("soon")
def test_a_base_of_an_index_of_before_is_taken_by_no_other_server_and_made_anew(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One server destroys an event, and so removes its own bases; those of another are left."""
    monkeypatch.setattr("suyuan.trace.site_base.ACTS_WORTH_KEEPING", 1)
    other = on_store(platform.store, Config(data_dir=tmp_path / "other"))
    told(platform, [*STORY, (BOTTLER, [SENT])])
    kept, lots = list(networking.renewed(other))
    assert (kept, lots) == (networking.base_at(other, 1), networking.lots_at(other, 1))
    before = links(sites(other, kept))
    assert guessed(other)
    erase(platform, SENT["eventID"], DECISION, early=True)
    assert kept.exists()
    assert lots.exists()
    truth = links(sites(platform, None))
    assert len(truth) == len(before) - 1
    assert links(sites(other, kept)) == truth
    assert not guessed(other)
    assert list(networking.renewed(other, checked=False)) == [kept, lots]
    assert links(sites(other, kept)) == truth
    assert guessed(other)
    assert list(networking.renewed(other, checked=False)) == []


def test_an_index_that_begins_anew_is_another_and_following_on_leaves_it_the_same(
    platform: Platform, tmp_path: Path
) -> None:
    def about(position: int) -> str | None:
        with platform.store.read() as conn:
            return site_base.about(conn, "links", secret=b"s", tenant=1, position=position)

    assert about(1) is None
    bring_in(platform, table(tmp_path, FIRST), MovementsAs.STOCK)
    before = about(1)
    assert before is not None
    bring_in(platform, table(tmp_path, NEXT), MovementsAs.STOCK)
    assert about(1) == before
    with platform.store.write() as conn:
        index.forget(conn)
    assert about(1) is None
    index.catch_up(platform.store)
    assert about(1) not in (None, before)
