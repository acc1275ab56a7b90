"""Whatever is found wrong or doubted says what to do about it, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import suyuan.codes
from suyuan.codes import all_schemes, recognise
from suyuan.codes.notes import TEXTS

HERE = Path(suyuan.codes.__file__).parent
CURE_ZH = re.compile("请")
CURE_EN = re.compile(
    r"\b(?:compare|enter|write|see (?:if|whether|the)|ask|look|type|scan|name that|part it)\b",
    re.IGNORECASE,
)
ANY = "?"


def literals(node: ast.expr) -> list[str]:
    """What an argument can be: its literal, one of either branch, a pattern if it is formatted."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [re.escape(node.value)]
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return ["".join(
            re.escape(str(each.value)) if isinstance(each, ast.Constant) else "[a-z-]+"
            for each in node.values
        )]  # fmt: skip
    return []


def said() -> Iterator[tuple[str, str]]:
    """Every note that the package makes: a pattern of its code, and its severity."""
    for file in sorted(HERE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name == "note":
                for code in literals(node.args[0]):
                    yield from ((code, each) for each in literals(node.args[1]) or [ANY])
            elif name in {"UnreadableError", "_unreadable"}:
                yield from ((code, "error") for code in literals(node.args[1]))


SAID = set(said())


def severities(code: str) -> set[str]:
    """Those with which a note is made; by a pattern only if no place says its code."""
    own = {severity for pattern, severity in SAID if pattern == re.escape(code)}
    return own or {severity for pattern, severity in SAID if re.fullmatch(pattern, code)}


REMARKS = {code for code in TEXTS if severities(code) == {"info"}}


def test_the_walk_finds_what_is_said() -> None:
    assert {"padded", "kept", "linked"} <= REMARKS
    assert not REMARKS & {"check", "in-store", "number-old", "maybe-article", "repeated", "form"}
    assert len(TEXTS) - len(REMARKS) > 50


@pytest.mark.parametrize("code", sorted(TEXTS.keys() - REMARKS))
def test_what_is_more_than_a_remark_says_what_to_do(code: str) -> None:
    text = TEXTS[code]
    assert CURE_ZH.search(text.zh), text.zh
    assert CURE_EN.search(text.en), text.en


@pytest.mark.parametrize("text", [each for scheme in all_schemes() for each in scheme.bad])
def test_a_sample_that_fails_says_what_to_do(text: str) -> None:
    for found in recognise(text):
        wrong = [each for each in found.notes if each.severity != "info"]
        assert found.valid or wrong
        for each in wrong:
            assert CURE_ZH.search(each.text.zh), each.text.zh
            assert CURE_EN.search(each.text.en), each.text.en
