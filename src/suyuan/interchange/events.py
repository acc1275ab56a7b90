"""Takes stations, deliveries and relations; gives the EPCIS document that says the same.

A delivery is one movement whose two ends one reporter answers for; where our own files say that
one end alone told it, or each its own amount, it stays so. A relation is an input of the making of
the delivery that it leads to. Ids come from the partner's own, so the same file twice is a repeat,
a grown one adds what is new, and a changed row is held against what it said before.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from suyuan.interchange.notes import (
    BACKWARDS,
    EARLY,
    NO_DELIVERY,
    NO_ID,
    NO_STATION,
    NO_TIME,
    NOT_JOINED,
    TWICE,
    Notes,
)
from suyuan.interchange.types import Chain, Delivery, Relation, Spot, Station, is_piece
from suyuan.kit.span import Span, parse_instant, possibly_before, surely_before
from suyuan.templates.types import Filled, Origin
from suyuan.trace.types import Confirmed
from suyuan.wire.movements import CONTEXT, holding_uri

UNKNOWN: Final = "1971-01-01"
"""The eventTime of what nobody dates; its precision says that it means nothing."""

MOST: Final = 5_000
"""Events of one document: all of one are taken in, or none."""

_ZONED: Final = re.compile(r"(\d{4}.*?)(Z|[+-]\d\d:\d\d)", re.ASCII)
_MADE: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PRECISIONS: Final = {4: "year", 7: "month", 10: "day"}
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_LOCATION: Final = "urn:epcglobal:epcis:vtype:Location"


class Words(Struct, frozen=True, kw_only=True):
    """Whose numbers these are, and on which clock its days are."""

    issuer: str
    offset: str = "+08:00"


Row = tuple[dict[str, Any], Spot]


def document(chain: Chain, words: Words, notes: Notes) -> tuple[Filled, ...]:
    """The events with where each stands in the file, and findings; nothing is recorded here."""
    check(chain, notes)
    moves = [] if notes.refused else [*_starts(chain, words), *_moves(chain, words, notes)]
    makings = [] if notes.refused else list(_makings(chain, words, notes))
    return filled([*moves, *makings], chain, words, notes)


def filled(rows: Sequence[Row], chain: Chain, words: Words, notes: Notes) -> tuple[Filled, ...]:
    """Events and their places as documents; findings are with the first.

    Stations stand in each head as master data, so that whoever takes one knows them.
    """
    header = {"epcisMasterData": {"vocabularyList": _vocabulary(chain, words)}}
    parts = [rows[begin : begin + MOST] for begin in range(0, len(rows), MOST)] or [()]
    return tuple(
        Filled(
            document=_written([event for event, _ in part], header),
            origins=tuple(Origin(spot.sheet, spot.row, {}) for _, spot in part),
            findings=tuple(notes.found) if number == 0 else (),
        )
        for number, part in enumerate(parts)
    )


def _written(events: Sequence[Mapping[str, Any]], header: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": max(
                (event["eventTime"] for event in events), default=f"{UNKNOWN}T00:00:00Z"
            ),
            "epcisHeader": header,
            "epcisBody": {"eventList": events},
        }
    )


def _vocabulary(chain: Chain, words: Words) -> list[dict[str, Any]]:
    elements = [
        {
            "id": holder_of(each, words)[1],
            "attributes": [
                {"id": "cbvmda:name", "attribute": each.name},
                *(
                    {"id": f"suyuan:{name}", "attribute": value}
                    for name, value in each.fields.items()
                ),
            ],
        }
        for each in chain.stations
    ]
    return [{"type": _LOCATION, "vocabularyElementList": elements}] if elements else []


def check(chain: Chain, notes: Notes) -> None:
    """Find what would join the wrong things: IDs that are missing, twice, or of nothing."""
    stations = _by_id(chain.stations, notes)
    deliveries = _by_id(chain.deliveries, notes)
    for each in chain.deliveries:
        for end in (each.source, each.target):
            if end not in stations:
                notes.say(NO_STATION, each.spot, value=end)
    for joined in chain.relations:
        missing = [end for end in (joined.source, joined.target) if end not in deliveries]
        for end in missing:
            notes.say(NO_DELIVERY, joined.spot, value=end)
        if not missing:
            came, left = deliveries[joined.source].target, deliveries[joined.target].source
            if came != left:
                ends = (deliveries[end] for end in (joined.source, joined.target))
                source, target = map(_called, ends)
                notes.say(
                    NOT_JOINED, joined.spot, source=source, target=target, came=came, left=left
                )


def _called(each: Delivery) -> str:
    """A delivery by its own ID; by its goods and lot where the ID is made: nobody ever saw that."""
    goods = f"{each.product} {each.lot}".strip()
    return goods if goods and _MADE.fullmatch(each.id) else each.id


def _by_id(rows: tuple[Any, ...], notes: Notes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in rows:
        if not each.id:
            notes.say(NO_ID, each.spot)
        elif each.id in found:
            notes.say(TWICE, each.spot, value=each.id)
        found[each.id] = each
    return found


def holder_of(station: Station, words: Words) -> tuple[str, str]:
    """Party and site; who numbers stations knows no difference between them."""
    own = station.id if station.id.startswith("urn:") else holding_uri(words.issuer, station.id)
    return station.party or station.site or own, station.site or station.party or own


def thing_of(delivery: Delivery, words: Words) -> str:
    """What was delivered: the thing that the file names, else the delivery as a lot of its own."""
    return delivery.thing or holding_uri(words.issuer, delivery.id).replace(":holding:", ":lot:", 1)


def _starts(chain: Chain, words: Words) -> Iterator[Row]:
    """What began where it left, once for all of its deliveries from there."""
    stations = {each.id: each for each in chain.stations}
    begun = {(thing_of(each, words), each.source): each for each in chain.deliveries if each.start}
    for (thing, source), each in begun.items():
        if each.start is not None:
            much = replace(each, quantity=each.start.quantity, unit=each.start.unit)
            event = {
                "type": "ObjectEvent",
                "eventID": made_id(words, "begun", thing, source),
                "action": "ADD",
                "bizStep": "commissioning",
                **_placed(stations[source], words),
                **_only_time(timed(each.start.at, None, words)),
                **what(thing, much),
            }
            yield event, each.spot


def _placed(station: Station, words: Words) -> dict[str, Any]:
    party, site = holder_of(station, words)
    return {
        "bizLocation": {"id": site},
        "destinationList": ends("destination", party, site),
    }


def _moves(chain: Chain, words: Words, notes: Notes) -> Iterator[Row]:
    stations = {each.id: each for each in chain.stations}
    for each in chain.deliveries:
        if not each.known:
            if each.departed is None and each.arrived is None:
                notes.say(NO_TIME, each.spot)
            elif not possibly_before(span_of(each.departed, words), span_of(each.arrived, words)):
                notes.say(EARLY, each.spot, departed=each.departed, arrived=each.arrived)
            for event in _reported(each, stations, words):
                yield event, each.spot


def _reported(
    each: Delivery, stations: Mapping[str, Station], words: Words
) -> Iterator[dict[str, Any]]:
    """The movement as one, of which one reporter answers for both ends; or as its ends told it."""
    both = each.confirmed is Confirmed.BOTH
    if both and each.received is None:
        at = timed(each.departed, each.arrived, words)
        yield _move(each, stations, words, "delivery") | at | {"suyuan:movement": "complete"}
        return
    if each.confirmed is not Confirmed.RECEIVED:
        at = _only_time(timed(each.departed, None, words))
        yield _move(each, stations, words, "delivery") | at
    if each.confirmed is not Confirmed.SENT:
        much = {"quantity": each.received, "unit": each.received_unit} if both else {}
        at = _only_time(timed(each.arrived, None, words))
        came = _move(replace(each, **much), stations, words, "received")
        yield came | at | {"bizStep": "receiving"}


def _move(
    each: Delivery, stations: Mapping[str, Station], words: Words, kind: str
) -> dict[str, Any]:
    event = {
        "type": "ObjectEvent",
        "eventID": made_id(words, kind, each.id),
        "action": "OBSERVE",
        "bizStep": "shipping",
        "sourceList": ends("source", *holder_of(stations[each.source], words)),
        "destinationList": ends("destination", *holder_of(stations[each.target], words)),
        **what(thing_of(each, words), each),
    }
    kept = {"ID": each.id, "Name": each.product, "Lot Number": each.lot, **each.fields}
    return event | {"suyuan:sent": {name: value for name, value in kept.items() if value != ""}}


def what(thing: str, each: Delivery) -> dict[str, Any]:
    """A thing in an object event: one piece, or an amount of a lot."""
    if is_piece(thing):
        return {"epcList": [thing]}
    return {"quantityList": [amounted(thing, each)]}


def amounted(thing: str, each: Delivery) -> dict[str, Any]:
    """A lot with as much of it as is known."""
    element: dict[str, Any] = {"epcClass": thing}
    if each.quantity is not None:
        element["quantity"] = each.quantity
        if each.unit:
            element["uom"] = each.unit
    return element


def ends(word: str, party: str, site: str) -> list[dict[str, str]]:
    """A holder as a source or a destination."""
    return [{"type": "possessing_party", word: party}, {"type": "location", word: site}]


def timed(departed: str | None, arrived: str | None, words: Words) -> dict[str, Any]:
    """When something left, as exactly as it is known, and when it came."""
    local, zone = parted(departed or arrived or UNKNOWN, words)
    precision = "unknown" if departed is None else _PRECISIONS.get(len(local))
    at = {"eventTime": _first(local, zone), "eventTimeZoneOffset": zone}
    if precision is not None:
        at["suyuan:timePrecision"] = precision
    at["suyuan:arrivalTime"] = arrived or "unknown"
    return at


def parted(written: str, words: Words) -> tuple[str, str]:
    """A time and the offset of its clock; the partner's where it states none."""
    found = _ZONED.fullmatch(written)
    if found is None:
        return written, words.offset
    return found[1], "+00:00" if found[2] == "Z" else found[2]


