"""What the log says of keys of check characters: each once, and no rule where there are none."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from logged import broken

from suyuan.registry.types import Licence
from suyuan.service import (
    Order,
    Platform,
    audit,
    check_keys,
    entitle,
    issue,
    local_capturer,
    logged_acts,
    publish,
    rotate_check_key,
)

MINE = "urn:suyuan:party:mine"
GTINS = ("06901234567892", "06901234567908")


@pytest.fixture
def proved(platform: Platform) -> Platform:
    entitle(platform, Licence(party=MINE, kind="gs1_company_prefix", number="6901234"))
    return platform


def order(platform: Platform, at: int = 0, checks: int = 2) -> None:
    wanted = Order(scheme="sgtin", stem=GTINS[at % 2], count=3, checks=checks)
    issue(platform, wanted, local_capturer(platform, MINE))


def said(platform: Platform, kind: str) -> list[dict[str, object]]:
    publish(platform)
    return [json.loads(act.said) for act in logged_acts(platform, kind)]


def test_each_key_is_logged_once_the_first_too_however_many_ask_at_once(proved: Platform) -> None:
    def ask(at: int) -> None:
        if at % 3:
            rotate_check_key(proved, local_capturer(proved, MINE))
        else:
            order(proved, at)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(12)))
    logged = [each["number"] for each in said(proved, "codes.key-made")]
    kept = [each.number for each in check_keys(proved, local_capturer(proved, MINE)).keys]
    assert sorted(logged, key=str) == sorted(kept, key=str)
    assert len(kept) >= 2


def test_the_first_key_is_logged_with_the_package_that_makes_it(proved: Platform) -> None:
    for _ in range(2):
        order(proved)
    assert [each["number"] for each in said(proved, "codes.key-made")] == [1]


def test_the_rule_is_logged_of_packages_with_check_characters_alone(proved: Platform) -> None:
    for checks in (0, 2):
        order(proved, checks=checks)
    told = [(each.get("check-rule"), each.get("check-key"))
            for each in said(proved, "codes.issued")]  # fmt: skip
    assert sorted(told, key=str) == sorted([(None, None), (2, 1)], key=str)
    assert audit(proved) == []
    broken(proved, "update registry.code_package set rule = 1 where key is not null")
    assert [each.code for each in audit(proved)] == ["registry.changed"]
