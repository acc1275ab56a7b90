"""Two worlds that differ only in what a viewer may not see give that viewer equal answers.

Positions and totals are the exception: every report has its place in one public log, so how many
there are in all is no secret of anybody (docs/concepts/access.md). They are masked here.
"""

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api_given import AT, FARM, SHOP, STRANGER, Client, Json, document, event
from litestar.testing import TestClient

from suyuan.kit import Text
from suyuan.main import asgi
from suyuan.model import Role
from suyuan.registry.types import Account, Party, Site
from suyuan.service import Config, Platform, follow, fresh_key, on_store, register
from suyuan.store import Store, StoreSettings, migrate, open_store

SITE = "urn:suyuan:site:farm"
FAMILY = {"suyuan:family": "edible-agricultural-products", "suyuan:productKind": "pork"}
THING = "https://id.gs1.org/01/06901234000016/21/1"
NUMBERS = re.compile(
    rb'"(?:position|head|entry|entries|known_at|to_position|recorded|indexed|upto)":\s*\d+'
    rb'|"unknown":"\d+|"(?:entries|line|positions)":\s*\[[\d,\s]*\]'
)
REQUESTS = re.compile(rb'"request":\s*"[^"]+"')
COUNTS = re.compile(
    r"\d[\d,]* (?:条|records|entries)|第\s*\d+\s*条|entry \d+|position \d+".encode()
)
_labels = itertools.count()


def sale(number: int, **more: Any) -> Json:
    """A sale from the farm to the shop that everybody may know of, but not at what price."""
    return event(
        number,
        eventTime=AT.isoformat(),
        bizStep="shipping",
        epcList=[THING],
        readPoint={"id": SITE},
        sourceList=[{"type": "possessing_party", "source": FARM}],
        destinationList=[{"type": "possessing_party", "destination": SHOP}],
        **FAMILY,
        **{"suyuan:step": "trade"},
        **more,
    )


def private(number: int) -> Json:
    """An event without a family: its reporter's alone, though it names what others know of."""
    return event(number, epcList=[THING, f"https://id.gs1.org/01/06901234000016/21/{number}"])


def fill(platform: Platform, *documents: tuple[str, list[Json]]) -> Client:
    """What was reported, by whom, through the door that everybody uses."""
    register(
        platform,
        [
            *(Party(uri=uri, name=Text(uri[-4:], uri[-4:])) for uri in (FARM, SHOP)),
            Site(uri=SITE, operator=FARM, name=Text("场", "Yard"), division="411702"),
        ],
    )
    client = TestClient(asgi(platform))
    client.__enter__()
    for party, events in documents:
        headers = key(platform, party) | {"Content-Type": "application/json"}
        answer = client.post("/capture", content=document(*events), headers=headers)
        assert answer.status_code == 202, answer.text
    follow(platform)
    return client


def key(platform: Platform, party: str) -> dict[str, str]:
    account = Account(name=party, role=Role.CAPTURER, party=party)
    found = fresh_key(platform, account, label=f"key {next(_labels)}")
    return {"Authorization": f"Bearer {found}"}


@pytest.fixture
def worlds(
    database: Store, other_database: str, tmp_path: Path
) -> Iterator[tuple[tuple[Platform, Client], tuple[Platform, Client]]]:
    """The same sale in both; in the second another price and driver, and reports of others."""
    migrate(other_database)
    settings = StoreSettings(data_dir=tmp_path, database_url=other_database)
    with open_store(settings) as store:
        platform, other = (
            on_store(each, Config(data_dir=tmp_path), clock=lambda: AT + timedelta(days=9))
            for each in (database, store)
        )
        one = fill(platform, (FARM, [sale(1, **{"suyuan:unitPrice": "31", "suyuan:driver": "Li"})]))
        two = fill(
            other,
            ("urn:suyuan:party:hidden", [private(number) for number in range(100, 110)]),
            (FARM, [sale(1, **{"suyuan:unitPrice": "99", "suyuan:driver": "Wang"})]),
            ("urn:suyuan:party:hidden", [private(number) for number in range(110, 130)]),
        )
        yield (platform, one), (other, two)
        one.__exit__(None, None, None)
        two.__exit__(None, None, None)


