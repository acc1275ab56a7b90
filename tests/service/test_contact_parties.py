"""A party as the root of contacts: its sites as one, on every face; and a root nobody knows."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from faces import faces_of
from suyuan.kit import Text
from suyuan.model import Role
from suyuan.registry.types import Account, Party, Site
from suyuan.service import (
    OPERATOR,
    Platform,
    contacting,
    contacts,
    follow,
    fresh_key,
    import_movements,
    local_capturer,
    register,
    today,
)
from suyuan.wire.movements import MovementMap, MovementReading, MovementsAs, holding_uri

Client = TestClient[Litestar]
USCC = "91110000600037341L"
FIRM, TRADER = f"urn:suyuan:uscc:{USCC}", "https://id.gs1.org/417/6901234000603"
COLUMNS = MovementMap(
    source="source", destination="destination", date="t", thing="id", quantity="n", kind="category"
)


def site(number: str, operator: str, name: str) -> Site:
    return Site(
        uri=holding_uri("register", number), operator=operator, name=Text(name, name),
        division="411702",
    )  # fmt: skip


@pytest.fixture
def moved(platform: Platform, tmp_path: Path) -> Platform:
    """A firm's two barns sell, one of them to the other, to a shop that a trader of a GLN has."""
    now = today(platform.clock)
    rows = [
        ("farm", "barn1", now - timedelta(9)),
        ("barn1", "barn2", now - timedelta(8)),
        ("barn1", "shop", now - timedelta(7)),
        ("barn2", "shop", now - timedelta(7)),
        ("barn2", "stall", now - timedelta(6)),
        ("shop", "diner", now - timedelta(5)),
    ]
    file = tmp_path / "moves.csv"
    lines = [f"{source},{target},a,{day},1,Cattle" for source, target, day in rows]
    file.write_text("\n".join(["source,destination,id,t,n,category", *lines, ""]), "utf-8")
    how = MovementReading(columns=COLUMNS, reading=MovementsAs.STOCK, issuer="register")
    import_movements(platform, file, how, local_capturer(platform, None))
    register(
        platform,
        [
            Party(uri=FIRM, name=Text("养殖公司", "Barns Ltd")),
            Party(uri=TRADER, name=Text("商行", "Trader")),
            site("barn1", FIRM, "一号棚"),
            site("barn2", FIRM, "二号棚"),
            site("shop", TRADER, "门店"),
        ],
    )
    follow(platform)
    return platform


@pytest.fixture
def client(moved: Platform) -> Iterator[Client]:
    with TestClient(faces_of(moved), raise_server_exceptions=False) as found:
        yield found


