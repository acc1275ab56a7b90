"""Chinese for people stands beside its English, never alone in the code.

In Python a Chinese literal may stand: with its English in the same string, or as a sibling of it
(`Text(zh, en)`, `zh=…, en=…`, `"…" if zh else "…"`); in a variable whose name ends in zh; in a
pattern or a code's sample, where the characters are the code itself; in the demonstration, whose
story is its data; in a docstring, which quotes a standard. Anywhere else somebody who reads only
the other language would be shown half a sentence.
"""

import ast
import re
from collections.abc import Iterator

from layout import ROOT, modules, package_of

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LATIN = re.compile(r"[A-Za-z]{2}|%[A-Za-z]")  # words, or the form of an English date
# The characters of a licence number or a plate are the code (codes); the story is data (demo).
DATA = frozenset({"codes", "demo"})


def words(node: ast.AST) -> str:
    """The literal text of one expression: a string, an f-string, strings added together."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(words(part) for part in parts)
        case ast.BinOp(left=left, right=right):
            return words(left) + words(right)
        case (
            ast.keyword(value=value)
            | ast.Attribute(value=value)
            | ast.FormattedValue(format_spec=ast.JoinedStr() as value)
        ):
            return words(value)
        case ast.Call(func=ast.Attribute(value=template)):  # "…".format(…), "、".join(…)
            return words(template)
        case _:
            return ""


def is_data(node: ast.AST) -> bool:
    """Docstrings, patterns, a `Text`, and what a variable named for its language holds."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id="Text") | ast.Attribute(attr="compile")):
            return True
        case ast.Assign(targets=[target, *_]):
            return any(getattr(part, "id", "").endswith("zh") for part in ast.walk(target))
        case _:
            return False


def alone(node: ast.AST, *, beside: bool) -> Iterator[int]:
    """The lines of Chinese literals under a node that no English stands beside."""
    if is_data(node):
        return
    if HAN.search(text := words(node)):
        if not beside and not LATIN.search(text):
            yield getattr(node, "lineno", 0)
        return
    children = list(ast.iter_child_nodes(node))
    spoken = any(LATIN.search(text) and not HAN.search(text) for text in map(words, children))
    for child in children:
        yield from alone(child, beside=spoken)


def test_chinese_stands_beside_its_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path, tree in modules().items()
        if package_of(path) not in DATA
        for line in alone(tree, beside=False)
    ]
    assert found == []


def test_chinese_alone_is_seen() -> None:
    fine = [
        '"""追溯"""',
        'A = Text("来源", "origin")',
        'B = rule(zh="去向", en="to")',
        'C = option(help="语言 · Language")',
        'D = "错误" if zh else "Error"',
        'D = f"{at:%Y年%m月}" if zh else f"{at:%b %Y}"',
        'E = Text(f"{n} 处断点", f"{n} open ends")',
        'name_zh = "断点"',
        'F = re.compile("国药准字")',
    ]
    wrong = ['C = "责任"', 'D = say("责任")', 'E = {"name": ["责任", "来源"]}', "F = f'{n} 责任'"]
    assert [line for line in fine if list(alone(ast.parse(line), beside=False))] == []
    assert [line for line in wrong if not list(alone(ast.parse(line), beside=False))] == []
