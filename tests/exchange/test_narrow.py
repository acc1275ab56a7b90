"""A query is narrowed by some of its conditions, however many it has: statements are kept."""

from exchange_given import reader

from suyuan.exchange import parse_query, stating
from suyuan.exchange.narrow import narrowed
from suyuan.exchange.vocabulary import Asker
from suyuan.families import load_families


def form(conditions: int) -> stating.Form:
    given = {f"EQ_suyuan:a{number}": ["1"] for number in range(conditions)}
    asker = Asker(viewer=reader(), secret=b"0" * 32, families=load_families())
    return narrowed(parse_query(given), {}, asker).form


def test_few_conditions_are_gone_by_all() -> None:
    assert [form(conditions).terms for conditions in (0, 1, 5)] == [0, 1, 5]


def test_of_very_many_there_is_one_short_statement() -> None:
    many = form(2_000)
    assert many == form(1_999)
    assert len(stating.first_through(many, listed=5_000)) < 20_000
