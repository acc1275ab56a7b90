"""The conformance report is true: each row is held against the running server and the standard."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from api_given import Client

from suyuan.exchange.standard import FAMILIES, NAMED
from suyuan.service import conformance, conforming

ROOT = Path(__file__).parents[2]
FOUND = conformance()


def of(part: str) -> list[conforming.Requirement]:
    return [each for each in FOUND if each.part == part]


@cache
def functions_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_row_names_a_test_that_there_is_and_no_requirement_is_told_twice() -> None:
    untrue = [
        each.name for each in FOUND
        if each.shown.partition("::")[2] not in functions_in(each.shown.partition("::")[0])
    ]  # fmt: skip
    assert untrue == []
    assert {each.part for each in FOUND} == set(conforming.PARTS)
    assert max(Counter((each.part, each.name) for each in FOUND).values()) == 1
    assert all((each.note is None) is (each.state == "yes") for each in FOUND)


def test_names_in_words_are_told_in_both_languages() -> None:
    in_words = [
        each for part in ("format", "subscription", "resolver", "document") for each in of(part)
    ]
    assert [each.name for each in in_words if not re.search("[一-鿿]", each.title.zh)] == []
    assert {each.title.en for each in FOUND} == {each.name for each in FOUND}


def test_every_parameter_of_the_standard_is_answered() -> None:
    assert [each.name for each in of("parameter")] == list(NAMED)
    assert [each.name for each in of("pattern")] == [f"{one.beginning}…" for one in FAMILIES]
    assert {each.state for each in (*of("parameter"), *of("pattern"))} == {"yes"}


def test_every_endpoint_takes_the_methods_that_its_row_says_and_no_other(client: Client) -> None:
    for each in of("endpoint"):
        method, path = each.name.split(" ")
        answer = client.options(re.sub(r"\{\w+\}", "x", path))
        taken = answer.headers.get("allow", "").split(", ") if answer.status_code == 204 else []
        assert (method in taken) is (each.state == "yes"), each.name


def test_every_header_that_the_server_says_of_itself_is_there(client: Client) -> None:
    told = client.options("/events").headers
    by_itself = [each.name for each in of("header") if "discovery.py::test_every" in each.shown]
    assert len(by_itself) >= 10
    assert [name for name in by_itself if name not in told] == []


def test_the_endpoints_and_headers_are_those_of_the_standard(shared_data: Path) -> None:
    file = shared_data / "epcis" / "gs1-EPCIS" / "standard" / "rest" / "openapi.yaml"
    text = file.read_text(encoding="utf-8")
    paths = text[text.index("\npaths:") : text.index("\ncomponents:")]
    wanted: set[str] = set()
    path = ""
    for line in paths.splitlines():
        if match := re.match(r"  (/\S*):", line):
            path = match[1]
        elif match := re.match(r"    (get|post|delete|options):", line):
            wanted.add(f"{match[1].upper()} {path}")
    assert {each.name for each in of("endpoint")} == wanted
    described = text[text.index("\n  headers:") :]
    headers = set(re.findall(r"^ +'?(GS1-[A-Za-z-]+)'?:", described, re.MULTILINE))
    assert headers <= {each.name for each in of("header")}


def test_the_statements_are_those_of_the_resolver_standard(shared_data: Path) -> None:
    file = shared_data / "epcis" / "gs1-GS1DL-resolver-testsuite" / "ConformantResolver1_0.txt"
    first = file.read_text(encoding="utf-8").partition("\n\n\n")[0]
    statements = [line for line in first.splitlines() if line and not line.endswith(":")]
    numbers = [int(each.name.partition(" ")[0]) for each in of("resolver")]
    assert numbers == list(range(1, len(statements) + 1))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_every_row(client: Client, lang: str) -> None:
    page = client.get(f"/conformance?lang={lang}").text
    assert page.count("<li><span") == len(FOUND)
