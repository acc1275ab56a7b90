"""Takes events and the registry; gives the papers that went with a thing, and their standing."""

from collections.abc import Iterable, Mapping, Sequence

from suyuan.kit import Text
from suyuan.model import Viewer
from suyuan.publish import words
from suyuan.publish.disclose import may_see
from suyuan.publish.stages import Scene
from suyuan.publish.types import Paper, Tone
from suyuan.record import Recorded
from suyuan.registry import Document, directory
from suyuan.store import ReadConnection

Named = dict[tuple[str, str], Text]
"""Kind and number of a paper, and what the kind is called."""


def papers(conn: ReadConnection, events: Sequence[Recorded], scene: Scene) -> list[Paper]:
    """The papers that the events name and that may be shown, each once, in order."""
    named: Named = {}
    for recorded in sorted(events, key=lambda each: each.event.event_time):
        for kind, label, number in _numbers(recorded, scene):
            named.setdefault((kind, number), label)
    return list(_standing(conn, named, scene.viewer))


def _numbers(recorded: Recorded, scene: Scene) -> Iterable[tuple[str, Text, str]]:
    family = scene.families.family(recorded.family) if recorded.family else None
    if family is None or recorded.step is None or recorded.step not in family.steps:
        return
    for kind in family.steps[recorded.step].documents:
        if kind in family.items and may_see(kind, recorded, scene.families, scene.viewer):
            item = family.items[kind]
            for number in family.readers[kind](recorded.event):
                yield kind, Text(item.zh, item.en), str(number)


def _standing(conn: ReadConnection, named: Named, viewer: Viewer) -> Iterable[Paper]:
    numbers = {number for _, number in named}
    on_file = directory.documents(conn, numbers, tenant=viewer.tenant)
    kept = {
        (kind, number): document
        for kind, number in named
        for document in on_file.get(number, ())
        if document.kind == kind
    }
    issuers = directory.named(
        conn, {document.issuer for document in kept.values()}, tenant=viewer.tenant
    )
    names = {uri: party.name for uri, party in issuers.items()}
    for key, label in named.items():
        yield _paper(label, key[1], kept.get(key), names)


def _paper(label: Text, number: str, document: Document | None, names: Mapping[str, Text]) -> Paper:
    if document is None:
        return Paper(kind=label, number=number, standing=words.AS_REPORTED, tone=Tone.UNKNOWN)
    issuer = names.get(document.issuer)
    if document.status != "valid":
        return Paper(
            kind=label, number=number, issuer=issuer, standing=words.REVOKED, tone=Tone.STOP
        )
    return Paper(kind=label, number=number, issuer=issuer, standing=words.ON_FILE)
