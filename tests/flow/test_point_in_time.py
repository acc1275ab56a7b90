"""A database that was brought back to a moment: all that came later is named, and nothing forks."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from msgspec import Struct
from running import Serving, a_home, eventually
from sending import document, event, event_id
from striking import assert_whole, capturing_until, recovered, send_again

from archiving import AFTERWARDS, LET_GO, Archive
from suyuan import index
from suyuan.capture import OnRefusal, Options
from suyuan.ledger.types import LedgerError
from suyuan.service import (
    OPERATOR,
    Config,
    Platform,
    audit,
    begin_anew,
    capture,
    doctor,
    examine,
    local_capturer,
    log_keys,
    log_of,
    mirror_to,
    open_platform,
    publish,
    receipt,
    resume,
)
from suyuan.store import StoreSettings
from suyuan.store.binaries import SYSTEM
from suyuan.store.embedded import embedded
from suyuan.tlog.artefact import Proven, Trust, verify_file
from suyuan.tlog.note import parse_vkey
from suyuan.tlog.policy import trusting

BEFORE, AFTER, OTHERS = range(1, 6), range(6, 9), range(11, 14)
LATER = {(event_id(5 * number), number) for number in AFTER}


class Kept(Struct, frozen=True):
    """What is left of an installation: its server's log and base copy, and its own files.

    `moment` lies between the events of BEFORE and those of AFTER; `receipts` are of all of them.
    """

    settings: StoreSettings
    archive: Archive
    files: Path
    moment: str
    receipts: tuple[Proven, ...]

    @contextmanager
    def at(self, moment: str | None, files: Path) -> Iterator[Platform]:
        """The installation as the page brings it back, with a copy of its files."""
        self.archive.go_back(moment)
        if not files.exists():
            shutil.copytree(self.files, files)
        with running(self.settings, files) as platform:
            yield platform


@contextmanager
def running(settings: StoreSettings, files: Path) -> Iterator[Platform]:
    """An installation whose database is a server given by its address."""
    with ExitStack() as ending:
        server = ending.enter_context(embedded(settings))
        yield ending.enter_context(open_platform(Config(data_dir=files, database_url=server.dsn)))


def report(platform: Platform, numbers: Iterable[int]) -> list[str]:
    """One pig's tagging a document; the ids of the events."""
    made = [event(5 * number) for number in numbers]
    for each in made:
        options = Options(on_refusal=OnRefusal.ROLLBACK)
        done = capture(platform, document(each), local_capturer(platform, None), options)
        assert "refused" not in done.counts
    return [str(each["eventID"]) for each in made]


def proven(platform: Platform, events: Iterable[str]) -> tuple[Proven, ...]:
    """The receipts of events, verified by whoever keeps them."""
    trust = Trust(policy=trusting([parse_vkey(each) for each in log_keys(platform)]))
    return tuple(verify_file(receipt(platform, each, OPERATOR) or b"", trust) for each in events)


@pytest.fixture(scope="module", params=["the ladder's", "the system's"])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    binaries = max(SYSTEM.glob("[0-9]*/bin"), default=None, key=lambda each: int(each.parent.name))
    if request.param == "the system's" and binaries is None:
        pytest.skip(f"no PostgreSQL in {SYSTEM}")
    with a_home() as home:
        settings = StoreSettings(
            data_dir=home / "pg",
            binaries=binaries if request.param == "the system's" else None,
            places=(home / "places",),
        )
        with embedded(settings):
            archive = Archive(settings, home / "elsewhere")
            with archive.kept(), running(settings, home / "files") as platform:
                events = report(platform, BEFORE)
                publish(platform)
                shutil.copytree(log_of(platform).folder, home / "files" / "older")
                moment = archive.asked("select clock_timestamp()")
                events += report(platform, AFTER)
                publish(platform)
                mirror_to(platform, home / "files" / "mirror")
                receipts = proven(platform, events)
        yield Kept(settings, archive, home / "files", moment, receipts)


def test_all_that_came_later_is_named_and_nothing_is_signed(kept: Kept, tmp_path: Path) -> None:
    with kept.at(kept.moment, tmp_path / "files") as platform:
        found = audit(platform, receipts=kept.receipts)
        told = {(each.event, each.position) for each in found if each.code == "ledger.receipt"}
        assert told == LATER
        assert {each.code for each in found} == {"ledger.shorter", "ledger.receipt"}
        damages = examine(platform, mirror=tmp_path / "files" / "mirror").damages
        assert {each.code for each in damages} == {"ledger.shorter", "mirror.file"}
        for each in (*damages, *(one for one in found if one.code == "ledger.shorter")):
            assert "positions 6 to 8" in each.text.en
            assert each.cure is not None
            assert "suyuan ledger begin" in each.cure.en
        with pytest.raises(LedgerError, match=r"ledger\.shorter") as refusal:
            publish(platform)
        assert "suyuan ledger begin" in refusal.value.text.en
        assert refusal.value.text in [each.more for each in doctor(platform) if not each.good]
        report(platform, OTHERS)  # as much as was signed, and another history
        with pytest.raises(LedgerError, match=r"ledger\.rewritten") as refusal:
            publish(platform)
        assert "suyuan ledger begin" in refusal.value.text.en
        index.catch_up(platform.store)
        (told,) = examine(platform).damages
        assert told.code == "ledger.rewritten"
        assert "suyuan ledger begin" in told.cure.en
        begin_anew(platform)
        assert examine(platform).damages == ()


