"""The pork story told once and served whole, and a Chromium to look at it."""

import re
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright
from psycopg.conninfo import make_conninfo

from suyuan.demo import play, scenes
from suyuan.main import asgi
from suyuan.model import Role
from suyuan.registry.types import Account, Licence
from suyuan.service import (
    Asking,
    Config,
    Order,
    Platform,
    crediting,
    entitle,
    fresh_key,
    issue,
    local_capturer,
    name_query,
    on_store,
    publish,
    subscribe,
    viewer_for,
    withdraw_codes,
)
from suyuan.store import StoreSettings, open_store
from suyuan.store.embedded import Server

MILL = "urn:suyuan:party:mill"
SUPERMARKET = "https://id.gs1.org/417/6901234000603"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def site(
    postgres_server: Server,
    migrated_template: str,
    papers: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of a platform that knows the pork story."""
    with psycopg.connect(postgres_server.dsn, autocommit=True) as admin:
        admin.execute(f"create database web_pages template {migrated_template}")
    dsn = make_conninfo(postgres_server.dsn, dbname="web_pages")
    with open_store(StoreSettings(data_dir=Path(), database_url=dsn, pool_max=8)) as store:
        platform = on_store(store, Config(data_dir=tmp_path_factory.mktemp("data")))
        play(platform)
        publish(platform)
        _give_codes(platform, papers)
        _subscribe(platform)
        _decide(platform)
        server = uvicorn.Server(uvicorn.Config(asgi(platform), port=0, log_config=None))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()
    with psycopg.connect(postgres_server.dsn, autocommit=True) as admin:
        admin.execute("drop database web_pages with (force)")


def _give_codes(platform: Platform, papers: dict[str, str]) -> None:
    """A mill that may issue codes of every kind, with a package of each state."""
    for kind, number in papers.items():
        entitle(platform, Licence(party=MILL, kind=kind, number=number))
    capturer = local_capturer(platform, MILL)
    order = Order(scheme="sgtin", stem="06901234567892", count=30, note="六月 June")
    number = issue(platform, order, capturer).package.id
    withdraw_codes(platform, number, "印坏 smeared", capturer, begin=3, end=4)
    withdraw_codes(platform, number, "丢失 lost", capturer, begin=2, end=2)


def _decide(platform: Platform) -> None:
    """A violation and two grades of the supermarket, of which one was taken back."""
    for kind, grade in (("serious_list", ""), ("risk_grade", "B"), ("risk_grade", "A")):
        made = crediting.decide(
            platform,
            crediting.NewDecision(
                party=SUPERMARKET, kind=kind, grade=grade, ground="年度评定 yearly",
                document="市监〔2026〕3号", authority="市场监管局", decided_on=date(2026, 1, 10),
            ),
        )  # fmt: skip
    crediting.withdraw(platform, crediting.NewWithdrawal(number=made.number, ground="复议撤销"))


def _subscribe(platform: Platform) -> None:
    """Subscriptions of the mill in each state; nothing is sent, since nobody delivers here."""
    mill = viewer_for(platform, MILL)
    name_query(platform, "out", {"EQ_bizStep": ["shipping"]}, mill, extensions={})
    told = "接收方答复 500。", "The receiver answered 500."
    for failures, stopped in ((0, False), (3, False), (15, True)):
        asking = Asking(dest=f"https://203.119.25.1/hook/{failures}", stream=True)
        made, _ = subscribe(platform, "out", asking, mill)
        with platform.store.write() as conn:
            conn.execute(
                "update notify.subscription set failures = %(failures)s, stopped = %(stopped)s,"
                " failed_since = now(),"
                " problem = jsonb_build_object('zh', %(zh)s::text, 'en', %(en)s::text)"
                " where id = %(id)s and %(failures)s > 0",
                {"id": made.id, "failures": failures, "stopped": stopped}
                | dict(zip(("zh", "en"), told, strict=True)),
            )


@pytest.fixture(scope="session")
def entry(site: str) -> str:
    """The path of a receipt that the story's first page leads to."""
    with urlopen(site + next(iter(scenes())).path) as page:  # noqa: S310 -- our own server
        found = re.search(r"/entries/[0-9]+", page.read().decode())
    assert found is not None
    return found.group()


@pytest.fixture(scope="session")
def keys(site: str, postgres_server: Server) -> dict[str, str]:  # noqa: ARG001 -- its database is there
    """The keys of accounts, by name: the mill's, and one that sees everything."""
    dsn = make_conninfo(postgres_server.dsn, dbname="web_pages")
    accounts = (
        Account(name="mill", role=Role.CAPTURER, party=MILL),
        Account(name="operator", role=Role.ADMIN),
    )
    with open_store(StoreSettings(data_dir=Path(), database_url=dsn)) as store:
        platform = on_store(store, Config(data_dir=Path()))
        return {each.name: fresh_key(platform, each) for each in accounts}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser as people have it."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("not on this system: chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
