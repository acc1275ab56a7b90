"""Takes a code and who asks; gives what may be said of the thing: verdict, origins, whereabouts."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from suyuan.codes import Candidate
from suyuan.families import Families
from suyuan.kit import Text
from suyuan.model import Verdict, Viewer
from suyuan.publish import words
from suyuan.publish.stages import Scene, named_in, stages, things_of
from suyuan.publish.types import Paper, Proof, PublicAnswer, PublicVerdict, Stage, Tone
from suyuan.record import Recorded, events_by_entries
from suyuan.registry import directory
from suyuan.store import Queries, ReadConnection
from suyuan.trace import Answer, Direction, Question, Seed, trace

SQL = Queries("suyuan.publish")

_MOST_ENTRIES = 2_000
_MOST_STAGES = 60
_DIGESTS = 20


class Asked(Struct, frozen=True, kw_only=True):
    """Who asks about which code, and what answering needs of the platform."""

    subject: Candidate
    viewer: Viewer
    secret: bytes
    families: Families


class _Side(Struct, frozen=True, kw_only=True):
    """One direction of the answer: the trace, and the events along it that may be seen."""

    trace: Answer
    events: Sequence[Recorded]


def public_answer(conn: ReadConnection, asked: Asked) -> PublicAnswer:
    """What is said about one thing to one viewer; an unrecorded thing gets an honest answer too."""
    back = _side(conn, asked, Direction.BACKWARD)
    if not back.events:
        return _nothing(conn, asked)
    ahead = _side(conn, asked, Direction.FORWARD)
    withdrawn = _withdrawn(conn, (*back.events, *ahead.events))
    standing = [event for event in back.events if _stands(event, withdrawn)]
    known = {event.entry for event in standing}
    later = [
        event for event in ahead.events if _stands(event, withdrawn) and event.entry not in known
    ]
    scene = _scene(conn, asked, (back, ahead))
    gaps = tuple(_gaps((back.trace, ahead.trace)))
    own = asked.subject.canonical
    return PublicAnswer(
        subject=asked.subject,
        name=_name(conn, asked),
        verdict=_verdict(standing, back.trace, gaps, asked),
        origins=tuple(stages(standing, scene)[-_MOST_STAGES:]),
        whereabouts=tuple(stages(later, scene)[:_MOST_STAGES]),
        responsible=tuple(_responsible(standing, scene, own)),
        papers=tuple(_papers(standing, asked)),
        gaps=gaps,
        history=tuple(_history(back.events, scene)),
        completeness=back.trace.completeness.summary,
        family=_family(standing, asked),
        proof=_proof(conn, standing),
    )


def _side(conn: ReadConnection, asked: Asked, direction: Direction) -> _Side:
    question = Question(seeds=(Seed(thing=asked.subject.canonical),), direction=direction)
    answer = trace(conn, question, asked.viewer, secret=asked.secret)
    things = {node.pool.thing for node in answer.nodes if node.pool.thing}
    things.add(asked.subject.canonical)
    given = {"uris": sorted(things), "most": _MOST_ENTRIES}
    entries = {entry for (entry,) in conn.execute(SQL.entries_of_things, given)}
    # What carried a thing has moved it too: its container's events are steps of its way.
    entries.update(entry for link in answer.links for entry in link.entries)
    events = events_by_entries(conn, entries, asked.viewer, secret=asked.secret)
    return _Side(trace=answer, events=events)


def _withdrawn(conn: ReadConnection, events: Iterable[Recorded]) -> frozenset[int]:
    entries = sorted({event.entry for event in events})
    return frozenset(entry for (entry,) in conn.execute(SQL.withdrawn, {"entries": entries}))


def _stands(recorded: Recorded, withdrawn: Collection[int]) -> bool:
    return recorded.entry not in withdrawn and recorded.event.error is None


def _scene(conn: ReadConnection, asked: Asked, sides: Sequence[_Side]) -> Scene:
    events = [event for side in sides for event in side.events]
    given = {"tenant": asked.viewer.tenant, "uris": sorted(named_in(events))}
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
        corrected=frozenset(corrected),
    )


def _verdict(
    events: Sequence[Recorded], answer: Answer, gaps: Sequence[Text], asked: Asked
) -> PublicVerdict:
    """Stopped beats held beats incomplete; what is only possibly affected says so."""
    stopped = _stopped(events, asked)
    sure = {node.pool.thing for node in answer.nodes if node.certain}
    if stopped & (sure | {asked.subject.canonical}):
        return PublicVerdict(tone=Tone.STOP, word=words.STOP, sentence=words.STOP_SENTENCE)
    if stopped & {node.pool.thing for node in answer.nodes}:
        return PublicVerdict(tone=Tone.HOLD, word=words.POSSIBLY, sentence=words.POSSIBLY_SENTENCE)
    if any(event.verdict is Verdict.HELD for event in events):
        return PublicVerdict(tone=Tone.HOLD, word=words.HOLD, sentence=words.HOLD_SENTENCE)
    if gaps or any(event.verdict is Verdict.FLAGGED for event in events):
        return PublicVerdict(tone=Tone.NOTE, word=words.NOTE, sentence=words.NOTE_SENTENCE)
    return PublicVerdict(tone=Tone.GOOD, word=words.GOOD, sentence=words.GOOD_SENTENCE)


def _stopped(events: Sequence[Recorded], asked: Asked) -> set[str]:
    """Things under a mark that a later event did not clear, from the events seen alone."""
    marks: dict[str, set[str]] = {}
    for recorded in sorted(events, key=lambda each: each.event.event_time):
        change = asked.families.marks_of(recorded.event, recorded.family, recorded.step)
        if not (change.set or change.clear):
            continue
        for thing in things_of(recorded.event):
            held = marks.setdefault(thing, set())
            held -= change.clear
            held |= change.set
    return {thing for thing, held in marks.items() if held}


def _gaps(answers: Iterable[Answer]) -> Iterable[Text]:
    counted: Counter[object] = Counter()
    for answer in answers:
        counted.update(end.kind for end in answer.open_ends)
    for kind, text in words.GAPS.items():
        if counted[kind]:
            yield text.format(count=counted[kind])


def _responsible(events: Sequence[Recorded], scene: Scene, own: str) -> Iterable[tuple[Text, Text]]:
    """Who made it and who held it, each once, in order."""
    seen: set[Text] = set()
    for recorded in sorted(events, key=lambda each: each.event.event_time):
        event = recorded.event
        name = scene.names.get(recorded.capturer)
        if name is None or name in seen or own not in things_of(event):
            continue
        seen.add(name)
        makes = own in event.output_epcs or (event.action is not None and event.action == "ADD")
        yield (words.MAKER if makes else words.HOLDER), name


def _papers(events: Sequence[Recorded], asked: Asked) -> Iterable[Paper]:
    """Numbers of papers that the events name and the family discloses, each once."""
    seen: set[tuple[str, str]] = set()
    for recorded in events:
        family = asked.families.family(recorded.family) if recorded.family else None
        if family is None or recorded.step is None or recorded.step not in family.steps:
            continue
        for kind in family.steps[recorded.step].documents:
            if kind not in family.disclosure or family.disclosure[kind].value != "public":
                continue
            for number in family.readers[kind](recorded.event):
                if (kind, str(number)) not in seen:
                    seen.add((kind, str(number)))
                    item = family.items[kind]
                    yield Paper(kind=Text(item.zh, item.en), number=str(number))


def _history(events: Sequence[Recorded], scene: Scene) -> Iterable[Text]:
    """How often each reporter corrected what is shown here."""
    counted = Counter(event.capturer for event in events if event.event.error)
    for reporter, count in counted.items():
        name = scene.names.get(reporter, words.UNNAMED)
        yield words.CORRECTED.format(reporter=name, count=count)


def _family(events: Sequence[Recorded], asked: Asked) -> Text | None:
    found = next((event.family for event in events if event.family), None)
    family = asked.families.family(found) if found else None
    return None if family is None else family.name


def _proof(conn: ReadConnection, events: Sequence[Recorded]) -> Proof:
    row = conn.execute(SQL.followed).fetchone()
    digests = tuple(f"{event.position}: {event.digest.hex()}" for event in events[:_DIGESTS])
    return Proof(position=row[0] if row else 0, entries=len(events), digests=digests)


def _name(conn: ReadConnection, asked: Asked) -> Text:
    subject = asked.subject
    wanted = subject.class_uri or subject.canonical
    products = directory.products(conn, [wanted], tenant=asked.viewer.tenant)
    return products[wanted].name if wanted in products else subject.name


def _nothing(conn: ReadConnection, asked: Asked) -> PublicAnswer:
    sentence = words.UNKNOWN_SENTENCE if asked.subject.valid else words.BAD_CODE_SENTENCE
    verdict = PublicVerdict(tone=Tone.UNKNOWN, word=words.UNKNOWN, sentence=sentence)
    return PublicAnswer(subject=asked.subject, name=_name(conn, asked), verdict=verdict)


__all__ = ["Asked", "Stage", "public_answer"]
