"""Witnesses that answer with valid signatures and not as they should: they hold nobody up."""

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from logged import report

from suyuan.kit.clock import system_clock
from suyuan.ledger import asking
from suyuan.ledger.types import LedgerError
from suyuan.service import Platform, checkpoint, log_of, publish
from suyuan.tlog.artefact import SKEW, Trust, verify_file
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import parse_note, signature_line, vkey_text
from suyuan.tlog.policy import Policy, parse_policy
from suyuan.tlog.signing import Key, sign
from suyuan.tlog.witness import read_request

Answer = Callable[[str], bytes]
"""What is answered to the text of a checkpoint."""
MOST: Final = 100  # signatures of a note


def now() -> int:
    return int(system_clock().timestamp())


def lines(key: Key, *offsets: int) -> Answer:
    """Valid cosignatures, each so many seconds off."""

    def answer(text: str) -> bytes:
        made = (sign(text, key, time=now() + each) for each in offsets)
        return "".join(map(signature_line, made)).encode()

    return answer


class Peer:
    """A server that cosigns whatever it is sent, in its own way."""

    def __init__(self, name: str, *offsets: int) -> None:
        self.name = name
        self.key = ed25519_key(f"{name}.example/w", name.encode().ljust(32), cosigner=True)
        answer = lines(self.key, *offsets)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                told = answer(read_request(body).note.text)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def line(self) -> str:
        """What a policy says of it."""
        port = self._server.server_address[1]
        return f"witness {self.name} {vkey_text(self.key.vkey)} http://127.0.0.1:{port}/"

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


Gather = Callable[..., Policy]


@pytest.fixture
def gather(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gather]:
    """Has the log's policy ask for so many of these; each is waited for, however long it takes."""
    monkeypatch.setattr(asking, "GRACE", 600.0)
    monkeypatch.setattr(asking, "TIMEOUT", 600.0)
    serving: list[Peer] = []

    def ask_for(threshold: str, *peers: Peer) -> Policy:
        serving.extend(peers)
        names = " ".join(each.name for each in peers)
        log = f"log {vkey_text(log_of(platform).vkeys[0])}"
        whole = [log, *(e.line for e in peers), f"group g {threshold} {names}", "quorum g", ""]
        path: Path = log_of(platform).folder / "policy"
        path.write_text("\n".join(whole), encoding="utf-8")
        return parse_policy(path.read_bytes())

    yield ask_for
    for each in serving:
        each.end()


def test_one_witness_with_a_hundred_lines_neither_stops_publishing_nor_fills_the_note(
    platform: Platform, gather: Gather
) -> None:
    evil = Peer("evil", *range(MOST))
    policy = gather("any", Peer("good", 0), evil)
    report(platform, [1])
    done = publish(platform)
    own = len(log_of(platform).vkeys)
    assert len(parse_note(done.note).signatures) == own + 2, "one line of each"
    assert set(verify_file(done.note, Trust(policy=policy)).witnesses) == {"good", "evil"}
    assert checkpoint(platform) == done.note


def test_more_witnesses_than_a_note_has_lines_for_are_told_and_stop_nothing(
    platform: Platform, gather: Gather
) -> None:
    own = len(log_of(platform).vkeys)
    gather("90", *(Peer(f"w{at}", 0) for at in range(MOST)))
    report(platform, [1])
    done = publish(platform)
    assert len(parse_note(done.note).signatures) == MOST
    assert len(done.missing) == own
    assert all("no room for its" in each.why.en for each in done.missing)


@pytest.mark.parametrize("off", [SKEW + 60, -SKEW - 60, 3600, -3600])
def test_a_cosignature_by_a_wrong_clock_is_none_and_the_clock_is_named(
    platform: Platform, gather: Gather, off: int
) -> None:
    policy = gather("any", Peer("right", 0), Peer("wrong", off))
    report(platform, [1])
    done = publish(platform)
    (missing,) = done.missing
    assert missing.name == "wrong"
    assert ("ahead of" if off > 0 else "behind") in missing.why.en
    assert ("快" if off > 0 else "慢") in missing.why.zh
    latest = Trust(policy=policy, latest=now() + SKEW)
    assert set(verify_file(done.note, latest).witnesses) == {"right"}
    assert len(parse_note(done.note).signatures) == len(log_of(platform).vkeys) + 1


def test_what_every_verifier_would_refuse_for_its_times_is_not_published(
    platform: Platform, gather: Gather
) -> None:
    gather("all", Peer("right", 0), Peer("wrong", 3600))
    report(platform, [1])
    with pytest.raises(LedgerError, match=r"ledger\.quorum") as caught:
        publish(platform)
    assert "wrong (its clock is" in caught.value.text.en
    with pytest.raises(LedgerError, match=r"log\.file"):
        checkpoint(platform)


@pytest.mark.parametrize("off", [SKEW - 60, 60 - SKEW])
def test_clocks_may_differ_by_as_much_as_verifiers_allow(
    platform: Platform, gather: Gather, off: int
) -> None:
    policy = gather("all", Peer("near", off))
    report(platform, [1])
    trust = Trust(policy=policy, latest=now() + SKEW)
    assert set(verify_file(publish(platform).note, trust).witnesses) == {"near"}
