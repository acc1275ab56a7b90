"""`suyuan conformance`: the table that the page shows too, as text and as JSON."""

import json
from collections import Counter
from collections.abc import Callable

from click.testing import Result

from suyuan.service import conformance, conforming

Run = Callable[..., Result]


def test_every_requirement_is_printed_with_its_state_and_what_shows_it(suyuan: Run) -> None:
    done = suyuan("--lang", "en", "conformance")
    assert done.exit_code == 0, done.output
    found = conformance()
    assert [each.name for each in found if each.name not in done.output] == []
    assert all(title.en in done.output for title in conforming.PARTS.values())
    counts = Counter(each.state for each in found)
    assert f"{len(found)} requirements: {counts['yes']} yes" in done.output
    assert f"{counts['otherwise']} otherwise, {counts['no']} no" in done.output


def test_each_is_a_line_of_json_with_its_test(suyuan: Run) -> None:
    done = suyuan("conformance", "--json")
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    said = [(each["part"], each["name"], each["state"], each["shown"]) for each in lines]
    assert said == [(one.part, one.name, one.state, one.shown) for one in conformance()]
