"""Takes a code and who asks; gives what may be said of the thing: verdict, origins, whereabouts."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from suyuan.codes import Candidate, Grain
from suyuan.codes.types import CodeIssue
from suyuan.families import Families
from suyuan.index import FACT_KINDS
from suyuan.kit import Text
from suyuan.ledger import publishing
from suyuan.model import Event, EventType, FactKind, Verdict, Viewer
from suyuan.publish import words
from suyuan.publish.about import about, product_of
from suyuan.publish.disclose import things_of
from suyuan.publish.issued import with_issue
from suyuan.publish.papers import papers
from suyuan.publish.route import route
from suyuan.publish.stages import Scene, named_in, stages
from suyuan.publish.types import LogHead, Proof, PublicAnswer
from suyuan.publish.verdict import Marked, marked_things, verdict
from suyuan.record import Recorded, access, events_by_entries, grants_of
from suyuan.record.types import VERDICTS
from suyuan.store import Queries, ReadConnection
from suyuan.tlog.checkpoint import parse_checkpoint
from suyuan.tlog.encoding import encode
from suyuan.tlog.note import parse_note
from suyuan.tlog.shards import shard_prefix
from suyuan.trace import ways
from suyuan.trace.types import OpenEndKind, Pool

SQL = Queries("suyuan.publish")

_MOST_ENTRIES = 2_000
_DIGESTS = 20
_CODES = {"made": FACT_KINDS.index(FactKind.MADE), "flagged": VERDICTS.index(Verdict.FLAGGED)}


class Asked(Struct, frozen=True, kw_only=True):
    """Who asks about which code, and what answering needs of the platform."""

    subject: Candidate
    viewer: Viewer
    secret: bytes
    families: Families
    issued: CodeIssue | None = None


class _Side(Struct, frozen=True, kw_only=True):
    """One direction of the answer: the trace, its links' entries, and the events to be seen.

    `withdrawn` are those that their own reporter declared wrong; `older` says how many more there
    are that no verdict hangs on; `cut`: of those it does hang on there were too many.
    """

    trace: ways.Way
    events: Sequence[Recorded]
    linked: frozenset[int]
    withdrawn: frozenset[int]
    older: int
    cut: bool


class _Way(Struct, frozen=True, kw_only=True):
    """What stands of the record about a thing: what led to it, and what became of it."""

    before: Sequence[Recorded]
    after: Sequence[Recorded]
    marked: Marked

    @property
    def events(self) -> list[Recorded]:
        """All of them."""
        return [*self.before, *self.after]


def public_answer(conn: ReadConnection, asked: Asked) -> PublicAnswer:
    """What is said about one thing to one viewer; an unrecorded thing gets an honest answer too."""
    said = _answered(conn, asked)
    return said if asked.issued is None else with_issue(said, asked.issued)


def _answered(conn: ReadConnection, asked: Asked) -> PublicAnswer:
    if asked.subject.grain in {Grain.PARTY, Grain.PLACE}:
        return about(conn, asked.subject, asked.viewer, asked.families)
    back, ahead = _sides(conn, asked)
    if not back.events:
        return about(conn, asked.subject, asked.viewer, asked.families)
    way = _way(asked, back, ahead)
    scene = _scene(conn, asked, (back, ahead), way.marked)
    gaps = tuple(_gaps((back, ahead)))
    came, went = stages(way.before, scene), stages(way.after, scene)
    product = product_of(conn, asked.subject, asked.viewer)
    own = asked.subject.canonical
    return PublicAnswer(
        subject=asked.subject,
        name=product.name if product else asked.subject.name,
        verdict=verdict(
            way.events,
            way.marked,
            sure={node.pool.thing for node in back.trace.nodes if node.certain} | {own},
            possible={node.pool.thing for node in back.trace.nodes},
            gaps=gaps,
        ),
        origins=tuple(came),
        whereabouts=tuple(went),
        responsible=tuple(_responsible(way.events, scene, own)),
        papers=tuple(papers(conn, _with_papers(way, own), scene)),
        gaps=gaps,
        folded=_folded((back, ahead)),
        history=tuple(_history((back, ahead), scene)),
        completeness=back.trace.completeness,
        family=_family(way.events, asked),
        route=route([*came, *went], (*back.trace.links, *ahead.trace.links), scene.names),
        proof=_proof(conn, max(back.trace.position, 0), way.events, asked.viewer),
    )


def _sides(conn: ReadConnection, asked: Asked) -> tuple[_Side, _Side]:
    """Both directions; an event that is of both is read once."""
    answers = ways.ways(conn, asked.subject.canonical, asked.viewer, secret=asked.secret)
    # What carried a thing has moved it too: its container's events are steps of its way.
    linked = [
        frozenset(answer.numbers[at] for link in answer.links for at in link.entries)
        for answer in answers
    ]
    stated = _stated(conn, asked, answers, linked)
    wanted = stated[0].entries | stated[1].entries
    events = events_by_entries(conn, wanted, asked.viewer, secret=asked.secret)
    seen = {"entries": [event.entry for event in events]}
    withdrawn = frozenset(entry for (entry,) in conn.execute(SQL.withdrawn, seen))
    back, ahead = (
        _Side(
            trace=answer,
            events=[event for event in events if event.entry in here.entries],
            linked=links,
            withdrawn=withdrawn,
            older=here.older,
            cut=here.cut,
        )
        for answer, here, links in zip(answers, stated, linked, strict=True)
    )
    return back, ahead


class _Stated(Struct, frozen=True):
    """What is listed of one direction, how much more there is, and whether too much weighs."""

    entries: frozenset[int] = frozenset()
    older: int = 0
    cut: bool = False


def _stated(
    conn: ReadConnection,
    asked: Asked,
    answers: Sequence[ways.Way],
    linked: Sequence[frozenset[int]],
) -> list[_Stated]:
    """For each direction the entries that state something of the things it came by."""
    own = asked.subject.canonical
    things = [{own} | {node.pool.thing for node in answer.nodes} - {None} for answer in answers]
    pairs = [(uri, side) for side, uris in enumerate(things) for uri in sorted(filter(None, uris))]
    links = [(entry, side) for side, entries in enumerate(linked) for entry in sorted(entries)]
    given = {
        "uris": [uri for uri, _ in pairs],
        "sides": [side for _, side in pairs],
        "linked": [entry for entry, _ in links],
        "linked_sides": [side for _, side in links],
        "subject": own,
        "most": _MOST_ENTRIES,
        **_CODES,
        **grants_of(asked.viewer, secret=asked.secret).params,
    }
    found: list[dict[int, tuple[int, bool]]] = [{} for _ in answers]
    for side, entry, older, cut in conn.execute(SQL.entries_of_things, given):
        found[side][entry] = older, cut
    return [_Stated(frozenset(one), *next(iter(one.values()), (0, False))) for one in found]


def _way(asked: Asked, back: _Side, ahead: _Side) -> _Way:
    """The events that stand, parted where the thing came into being."""
    own = asked.subject.canonical
    behind = _standing(back)
    marked = marked_things(behind, asked.families)
    marking = {entry for entries in marked.values() for entry in entries}
    births = [each.event.event_time for each in behind if _begins(each.event, own)]
    traced = {node.pool.thing for node in back.trace.nodes}
    before: dict[int, Recorded] = {}
    after = {each.entry: each for each in _standing(ahead)}
    for each in behind:
        mine = own in things_of(each.event)
        early = each.event.event_time <= max(births) if births else not mine
        if not (mine or each.entry in marking or _on_way(each, back, traced, early=early)):
            continue
        (before if early else after)[each.entry] = each
    later = [each for entry, each in after.items() if entry not in before]
    return _Way(before=tuple(before.values()), after=later, marked=marked)


def _begins(event: Event, own: str) -> bool:
    return own in _made(event)


def _made(event: Event) -> set[str]:
    """What came into being by an event: outputs, and what an object event adds."""
    made = {*event.output_epcs, *(each.epc_class for each in event.output_quantities)}
    if event.type is EventType.OBJECT and event.action == "ADD":
        made.update(event.epcs, (each.epc_class for each in event.quantities))
    return made


def _with_papers(way: _Way, own: str) -> list[Recorded]:
    """What led to it and what it went through itself; papers of what was made of it are not its."""
    return [*way.before, *(each for each in way.after if own in things_of(each.event))]


def _on_way(recorded: Recorded, side: _Side, traced: Collection[str], *, early: bool) -> bool:
    """Whether an event of something upstream is a step of this thing's way.

    A hand-over of a lot is only if its link is, since a lot goes many ways; what happened to the
    rest of the material after this thing was made of it is not.
    """
    event = recorded.event
    if recorded.entry in side.linked or not early:
        return recorded.entry in side.linked
    if not (event.sources or event.destinations):
        return True
    return any(epc in traced for epc in event.epcs)


def _standing(side: _Side) -> list[Recorded]:
    """The events that nobody declared wrong, and that are no declarations."""
    return [
        event
        for event in side.events
        if event.entry not in side.withdrawn and event.event.error is None
    ]


def _scene(conn: ReadConnection, asked: Asked, sides: Sequence[_Side], marked: Marked) -> Scene:
    events = [event for side in sides for event in side.events]
    given = {"tenant": asked.viewer.tenant, "uris": sorted(_named(events, sides))}
    names = {uri: Text(zh, en or zh) for uri, zh, en in conn.execute(SQL.titles, given)}
    sure = {node.pool.thing for side in sides for node in side.trace.nodes if node.certain}
    replaced = {
        named for event in events if event.event.error
        for named in event.event.error.corrective_event_ids
    }  # fmt: skip
    corrected = {event.entry for event in events if event.event.event_id in replaced}
    return Scene(
        families=asked.families,
        names=names,
        viewer=asked.viewer,
        certain=frozenset(sure | {asked.subject.canonical}),
        sure=frozenset(entry for side in sides for entry in _sure_entries(side.trace)),
        corrected=frozenset(corrected),
        stopped=frozenset(entry for entries in marked.values() for entry in entries),
        reach=access.reach_of(asked.viewer, secret=asked.secret),
    )


def _sure_entries(answer: ways.Way) -> Iterable[int]:
    """Entries of links that are certain between pools that are."""
    sure = {node.pool for node in answer.nodes if node.certain}
    for link in answer.links:
        if link.certain and link.source in sure and link.target in sure:
            yield from (answer.numbers[at] for at in link.entries)


def _named(events: Iterable[Recorded], sides: Iterable[_Side]) -> set[str]:
    links = (link for side in sides for link in side.trace.links)
    pools = (pool for link in links for pool in (link.source, link.target))
    return named_in(events) | {uri for pool in pools for uri in (pool.party, pool.site) if uri}


def _gaps(sides: Sequence[_Side]) -> Iterable[Text]:
    """Where the chain stops, each place once though both directions come by it."""
    made = frozenset().union(*(side.trace.made for side in sides))
    ends = {(end.kind, end.pool) for side in sides for end in side.trace.open_ends}
    counted = Counter(_gap(kind, pool, made) for kind, pool in ends)
    for text in (*words.GAPS.values(), words.UNEXPLAINED):
        if counted[text]:
            yield text.format(count=counted[text])
    if any(side.cut for side in sides):
        yield words.TOO_MANY.format(count=_MOST_ENTRIES)
    if any(side.trace.truncated for side in sides):
        yield words.TRUNCATED


def _folded(sides: Sequence[_Side]) -> Text | None:
    """How many older reports are not listed; those of one direction are mostly the other's too."""
    older = max(side.older for side in sides)
    return words.FOLDED.format(count=older) if older else None


