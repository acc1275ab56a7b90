"""What one holder has or had: asked by any of his codes, alike on every face, and said."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from faces import faces_of
from suyuan.capture import Options
from suyuan.kit import SuyuanError
from suyuan.model import Holder, Role
from suyuan.registry.types import Account
from suyuan.service import Platform, capture, follow, fresh_key, local_capturer, one_holder

Client = TestClient[Litestar]
FARM, TANK, PLANT, OTHER = "6901234000108", "6901234000207", "6901234000306", "6901234000115"
LOT = "https://id.gs1.org/01/06901234567892/10/OIL1"
HTML = {"Accept": "text/html", "Accept-Language": "en"}


def party(gln: str) -> str:
    return f"https://id.gs1.org/417/{gln}"


def site(gln: str) -> str:
    return f"https://id.gs1.org/414/{gln}"


def end(kind: str, gln: str) -> dict[str, Any]:
    named = [("possessing_party", party(gln)), ("location", site(gln))]
    return {f"{kind}List": [{"type": word, kind: code} for word, code in named]}


def event(day: int, step: str, action: str, much: int, **more: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent", "eventID": f"urn:uuid:00000000-0000-4000-8000-0000000000{day:02}",
        "eventTime": f"2026-03-{day:02}T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
        "bizStep": step, "action": action,
        "quantityList": [{"epcClass": LOT, "quantity": much, "uom": "KGM"}], **more,
    }  # fmt: skip


def moved(day: int, giver: str, taker: str, much: int) -> dict[str, Any]:
    both = end("source", giver) | end("destination", taker)
    return event(day, "shipping", "OBSERVE", much, **both, **{"suyuan:movement": "complete"})


def made(day: int, gln: str, much: int) -> dict[str, Any]:
    here = {"bizLocation": {"id": site(gln)}, **end("destination", gln)}
    return event(day, "commissioning", "ADD", much, **here)


STORY = (
    made(1, FARM, 3), made(2, OTHER, 5), moved(3, FARM, TANK, 3), moved(4, OTHER, TANK, 5),
    moved(5, TANK, PLANT, 6),
)  # fmt: skip


@pytest.fixture
def client(platform: Platform) -> Iterator[Client]:
    told = {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"suyuan": "urn:suyuan:ns:1:"},
        ],
        "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-03-09T08:00:00+08:00", "epcisBody": {"eventList": list(STORY)},
    }  # fmt: skip
    body = json.dumps(told).encode()
    assert capture(platform, body, local_capturer(platform, None), Options()).success
    follow(platform)
    key = fresh_key(platform, Account(name="boss", role=Role.ADMIN))
    with TestClient(faces_of(platform), raise_server_exceptions=False) as found:
        found.post("/sign-in", data={"name": "boss", "password": key})
        found.headers["Authorization"] = f"Bearer {key}"
        yield found


def test_a_holder_is_meant_by_any_of_his_codes(platform: Platform) -> None:
    meant = Holder(party(FARM), site(FARM))
    for text in (FARM, f"(414){FARM}", f"https://id.gs1.org/414/{FARM}"):
        whose = text.replace("414", "417", 1) if "414" in text else text
        assert one_holder(platform, whose, text) == meant
    assert one_holder(platform, "urn:suyuan:party:x", "x") == Holder("urn:suyuan:party:x", "x")
    assert one_holder(platform, None, "") is None
    with pytest.raises(SuyuanError, match="holder_site") as error:
        one_holder(platform, FARM, None)
    assert error.value.place == "holder_site"


def test_page_and_address_answer_of_one_holder_alike(client: Client) -> None:
    """The page left the holder out and recalled what others had made; by a GLN, nothing was."""
    asked = {"thing": LOT, "holder_party": FARM, "holder_site": FARM}
    found = client.get("/scope", params=asked, headers={"Accept": "application/json"}).json()
    assert {line["site"] for line in found["lines"]} == {site(FARM), site(TANK), site(PLANT)}
    page = client.get("/scope", params=asked, headers=HTML).text
    assert "3 holders" in page
    assert OTHER not in page.partition("<form")[0]
    assert f"only what was held by: {party(FARM)} · {site(FARM)}" in re.sub(r"<[^>]+>", "", page)
    trace = client.get("/trace", params=asked | {"direction": "forward"}, headers=HTML).text
    assert "3 holders" in trace
    for name in ("thing", "holder_party", "holder_site"):
        assert f'name="{name}"' in page


def test_a_window_is_kept_to_on_the_page_too(client: Client) -> None:
    asked = {"thing": LOT, "holder_party": FARM, "holder_site": FARM, "end": "2026-03-04"}
    found = client.get("/scope", params=asked, headers={"Accept": "application/json"}).json()
    page = client.get("/scope", params=asked, headers=HTML).text
    assert found["holders"] == 2
    assert "2 holders" in page
    assert "window ends: 2026-03-04 23:59" in re.sub(r"<[^>]+>", "", page)


def test_a_file_says_of_whom_alone_it_is(client: Client) -> None:
    """It read as the recall of all of the lot."""
    asked = {"thing": LOT, "holder_party": FARM, "holder_site": FARM, "end": "2026-03-04"}
    told = {form: client.get("/scope", params=asked | {"format": form}) for form in ("csv", "fcl")}
    rows = list(csv.DictReader(io.StringIO(told["csv"].content.decode("utf-8-sig"))))
    held_by = f"{party(FARM)} · {site(FARM)}"
    assert rows
    assert all(held_by in row["只是其中一部分 only of"] for row in rows)
    assert held_by in told["fcl"].text
    assert '"window ends"' in told["fcl"].text


def test_a_part_of_the_record_is_said_too_and_its_entry_is_a_whole_number(client: Client) -> None:
    asked = {"thing": LOT, "known_at": "4"}
    page = client.get("/scope", params=asked, headers=HTML).text
    assert "up to entry: 4" in re.sub(r"<[^>]+>", "", page)
    refused = client.get("/scope", params=asked | {"known_at": "4.5"}, headers=HTML)
    assert refused.status_code == 400
    assert "whole number" in refused.text
