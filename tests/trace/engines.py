"""What the tests of this directory run on, and how long."""

from collections.abc import Callable, Sequence
from typing import Any

import oracle
import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

from suyuan.model import Fact
from suyuan.trace.closure import closure as engine
from suyuan.trace.types import Closure, Question

Engine = Callable[[Sequence[Fact], Question], Closure]

ENGINES: dict[str, Engine] = {"oracle": oracle.closure, "engine": engine}

on_all_engines = pytest.mark.parametrize("closure", ENGINES.values(), ids=ENGINES.keys())
at_both_lengths = pytest.mark.parametrize(
    "examples",
    [pytest.param(100, id="quick"), pytest.param(2000, id="deep", marks=pytest.mark.deep)],
)


def holds(check: Callable[..., None], examples: int, *strategies: SearchStrategy[Any]) -> None:
    """Run `check` on so many random examples; the smallest that fails is shown."""
    settled = settings(max_examples=examples)
    settled(given(*strategies)(check))()
