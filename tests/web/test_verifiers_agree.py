"""One verdict of three verifiers on any bytes: the library, the one file, the page's script.

Receipts of every kind are changed in spelling and content; only what the product makes holds.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from suyuan import web
from suyuan.kit import SuyuanError
from suyuan.tlog import standalone
from suyuan.tlog.artefact import SKEW, Trust, verify_file
from suyuan.tlog.checkpoint import Checkpoint, checkpoint_text
from suyuan.tlog.commitment import commit, disclose, disclosure_bytes, entry_of
from suyuan.tlog.errors import FormatError
from suyuan.tlog.keys import ed25519_key
from suyuan.tlog.note import COSIGNATURE, Note, VKey, note_bytes, parse_vkey, vkey_text
from suyuan.tlog.policy import Group, Log, Policy, Witness, parse_policy, trusting
from suyuan.tlog.proof import inclusion_proof
from suyuan.tlog.receipt import Receipt, parse_receipt, receipt_bytes, reduced
from suyuan.tlog.signing import Key, sign
from suyuan.tlog.tree import Frontier, extend, leaf_hash, nodes, root

pytestmark = pytest.mark.browser
NOW = 1_790_000_000
LOG = ed25519_key("log.example", bytes(32))
STRANGER = ed25519_key("stranger.example", b"\3" * 32)
WITNESSES = tuple(ed25519_key(f"w{n}.example", bytes([n]) * 32, cosigner=True) for n in (1, 2))
FIELDS = {"a": b"1", "b": '"\u6cb3\u5357"'.encode(), "\u4ea7\u5730": b"\xff", 'x"\\\n\u007f': b""}
SCRIPT = Path(web.__file__).parent / "static" / "receipt.js"
PAGE = """<form id="check"><input id="file" type="file"><input id="key"></form>
<pre id="receipt"></pre>"""


def receipt(
    *cosigners: Key, origin: str = "log.example", times: tuple[int, ...] = (NOW,),
    then: int = NOW, also: tuple[Key, ...] = (),
) -> bytes:  # fmt: skip
    """The receipt of the third of five entries, signed by the log and, at each time, by others."""
    entries = [entry_of(commit(FIELDS, bytes([at]) * 16), then * 10**6 + at) for at in range(5)]
    node = nodes(list(map(leaf_hash, entries)))
    top = root(extend(Frontier(), map(leaf_hash, entries)))
    text = checkpoint_text(Checkpoint(origin, 5, top))
    own = ed25519_key(origin, bytes(32))
    lines = [sign(text, own), *(sign(text, key) for key in also)]
    lines += [sign(text, key, time=time) for key in cosigners for time in times]
    shown = disclose(FIELDS, b"\2" * 16, FIELDS, time=then * 10**6 + 2)
    note = note_bytes(Note(text, tuple(lines)))
    return receipt_bytes(Receipt(2, inclusion_proof(node, 2, 5), note, disclosure_bytes(shown)))


KINDS = {
    "whole": (receipt(), ()),
    "reduced": (reduced(receipt(), ["b"]), ()),
    "without fields": (reduced(receipt(), []), ()),
    "several signatures": (receipt(also=(STRANGER, LOG)), ()),
    "a shard": (receipt(origin="log.example/2026"), ()),
    "cosigned": (receipt(*WITNESSES), ()),
    "by a policy": (receipt(*WITNESSES), WITNESSES),
    "cosigned twice": (receipt(*WITNESSES, times=(NOW - 9, NOW)), WITNESSES[:1]),
}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """The script in a page of its own; a server of this machine counts as secure."""
    context = chromium.new_context()
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto("http://localhost/")
    page.add_script_tag(path=SCRIPT)
    yield page
    context.close()


def by_page(page: Page, cases: list[bytes], keys: str) -> list[bool]:
    ask = """([cases, keys, now]) => Promise.all(cases.map((each) =>
        said(Uint8Array.from(atob(each), (mark) => mark.charCodeAt(0)), keys, now)))"""
    found = page.evaluate(ask, [[b64encode(each).decode() for each in cases], keys, NOW])
    assert set(found) <= {"holds", "fails", "unread"}
    return [each == "holds" for each in found]


def by_file(data: bytes, keys: list[str]) -> bool:
    try:
        return bool(standalone.receipt(data, keys, NOW))
    except Exception:  # noqa: BLE001 -- as its `main` does
        return False


def by_library(data: bytes, keys: list[str]) -> bool:
    try:
        first, *rest = map(parse_vkey, keys)
        named = tuple(Witness(str(at), vkey) for at, vkey in enumerate(rest))
        group = Group("all", len(rest), tuple(each.name for each in named))
        policy = Policy((Log(first),), named, (group,), "all" if rest else "none")
        verify_file(data, Trust(policy=policy, latest=NOW + SKEW))
    except SuyuanError:
        return False
    return True


def verdicts(page: Page, cases: list[bytes], witnesses: tuple[Key, ...]) -> list[bool]:
    """What all say; they must say the same."""
    keys = [vkey_text(each.vkey) for each in (LOG, *witnesses)]
    library = [by_library(each, keys) for each in cases]
    alone = [by_file(each, keys) for each in cases]
    script = by_page(page, cases, "  ".join(keys))
    for data, *said in zip(cases, library, alone, script, strict=True):
        assert len(set(said)) == 1, (said, data)
    return library


def with_extra(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    found = parse_receipt(data)
    extra = change(found.extra or b"")
    return receipt_bytes(Receipt(found.index, found.path, found.checkpoint, extra))


def of_json(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    def changed(extra: bytes) -> bytes:
        whole = json.loads(extra)
        change(whole)
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()

    return with_extra(data, changed)


def spellings(data: bytes) -> Iterator[bytes]:
    """The same content, spelt as the format does not."""
    yield from (data.replace(b"\n", b"\r\n"), data + b"\n", data + b" ", data + b"\0", b"\n" + data)
    yield from (data.replace(b"\n\n", b"\n\n\n", 1), b"\xef\xbb\xbf" + data, data + b"\xff")
    yield from (
        data.replace(b"index 2", b"index " + n) for n in (b"02", b"+2", b"-2", b"2 ", b"2.0")
    )
    yield data.replace(b"index 2", "index \uff12".encode())
    yield data.replace(b"\n5\n", b"\n05\n")
    for padding in (b"=", b"==", b"===", b"===="):  # a stranger's line too has to be base64
        line = "\n— stranger.example AAAAAAAA".encode()
        yield data.removesuffix(b"\n") + line + padding + b"\n"
    for found in re.finditer(rb"[A-Za-z0-9+/]{20,}={0,2}", data):
        text = found[0]
        spelt = [text + b"=", text.rstrip(b"="), text[:8] + b" " + text[8:], text + b"\t"]
        spelt += [text.replace(b"+", b"-").replace(b"/", b"_")]
        if text.endswith(b"="):
            bare = text.rstrip(b"=")
            spelt.append(bare[:-1] + bytes([bare[-1] + 1]) + text[len(bare) :])
        for each in set(spelt) - {text}:
            yield data[: found.start()] + each + data[found.end() :]
    yield with_extra(data, lambda extra: extra.replace(b'","', b'", "', 1))
    yield with_extra(data, lambda extra: extra + b"\n")
    yield with_extra(data, lambda extra: b" " + extra)
    yield with_extra(data, lambda extra: extra.replace(b'"time":', b'"time":1,"time":', 1))
    yield with_extra(data, lambda extra: re.sub(rb'"time":\d+', rb"\g<0>.0", extra))
    yield with_extra(data, lambda extra: extra.replace(b'"fields":', b'"fi\\u0065lds":'))


ODD = [*(("index", each) for each in (-1, True, False, 10**30, 2**53 + 1, 1.0, "1", None, -4)),
       ("more", 1), ("name", "\0"), ("name", 1), ("value", None)]  # fmt: skip


def every_field(key: str, value: object, whole: dict[str, Any]) -> None:
    for field in whole["fields"]:
        field[key] = value


def contents(data: bytes) -> Iterator[bytes]:
    """Something more, less or else than what was logged."""
    changes: list[Callable[[dict[str, Any]], object]] = [
        lambda whole: whole.update(note="proved by the ministry"),
        lambda whole: whole.update(time=True),
        lambda whole: whole.update(time=2**63),
        lambda whole: whole.update(time=str(whole["time"])),
        lambda whole: whole.update(sha256=dict.fromkeys(whole["sha256"], 1)),
        lambda whole: whole.update(sm3=whole["sm3"][::-1]),
        lambda whole: whole.update(sm3=whole["sm3"][:-1]),
        lambda whole: whole.update(sha256=[], sm3=[]),
        lambda whole: whole.update(fields={}),
        lambda whole: whole["fields"].reverse() or whole["fields"].append({}),
        lambda whole: whole["fields"].extend(whole["fields"] or [1]),
    ]
    changes += [partial(every_field, key, value) for key, value in ODD]
    yield from (of_json(data, change) for change in changes)
    for name in (
        b"index 1",
        b"index 4",
        b"index 5",
        b"index 9223372036854775808",
        b"index 9007199254740994",
    ):
        yield data.replace(b"index 2", name)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_the_product_makes_is_good_and_all_three_say_so(page: Page, kind: str) -> None:
    data, witnesses = KINDS[kind]
    assert verdicts(page, [data], witnesses) == [True]
    stranger = "\n— stranger.example".encode()
    cases = [each for each in (*spellings(data), *contents(data)) if each != data]
    for case, holds in zip(cases, verdicts(page, cases, witnesses), strict=True):
        signers = data.partition(stranger)[0].partition("\n— w".encode())[0]
        assert not holds or case.startswith(signers), case  # a line of whom nobody asked is let be


@pytest.mark.parametrize("kind", KINDS)
def test_on_mutated_receipts_all_three_agree(page: Page, kind: str) -> None:
    data, witnesses = KINDS[kind]
    marks = [b"\n", b"\n\n", b" ", b"=", b"0", "— ".encode(), b"\xff", b"\xc2\x85", b"\xef\xbb\xbf"]

    def mutated(draw: Random) -> bytes:
        start = draw.randrange(len(data) + 1)
        end = min(len(data), start + draw.choice([0, 0, 1, 4, 60]))
        put = draw.choice([draw.choice(marks), bytes([draw.randrange(256)]), data[start:end] * 2])
        return data[:start] + put + data[end:]

    @settings(max_examples=4, deadline=None, database=None)
    @given(st.integers(0, 2**64))
    def check(seed: int) -> None:
        draw = Random(seed)
        cases = [mutated(draw) for _ in range(25)]
        signed = data.partition("\n— ".encode())[0]
        for case, holds in zip(cases, verdicts(page, cases, witnesses), strict=True):
            assert not holds or case.startswith(signed), case

    check()


def test_false_times_prove_nothing(page: Page) -> None:
    late, edge = NOW + SKEW + 1, NOW + SKEW
    cases = {
        receipt(*WITNESSES, times=(edge,)): True,
        receipt(*WITNESSES, times=(late,)): False,
        receipt(*WITNESSES, times=(2**63 - 1,)): False,
        receipt(*WITNESSES, times=(NOW - SKEW,)): True,
        receipt(*WITNESSES, times=(NOW - SKEW - 1,)): False,
        receipt(*WITNESSES, times=(NOW, late)): True,
        receipt(*WITNESSES, times=(late, NOW)): False,
    }
    assert verdicts(page, list(cases), WITNESSES) == list(cases.values())
    assert verdicts(page, [receipt(then=edge), receipt(then=late)], ()) == [True, False]


def test_a_time_beyond_the_format_is_no_cosignature(page: Page) -> None:
    """Signed by the witness itself over 2^63 seconds, which `sign` refuses to write."""
    data, key = receipt(), WITNESSES[0]
    text = parse_receipt(data).checkpoint.partition(b"\n\n")[0] + b"\n"
    for time, holds in ((NOW, True), (2**63, False), (2**64 - 1, False)):
        made = key.signer.sign(b"cosignature/v1\ntime %d\n%b" % (time, text))
        blob = b64encode(key.vkey.id + time.to_bytes(8) + made).decode()
        line = f"— {key.vkey.name} {blob}\n".encode()
        assert verdicts(page, [data + line], (key,)) == [holds]


def test_a_key_of_a_witness_is_no_log_s(page: Page) -> None:
    own = ed25519_key("log.example", b"\4" * 32, cosigner=True)
    data, keys = receipt(own), [vkey_text(own.vkey)]
    with pytest.raises(FormatError, match=r"policy\.shape"):
        trusting([own.vkey])
    assert not by_file(data, keys)
    assert by_page(page, [data], keys[0]) == [False]


def test_one_key_is_not_log_and_witness_at_once(page: Page) -> None:
    own = ed25519_key("w.example", bytes(32), cosigner=True)
    keys = [vkey_text(LOG.vkey), vkey_text(own.vkey)]
    data = receipt(own)
    said = f"log {keys[0]}\nwitness w {keys[1]}\nquorum w\n".encode()
    with pytest.raises(FormatError, match=r"policy\.shape"):
        parse_policy(said)
    assert not by_file(data, keys)
    assert by_page(page, [data], " ".join(keys)) == [False]


def test_keys_of_small_or_mixed_order_prove_nothing(page: Page) -> None:
    """With a key of small order and R = sB the same signature holds under every eighth text."""
    drawn = standalone.point(LOG.vkey.key)
    weak = [(0, 1), (0, standalone.P - 1), standalone.add(drawn, (0, standalone.P - 1))]
    data = receipt()
    for x, y in weak:
        encoded = (y | (x & 1) << 255).to_bytes(32, "little")
        for keys in (
            [VKey("log.example", 1, encoded)],
            [LOG.vkey, VKey("w", COSIGNATURE, encoded)],
        ):
            texts = [vkey_text(each) for each in keys]
            assert not by_library(data, texts)
            assert not by_file(data, texts)
            assert by_page(page, [data], " ".join(texts)) == [False]