def _gap(kind: OpenEndKind, pool: Pool, made: Collection[str]) -> Text:
    """What an open end is called; what was made elsewhere lacks not its making but its way here."""
    if kind is OpenEndKind.NEVER_MADE and pool.thing in made:
        return words.UNEXPLAINED
    return words.GAPS[kind]


def _responsible(events: Sequence[Recorded], scene: Scene, own: str) -> Iterable[tuple[Text, Text]]:
    """Who made it and who reported holding it, each once, in order."""
    seen: set[Text] = set()
    for recorded in sorted(events, key=lambda each: each.event.event_time):
        event = recorded.event
        name = scene.names.get(recorded.capturer)
        if name is None or name in seen or own not in things_of(event):
            continue
        seen.add(name)
        yield (words.MAKER if _begins(event, own) else words.HOLDER), name


def _history(sides: Iterable[_Side], scene: Scene) -> Iterable[Text]:
    """How many of the reports that this viewer may see each reporter took back.

    Counted by the original, not its declaration: that it no longer counts shows already.
    """
    taken = {
        event.entry: event.capturer
        for side in sides
        for event in side.events
        if event.entry in side.withdrawn
    }
    for reporter, count in Counter(taken.values()).items():
        name = scene.names.get(reporter, words.UNNAMED)
        yield words.CORRECTED.format(reporter=name, count=count)


def _family(events: Sequence[Recorded], asked: Asked) -> Text | None:
    found = next((event.family for event in events if event.family), None)
    family = asked.families.family(found) if found else None
    return None if family is None else family.name


def _proof(
    conn: ReadConnection, position: int, events: Sequence[Recorded], viewer: Viewer
) -> Proof:
    own = [event for event in events if event.capturer == viewer.party]
    digests = tuple(f"{event.position}: {event.digest.hex()}" for event in own[:_DIGESTS])
    return Proof(position=position, entries=len(events), digests=digests, log=_log_head(conn))


def _log_head(conn: ReadConnection) -> LogHead | None:
    head = publishing.published(conn)
    if head is None:
        return None
    said = parse_checkpoint(parse_note(head.note).text)
    signed = publishing.reached(conn)
    return LogHead(said.origin, signed, encode(said.root), shard_prefix(head.shard))


__all__ = ["Asked", "public_answer"]
