"""What is told with one piece for all alike is what is told of each: traces, drawings, accounts."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from suyuan.demo import play
from suyuan.drawings import of_trace, pictured, sankey, words
from suyuan.drawings.layout import laid_out
from suyuan.model import Role, Viewer
from suyuan.service import (
    OPERATOR,
    BalanceAsked,
    Config,
    Platform,
    Told,
    balance,
    balancing,
    follow,
    handing,
    on_store,
    told,
    trace,
)
from suyuan.store import StoreSettings, open_store
from suyuan.store.embedded import Server
from suyuan.trace import Direction, Question, Seed

_NAMED = (
    "select distinct a.head || tail from index.act as a, unnest(index.tails(a.tails)) as tail"
    " order by 1"
)


@pytest.fixture(scope="module")
def story(
    postgres_server: Server, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """The pork story: carcasses that went alike, and some that did not. Nobody adds to it."""
    with psycopg.connect(postgres_server.dsn, autocommit=True) as admin:
        admin.execute(f"create database alike_story template {migrated_template}")
    dsn = make_conninfo(postgres_server.dsn, dbname="alike_story")
    with open_store(StoreSettings(data_dir=Path(), database_url=dsn)) as store:
        platform = on_store(store, Config(data_dir=tmp_path_factory.mktemp("story")))
        play(platform)
        follow(platform)
        yield platform
    with psycopg.connect(postgres_server.dsn, autocommit=True) as admin:
        admin.execute("drop database alike_story with (force)")


def of_each(platform: Platform, question: Question, viewer: Viewer) -> Told:
    """The same with every piece by itself."""
    answer = trace(platform, question, viewer)
    with platform.store.read() as conn:
        secret = platform.recorder.secret
        return handing.told_of(conn, answer, viewer, secret=secret, lang="zh")


def some_things(platform: Platform) -> list[str]:
    with platform.store.read() as conn:
        named = [name for (name,) in conn.execute(_NAMED) if name]
    return Random(3).sample(named, 12)


@pytest.mark.parametrize("direction", list(Direction))
def test_a_trace_with_one_for_all_is_told_and_drawn_as_of_each(
    story: Platform, direction: Direction
) -> None:
    shorter = 0
    for thing in some_things(story):
        question = Question(seeds=(Seed(thing=thing),), direction=direction)
        one, each = told(story, question, OPERATOR), of_each(story, question, OPERATOR)
        shorter += len(one.answer.nodes) < len(each.answer.nodes)
        assert one.answer.completeness == each.answer.completeness
        assert one.answer.cost == each.answer.cost
        assert one.responsible == each.responsible
        assert one.answer.responsibility == each.answer.responsibility
        (_, chart, streams), (_, whole, every) = of_trace(one), of_trace(each)
        assert words(chart, streams, "zh") == words(whole, every, "zh")
        short, full = laid_out(chart), laid_out(whole)
        drawn, in_full = (pictured.pictured(each, "zh", "", str) for each in (short, full))
        assert (drawn and drawn.narrow) == (in_full and in_full.narrow)
        assert sankey(short, streams, "zh") == sankey(full, every, "zh")
    assert shorter


@pytest.mark.parametrize(
    "asked",
    [
        BalanceAsked(),
        BalanceAsked(family="edible-agricultural-products"),
        BalanceAsked(party="urn:suyuan:party:nobody"),
    ],
    ids=["all", "family", "nobody"],
)
def test_accounts_with_one_for_all_are_those_of_each(
    story: Platform, asked: BalanceAsked, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewers = (OPERATOR, Viewer(role=Role.REGULATOR, areas=frozenset({"410000"})))
    drawn = [balance(story, asked, viewer) for viewer in viewers]
    monkeypatch.setattr(balancing.folding, "Folding", lambda **_: None)
    assert drawn == [balance(story, asked, viewer) for viewer in viewers]


def test_accounts_of_one_piece_that_is_asked_for_are_its_own(
    story: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [BalanceAsked(things=(thing,)) for thing in some_things(story)]
    drawn = [balance(story, each, OPERATOR) for each in asked]
    monkeypatch.setattr(balancing.folding, "Folding", lambda **_: None)
    assert drawn == [balance(story, each, OPERATOR) for each in asked]
    assert any(each.statements for each in drawn)
