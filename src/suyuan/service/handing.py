"""Takes a question, who asks, and a form; gives the answer in it, with only what they may see.

An export says for whom it was made, on which day, and how complete it is.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from msgspec import Struct, structs

from suyuan import interchange
from suyuan.codes import read_identifier
from suyuan.exchange import disclose
from suyuan.interchange import Form
from suyuan.interchange.types import Answering, Handed, Names, Pictures
from suyuan.kit import Text
from suyuan.kit.text import Lang
from suyuan.model import PUBLIC, Event, Role, Viewer
from suyuan.record import Recorded, read
from suyuan.registry import directory
from suyuan.service.asking import described
from suyuan.service.classes import class_of
from suyuan.service.networking import lot_guesser
from suyuan.service.platform import Platform
from suyuan.service.product_lots import with_lots
from suyuan.service.recalling import Recall, named_recall
from suyuan.store import ReadConnection
from suyuan.trace import Answer, Question, ask, folding, gather
from suyuan.trace import alike as pieces
from suyuan.wire import write_document
from suyuan.wire.types import Outgoing

_SENT: Final = "urn:suyuan:ns:1:sent"
"""What a partner's file said of a delivery, under its own words."""

_AT_ONCE: Final = 2_000
_FOLDING: Final = folding.Folding(class_of=class_of, anywhere=True)
_SCOPE: Final = Text("召回范围", "recall scope")
_PUBLIC: Final = Text("公众", "the public")
_OPERATOR: Final = Text("平台操作员", "the platform's operator")


class Told(Struct, frozen=True, kw_only=True):
    """An answer with what its holders, sites and products are called, and who answers for it.

    Of pieces that are `alike` the answer has one, and what is counted in it counts them all.
    """

    answer: Answer
    names: Names
    responsible: tuple[Answering, ...]
    alike: pieces.Alike = pieces.NONE_ALIKE


Draw = Callable[[Told, Recall | None, Lang], Pictures]
"""Pictures of an answer, or of a recall, as a face draws them on its pages."""


class Export(Struct, frozen=True, kw_only=True):
    """A file to hand on: its bytes, its media type and the name it may have."""

    content: bytes
    media: str
    name: str


def told(
    platform: Platform,
    question: Question,
    viewer: Viewer = PUBLIC,
    *,
    lang: Lang = "zh",
    limit: gather.Limit | None = None,
) -> Told:
    """The answer as `trace` gives it, with names; the operator also gets contacts.

    Of many pieces that the record says the very same of, the answer tells one.
    """
    secret, near = platform.recorder.secret, structs.replace(viewer, parts_only=True)
    with platform.store.read() as conn:
        known = ask.reached(conn, question, near, secret=secret, limit=limit, folding=_FOLDING)
        found = with_lots(platform, conn, known.answer(), viewer, "trace")
        return told_of(conn, found, viewer, secret=secret, lang=lang, alike=known.alike)


def recall_told(
    platform: Platform,
    question: Question,
    viewer: Viewer = PUBLIC,
    *,
    lang: Lang = "zh",
    narrow: bool = False,
) -> tuple[Recall, Told]:
    """The recall, and the trace that lies under it with who answers for what, in one reading.

    With `narrow`, also what knowing its vessels would narrow.
    """
    secret, near = platform.recorder.secret, structs.replace(viewer, parts_only=True)
    with platform.store.read() as conn:
        known = ask.reached(
            conn,
            question,
            near,
            secret=secret,
            recall=True,
            guesser=lot_guesser(platform, near),
        )
        found = named_recall(platform, conn, known.scope(), viewer)
        under = told_of(conn, known.answer(), viewer, secret=secret, lang=lang)
    return structs.replace(found, narrowed=known.narrowed() if narrow else None), under


def export(  # noqa: PLR0913 -- what the file is to be, given by name
    platform: Platform,
    question: Question,
    viewer: Viewer,
    form: Form,
    *,
    recall: bool = False,
    name: str | None = None,
    lang: Lang = "zh",
    draw: Draw | None = None,
) -> Export:
    """The answer, or with `recall` the scope of one, in a form to hand on.

    `name` is the account's, and stands in the export; what `draw` draws stands in a PDF.

    Raises:
        LabelError: PDF, where the machine has no font with Chinese letters (503).
    """
    secret, now = platform.recorder.secret, platform.clock()
    near = structs.replace(viewer, parts_only=True)
    with platform.store.read() as conn:
        known = ask.reached(conn, question, near, secret=secret, recall=recall)
        answer = known.answer()
        scope = named_recall(platform, conn, known.scope(), viewer) if recall else None
        found = told_of(conn, answer, viewer, secret=secret, lang=lang)
        entries = known.entries_behind(answer)
        events = list(_events(conn, entries, near, secret))
    seen, shown = _shown(platform, events, viewer)
    kind = _SCOPE if scope is not None else None
    said = interchange.about(
        answer if scope is None else scope, _who(viewer, name, lang), now, kind=kind
    )
    handed = Handed(
        answer=answer,
        scope=scope,
        names=_with_events(found.names, events, shown),
        about=said,
        told=found.responsible,
        document=write_document(seen, created=now, about=said.as_json()),
        buyers=() if scope is None else scope.buyers,
        begun=known.begun(),
        made=known.made_at(),
        lang=lang,
        pictures=draw(found, scope, lang) if draw and form is Form.PDF else Pictures(),
    )
    media, ending = interchange.MEDIA[form]
    stem = "recall" if recall else question.direction.value
    return Export(
        content=interchange.write(handed, form), media=media, name=f"{stem}-{now:%Y%m%d}{ending}"
    )


