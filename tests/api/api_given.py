"""What the tests of the HTTP face send."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Litestar
from litestar.testing import TestClient

Json = dict[str, Any]
Client = TestClient[Litestar]

FARM, SHOP, STRANGER = (f"urn:suyuan:party:{name}" for name in ("farm", "shop", "stranger"))
AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"suyuan": "urn:suyuan:ns:1:"},
]


def event(number: int, **members: Any) -> Json:
    """A valid event whose id, time and thing come from a number."""
    return {
        "type": "ObjectEvent",
        "eventID": UUID(int=number + 1).urn,
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "eventTime": (AT + timedelta(minutes=number % 7)).isoformat(),
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"urn:epc:id:sgtin:6901234.000001.{number}"],
    } | members


def shipped(number: int, lot: str, **members: Any) -> Json:
    """The farm ships 5 kg of a lot to the shop."""
    return event(
        number,
        bizStep="shipping",
        epcList=[],
        quantityList=[{"epcClass": lot, "quantity": 5, "uom": "KGM"}],
        sourceList=[{"type": "possessing_party", "source": FARM}],
        destinationList=[{"type": "possessing_party", "destination": SHOP}],
        **members,
    )


def document(*events: Json) -> bytes:
    return json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-01-10T00:00:00Z",
            "epcisBody": {"eventList": list(events)},
        },
        ensure_ascii=False,
    ).encode()


def events_of(body: Json) -> list[Json]:
    found: list[Json] = body["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return found


def pages(client: Client, query: str, headers: dict[str, str]) -> Iterator[list[Json]]:
    """Every page of a query, following the Link header."""
    url: str | None = f"/events?{query}"
    while url is not None:
        response = client.get(url, headers=headers)
        assert response.status_code == 200, response.text
        yield events_of(response.json())
        link = response.headers.get("link")
        url = None if link is None else link.partition("<")[2].partition(">")[0]


def form(page: str, **more: str) -> dict[str, str]:
    """What a form of a page sends: what is hidden in it, and what is filled in."""
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return dict(hidden) | more


def chosen(page: str, name: str) -> list[str]:
    """The values that a list of the page offers."""
    (found,) = re.findall(rf'<select id="{name}".*?</select>', page, re.DOTALL)
    return re.findall(r'<option value="([^"]*)"', found)