YEAR = "in_begin=2026-01-01&in_end=2026-12-31&out_begin=2026-01-01&out_end=2026-12-31"
QUESTIONS = [
    "/events", "/events?orderBy=eventTime", f"/events?MATCH_anyEPC={THING}",
    f"/events/{event(1)['eventID']}", f"/events/{event(101)['eventID']}",
    f"/identify?text={THING}", "/identify?text=https://id.gs1.org/01/06901234000016/21/101",
    f"/trace?thing={THING}", f"/trace?thing={THING}&direction=forward",
    f"/scope?thing={THING}",
    "/balance", f"/balance?thing={THING}", "/balance?tolerance=5",
    "/dispersion", f"/dispersion?thing={THING}", f"/dispersion?at={FARM}",
    f"/contacts?root={FARM}&distances=true&{YEAR}",
    "/trace?thing=https://id.gs1.org/01/06901234000016/21/101",
    f"/answer?id={THING}", "/answer?id=https://id.gs1.org/01/06901234000016/21/101",
    "/", "/01/06901234000016/21/1", "/01/06901234000016/21/101", f"/search?q={THING}",
    "/search?q=https://id.gs1.org/01/06901234000016/21/101", f"/thing?id={FARM}",
]  # fmt: skip
NAMED = [
    f"/contacts?root={SHOP}&root=urn:suyuan:party:hidden&distances=true&{YEAR}",
    f"/contacts?root={SHOP}&without=urn:suyuan:party:hidden&{YEAR}",
    f"/contacts?root={SHOP}&without=%3Dhttps://id.gs1.org/01/06901234000016/21/101&{YEAR}",
    f"/source?case={SHOP}", f"/inspections?test={SHOP},9,2&plan=5",
    f"/inspections?test={SHOP},9,2,{FARM}&thing={THING}",
]  # fmt: skip
"""Questions that say a hidden name themselves."""


def masked(body: bytes) -> bytes:
    return COUNTS.sub(b"#", REQUESTS.sub(b"@", NUMBERS.sub(b"#", body)))


def around_difference(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """The two where they first differ, for who has to find out why."""
    at = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0
    )
    return one[max(at - 60, 0) : at + 60], other[max(at - 60, 0) : at + 60]


@pytest.mark.parametrize("party", [None, STRANGER, SHOP], ids=["public", "stranger", "shop"])
def test_nothing_that_is_hidden_changes_an_answer(
    worlds: tuple[tuple[Platform, Client], tuple[Platform, Client]], party: str | None
) -> None:
    answers = []
    for platform, client in worlds:
        headers = {} if party is None else key(platform, party)
        got = [client.get(question, headers=headers) for question in QUESTIONS + NAMED]
        answers.append([(each.status_code, masked(each.content)) for each in got])
    here, there = answers
    for question, one, other in zip(QUESTIONS + NAMED, here, there, strict=True):
        assert one[0] == other[0], question
        assert one[1] == other[1], (question, *around_difference(one[1], other[1]))
    assert any(b"06901234000016" in body for _, body in here), "something is to be seen at all"


@pytest.mark.parametrize("party", [None, STRANGER, SHOP], ids=["public", "stranger", "shop"])
def test_no_answer_holds_a_hidden_word(
    worlds: tuple[tuple[Platform, Client], tuple[Platform, Client]], party: str | None
) -> None:
    _, (platform, client) = worlds
    headers = {} if party is None else key(platform, party)
    hidden = ["Wang", '"99"', "party:hidden"]
    if party != SHOP:  # who buys from whom is for the two of them
        hidden += [SHOP]
    for question in QUESTIONS:
        body = client.get(question, headers=headers).text
        for word in hidden:
            assert word not in body, question


def test_a_party_to_a_sale_can_trace_it(
    worlds: tuple[tuple[Platform, Client], tuple[Platform, Client]],
) -> None:
    (platform, client), _ = worlds
    answer = client.get(f"/trace?thing={THING}", headers=key(platform, SHOP)).json()
    assert {node["pool"]["party"] for node in answer["nodes"]} >= {FARM, SHOP}