def _first(local: str, zone: str) -> str:
    """The first instant of a local time that may be a day, a month or a year."""
    whole = local + UNKNOWN[len(local) :] if len(local) < len(UNKNOWN) else local
    day, clock = whole[: len(UNKNOWN)], whole[len(UNKNOWN) :] or "T00:00"
    return f"{day}{clock if clock.count(':') > 1 else clock + ':00'}{zone}"


def span_of(written: str | None, words: Words) -> Span:
    """The interval that a time as written means; None is open at both ends."""
    if written is None:
        return Span(None, None)
    minutes = parse_instant(f"2000-01-01T00:00:00{words.offset}")[1]
    return parse_instant(written, offset_minutes=minutes)[0]


def _makings(chain: Chain, words: Words, notes: Notes) -> Iterator[Row]:
    """For each delivery that others went into one making; its inputs are told one by one.

    What merely passed through under its own name needs none: a lot is one pool there.
    """
    stations = {each.id: each for each in chain.stations}
    deliveries = {each.id: each for each in chain.deliveries}
    joined: dict[str, list[Relation]] = defaultdict(list)
    for relation in chain.relations:
        pair = (deliveries[relation.source], deliveries[relation.target])
        if thing_of(pair[0], words) != thing_of(pair[1], words):
            joined[relation.target].append(relation)
    for name, relations in joined.items():
        target = deliveries[name]
        shape = _making(target, stations[target.source], words)
        for relation in {each.source: each for each in relations}.values():
            source = deliveries[relation.source]
            yield _input(source, target, words, notes, relation.spot) | shape, relation.spot
        yield _output(target, words) | shape, target.spot


