"""How large functions and files are; `python tests/architecture/sizes.py` prints the report.

A function's size is its lines from `def` to its end without its docstring: what is to be read
as code. A file's size is all its lines.
"""

import ast
import statistics
import sys
from pathlib import Path

from layout import ROOT, modules

Sized = tuple[int, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def size(function: Function) -> int:
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def function_sizes() -> list[Sized]:
    return sorted(
        (size(node), f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    )


def file_sizes() -> list[Sized]:
    return sorted(
        (len(path.read_text().splitlines()), str(path.relative_to(ROOT))) for path in modules()
    )


def percentile(sizes: list[Sized], share: float) -> int:
    return sizes[min(int(len(sizes) * share), len(sizes) - 1)][0]


def report() -> str:
    lines = []
    for what, sizes in (("functions", function_sizes()), ("files", file_sizes())):
        middle = statistics.median(lines_of for lines_of, _ in sizes)
        lines.append(
            f"{len(sizes)} {what}: median {middle:.0f} lines, "
            f"nine in ten ≤ {percentile(sizes, 0.9)}, largest {sizes[-1][0]} ({sizes[-1][1]})"
        )
    total = sum(lines_of for lines_of, _ in file_sizes())
    return "\n".join([*lines, f"{total} lines of Python in {ROOT.name}/{Path('src')}"])


if __name__ == "__main__":
    sys.stdout.write(report() + "\n")
