import pytest

from suyuan.store import Queries
from suyuan.store.sqlfile import parse

TEXT = """-- first --
-- What it gives.
select 1;

-- second --
-- Takes a name.
-- Two lines of comment.
select %(name)s
  from somewhere
"""


def test_sections_are_found_by_name_without_their_description() -> None:
    assert parse(TEXT, "here") == {
        "first": "select 1",
        "second": "select %(name)s\n  from somewhere",
    }


def test_a_statement_that_several_share_stands_once() -> None:
    text = TEXT + "-- third --\n-- Shares the first.\nselect * from ({{first}}) as f;"
    assert parse(text, "here")["third"] == "select * from (select 1) as f"


def test_a_statement_is_had_by_key_and_by_attribute() -> None:
    queries = Queries("suyuan.store")
    assert queries["applied_migrations"] == queries.applied_migrations
    assert queries["applied_migrations"].startswith("select")


def test_an_unknown_name_says_which_file_lacks_it() -> None:
    queries = Queries("suyuan.store")
    with pytest.raises(KeyError, match=r"suyuan\.store/queries\.sql has no section 'nonsense'"):
        queries["nonsense"]
    with pytest.raises(AttributeError, match="nonsense"):
        _ = queries.nonsense


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-- a --\nselect 1", "description"),
        ("-- a --\n-- Only a description.\n", "description"),
        ("-- a --\n-- Only a description,\n-- of two lines.\n", "description"),
        ("-- a --\n-- One.\nselect * from ({{b}}) as b;\n-- b --\n-- Two.\nselect 2;", "above"),
        ("-- a --\n-- One.\nselect 1;\n-- a --\n-- Two.\nselect 2;", "twice"),
    ],
)
def test_a_malformed_section_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(text, "here")
