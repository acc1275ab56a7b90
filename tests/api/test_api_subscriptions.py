"""Subscriptions over HTTP, as EPCIS 2.0 has them; what is wrong with one is said by name."""

import re
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from api_given import Client, document, event

from receiving import Receiver, receiving
from suyuan.service import Config, Platform, deliver_due, on_store
from suyuan.store import Store

Headers = dict[str, str]
PATH = "/queries/out/subscriptions"
GUIDE = Path(__file__).parents[2] / "docs/howto/epcis.md"


@pytest.fixture
def platform(database: Store, tmp_path: Path) -> Platform:
    """A platform that may send to this machine."""
    return on_store(database, Config(data_dir=tmp_path, allowed=(ip_network("127.0.0.0/8"),)))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def owner(client: Client, farm: Headers) -> Headers:
    """The key of whoever has a query named `out`."""
    named = {"name": "out", "query": {"EQ_bizStep": ["shipping"]}}
    assert client.post("/queries", json=named, headers=farm).status_code == 201
    return farm


def asked(receiver: Receiver, **more: Any) -> dict[str, Any]:
    return {"dest": receiver.url, "stream": True} | more


def test_a_subscription_is_made_shown_listed_used_and_removed(
    client: Client, platform: Platform, owner: Headers, receiver: Receiver
) -> None:
    made = client.post(PATH, json=asked(receiver), headers=owner)
    assert made.status_code == 201, made.text
    number = made.json()["subscriptionID"]
    where = made.headers["location"]
    assert where == f"{PATH}/{number}"
    assert made.json()["signatureToken"].startswith("whsec_")
    shown = client.get(where, headers=owner)
    assert "signatureToken" not in shown.json(), "a secret is shown once"
    assert shown.json() == {
        name: value for name, value in made.json().items() if name != "signatureToken"
    }
    assert {"dest", "subscriptionID", "createdAt", "stream", "minRecordTime"} <= set(shown.json())
    assert client.get(PATH, headers=owner).json() == [shown.json()]

    sent = document(event(1), event(2, bizStep="shipping"))
    taken = client.post(
        "/capture", content=sent, headers=owner | {"Content-Type": "application/json"}
    )
    assert taken.status_code == 202
    deliver_due(platform)
    assert receiver.events() == [event(2)["eventID"]]
    after = client.get(where, headers=owner).json()
    assert after["lastNotifiedAt"]
    recorded = client.get("/readyz").json()["recorded"]
    assert (after["position"], after["state"]) == (recorded, "active")

    assert client.delete(where, headers=owner).status_code == 204
    assert client.get(where, headers=owner).status_code == 404
    assert client.delete(where, headers=owner).status_code == 404


def test_from_when_a_subscription_tells_stands_in_its_options(
    client: Client, owner: Headers, shop: Headers, receiver: Receiver
) -> None:
    """`GS1-Query-Min-Record-Time` (EPCIS 2.0 §12.7.5), to whom the subscription is shown."""
    since = "2026-01-01T08:00:00+08:00"
    made = client.post(PATH, json=asked(receiver, initialRecordTime=since), headers=owner)
    where, shown = made.headers["location"], made.json()
    answer = client.options(where, headers=owner)
    assert answer.status_code == 204
    assert {"GET", "DELETE", "OPTIONS"} <= set(answer.headers["allow"].split(", "))
    told = answer.headers["gs1-query-min-record-time"]
    assert datetime.fromisoformat(told) == datetime.fromisoformat(since)
    assert datetime.fromisoformat(told) == datetime.fromisoformat(shown["minRecordTime"])
    for key in ({}, shop):
        bare = client.options(where, headers=key)
        assert (bare.status_code, "gs1-query-min-record-time" in bare.headers) == (204, False)
        assert bare.headers["allow"] == answer.headers["allow"]
    assert client.options(where, headers={"Authorization": "Bearer sy_no"}).status_code == 401


def test_a_secret_that_was_given_is_never_shown(
    client: Client, owner: Headers, receiver: Receiver
) -> None:
    secret = "a-secret-of-the-subscriber"  # noqa: S105 -- the test's own
    made = client.post(PATH, json=asked(receiver, signatureToken=secret), headers=owner)
    assert made.status_code == 201
    assert secret not in made.text
    rotated = client.post(f"{made.headers['location']}/signatureToken", json={}, headers=owner)
    assert rotated.json()["signatureToken"].startswith("whsec_")