def bearer(platform: Platform, account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {fresh_key(platform, account)}"}


def told(platform: Platform, *roots: str) -> list[dict[str, Any]]:
    days = contacting.windows(today(platform.clock))
    found = contacts(
        platform, roots, days, OPERATOR, issuer="register", minutes=480, distances=True
    )
    return [
        {"root": each.root, "sites": each.sites, "in": each.ingoing, "out": each.outgoing,
         "unknown": each.unknown is not None}
        for each in found
    ]  # fmt: skip


def test_a_party_by_its_code_stands_for_its_sites_as_one(moved: Platform) -> None:
    firm = {
        "root": FIRM, "sites": ("barn1", "barn2"), "in": {"farm": 1},
        "out": {"shop": 1, "stall": 1, "diner": 2}, "unknown": False,
    }  # fmt: skip
    trader = {
        "root": TRADER, "sites": ("shop",), "in": {"barn1": 1, "barn2": 1, "farm": 2},
        "out": {"diner": 1}, "unknown": False,
    }  # fmt: skip
    written = (USCC, FIRM, "6901234000603", "(417)6901234000603", "urn:epc:id:pgln:6901234.00060")
    one, two, barn, *three = told(moved, *written[:2], "barn2", *written[2:])
    assert (one, two) == (firm, firm)
    assert three == [trader] * 3
    assert (barn["sites"], barn["out"]) == ((), {"shop": 1, "stall": 1, "diner": 2})


def test_a_root_nobody_knows_is_told_to_be_unknown_in_its_place(moved: Platform) -> None:
    before, firm, nobody = told(moved, "nowhere", USCC, "91440300708461136T")
    assert (before["unknown"], firm["unknown"], nobody["unknown"]) == (True, False, True)
    assert before["out"] == {}


def test_where_a_party_had_something_by_a_move_is_a_site_of_it_for_who_sees_that(
    moved: Platform,
) -> None:
    farm, shed = "urn:suyuan:party:farm", "https://id.gs1.org/414/6901234000016"
    said = {
        "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping",
        "eventTime": f"{today(moved.clock)}T00:00:00+08:00", "eventTimeZoneOffset": "+08:00",
        "suyuan:movement": "complete", "epcList": ["urn:epc:id:sgtin:6901234.056789.1"],
        "sourceList": [{"type": "possessing_party", "source": farm},
                       {"type": "location", "source": shed}],
        "destinationList": [{"type": "possessing_party", "destination": FIRM},
                            {"type": "location", "destination": holding_uri("register", "gate")}],
    }  # fmt: skip
    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
                     {"suyuan": "urn:suyuan:ns:1:"}],
        "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {"eventList": [said]},
    }  # fmt: skip
    own = bearer(moved, Account(name="farm", role=Role.CAPTURER, party=farm))
    other = bearer(moved, Account(name="other", role=Role.CAPTURER, party="urn:suyuan:party:o"))
    with TestClient(faces_of(moved), raise_server_exceptions=False) as client:
        sent = client.post(
            "/capture", content=json.dumps(document),
            headers=own | {"Content-Type": "application/json"},
        )  # fmt: skip
        assert sent.json()["counts"] == {"accepted": 1}, sent.text
        follow(moved)
        for who, sites, seen in ((own, [shed], True), (other, None, False)):
            answer = client.get("/contacts", params={"root": farm}, headers=who).json()
            nobody = client.get("/contacts", params={"root": f"{farm}x"}, headers=who).json()
            assert (answer[0].get("sites"), "unknown" not in answer[0]) == (sites, seen)
            assert nobody[0]["unknown"]["en"].startswith("In the records that you may see")
    (firm,) = told(moved, USCC)
    assert firm["sites"] == ("barn1", "barn2", "gate")
    assert firm["in"] == {"farm": 1, shed: 1}


def test_every_face_says_how_many_sites_it_is_of(client: Client, moved: Platform) -> None:
    boss = bearer(moved, Account(name="boss", role=Role.ADMIN))
    (found,) = client.get("/contacts", params={"root": USCC}, headers=boss).json()
    assert (found["root"], found["sites"]) == (FIRM, ["barn1", "barn2"])
    assert (found["inDegree"], found["outDegree"], found["outgoingContactChain"]) == (1, 2, 3)
    form = {"name": "boss", "password": boss["Authorization"].removeprefix("Bearer ")}
    client.post("/sign-in", data=form)
    html = {"Accept": "text/html", "Accept-Language": "en"}
    for called in (USCC, "Barns Ltd", "养殖公司"):
        text = client.get("/contacts", params={"root": called}, headers=html).text
        assert "Upstream 1, downstream 3" in text, called
        assert "its 2 sites are counted as one" in text
        assert f'href="/contacts?root={quote(holding_uri("register", "barn1"), safe="")}"' in text
    zh = client.get("/contacts", params={"root": USCC}, headers=html | {"Accept-Language": "zh"})
    assert "它的 2 个场所合为一家来算" in zh.text
    unknown = client.get("/contacts", params={"root": "nowhere"}, headers=html).text
    assert "nowhere: no move on record" in unknown
    assert "with whom it was in contact is not known" in unknown
    assert "Upstream 0" not in unknown


def test_in_chances_and_what_if_a_party_is_one_root(client: Client, moved: Platform) -> None:
    boss = bearer(moved, Account(name="boss", role=Role.ADMIN))
    asked = {"root": USCC, "risk": "0.5", "without": "barn2", "distances": "true"}
    (found,) = client.get("/contacts", params=asked, headers=boss).json()
    assert found["without"]["sparedOutgoing"] == ["stall"]
    assert found["risk"]["outgoing"]["contacts"]["shop"]["chance"] == 0.5


def test_a_party_that_is_named_often_is_looked_for_once(moved: Platform) -> None:
    days, steps = contacting.windows(today(moved.clock)), list[tuple[int, int]]()

    def asked(*roots: str) -> int:
        steps.clear()
        contacts(
            moved, roots, days, OPERATOR, issuer="register", minutes=480, distances=True,
            advance=lambda done, whole: steps.append((done, whole)),
        )  # fmt: skip
        return len(steps)

    once = asked(FIRM, TRADER)
    assert once > 0
    assert asked(FIRM, TRADER, USCC, FIRM, TRADER) == once
