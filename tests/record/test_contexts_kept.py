"""Contexts of documents are read once if many have them; one that fills memory is not kept."""

import json

import pytest

from suyuan.record import read
from suyuan.wire import Context


@pytest.mark.parametrize(("names", "is_kept"), [(3, True), (5_000, False)])
def test_no_long_context_is_kept(names: int, *, is_kept: bool) -> None:
    context = Context(
        names={f"p{number}": f"https://example.com/{number}/" for number in range(names)}
    )
    text = json.dumps({"names": context.names})
    assert read._context_of(text) == context
    assert (read._context_of(text) is read._context_of(text)) is is_kept