@pytest.mark.parametrize("given", [{}, {"signatureToken": "a-secret-of-the-subscriber"}])
def test_messages_are_verified_by_the_recipe_of_the_guide_alone(
    client: Client,
    platform: Platform,
    owner: Headers,
    receiver: Receiver,
    given: dict[str, str],
) -> None:
    """By either header, with the token as it was shown or given, before a new one and beside it."""
    (recipe,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    by: dict[str, Any] = {}
    exec(recipe, by)  # noqa: S102 -- what the guide says is what is tested
    made = client.post(PATH, json=asked(receiver, **given), headers=owner)
    where = made.headers["location"]
    old = given.get("signatureToken") or made.json()["signatureToken"]
    _tell(client, platform, owner, 1)
    turned = client.post(f"{where}/signatureToken", json={"overlapHours": 1}, headers=owner)
    new = turned.json()["signatureToken"]
    _tell(client, platform, owner, 2)
    client.post(f"{where}/signatureToken", json={"overlapHours": 0}, headers=owner)
    _tell(client, platform, owner, 3)
    wanted = [(True, False), (True, True), (False, False)]
    for way in ("by_gs1", "by_standard_webhooks"):
        found = [
            tuple(by[way](token, got.body, got.headers) for token in (old, new))
            for got in receiver.got
        ]
        assert found == wanted
        assert not by[way](new, receiver.got[1].body + b" ", receiver.got[1].headers)


def _tell(client: Client, platform: Platform, key: Headers, number: int) -> None:
    sent = document(event(number, bizStep="shipping"))
    client.post("/capture", content=sent, headers=key | {"Content-Type": "application/json"})
    deliver_due(platform)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"stream": None}, "stream"),
        ({"stream": False}, "stream"),
        ({"schedule": {"hour": "1"}}, "stream"),
        ({"stream": None, "schedule": {}}, "schedule"),
        ({"stream": None, "schedule": {"hour": "24"}}, "schedule.hour"),
        ({"stream": None, "schedule": {"year": "1"}}, "schedule"),
        ({"reportIfEmpty": True}, "reportIfEmpty"),
        ({"initialRecordTime": "yesterday"}, "initialRecordTime"),
        ({"initialRecordTime": "2026-01-01T00:00:00"}, "initialRecordTime"),
        ({"signatureToken": "short"}, "signatureToken"),
        ({"signatureToken": "溯" * 20}, "signatureToken"),
        ({"dest": "https://169.254.169.254/"}, "dest"),
        ({"dest": "ftp://a.cn/"}, "dest"),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(
    client: Client, owner: Headers, receiver: Receiver, change: dict[str, Any], place: str
) -> None:
    answer = client.post(PATH, json=asked(receiver) | change, headers=owner)
    assert answer.status_code == 400, answer.text
    problem = answer.json()
    assert problem["type"] == "epcisException:SubscriptionControlsException"
    assert problem["place"] == place
    assert client.get(PATH, headers=owner).json() == []


def test_members_that_would_be_ignored_are_refused(
    client: Client, owner: Headers, receiver: Receiver
) -> None:
    answer = client.post(PATH, json=asked(receiver, trigger="urn:x"), headers=owner)
    assert answer.status_code == 400
    assert answer.json()["place"] == "trigger"


def test_a_query_with_an_order_or_an_end_cannot_be_subscribed_to(
    client: Client, owner: Headers, receiver: Receiver
) -> None:
    for name, query in (("a", {"orderBy": "eventTime"}), ("b", {"maxEventCount": 5})):
        client.post("/queries", json={"name": name, "query": query}, headers=owner)
        answer = client.post(f"/queries/{name}/subscriptions", json=asked(receiver), headers=owner)
        assert answer.status_code == 400
        assert answer.json()["type"] == "epcisException:SubscribeNotPermittedException"


def test_others_see_none_of_it(
    client: Client, owner: Headers, stranger: Headers, receiver: Receiver
) -> None:
    made = client.post(PATH, json=asked(receiver), headers=owner)
    where = made.headers["location"]
    for headers, status in ((stranger, 404), ({}, 401)):
        assert client.get(PATH, headers=headers).status_code == status
        assert client.get(where, headers=headers).status_code == status
        assert client.delete(where, headers=headers).status_code == status
        assert client.post(f"{where}/replay", json={}, headers=headers).status_code == status
        assert client.post(PATH, json=asked(receiver), headers=headers).status_code == status
    other = where.replace("/queries/out/", "/queries/other/")
    assert client.get(other, headers=owner).status_code == 404


def test_a_list_comes_in_pages(client: Client, owner: Headers, receiver: Receiver) -> None:
    made = {
        client.post(PATH, json=asked(receiver), headers=owner).json()["subscriptionID"]
        for _ in range(5)
    }
    found: list[str] = []
    url: str | None = f"{PATH}?perPage=2"
    while url is not None:
        page = client.get(url, headers=owner)
        assert len(page.json()) <= 2
        found += [each["subscriptionID"] for each in page.json()]
        link = page.headers.get("link")
        url = None if link is None else link.partition("<")[2].partition(">")[0]
    assert len(found) == 5
    assert set(found) == made


def test_a_replay_goes_back_to_a_time_or_a_position_that_there_is(
    client: Client, platform: Platform, owner: Headers, receiver: Receiver
) -> None:
    where = client.post(PATH, json=asked(receiver), headers=owner).headers["location"]
    sent = document(event(2, bizStep="shipping"))
    client.post("/capture", content=sent, headers=owner | {"Content-Type": "application/json"})
    deliver_due(platform)
    recorded = client.get("/readyz").json()["recorded"]
    for body, status in (
        ({"position": recorded + 1}, 400),
        ({"position": -1}, 400),
        ({"position": 0, "from": "2020-01-01T00:00:00Z"}, 400),
        ({"from": "2020-01-01T00:00:00Z"}, 200),
    ):
        assert client.post(f"{where}/replay", json=body, headers=owner).status_code == status
    deliver_due(platform)
    assert receiver.events() == [event(2)["eventID"]] * 2


def test_it_keeps_how_codes_are_to_be_spelled(
    client: Client, owner: Headers, receiver: Receiver
) -> None:
    for wanted, status in (
        ("Always_EPC_URN", 201), ("Always_GS1_Digital_Link", 201), ("Sometimes", 406),
    ):  # fmt: skip
        headers = owner | {"GS1-EPC-Format": wanted}
        made = client.post(PATH, json=asked(receiver), headers=headers)
        assert made.status_code == status
        if status == 201:
            kept = client.get(made.headers["location"], headers=owner).json()
            assert made.json()["epcFormat"] == kept["epcFormat"] == wanted
