"""Takes findings that rest on recorded events; names these as far as their reporter may know.

A finding is its reporter's to read (docs/concepts/access.md), and whoever knows a code may report
it. So an event is named by its id, its time and its place where the reporter has a part in it;
else it is another party's record, and no more.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct, structs

from suyuan.check import chain
from suyuan.kit import Text
from suyuan.kit.clock import there
from suyuan.model import Event, Finding, Viewer
from suyuan.record.access import grants_of
from suyuan.record.bodies import Unpress
from suyuan.store import Queries, ReadConnection, encoded
from suyuan.wire import event_from_normal

_Q: Final = Queries(__package__)


class Named(Struct, frozen=True, gc=False):
    """What is told of an event: its id, when it happened on the clock there, and where, if said.

    Of a document's findings a thousand may rest on events of a megabyte each.
    """

    event_id: str | None
    when: str
    place: str | None


Names = Mapping[int, Named]
"""Events by the numbers that findings carry; of what is another party's record: none."""
_NAMED: Final = Text(
    "{said}所指记录：事件 {event}，发生时间 {when}，{place}。",
    "{said} On record: event {event} of {when}, {place}.",
)
_AT: Final = Text("地点 {place}", "at {place}")
_NOWHERE: Final = Text("未报地点", "with no place given")
_OTHERS: Final = Text("{said}所指为其他单位的记录。", "{said} On record: another party's report.")
_WHOM: Final = Text(
    "{cure}所指记录非本单位所报、无从更正的：请监管部门或本系统管理员核对双方记录，"
    "本事件属实的由其改判（suyuan override）。",
    "{cure} Where that record is not yours to mend, ask the authority or an administrator of this "
    "installation to look at both: if your event is right, they override its verdict "
    "(suyuan override).",
)


def numbers(findings: Iterable[Finding]) -> set[int]:
    """The numbers of events that findings carry."""
    return {one.params[chain.CONTRADICTS] for one in findings if _rests(one)}


def known(
    conn: ReadConnection, entries: Collection[int], viewer: Viewer, *, secret: bytes
) -> Names:
    """Those of the entries that the viewer has a part in, also what has no position yet."""
    if not entries:
        return {}
    own = structs.replace(viewer, parts_only=True)
    asked = {"entries": encoded.int8_array(sorted(entries))}
    asked |= grants_of(own, secret=secret).params
    bodies = Unpress(conn)
    cursor = encoded.takes_encoded(conn.cursor(binary=True))
    return {
        entry: named(event_from_normal(bodies.unpack(*packed).normal))
        for entry, *packed in cursor.execute(_Q.named, asked, prepare=False)
    }


def named(event: Event) -> Named:
    """What is told of an event."""
    when = there(event.event_time, event.offset).isoformat()
    return Named(event.event_id, when, event.biz_location or event.read_point)


def told(findings: Iterable[Finding], names: Names) -> tuple[Finding, ...]:
    """The findings, with the event that it rests on in words and, for programs, in `params`.

    Where that is another party's, the cure says whom to ask: who reported cannot mend it.
    """
    return tuple(_told(one, names) if _rests(one) else one for one in findings)


def _rests(finding: Finding) -> bool:
    return chain.CONTRADICTS in finding.params


def _told(finding: Finding, names: Names) -> Finding:
    event = names.get(finding.params[chain.CONTRADICTS])
    message, said = _OTHERS.format(said=finding.message), dict[str, Any](hidden=True)
    cure = finding.cure
    if event is None:
        cure = _WHOM.format(cure=cure)
    else:
        where = _NOWHERE if event.place is None else _AT.format(place=event.place)
        given = {"event": event.event_id, "when": event.when, "place": where}
        message = _NAMED.format(said=finding.message, **given)
        said = {"eventID": event.event_id, "eventTime": event.when}
        said |= {} if event.place is None else {"place": event.place}
    return structs.replace(
        finding, message=message, cure=cure, params=finding.params | {chain.CONTRADICTS: said}
    )