def test_further_on_nothing_is_missing_and_the_same_log_goes_on(kept: Kept, tmp_path: Path) -> None:
    files = tmp_path / "files"
    with kept.at(kept.moment, files) as platform, pytest.raises(LedgerError):
        publish(platform)
    with kept.at(None, files) as platform:
        assert audit(platform, receipts=kept.receipts) == []
        assert examine(platform, mirror=files / "mirror").damages == ()
        report(platform, OTHERS)
        assert publish(platform).size == len((*BEFORE, *AFTER, *OTHERS))
        index.catch_up(platform.store)
        assert all(each.good for each in doctor(platform))
        kept.archive.run(AFTERWARDS)


def test_staying_there_another_log_begins_and_takes_what_is_reported_again(
    kept: Kept, tmp_path: Path
) -> None:
    with kept.at(kept.moment, tmp_path / "files") as platform:
        begin_anew(platform)
        assert audit(platform, receipts=kept.receipts[: len(BEFORE)]) == []
        again = report(platform, AFTER)
        begun = 1  # the act that says so
        assert publish(platform).size == len((*BEFORE, *AFTER)) + begun
        anew = proven(platform, again)
        assert [each.index for each in anew] == [number - 1 + begun for number in AFTER]
        assert audit(platform, receipts=anew) == []
        assert examine(platform).damages == ()
        old = audit(platform, receipts=kept.receipts[len(BEFORE) :])
        assert {(each.event, each.position) for each in old} == LATER, "its leaves are new ones"


def test_an_older_copy_of_the_keys_signs_only_what_goes_on_from_the_newest_checkpoint(
    kept: Kept, tmp_path: Path
) -> None:
    newest = (kept.files / "mirror" / "checkpoint").read_bytes()
    for name, moment in (("moment", kept.moment), ("end", None)):
        files = tmp_path / name
        shutil.copytree(kept.files, files)
        shutil.rmtree(files / "log")
        (files / "older").rename(files / "log")
        kept.archive.mark_as_older(files / "log")
        with kept.at(moment, files) as platform:
            report(platform, OTHERS)
            with pytest.raises(LedgerError, match=r"ledger\.restored"):
                publish(platform)
            if moment is not None:
                with pytest.raises(LedgerError, match=r"ledger\.rewritten"):
                    resume(platform, newest)
                continue
            resume(platform, newest)
            resumed = 1  # the act that says so
            assert publish(platform).size == len((*BEFORE, *AFTER, *OTHERS)) + resumed
            assert audit(platform, receipts=kept.receipts) == []


def test_recording_waits_for_the_receiver_until_it_is_back_or_let_go(home: Path) -> None:
    settings = StoreSettings(data_dir=home / "pg", places=(home / "places",))
    with ExitStack() as ending, embedded(settings):
        archive = Archive(settings, home / "elsewhere")
        receiver = ending.enter_context(archive.kept())
        ending.callback(receiver.send_signal, signal.SIGCONT)
        platform = ending.enter_context(running(settings, home / "files"))
        report(platform, [1])
        receiver.send_signal(signal.SIGSTOP)
        with ThreadPoolExecutor(1) as one:
            told = one.submit(report, platform, [2])
            with pytest.raises(TimeoutError):
                told.result(1)
            receiver.send_signal(signal.SIGCONT)
            assert told.result(60) == [event_id(10)]
            receiver.kill()
            receiver.wait()
            told = one.submit(report, platform, [3])
            with pytest.raises(TimeoutError):
                told.result(1)
            archive.run(LET_GO)
            assert told.result(60) == [event_id(15)]


def test_when_the_disk_is_lost_nothing_that_was_acknowledged_is(home: Path) -> None:
    serving = Serving(home)
    serving.start()
    archive = Archive(StoreSettings(data_dir=home / "pg"), home / "elsewhere")
    try:
        with archive.kept() as receiver:
            lost = partial(lose_the_disk, serving, receiver)
            told = capturing_until(serving, lost, number=117, after=1.0)
        archive.go_back()
        serving.start()
        assert_whole(recovered(serving), told.acknowledged)
        assert told.unsure, "or it was lost when nobody was at work"
        acknowledged = told.acknowledged + send_again(serving, told.unsure)
        assert_whole(recovered(serving), acknowledged)
        serving.command("ledger", "publish")
        serving.command("doctor", "--deep")
    finally:
        serving.stop()


def lose_the_disk(serving: Serving, receiver: "subprocess.Popen[bytes]") -> None:
    """The line to the receiver breaks, then the power, and the database's folder is gone."""
    receiver.kill()
    time.sleep(0.5)  # in which who asks may not be told that anything is recorded
    os.kill(serving.pid, signal.SIGSTOP)  # so that it does not start the database again
    os.kill(serving.postmaster(), signal.SIGKILL)
    serving.kill()
    data = serving.place.data
    assert eventually(lambda: is_gone(data), seconds=20)  # its last processes may write in it yet


def is_gone(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
