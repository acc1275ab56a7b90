"""Check characters tell codes of one key, product and count from others; the manual suffices."""

import hashlib
import hmac
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.codes.making.alphabets import DIGITS, SAFE
from suyuan.codes.making.checks import checker
from suyuan.codes.making.types import Checking, CheckRule

KEY = bytes(range(32))
TEXTS = st.text(max_size=12)
GTIN = "06901234567892"


def made(
    body: str, count: int, *, key: bytes = KEY, scheme: str = "sgtin", stem: str = GTIN,
    alphabet: str = SAFE, rule: CheckRule = CheckRule.CODE,
) -> str:  # fmt: skip
    by = Checking(rule=rule, key=key, scheme=scheme, stem=stem)
    return checker(by, alphabet, count)(body)


def by_the_manual(
    key: bytes, scheme: str, stem: str, body: str, count: int, alphabet: str = SAFE
) -> str:
    """A scanner, written from docs/howto/codes.md alone."""
    said = b""
    for text in ("suyuan check characters 2", scheme, stem, body, str(count)):
        part = text.encode("utf-8")
        said += bytes([0, 0, 0, len(part)]) + part
    limit = 256 // len(alphabet) * len(alphabet)
    found, block = "", 0
    while len(found) < count:
        code = hmac.new(key, said + bytes([0, 0, 0, block]), hashlib.sha256).digest()
        found += "".join(alphabet[each % len(alphabet)] for each in code if each < limit)
        block += 1
    return found[:count]


@given(
    st.binary(min_size=32, max_size=32), TEXTS, TEXTS, TEXTS, st.integers(1, 200),
    st.sampled_from((SAFE, DIGITS, "".join(map(chr, range(33, 162))))),
)  # fmt: skip
def test_a_scanner_written_from_the_manual_makes_the_same(
    key: bytes, scheme: str, stem: str, body: str, count: int, alphabet: str
) -> None:
    """Of 129 characters half of the bytes are passed over, so that long ones need many MACs."""
    by = {"key": key, "scheme": scheme, "stem": stem}
    assert made(body, count, alphabet=alphabet, **by) == by_the_manual(
        alphabet=alphabet, count=count, body=body, **by
    )


@given(st.tuples(TEXTS, TEXTS, TEXTS), st.tuples(TEXTS, TEXTS, TEXTS))
def test_what_differs_anywhere_has_others_however_its_parts_are_moved(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    """Thirty characters, so that chance makes no two alike."""
    moved = (one[0] + one[1], "", one[2]), (one[0], one[1] + one[2], ""), (one[0], "", "".join(one))
    different = list(dict.fromkeys((one, other, *moved)))
    found = {made(body, 30, scheme=scheme, stem=stem) for scheme, stem, body in different}
    assert len(found) == len(different)


def test_fewer_are_no_part_of_more_and_no_key_stem_or_rule_has_anothers() -> None:
    bodies = [f"{number:09}" for number in range(600)]
    ways = {
        "one": [made(body, 1) for body in bodies],
        "last of two": [made(body, 2)[-1] for body in bodies],
        "first of two": [made(body, 2)[0] for body in bodies],
        "last of three": [made(body, 3)[-1] for body in bodies],
        "another key": [made(body, 1, key=KEY[::-1]) for body in bodies],
        "another stem": [made(body, 1, stem="06901234567908") for body in bodies],
        "another scheme": [made(body, 1, scheme="lgtin") for body in bodies],
        "rule 1": [made(body, 1, rule=CheckRule.SERIAL) for body in bodies],
    }
    for (one, ones), (other, others) in combinations(ways.items(), 2):
        alike = sum(a == b for a, b in zip(ones, others, strict=True))
        assert 5 <= alike <= 49, (one, other)  # 24 expected of 600; five deviations either way


@pytest.mark.parametrize("alphabet", [SAFE, DIGITS])
def test_every_character_is_as_likely_as_any_other(alphabet: str) -> None:
    tries, size = 20_000, len(alphabet)
    for place in (0, 1):
        seen = Counter(made(str(number), 2, alphabet=alphabet)[place] for number in range(tries))
        even = tries / size
        chi = sum((seen[each] - even) ** 2 / even for each in alphabet)
        assert chi < size - 1 + 6 * (2 * (size - 1)) ** 0.5


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(CheckRule.SERIAL, ("Y434", "03")), (CheckRule.CODE, ("QTWH", "16"))],
)
def test_what_was_printed_once_is_made_for_ever(rule: CheckRule, expected: tuple[str, str]) -> None:
    assert made("234567CDF", 4, rule=rule) == expected[0]
    digits = {"scheme": "pesticide-unit", "stem": "10929272001", "alphabet": DIGITS}
    assert made("0123456789012345678", 2, rule=rule, **digits) == expected[1]
