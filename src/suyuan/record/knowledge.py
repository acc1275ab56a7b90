"""What judging may know of a document's events, looked up once for all of them.

In two steps, because most of it matters only to events of a family: first what the registry
says of the products named, which may decide the family; then, for those that have one, their
parties and documents. The past of their things comes from `state`, event by event.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from msgspec import structs

from suyuan import state
from suyuan.families import Around, Knowledge, KnownDocument, Licence, Lying, Permit
from suyuan.model import Event
from suyuan.registry import Document, Site, directory
from suyuan.registry import Licence as OnFile
from suyuan.state import courses
from suyuan.state.types import Held
from suyuan.store import ReadConnection, WriteConnection
from suyuan.wire import lots_of

_TRADE_ITEM: Final = "https://id.gs1.org/01/"
_GTIN_END: Final = len(_TRADE_ITEM) + 14
_LONGEST: Final = 200
_VALID: Final = "valid"


def with_products(
    conn: ReadConnection, events: Iterable[Event], *, tenant: int, actor: str, now: datetime
) -> Knowledge:
    """What is known before any family is: the time, the actor, and the products registered."""
    classes = dict(chain.from_iterable(map(_classes, events)))
    products = directory.products(conn, set(classes.values()), tenant=tenant)
    found = {name: products[kind] for name, kind in classes.items() if kind in products}
    return Knowledge(
        now=now,
        actor=actor,
        families={name: product.family for name, product in found.items() if product.family},
        products={name: product.kind for name, product in found.items() if product.kind},
    )


def permits_named(
    conn: WriteConnection,
    words: Collection[str],
    *,
    without: Collection[bytes],
    anew: Collection[bytes],
    tenant: int,
) -> Held:
    """The permits that events of these words name, locked, as if those `without` took nothing."""
    return state.permits.hold(conn, words, without=without, anew=anew, tenant=tenant)


def permits_known(
    conn: ReadConnection, words: Collection[str], *, tenant: int
) -> dict[str, tuple[Permit, ...]]:
    """The permits that an event of these words names, as they are; nothing is locked."""
    return state.permits.known(conn, words, tenant=tenant)


def with_registry(
    conn: ReadConnection,
    known: Knowledge,
    events: Sequence[Event],
    words: Collection[str],
    *,
    tenant: int,
) -> Knowledge:
    """The same, and what is on file of the parties, documents and places that these events name.

    `words` are those of the events.
    """
    named = set(words)
    if known.actor is not None:
        named.add(known.actor)
    parties = directory.parties(conn, named, tenant=tenant)
    licences = directory.licences(conn, parties, tenant=tenant)
    documents = directory.documents(conn, named, tenant=tenant)
    places = {one for event in events for one in (event.read_point, event.biz_location) if one}
    sites = directory.completion(conn, tenant=tenant, sites=places).sites
    return structs.replace(
        known,
        divisions={uri: (Lying(party.division),) for uri, party in parties.items()}
        | {uri: tuple(map(_lying, rows)) for uri, rows in sites.items()},
        roles={uri: frozenset(party.roles) for uri, party in parties.items()},
        licences={uri: tuple(map(_licence, licences.get(uri, ()))) for uri in parties},
        documents={number: tuple(map(_document, rows)) for number, rows in documents.items()},
    )


def with_courses(
    known: Knowledge, record: courses.Courses, event: Event, lines: Sequence[tuple[str, int]]
) -> Knowledge:
    """The same, and what state rules go by as of an event's time; `lines` are its things.

    Which later events it makes impossible is told with the rest of its document known.
    """
    at, past = event.event_time, state.happening(event, step=None)
    return structs.replace(
        known,
        on_record=record.states([thing for thing, _ in lines], at),
        around=Around() if past.container is None else record.around(past.container, at),
    )


def _classes(event: Event) -> Iterator[tuple[str, str]]:
    """Things of an event, each with the class of product that may be registered for it.

    That is the GTIN of a trade item; any other name but that of an instance may be a class itself.
    """
    for name in event.epcs:
        if name.startswith(_TRADE_ITEM):
            yield name, name[:_GTIN_END]
    for name in _others(event):
        yield name, name[:_GTIN_END] if name.startswith(_TRADE_ITEM) else name


def _others(event: Event) -> Iterator[str]:
    yield from event.input_epcs
    yield from event.output_epcs
    for element in (*event.quantities, *event.input_quantities, *event.output_quantities):
        yield element.epc_class
    yield from lots_of(event).values()


def words_of(events: Iterable[Event]) -> frozenset[str]:
    """The words of events by which parties, documents and permits are looked up."""
    return frozenset(chain.from_iterable(map(_words, events)))


def _words(event: Event) -> Iterator[str]:
    """Every short text that may name a party or bear the number of a document."""
    for ref in (*event.sources, *event.destinations, *event.biz_transactions):
        yield ref.value
    for value in (*event.ilmd.values(), *event.extensions.values()):
        for one in value if isinstance(value, list) else (value,):
            text = one.get("@id", one.get("@value")) if isinstance(one, dict) else one
            if isinstance(text, str) and len(text) <= _LONGEST:
                yield text.strip()


def _lying(site: Site) -> Lying:
    return Lying(site.division, site.valid_from, site.valid_to)


def _licence(licence: OnFile) -> Licence:
    return Licence(
        kind=licence.kind,
        number=licence.number,
        valid_from=licence.valid_from,
        valid_to=licence.valid_to,
        areas=licence.areas,
        covers=licence.covers,
    )


def _document(document: Document) -> KnownDocument:
    return KnownDocument(
        kind=document.kind,
        number=document.number,
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        void=document.status != _VALID,
    )