def _making(target: Delivery, station: Station, words: Words) -> dict[str, Any]:
    return {
        "type": "TransformationEvent",
        "transformationID": made_id(words, "making", target.id),
        "bizStep": "creating_class_instance",
        **_placed(station, words),
    }


def _input(
    source: Delivery, target: Delivery, words: Words, notes: Notes, spot: Spot
) -> dict[str, Any]:
    thing = thing_of(source, words)
    piece = is_piece(thing)
    listed = {"inputEPCList": [thing]} if piece else {"inputQuantityList": [{"epcClass": thing}]}
    return {
        "eventID": made_id(words, "input", source.id, target.id),
        **_used(source, target, words, notes, spot),
        **listed,
    }


def _used(
    source: Delivery, target: Delivery, words: Words, notes: Notes, spot: Spot
) -> dict[str, Any]:
    """When the input went in: at the latest when the output left, if it surely came before.

    Where the dates contradict each other the relation is believed and the time is unknown.
    """
    came, left = span_of(source.arrived, words), span_of(target.departed, words)
    if left.lo is not None and surely_before(came, left):
        return _at_start(target.departed, words)
    if target.departed is not None and possibly_before(came, left):
        return _only_time(timed(target.departed, None, words))
    if target.departed is not None:
        notes.say(BACKWARDS, spot, source=_called(source), target=_called(target))
    return _only_time(timed(None, target.arrived, words))


def _output(target: Delivery, words: Words) -> dict[str, Any]:
    """What came out; of what is on record already, how much is known there."""
    target = replace(target, quantity=None) if target.known else target
    thing = thing_of(target, words)
    at = _only_time(timed(None, target.arrived, words))
    listed = (
        {"outputEPCList": [thing]}
        if is_piece(thing)
        else {"outputQuantityList": [amounted(thing, target)]}
    )
    return {
        "eventID": made_id(words, "output", target.id),
        **(at if target.departed is None else _at_start(target.departed, words)),
        **listed,
    }


def _at_start(written: str | None, words: Words) -> dict[str, Any]:
    local, zone = parted(written or UNKNOWN, words)
    return {"eventTime": _first(local, zone), "eventTimeZoneOffset": zone}


def _only_time(at: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in at.items() if name != "suyuan:arrivalTime"}


def made_id(words: Words, *said: str) -> str:
    """An id out of the partner's own, the same whenever it is read."""
    return uuid5(NAMESPACE_URL, "\0".join(("urn:suyuan:interchange", words.issuer, *said))).urn
