"""Expressions that every Python which may run us matches alike."""

import ast
import re

import pytest
from layout import ROOT

GROUP_HELD = re.compile(r"(?<![\\(])\)(?:[*+]|\{[0-9,]+\})\+|\(\?>")
"""A group repeated without going back: before Python 3.11.5 it stops within a turn."""

FILES = sorted((ROOT / "src").rglob("*.py"))


def held(source: str) -> list[str]:
    """The texts of a source that have such a group."""
    texts = (
        node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, bytes | str)
    )
    return [text for text in texts if GROUP_HELD.search(text)]


def test_no_group_of_an_expression_is_repeated_without_going_back() -> None:
    """Debian 12 has Python 3.11.2; classes of characters may be: `[a-z]*+` matches alike."""
    found = {str(each.relative_to(ROOT)): held(each.read_text("utf-8")) for each in FILES}
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize("text", ["(?:a|b)*+", "(a+)++", "(?:ab){2,3}+", "(?>a|b)"])
def test_such_a_group_is_found(text: str) -> None:
    assert held(f"x = {text!r}") == [text]


@pytest.mark.parametrize("text", ["[a-z]*+", "(?:a*+b)*", r"\)++"])
def test_others_are_not(text: str) -> None:
    assert held(f"x = {text!r}") == []
