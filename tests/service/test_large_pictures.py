"""The page of ten thousand that are unlike: small, quick, walked by its links, and nothing lost."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from psycopg.conninfo import make_conninfo
from spread import LOTS, documents, story

from suyuan.capture import Options
from suyuan.drawings import parts, streams
from suyuan.main import asgi
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import Config, Platform, capture, follow, fresh_key, local_capturer, on_store
from suyuan.store import StoreSettings, open_store
from suyuan.store.embedded import Server

PLANTS, DEALERS, SHOPS = 6, 40, 2_400
HOLDERS = 1 + PLANTS + 3 * DEALERS + SHOPS
"""Three sites of each dealer. Each has each of four lots: 10,108 nodes, no two of them alike."""

TRACE = f"/trace?direction=forward&thing={quote(chr(10).join(LOTS), safe='')}"
RECALL = f"/scope?thing={quote(chr(10).join(LOTS), safe='')}"


@pytest.fixture(scope="module")
def large(
    postgres_server: Server, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """One lot that went to ten thousand. Nobody adds to it."""
    with psycopg.connect(postgres_server.dsn, autocommit=True) as admin:
        admin.execute(f"create database large_pictures template {migrated_template}")
    dsn = make_conninfo(postgres_server.dsn, dbname="large_pictures")
    with open_store(StoreSettings(data_dir=Path(), database_url=dsn)) as store:
        platform = on_store(store, Config(data_dir=tmp_path_factory.mktemp("large")))
        for party, document in documents(story(PLANTS, DEALERS, SHOPS)):
            body = json.dumps(document).encode()
            assert capture(platform, body, local_capturer(platform, party), Options()).success
        follow(platform)
        yield platform
    with psycopg.connect(postgres_server.dsn, autocommit=True) as admin:
        admin.execute("drop database large_pictures with (force)")


@pytest.fixture(scope="module")
def client(large: Platform) -> Iterator[TestClient[Litestar]]:
    key = fresh_key(large, Account(name="boss", role=Role.ADMIN))
    with TestClient(asgi(large), raise_server_exceptions=False) as found:
        found.headers["Authorization"] = f"Bearer {key}"
        yield found


def page(client: TestClient[Litestar], path: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.text


def pictures(text: str) -> list[str]:
    return re.findall(r"<svg viewBox.*?</svg>", text, re.DOTALL)


def links(text: str) -> list[str]:
    """To where boxes of what is shown unfold, each once; amounts are those of the whole."""
    shown = text.partition("<h2>How much")[0]
    found = re.findall(r'<a href="([^"]*open=[^"]*)" aria-label="Unfold', shown)
    return list(dict.fromkeys(html.unescape(each) for each in found))


@pytest.mark.parametrize("path", [TRACE, RECALL], ids=["trace", "recall"])
def test_the_page_is_small_says_how_many_there_are_and_draws_few(
    client: TestClient[Litestar], path: str
) -> None:
    text = page(client, path)
    assert len(text.encode()) < 300_000
    assert f"{HOLDERS} holders" in text
    for drawn in pictures(text):
        assert drawn.count("<rect") <= 120  # of amounts, a label may stand beside each box
    first, second = pictures(text)[:2]
    assert first.count("<rect") <= 12
    assert 12 < second.count("<rect") <= 60
    assert text.count("<li") < 900


def test_each_page_along_the_links_is_as_small_and_leads_on_and_back(
    client: TestClient[Litestar],
) -> None:
    text, depth = page(client, f"{TRACE}&as_of=2026-12-31"), 0
    while ways := links(text):
        way, depth = ways[-1], depth + 1
        assert depth <= 6
        assert way.endswith("#picture")
        assert "as_of=2026-12-31" in way, "the question is kept"
        text = page(client, way.partition("#")[0])
        assert len(text.encode()) < 150_000
        assert back(text) == key(way).rpartition(".")[0]
    assert depth >= 2
    assert "Only those unfolded above" in text


def key(way: str) -> str:
    return parse_qs(urlsplit(way).query).get("open", [""])[0]


def back(text: str) -> str:
    """The key of the part that the page folds again to."""
    return key(html.unescape(re.findall(r'href="([^"]*)">Fold again', text)[0]))


def test_nothing_is_lost_in_the_file(client: TestClient[Litestar]) -> None:
    table = client.get(f"{TRACE}&format=csv", headers={"Accept": "text/html"})
    assert table.status_code == 200
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert sum(1 for row in rows if any("urn:suyuan:party:shop" in cell for cell in row)) >= SHOPS


def test_the_page_looks_at_each_holder_a_few_times_and_no_more(
    client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work, not time: how often names are compared for their order, and boxes are folded."""
    named, folded = [0], [0]
    by_name, fold = parts._by_name, streams.folded

    def counting_names(box: object) -> str:
        named[0] += 1
        return by_name(box)  # type: ignore[arg-type]

    def counting_folds(boxes: list[object]) -> object:
        folded[0] += len(boxes)
        return fold(boxes)  # type: ignore[arg-type]

    monkeypatch.setattr(parts, "_by_name", counting_names)
    monkeypatch.setattr(streams, "folded", counting_folds)
    page(client, TRACE)
    assert HOLDERS <= named[0] <= 3 * HOLDERS
    assert folded[0] <= 6 * HOLDERS
