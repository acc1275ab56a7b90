"""Small functions, small files: the bars that docs/decisions/0001 sets."""

import ast
import statistics

from sizes import file_sizes, function_sizes, percentile, report, size


def test_functions_keep_to_the_bars() -> None:
    sizes = function_sizes()
    assert statistics.median(lines for lines, _ in sizes) <= 10, report()
    assert percentile(sizes, 0.9) <= 30, report()
    assert [function for function in sizes if function[0] > 60] == []


def test_files_keep_to_the_bars() -> None:
    assert [file for file in file_sizes() if file[0] > 500] == []


def test_a_function_is_measured_without_its_docstring() -> None:
    source = 'def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n'
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert size(function) == 3
