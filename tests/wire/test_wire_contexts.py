"""Names that a document's context explains by each other, and a context of very many names."""

from time import process_time

import pytest

from suyuan.wire import Mode
from suyuan.wire.contexts import read_context


def test_names_are_explained_by_each_other() -> None:
    given = {
        "a": "https://a.example/",
        "b": {"@id": "a:b/"},
        "c": "b:c/",
        "d": "later:d/",
        "later": "https://later.example/",
        "e": "unknown:e/",
        "f": "object:f/",
        "object": {"@id": "a:object/"},
    }
    context, findings = read_context(given, mode=Mode.LENIENT, path="/@context")
    assert findings == ()
    assert {name: context.names[name] for name in given} == {
        "a": "https://a.example/",
        "b": "https://a.example/b/",
        "c": "https://a.example/b/c/",
        "d": "https://later.example/d/",
        "later": "https://later.example/",
        "e": "unknown:e/",
        "f": "object:f/",
        "object": "https://a.example/object/",
    }


@pytest.mark.timed("all names were gone through for each, which took minutes of a few megabytes")
def test_a_context_of_very_many_names_is_read_once() -> None:
    many = {f"p{number}": f"https://p.example/{number}/" for number in range(20_000)}
    begun = process_time()
    context, _ = read_context(many, mode=Mode.LENIENT, path="/@context")
    assert process_time() - begun < 3
    assert context.names["p19999"] == "https://p.example/19999/"
