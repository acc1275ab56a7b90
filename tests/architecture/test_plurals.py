"""One of a thing is told as one: in English the word behind a number agrees with it.

Looked for in every `Text(zh, en)` of the code and every `say(zh, en)` of a page. A number that is
filled in is followed by a word of many only if it is a bound, which is never 1.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from layout import SOURCE

BOUNDS = {"most", "limit", "least", "held", "wanted", "room", "checks", "need"}
"""What these names stand for is set by the program or by a law, and more than one."""

VERBS = {
    "across", "adds", "alone", "already", "also", "as", "belongs", "breaks", "comes", "contains",
    "covers", "does", "ends", "exists", "fits", "gives", "goes", "has", "holds", "ignores",
    "is", "issued", "issues", "its", "itself", "keeps", "leads", "less", "lies", "means",
    "names", "needs", "occurs", "over", "says", "shows", "signs", "stands", "starts", "takes",
    "this", "versus", "was", "yes",
}  # fmt: skip
ADJECTIVE = r"(?:(?:more|other|others|older|open|working|further|check|container|new) )?"
MANY = re.compile(rf"(?:\{{(?P<name>[\w.]*)(?::,)?\}}|%d) {ADJECTIVE}(?P<noun>[a-z]+s|people)\b")
SAID = re.compile(r"say\('(?:[^'\\]|\\.)*'(?: % (?:\([^)]*\)|[\w. |]+))?, '((?:[^'\\]|\\.)*)'")


def faults(english: str) -> list[str]:
    """Where a word of many stands behind whatever number is filled in."""
    return [
        each.group()
        for each in MANY.finditer(english)
        if each["name"] not in BOUNDS and each["noun"] not in VERBS
    ]


def english_of(source: str) -> Iterator[str]:
    """The English of every `Text` that the code makes; what an f-string fills in is `{}`."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "Text"
        ):
            named = [each.value for each in node.keywords if each.arg == "en"]
            yield from map(_literal, [*node.args[1:2], *named])


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_literal, node.values))
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "{}"


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda each: each.stem)
def test_no_message_says_many_of_a_number_that_may_be_one(path: Path) -> None:
    assert [
        each for text in english_of(path.read_text(encoding="utf-8")) for each in faults(text)
    ] == []


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.html")), ids=lambda each: each.stem)
def test_no_page_says_many_of_a_number_that_may_be_one(path: Path) -> None:
    said = SAID.findall(path.read_text(encoding="utf-8"))
    assert [each for text in said for each in faults(text)] == []


@pytest.mark.parametrize(
    "planted",
    ['Text("{n} 条", "{n} entries")', 'Text(zh="{n} 行", en="at {n} more rows")',
     'Text(f"{n} 家", f"{n} holders")'],
)  # fmt: skip
def test_a_planted_plural_is_found(planted: str) -> None:
    assert [each for text in english_of(planted) for each in faults(text)]


@pytest.mark.parametrize(
    "right", ['Text("{n} 条", "{n:entry|entries}")', 'Text("{most} 行", "{most} rows at most")']
)
def test_what_agrees_is_let_be(right: str) -> None:
    assert not [each for text in english_of(right) for each in faults(text)]
