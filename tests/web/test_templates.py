"""Both languages, whole: every sentence of a page exists in Chinese and in English."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files

import pytest

from suyuan.kit import Text
from suyuan.publish import words
from suyuan.service import balance_words
from suyuan.web import balancing, codes, dividing, given, routes, ruling, tracing, way
from suyuan.web.render import parted

reached, sankey, streams, strip = (
    import_module(f"suyuan.drawings.{name}") for name in ("reached", "sankey", "streams", "strip")
)
TEMPLATES = {each.name: each.read_text() for each in (files("suyuan.web") / "templates").iterdir()}
CHINESE = re.compile(r"[⺀-鿿＀-￯]")
STRING = r"'((?:[^'\\]|\\.)*)'"
FILLED = r"(?: % (?:\([^)]*\)|[\w. |]+))?"
SAY = re.compile(rf"say\({STRING}{FILLED}, {STRING}")
CALL = re.compile(r"\bsay\(")


def parameters(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)[:}]", text))


def texts_of(module: object) -> Iterator[tuple[str, Text]]:
    for name, value in vars(module).items():
        yield from _texts(name, value)


def _texts(name: str, value: object) -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(f"{name}[{key}]", each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(name, each)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_sentence_of_a_template_has_both_languages(name: str) -> None:
    source = TEMPLATES[name]
    pairs = SAY.findall(source)
    assert len(pairs) == len(CALL.findall(source)), "a call of say() this test cannot read"
    for zh, en in pairs:
        assert zh, f"no Chinese for {en!r}"
        assert en, f"no English for {zh!r}"
        assert not CHINESE.search(en)
        assert sorted(re.findall("%[ds]", zh)) == sorted(re.findall("%[ds]", en))
        assert parameters(zh) == parameters(en)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_template_holds_chinese_outside_say(name: str) -> None:
    bare = SAY.sub("", TEMPLATES[name]).replace("'中文'", "")
    assert not CHINESE.findall(bare)


@pytest.mark.parametrize(
    "module",
    [
        words,
        codes,
        reached,
        given,
        balance_words,
        balancing,
        strip,
        way,
        routes,
        dividing,
        ruling,
        sankey,
        streams,
        tracing,
    ],
    ids=lambda each: each.__name__,
)
def test_every_text_in_code_has_both_languages_and_the_same_parameters(module: object) -> None:
    found = list(texts_of(module))
    assert found
    for name, text in found:
        assert text.zh, name
        assert text.en, name
        assert not CHINESE.search(text.en), name
        assert parameters(text.zh) == parameters(text.en), name


def test_no_page_module_writes_chinese_but_in_pairs() -> None:
    for module in ("request.py", "render.py"):
        tree = ast.parse((files("suyuan.web") / module).read_text())
        strings = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        chinese = [each for each in strings if isinstance(each, str) and CHINESE.search(each)]
        assert set(chinese) <= {"年", "月", "日", 'role="img" aria-label="溯源 Suyuan"'}


@pytest.mark.parametrize("code", ["(01)06901234017021(10)A<b>", "8385793", ""])
def test_a_code_may_be_broken_between_its_elements_and_stays_what_it_is(code: str) -> None:
    shown = parted(code)
    assert shown.striptags() == code
    assert shown.count("<wbr>") == code.count("(")
