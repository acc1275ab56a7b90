"""Chinese is punctuated in Chinese: no half-width mark stands beside a character of a message."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "suyuan"
HAN = "\u3400-\u9fff“”《》（）、。"
HALF = re.compile(
    rf"(?<=[{HAN}\x00])[,;:!?](?![0-9])|[,;:!?](?=[{HAN}])|[(](?=[{HAN}])|(?<=[{HAN}])[()]"
)
WRITTEN = re.compile(
    r"个数:(编码体系:前段|sscc:前段|码包(编号)?)|前缀:名称|前缀: 网址|“\?”|[A-Z]\([一-龥]\)"
    r"|urn:suyuan:[a-z]+:自取的名"
    r"|[\u3400-\u9fff]+\([0-9一-龥]+\)[\u3400-\u9fff]*[第0-9]|://\w*\S*"
)
"""What is written so wherever it stands: the form of an option, a name, a licence number."""


def wrong(text: str) -> str | None:
    """What is around the first half-width mark; \\0 stands for what is filled in."""
    found = HALF.search(WRITTEN.sub("", text))
    return None if found is None else WRITTEN.sub("", text)[max(found.start() - 8, 0) :][:16]


def said(node: ast.expr) -> str:
    """A text as far as it stands in the program."""
    match node:
        case ast.Constant(value=str() as text):
            return re.sub(r"\{[^{}]*\}", "\0", text)
        case ast.JoinedStr(values=parts):
            return "".join(said(part) for part in parts)
        case ast.BinOp(left=left, right=right):
            return said(left) + said(right)
        case ast.FormattedValue():
            return "\0"
        case _:
            return ""


def chinese(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What is said in Chinese: the first word of a `Text`, and whatever is called `zh`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "Text" and node.args:
                yield node.lineno, said(node.args[0])
            yield from ((each.value.lineno, said(each.value)) for each in node.keywords
                        if each.arg is not None and each.arg.endswith("zh"))  # fmt: skip
        elif isinstance(node, ast.Assign) and any(
            isinstance(each, ast.Name) and each.id.endswith("_zh") for each in node.targets
        ):
            for value in (each for each in ast.walk(node.value) if isinstance(each, ast.expr)):
                yield value.lineno, said(value)


def test_messages_have_no_half_width_marks_beside_chinese() -> None:
    found = [
        f"{file.relative_to(SOURCE)}:{line}: …{around}…"
        for file in sorted(SOURCE.rglob("*.py"))
        for line, text in chinese(ast.parse(file.read_text(encoding="utf-8")))
        if (around := wrong(text))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("program", "is_wrong"),
    [
        ('Text("没有权限,请换一个", "x")', True),
        ('Text("没有权限：{why}；请换一个（见下）。", "x")', False),
        ('Fault(zh=f"不是空的({filled} 中有数据),没有恢复。")', True),
        ('Fault(zh=f"不能写入 {home}:{why}。")', True),
        ('Fault(zh=f"请运行 {a},或用 --data-dir 指定。")', True),
        ('Text("地址形如 postgresql://用户@主机/数据库，写 前缀:名称。", "x")', False),
        ('Text("时间为 2026-03-01 08:00，共 {a:,} 条", "x")', False),
        ('Text("兽药字(2014)150010001", "x")', False),
    ],
)
def test_a_planted_mark_is_found_and_what_is_written_so_is_not(
    program: str, *, is_wrong: bool
) -> None:
    texts = [text for _, text in chinese(ast.parse(program))]
    assert any(map(wrong, texts)) is is_wrong
