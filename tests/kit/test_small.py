import hashlib
import subprocess
import sys
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import system_clock
from suyuan.kit.digest import key64, sha256
from suyuan.kit.ids import random_uuid_urn


def test_a_text_fills_texts_in_their_own_tongue() -> None:
    sentence = Text("这是{what}{n}", "This is {what} {n}")
    filled = sentence.format(what=Text("猪", "a pig"), n=7)
    assert (filled.pick("zh"), filled.pick("en")) == ("这是猪7", "This is a pig 7")


def test_braces_in_what_is_filled_in_are_left_alone() -> None:
    assert Text("{x}", "{x}").format(x="{y}").en == "{y}"


def test_an_error_says_code_sentence_and_place() -> None:
    error = SuyuanError("a.b", Text("错", "wrong"), "/x", status=409)
    assert (str(error), error.status) == ("a.b: wrong [/x]", 409)


def test_the_clock_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= system_clock()
    assert system_clock().tzinfo is UTC


def test_ids_are_version_4_and_differ() -> None:
    drawn = {random_uuid_urn() for _ in range(1_000)}
    assert len(drawn) == 1_000
    assert {UUID(each).version for each in drawn} == {4}


@given(st.binary(), st.text())
def test_the_64_bit_hash_is_keyed_stable_and_fits_a_bigint(secret: bytes, text: str) -> None:
    value = key64(secret)(text)
    assert -(2**63) <= value < 2**63
    assert value == key64(secret)(text)
    assert value != key64(secret + b"\x01")(text)


@given(st.binary())
def test_sha256_is_the_worlds(data: bytes) -> None:
    assert sha256(data) == hashlib.sha256(data).digest()


def test_a_settled_process_seldom_looks_for_cycles() -> None:
    program = (
        "import gc; from suyuan.kit.collector import settle; settle();"
        "seen = []; gc.callbacks.append(lambda phase, info: seen.append(phase));"
        "kept = [[i] for i in range(40_000)]; print(len(seen), gc.get_freeze_count() > 1000)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["0", "True"]
