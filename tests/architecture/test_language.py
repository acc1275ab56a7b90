"""Chinese for people lives in data and beside its English, not scattered through the code.

In Python a Chinese literal may stand: in `Text(zh, en)`, as an argument named `zh` or in a variable
whose name ends so; in a pattern or a code's sample, where the characters are the code itself; in
the demonstration, whose story is its data; in a docstring, which quotes a standard. Anywhere else
somebody who reads only the other language would be shown half a sentence.
"""

import ast
import re
from collections.abc import Iterator

from layout import ROOT, modules, package_of

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
# The characters of a licence number or a plate are the code (codes); the story is data (demo).
DATA = frozenset({"codes", "demo"})
CARRIERS = frozenset({"Text", "compile"})


def carried(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes whose literals may be Chinese: what `Text`, `zh=` and docstrings hold."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in CARRIERS:
                yield node
            yield from (word.value for word in node.keywords if word.arg == "zh")
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").endswith("zh"):
            yield node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node


def stray(tree: ast.Module) -> list[int]:
    """The lines of Chinese literals that nothing carries."""
    allowed = {id(part) for holder in carried(tree) for part in ast.walk(holder)}
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and HAN.search(node.value)
        and id(node) not in allowed
    )


def test_chinese_stands_beside_its_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path, tree in modules().items()
        if package_of(path) not in DATA
        for line in stray(tree)
    ]
    assert found == []


def test_what_is_stray_is_seen() -> None:
    source = '"""追溯"""\nA = Text("来源", "origin")\nB = rule(zh="去向", en="to")\nC = "责任"\n'
    assert stray(ast.parse(source)) == [4]
