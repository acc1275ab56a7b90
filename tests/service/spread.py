"""Lots of oil that go far: from a press to plants, wholesalers, and shops by the thousand."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

from oil import CONTEXT

LOTS = tuple(f"https://id.gs1.org/01/06901234567892/10/A{number}" for number in range(1, 5))
Holder = tuple[str, str]
PRESS: Holder = ("urn:suyuan:party:press", "urn:suyuan:site:press")


def holders(kind: str, count: int, *, sites: int = 1) -> list[Holder]:
    """So many parties of a kind, with so many sites each."""
    return [
        (f"urn:suyuan:party:{kind}{number}", f"urn:suyuan:site:{kind}{number}.{site}")
        for number in range(1, count + 1)
        for site in range(sites)
    ]


def made(number: int, much: int) -> dict[str, Any]:
    """The press says that it made so much of each lot."""
    return _event(number, 1, "creating_class_instance", PRESS, much) | {"action": "ADD"}


def moved(number: int, day: int, giver: Holder, taker: Holder, much: int) -> dict[str, Any]:
    """The giver says that it sent so much of each to the taker."""
    return _event(number, day, "shipping", giver, much) | _between(giver, taker)


def came(number: int, day: int, giver: Holder, taker: Holder, much: int) -> dict[str, Any]:
    """The taker says that it came."""
    return _event(number, day, "receiving", taker, much) | _between(giver, taker)


def _between(giver: Holder, taker: Holder) -> dict[str, Any]:
    return {
        f"{end}List": [
            {"type": "possessing_party", end: holder[0]},
            {"type": "location", end: holder[1]},
        ]
        for end, holder in (("source", giver), ("destination", taker))
    }


def _event(number: int, day: int, step: str, at: Holder, much: int) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": UUID(int=number).urn,
        "action": "OBSERVE",
        "bizStep": step,
        "eventTime": f"2026-03-{day:02}T{number % 9 + 10:02}:{number % 60:02}:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "readPoint": {"id": at[1]},
        "bizLocation": {"id": at[1]},
        "quantityList": [{"epcClass": lot, "quantity": much, "uom": "KGM"} for lot in LOTS],
    }


def story(plants: int, dealers: int, shops: int) -> Iterator[tuple[Holder, dict[str, Any]]]:
    """Who reports what: each level gets its share from one above; shops report nothing."""
    levels = [[PRESS], holders("plant", plants), holders("dealer", dealers, sites=3)]
    number = 1
    yield PRESS, made(number, 10 * shops)
    for depth, (givers, takers) in enumerate(pairwise(levels)):
        for at, taker in enumerate(takers):
            giver, much = givers[at % len(givers)], max(9 * shops // len(takers), 1)
            number += 1
            yield giver, moved(number, 3 + 4 * depth, giver, taker, much)
            number += 1
            yield taker, came(number, 4 + 4 * depth, giver, taker, much)
    for at, shop in enumerate(holders("shop", shops)):
        number += 1
        giver = levels[-1][at % len(levels[-1])]
        yield giver, moved(number, 11 + at % 15, giver, shop, 1 + at % 5)


def documents(
    told: Iterator[tuple[Holder, dict[str, Any]]],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A document for each who reports, so that everybody tells his own."""
    by: dict[str, list[dict[str, Any]]] = {}
    for (party, _), event in told:
        by.setdefault(party, []).append(event)
    for party, events in by.items():
        yield (
            party,
            {
                "@context": CONTEXT,
                "type": "EPCISDocument",
                "schemaVersion": "2.0",
                "creationDate": "2026-04-01T08:00:00+08:00",
                "epcisBody": {"eventList": events},
            },
        )