def requests(
    platform: Platform, question: Question, viewer: Viewer, *, lang: Lang = "zh"
) -> dict[str, bytes]:
    """Workbooks that ask those at whom a trace stops for more, by the name their files may have.

    Filled, they are taken in as any file of a partner; the same question then goes further.
    """
    secret, near = platform.recorder.secret, structs.replace(viewer, parts_only=True)
    with platform.store.read() as conn:
        known = ask.reached(conn, question, near, secret=secret, folding=_FOLDING)
        answer = known.answer()
        names, _ = names_of(conn, answer, viewer, secret, lang)
        events = list(_events(conn, known.entries_behind(answer), near, secret))
    _, shown = _shown(platform, events, viewer)
    return interchange.requests_of(answer, _with_events(names, events, shown))


def _shown(
    platform: Platform, events: Sequence[Recorded], viewer: Viewer
) -> tuple[list[Outgoing], list[Event]]:
    """Those of which the viewer may see something, as they are written and as they are meant."""
    seen, shown = [], []
    for each in events:
        sent = disclose.outgoing(
            each, viewer, families=platform.families, secret=platform.recorder.secret
        )
        meant = disclose.shown_event(
            each, viewer, families=platform.families, secret=platform.recorder.secret
        )
        if sent is not None and meant is not None:
            seen.append(sent)
            shown.append(meant)
    return seen, shown


def _who(viewer: Viewer, name: str | None, lang: Lang) -> str:
    """For whom it was made: the account's name, what it may, its organisation."""
    if viewer.role is None:
        return _PUBLIC.pick(lang)
    role = _OPERATOR.pick(lang) if viewer.role is Role.ADMIN else viewer.role.value
    return " · ".join(part for part in (name, role, viewer.party) if part)


def told_of(
    conn: ReadConnection,
    answer: Answer,
    viewer: Viewer,
    *,
    secret: bytes,
    lang: Lang,
    alike: pieces.Alike = pieces.NONE_ALIKE,
) -> Told:
    """The answer with names; the operator also gets contacts."""
    names, contacts = names_of(conn, answer, viewer, secret, lang)
    tells = viewer.role is Role.ADMIN
    shown = contacts if tells else {}
    return Told(
        answer=answer,
        names=names,
        responsible=tuple(interchange.answering(answer, names, shown, tells=tells, alike=alike)),
        alike=alike,
    )


def names_of(
    conn: ReadConnection, answer: Answer, viewer: Viewer, secret: bytes, lang: Lang
) -> tuple[Names, dict[str, str]]:
    """What is registered, else what reporters call it in their own documents."""
    pools = [node.pool for node in answer.nodes]
    pools += [pool for link in answer.links for pool in (link.source, link.target)]
    parties = {pool.party for pool in pools} - {""}
    sites = {pool.site for pool in pools} - {""}
    known = directory.named(conn, parties, tenant=viewer.tenant)
    places = directory.completion(conn, tenant=viewer.tenant, sites=sites).sites
    said = described(conn, parties | sites, viewer, secret=secret)
    return Names(
        parties={**said, **{uri: each.name.pick(lang) for uri, each in known.items()}},
        sites={**said, **{uri: rows[-1].name.pick(lang) for uri, rows in places.items() if rows}},
        products=_products(conn, {pool.thing for pool in pools} - {""}, viewer, lang),
    ), {uri: each.contact for uri, each in known.items()}


def _products(
    conn: ReadConnection, things: Collection[str], viewer: Viewer, lang: Lang
) -> dict[str, str]:
    read = {thing: read_identifier(thing, capturer="") for thing in sorted(things)}
    classes = {thing: each.class_uri or each.uri for thing, each in read.items()}
    named = directory.products(conn, set(classes.values()), tenant=viewer.tenant)
    return {uri: named[of].name.pick(lang) for uri, of in classes.items() if of in named}


def _events(
    conn: ReadConnection, entries: Sequence[int], viewer: Viewer, secret: bytes
) -> Iterator[Recorded]:
    for begin in range(0, len(entries), _AT_ONCE):
        part = entries[begin : begin + _AT_ONCE]
        yield from read.events_at(conn, part, viewer, secret=secret)


def _with_events(names: Names, recorded: Sequence[Recorded], shown: Sequence[Event]) -> Names:
    """With what the events themselves say: their documents, and a partner's own words for goods."""
    documents = {
        each.position: tuple((ref.type or "", ref.value) for ref in each.event.biz_transactions)
        for each in recorded
        if each.event.biz_transactions
    }
    sent = {
        element.epc_class: told
        for event in shown
        for element in event.quantities
        if isinstance(told := event.extensions.get(_SENT), dict)
    }
    products = {thing: str(each["Name"]) for thing, each in sent.items() if each.get("Name")}
    lots = {
        thing: str(each["Lot Number"]) for thing, each in sent.items() if each.get("Lot Number")
    }
    return structs.replace(
        names, documents=documents, products={**products, **names.products}, lots=lots
    )
