"""A witness that does not answer, while everything else goes on."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from logged import report

from suyuan import ledger
from suyuan.ledger import asking, keys
from suyuan.ledger.types import LedgerError
from suyuan.ledger.witnessing import add_checkpoint, open_witness
from suyuan.service import (
    Platform,
    checkpoint,
    log_of,
    publish,
    rotate_key,
    witness_key,
    witness_log,
)
from suyuan.tlog.artefact import Trust, verify_file
from suyuan.tlog.note import parse_note, parse_vkey, vkey_text
from suyuan.tlog.policy import parse_policy, trusting

NOW = 1_790_000_000
LONG = 600.0  # seconds, after which a test gives up on what should have come


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
                told = add_checkpoint(open_witness(folder), body, time=NOW)
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
