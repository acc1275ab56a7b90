"""A witness that does not answer, while everything else goes on."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from logged import report
from msgspec import structs

from suyuan import ledger
from suyuan.kit import Text
from suyuan.kit.clock import system_clock
from suyuan.ledger import asking, keys
from suyuan.ledger.types import LedgerError
from suyuan.ledger.witnessing import add_checkpoint, open_witness
from suyuan.service import (
    Platform,
    attesting,
    checkpoint,
    log_of,
    publish,
    repeating,
    rotate_key,
    witness_key,
    witness_log,
)
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.note import parse_note, parse_vkey, vkey_text
from suyuan.tlog.policy import parse_policy, trusting

LONG = 600.0  # seconds, after which a test gives up on what should have come


def now() -> int:
    return int(system_clock().timestamp())


class Slow:
    """A witness of a folder that answers only once it is let, or never."""

    def __init__(self, folder: Path) -> None:
        self.asked, self.let = threading.Event(), threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.asked.set()
                outer.let.wait(LONG)
                told = add_checkpoint(open_witness(folder), body, time=now())
                try:
                    self.send_response(told.status)
                    self.send_header("content-type", told.content_type)
                    self.end_headers()
                    self.wfile.write(told.body)
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def end(self) -> None:
        self.let.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def pair(platform: Platform, tmp_path: Path) -> Iterator[tuple[Slow, Slow]]:
    """Two witnesses of the platform's log, `quick` and `slow`; neither answers yet."""
    own, made = vkey_text(log_of(platform).vkeys[0]), []
    lines = [f"log {own}"]
    for name in ("quick", "slow"):
        key = witness_key(tmp_path / name, f"{name}.example/w")
        witness_log(tmp_path / name, own)
        made.append(Slow(tmp_path / name))
        lines.append(f"witness {name} {key} http://127.0.0.1:{made[-1].port}/")
    (log_of(platform).folder / "policy").write_text("\n".join(lines) + "\n")
    yield made[0], made[1]
    for each in made:
        each.end()


def require(platform: Platform, quorum: str) -> None:
    path = log_of(platform).folder / "policy"
    lines = [each for each in path.read_text().splitlines() if not each.startswith("quorum")]
    path.write_text("\n".join([*lines, f"quorum {quorum}", ""]))


def size_of(platform: Platform) -> int:
    with platform.store.read() as conn:
        return ledger.head(conn).size


def test_checkpoints_with_their_quorum_do_not_wait_for_who_never_answers(
    platform: Platform, pair: tuple[Slow, Slow], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody gives up on the silent one by itself within this test."""
    monkeypatch.setattr(asking, "TIMEOUT", 86_400.0)
    require(platform, "quick")
    pair[0].let.set()
    policy = parse_policy((log_of(platform).folder / "policy").read_bytes())
    for number in range(1, 4):
        report(platform, [number])
        done = publish(platform)
        found = verify_file(done.note, Trust(policy=policy))
        assert (found.size, set(found.witnesses)) == (number, {"quick"})
        assert [(each.name, each.why.en) for each in done.missing] == [
            ("slow", "it did not answer in time")
        ]
        assert checkpoint(platform) == done.note
    assert pair[1].asked.is_set()
    threads = [each for each in threading.enumerate() if each.name.startswith("witness ")]
    for each in threads:
        each.join(LONG)
        assert not each.is_alive(), "a request that was given up still waits"


def test_while_a_witness_is_waited_for_all_else_goes_on_and_what_is_published_is_of_the_new_key(
    platform: Platform, pair: tuple[Slow, Slow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", LONG)
    require(platform, "slow")
    old = log_of(platform).vkeys[0]
    report(platform, [1])
    publisher = threading.Thread(target=publish, args=(platform,))
    publisher.start()
    assert pair[1].asked.wait(LONG)
    report(platform, [2, 3])  # captures
    with platform.store.write() as conn:
        ledger.sequence(conn, now=platform.clock())
    assert size_of(platform) == 3
    assert keys.packed(log_of(platform))["log.key"]  # backups
    (new, *_) = rotate_key(platform, revoke=True)
    witness_log(tmp_path / "slow", new)
    with pytest.raises(LedgerError, match=r"log\.file"):
        checkpoint(platform)  # nothing is published without its quorum
    pair[1].let.set()
    publisher.join(LONG)
    assert not publisher.is_alive()
    note = parse_note(checkpoint(platform))
    assert old.id not in {each.key_id for each in note.signatures}
    found = verify_file(checkpoint(platform), Trust(policy=trusting([parse_vkey(new)])))
    assert found.size == 3


def test_however_long_witnesses_were_away_they_are_asked_every_few_seconds() -> None:
    missing, other = (LedgerError(code, Text("", "")) for code in ("ledger.quorum", "ledger.mark"))
    for begun in (0.01, 1.0, 3.0, 60.0):
        for error in (other, ValueError()):
            _, *waits = waits_after([missing] * 20 + [error] * 20 + [missing] * 20, every=begun)
            assert max(waits[:20]) <= 3.0
            assert waits[39] == 60.0
            assert max(waits[40:]) <= 3.0


def waits_after(errors: list[Exception], *, every: float) -> list[float]:
    """How long the signer's thread waits before and after it fails in this way."""
    waits, left = list[float](), iter(errors)

    class Hurried(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0.0)
            return len(waits) > len(errors)

    def fail() -> None:
        raise next(left)

    repeating.keep_on(fail, Hurried(), every=every, failed=attesting.longest_wait)
    return waits


def test_the_server_publishes_once_its_witnesses_are_back(
    platform: Platform, tmp_path: Path
) -> None:
    own = vkey_text(log_of(platform).vkeys[0])
    key = witness_key(tmp_path / "w", "w.example/w")  # does not know the log yet
    witness, stop = Slow(tmp_path / "w"), threading.Event()
    witness.let.set()
    line = f"witness w {key} http://127.0.0.1:{witness.port}/"
    (log_of(platform).folder / "policy").write_text(f"log {own}\n{line}\nquorum w\n")
    report(platform, [1])
    quick = structs.replace(platform, config=structs.replace(platform.config, publish_every=0.01))
    server = threading.Thread(target=attesting.keep_publishing, args=(quick, stop))
    server.start()
    try:
        assert witness.asked.wait(LONG)
        with pytest.raises(LedgerError, match=r"log\.file"):
            checkpoint(platform)
        witness_log(tmp_path / "w", own)
        assert comes_true(lambda: is_published(platform))
    finally:
        stop.set()
        server.join(LONG)
        witness.end()
    assert not server.is_alive()


def is_published(platform: Platform) -> bool:
    with suppress(LedgerError):
        return bool(checkpoint(platform))
    return False


def comes_true(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + LONG
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def test_two_publishers_at_once_publish_the_same(
    platform: Platform, pair: tuple[Slow, Slow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", LONG)
    require(platform, "slow")
    report(platform, [1, 2])
    told: list[bytes] = []
    both = [threading.Thread(target=lambda: told.append(publish(platform).note)) for _ in range(2)]
    for each in both:
        each.start()
    assert pair[1].asked.wait(LONG)
    for each in pair:
        each.let.set()
    for each in both:
        each.join(LONG)
        assert not each.is_alive()
    assert len(told) == 2
    assert set(told) == {checkpoint(platform)}
