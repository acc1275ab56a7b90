"""Takes questions and who asks them; gives answers from what that viewer may see."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from itertools import chain
from typing import Any, Final

from msgspec import Struct, structs

from suyuan.codes import Candidate, dating, making, read_identifier, recognise, unknown
from suyuan.codes.types import BroughtIn, Identified, Known, Note
from suyuan.kit import SuyuanError, Text
from suyuan.kit.clock import CHINA, there
from suyuan.kit.text import joined
from suyuan.model import PUBLIC, Viewer
from suyuan.publish import Asked, PublicAnswer, public_answer
from suyuan.record import grants_of
from suyuan.registry import directory
from suyuan.registry.types import Way
from suyuan.service.platform import Platform
from suyuan.service.product_lots import with_lots
from suyuan.service.verifying import Here, brought_in_here, issued_here, look_up_supplies
from suyuan.service.written import capturer_of, written_code, written_names
from suyuan.store import Queries, ReadConnection
from suyuan.trace import Answer, Question, gather
from suyuan.trace import trace as trace_question

SQL = Queries("suyuan.service")
_SEED: Final = "seed-unit"
_OWN: Final = "urn:suyuan:"
_AT_ONCE: Final = 1_000
"""Of so many names what is known is asked at once."""
_WRITTEN: Final = Text(
    "这个编码读不出，是照报送方 {who} 所写的记录的。",
    "This code cannot be read; it is recorded as {who} wrote it.",
)
_OF_SEVERAL: Final = Text(
    "这个编码读不出，是照所写的记录的；同样的文字有这些报送方写过，未必是同一物：{who}。",
    "This code cannot be read and is recorded as it was written; the same text is of several "
    "capturers, and need not be one thing: {who}.",
)


class Progress(Struct, frozen=True, kw_only=True):
    """How far the index has followed the record."""

    position: int
    head: int


def identify(
    platform: Platform, texts: Sequence[str], viewer: Viewer = PUBLIC
) -> list[list[Identified]]:
    """The readings of each text, best first, with what is known of each.

    A code that was issued here is read as that first, also if it has no scheme's form or another's.
    """
    on = there(platform.clock(), CHINA).date()
    read = [
        [dating.dated(each, on) for each in recognise(text, platform.config.resolvers)]
        for text in texts
    ]
    absent = set[Way]()
    with platform.store.read() as conn:
        if len(texts) > 1:
            of_texts = dict(zip(texts, read, strict=True))
            look_up_supplies(platform, conn, of_texts, viewer, absent)
        issued = [
            issued_here(platform, conn, text, found, viewer, absent)
            for text, found in zip(texts, read, strict=True)
        ]
        readings = [
            _with_issued([_as_issued(each, here) for each in found], here)
            for found, here in zip(read, issued, strict=True)
        ]
        named = {each.canonical: each for found in readings for each in found}
        known = _known(platform, conn, named, viewer)
        brought = {uri: _brought(conn, each, viewer) for uri, each in named.items()}
    return [
        [_with(each, known.get(each.canonical), here, brought[each.canonical]) for each in found]
        for found, here in zip(readings, issued, strict=True)
    ]


def subject(platform: Platform, text: str, viewer: Viewer = PUBLIC) -> Identified | None:
    """The thing that a text names, as `meant`; of several the first."""
    (found,) = meant(platform, [text], viewer)
    return found[0] if found else None


def subjects(
    platform: Platform, texts: Sequence[str], viewer: Viewer = PUBLIC
) -> list[Identified | None]:
    """What each text names: the reading under which something is known, else the likeliest.

    So a link is found under the name that its events have, also where its host was no resolver
    when they came.
    """
    return [_likeliest(found) for found in identify(platform, texts, viewer)]


def meant(
    platform: Platform, texts: Sequence[str], viewer: Viewer = PUBLIC
) -> list[tuple[Identified, ...]]:
    """The things that each text names: as `subjects`, and beyond its readings what is just this.

    What was recorded as it was written is found by its text: of every capturer whose record the
    viewer has part in, his own first. A text that names nothing has none.
    """
    both = list(zip(texts, subjects(platform, texts, viewer), strict=True))
    unread = [text for text, each in both if each is None or not (each.known or each.issued)]
    written = _written(platform, unread, viewer)
    return [written.get(text) or ((each,) if each else ()) for text, each in both]


def _written(
    platform: Platform, texts: Sequence[str], viewer: Viewer
) -> dict[str, tuple[Identified, ...]]:
    """Of each text the things recorded as just this, of which the viewer may know who did so."""
    if not texts or viewer.role is None:
        return {}
    near, tenant = structs.replace(viewer, parts_only=True), viewer.tenant
    with platform.store.read() as conn:
        once = list(dict.fromkeys(texts))
        names = written_names(platform, conn, once, viewer.party, tenant=tenant)
        named = {name: recognise(name)[0] for name in chain.from_iterable(names.values())}
        known = _known(platform, conn, named, near)
    found = {}
    for text, some in names.items():
        seen = [name for name in some if name in known]
        seen.sort(key=lambda name: (capturer_of(name) != viewer.party, name))
        notes = (_as_written(seen),)
        found[text] = tuple(
            _with(structs.replace(named[name], notes=notes), known[name], (), ()) for name in seen
        )
    return found


def _with_capturers(platform: Platform, named: Identified, viewer: Viewer) -> Identified:
    """What was recorded as it was written, told whose it is, by its whole name too."""
    if not capturer_of(named.canonical):
        return named
    code = written_code(named.canonical)
    same = _written(platform, [code], viewer).get(code, ())
    return next((each for each in same if each.canonical == named.canonical), named)


def _as_written(names: Sequence[str]) -> Note:
    who = joined([capturer_of(name) for name in names])
    said = _WRITTEN.format(who=who) if len(names) == 1 else _OF_SEVERAL.format(who=who)
    return Note("code.written", "warning", said)


def _likeliest(found: Sequence[Identified]) -> Identified | None:
    ours = next((each for each in found if each.known), None)
    ours = ours or next((each for each in found if each.issued), None)
    return ours or (found[0] if found else None)


def labelled(platform: Platform, code: str, viewer: Viewer = PUBLIC) -> Identified | None:
    """The thing whose label holds an address that ends with this code; None for anything else.

    A code that the law gives a form is one by that; of a seed's, which its maker forms, one that
    was issued here.
    """
    label = frozenset(("label",))
    by_form = read_identifier(f"https://label/{code}", capturer="-", resolvers=label)
    if by_form.scheme in making.STRUCTURES and by_form.uri.startswith(_OWN):
        return subject(platform, by_form.uri, viewer)
    found = recognise(code, platform.config.resolvers)
    with platform.store.read() as conn:
        issued = issued_here(platform, conn, code, found, viewer)
    seed = next((here for here in issued if here.name.startswith(f"{_OWN}{_SEED}:")), None)
    return subject(platform, seed.name, viewer) if seed else None


def trace(
    platform: Platform,
    question: Question,
    viewer: Viewer = PUBLIC,
    *,
    limit: gather.Limit | None = None,
) -> Answer:
    """The answer to a question, drawn from what the viewer has part in or authority over.

    It names holders, so what everybody may know of a thing is no ground for it: the public asks
    for the public answer, in which every name has passed its family's disclosure. `limit` bounds
    what is read, and is told how far that is.
    """
    near = structs.replace(viewer, parts_only=True)
    with platform.store.read() as conn:
        secret = platform.recorder.secret
        found = trace_question(conn, question, near, secret=secret, limit=limit)
        return with_lots(platform, conn, found, viewer, "trace")


def described(
    conn: ReadConnection, names: Collection[str], viewer: Viewer, *, secret: bytes
) -> dict[str, str]:
    """What reporters call places and parties in their own documents, as far as the viewer may."""
    given = grants_of(viewer, secret=secret).params | {
        "names": sorted(names),
        "party": viewer.party,
    }
    return {name: said for name, said in conn.execute(SQL.described, given) if said}


def answer(platform: Platform, uri: str, viewer: Viewer = PUBLIC) -> PublicAnswer:
    """What is said of one thing to one viewer; an unrecorded thing gets an honest answer too.

    Raises:
        SuyuanError: the name is no code of any scheme (404).
    """
    named = subject(platform, uri, viewer)
    if named is None:
        raise SuyuanError("answer.code", unknown.no_code(uri), "id", status=404)
    named = _with_capturers(platform, named, viewer)
    with platform.store.read() as conn:
        asked = Asked(
            subject=named,
            viewer=viewer,
            secret=platform.recorder.secret,
            families=platform.families,
            issued=named.issued,
        )
        return public_answer(conn, asked)


def progress(platform: Platform) -> Progress:
    """How many entries the record has, and how many the index has followed."""
    with platform.store.read() as conn:
        row = conn.execute(SQL.progress).fetchone()
    return Progress(position=row[0], head=row[1]) if row else Progress(position=0, head=0)


def examples(platform: Platform, *, most: int = 4) -> list[tuple[str, Text]]:
    """A few things that anybody may look up, newest first, with their names."""
    given = {**grants_of(PUBLIC, secret=platform.recorder.secret).params, "most": most}
    with platform.store.read() as conn:
        found = [uri for (uri,) in conn.execute(SQL.examples, given)]
        things = [read[0] for uri in found if (read := recognise(uri))]
        names = _product_names(conn, things, tenant=PUBLIC.tenant)
    return [(uri, names.get(uri, Text(uri, uri))) for uri in found]


def _as_issued(each: Candidate, issued: Sequence[Here]) -> Candidate:
    """A seed code under the name of the party that it was issued to here.

    A label says in words alone who made the seed; the code on it says it for sure.
    """
    if each.scheme != _SEED or not each.valid:
        return each
    code = _last(each.canonical)
    ours = (here for here in issued if here.name.startswith(f"{_OWN}{_SEED}:"))
    here = next((here for here in ours if _last(here.name).upper() == code.upper()), None)
    return structs.replace(each, canonical=here.name, issuer=here.party) if here else each


def _with_issued(readings: list[Candidate], issued: Sequence[Here]) -> list[Candidate]:
    """The readings, and before them those of codes which were issued here and are none of them."""
    read = {each.canonical for each in readings}
    missing = [recognise(here.name)[:1] for here in issued if here.name not in read]
    return [*chain.from_iterable(missing), *readings]


def _last(name: str) -> str:
    return name.rpartition(":")[2]


def _known(
    platform: Platform, conn: ReadConnection, named: Mapping[str, Candidate], viewer: Viewer
) -> dict[str, Known]:
    visible = grants_of(viewer, secret=platform.recorder.secret).params
    uris = sorted(named)
    parts = [uris[at : at + _AT_ONCE] for at in range(0, len(uris), _AT_ONCE)]
    found = dict(chain.from_iterable(_looked_up(conn, some, visible) for some in parts))
    names = _product_names(conn, [named[uri] for uri in found], tenant=viewer.tenant)
    return {
        uri: Known(events=events, first=first, last=last, family=family, name=names.get(uri))
        for uri, (events, first, last, family) in found.items()
    }


def _looked_up(
    conn: ReadConnection, uris: Sequence[str], visible: Mapping[str, object]
) -> list[tuple[str, tuple[Any, ...]]]:
    """What the index holds of names; statement behind statement, none waits for an answer."""
    with conn.pipeline() if len(uris) > 1 else nullcontext():  # of one it would take longer
        asked = [(uri, conn.execute(SQL.known_thing, {**visible, "uri": uri})) for uri in uris]
        return [(uri, row) for uri, cursor in asked for row in cursor]


def _product_names(
    conn: ReadConnection, things: Iterable[Candidate], *, tenant: int
) -> dict[str, Text]:
    """Names of things by the product that each one's code says it is."""
    classes = {each.canonical: each.class_uri or each.canonical for each in things}
    products = directory.products(conn, set(classes.values()), tenant=tenant)
    return {uri: products[name].name for uri, name in classes.items() if name in products}


def _brought(conn: ReadConnection, candidate: Candidate, viewer: Viewer) -> tuple[BroughtIn, ...]:
    code = _last(candidate.canonical)
    return brought_in_here(conn, candidate.scheme, code, viewer) if candidate.valid else ()


def _with(
    candidate: Candidate,
    known: Known | None,
    issued: Sequence[Here],
    brought: tuple[BroughtIn, ...],
) -> Identified:
    told = next((here.told for here in issued if here.name == candidate.canonical), None)
    said = structs.asdict(candidate)
    return Identified(**said, known=known, issued=told, brought_in=brought)
