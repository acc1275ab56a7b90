"""Takes an entry that is not as it was logged; gives which fields of it differ, where one can know.

A leaf binds every field and tells none, so it takes what somebody else still has: a receipt, which
shows fields as they were logged; or a value that stands elsewhere in the database, as in the row
that an act made, and with which the entry gives its leaf again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import msgspec

from suyuan.kit import SuyuanError, Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.ledger import acts, tree
from suyuan.ledger.types import Leaf
from suyuan.model import Verdict
from suyuan.record import testifying
from suyuan.service.replaying import KINDS
from suyuan.store import ReadConnection
from suyuan.tlog.artefact import Proven
from suyuan.tlog.commitment import SECRET_BYTES, commit
from suyuan.tlog.shards import act_fields

CODES: Final = frozenset(("ledger.act", "record.changed", "record.decision"))
"""What is said of entries that are there and are not as they were logged."""
_AROUND: Final = 200
"""Entries before and behind whose values are tried."""
_MOST_ROWS: Final = 100
_MOST_TOLD: Final = 5
_LONGEST: Final = 40
_SAYS: Final = Text("{said}{how}：{what}。", "{said} {how}: {what}.")
_LEAF: Final = Text("叶记录表明", "Its leaf shows")
_RECEIPT: Final = Text("其回执表明", "Its receipt shows")
_FIELD: Final = Text(
    "{field} 现为“{now}”，存证的是“{logged}”",
    "{field} is '{now}' now and was logged as '{logged}'",
)
_NOTHING: Final = "—"
_OWN_PARTY: Final = "said.party"
"""What an act says of a party, beside whom it concerns."""

Fields = Mapping[str, bytes]


class _Trial(NamedTuple):
    """A field as it stands, as it may have been logged, and all fields if it was."""

    field: str
    now: Any
    logged: Any
    fields: Fields


def explained(
    conn: ReadConnection,
    position: int,
    said: Text,
    *,
    rows: Sequence[Mapping[str, Any]],
    receipt: Proven | None,
) -> Text:
    """What is said of an entry, with the fields that differ, where they can be known.

    `rows` are what stands in tables that acts govern and does not follow from the acts.
    """
    for leaf in tree.leaves(conn, position, position):
        what, how = list[Text](), _RECEIPT
        with suppress(SuyuanError):  # what stands there may have no form that could be logged
            standing = _standing(conn, leaf)
            if standing is not None and receipt is not None and receipt.entry == leaf.logged:
                what = list(_differing(standing.fields, receipt.fields))
            if standing is not None and not what:
                what, how = _tried(conn, leaf, standing, rows), _LEAF
        if what:
            return _SAYS.format(said=said, how=how, what=_joined(what[:_MOST_TOLD]))
    return said


def _standing(conn: ReadConnection, leaf: Leaf) -> testifying.Testimony | None:
    """The fields of an entry as its rows say them now, and the secret as it is."""
    if leaf.entry > 0:
        return testifying.decision(conn, leaf) or testifying.standing(conn, leaf)
    for act in acts.acts(conn, leaf.position, leaf.position):
        fields = act_fields(act.kind, act.at, act.party, act.said)
        return testifying.Testimony(fields=fields, secret=act.secret, logged=leaf.logged)
    return None


def _differing(now: Fields, logged: Fields) -> Iterator[Text]:
    """Where what stands is not what a receipt shows, by members."""
    for name in sorted(logged):
        one, other = _members(name, now.get(name)), _members(name, logged[name])
        for member in sorted(one.keys() | other.keys()):
            if one.get(member) != other.get(member):
                yield _told(member, one.get(member), other.get(member))


def _members(name: str, value: bytes | None) -> dict[str, Any]:
    """What a field says, by the members of its object; of what is none, by the field."""
    try:
        said = msgspec.json.decode(value or b"null")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {name: repr(value)}
    if isinstance(said, dict) and name == "said" and isinstance(said.get("said"), dict):
        inner = {
            _OWN_PARTY if key == "party" else key: one for key, one in said.pop("said").items()
        }
        said = inner | said
    return said if isinstance(said, dict) else {name: said}


def _tried(
    conn: ReadConnection,
    leaf: Leaf,
    standing: testifying.Testimony,
    rows: Sequence[Mapping[str, Any]],
) -> list[Text]:
    """The one field with which the entry gives its leaf again, if another value is at hand."""
    if len(standing.secret) != SECRET_BYTES:
        return [Text("密值（secret）被改动", "its secret was altered")]
    trials = _of_event(standing.fields) if leaf.entry > 0 else _of_act(conn, leaf, rows)
    for each in trials:
        with suppress(SuyuanError):  # no value that could be logged
            if commit(each.fields, standing.secret) == leaf.commitment:
                return [_told(each.field, each.now, each.logged)]
    return []


def _of_event(fields: Fields) -> Iterator[_Trial]:
    """How it was judged: a verdict, or the family and step that the event itself names."""
    if "judgement" not in fields:
        return
    said = msgspec.json.decode(fields["judgement"], type=dict[str, str])
    named = {
        name: _members(name, fields.get(f"extensions urn:suyuan:ns:1:{name}")).get(name)
        for name in ("family", "step")
    }
    for name, values in (
        ("verdict", [each.value for each in Verdict]),
        ("family", [named["family"], None]),
        ("step", [named["step"], None]),
    ):
        for value in values:
            judged = {**said, name: value}
            whole = canonical_bytes({key: one for key, one in judged.items() if one is not None})
            yield _Trial(name, said.get(name), value, {**fields, "judgement": whole})


def _of_act(
    conn: ReadConnection, leaf: Leaf, rows: Sequence[Mapping[str, Any]]
) -> Iterator[_Trial]:
    """An act with one value of an act near it, or of the row that it made."""
    near = acts.acts(conn, leaf.position - _AROUND, leaf.position + _AROUND)
    for own in [each for each in near if each.position == leaf.position]:
        kind, at, party, said = own.kind, own.at, own.party, own.said
        for kinds in _others(kind, [*(each.kind for each in near), *sorted(KINDS)]):
            yield _Trial("kind", kind, kinds, act_fields(kinds, at, party, said))
        for whom in _others(party, [None, *(each.party for each in near), *_values(rows)]):
            if whom is None or isinstance(whom, str):
                yield _Trial("party", party, whom, act_fields(kind, at, whom, said))
        for when in _others(at, (each.at for each in near)):
            yield _Trial("at", at, when, act_fields(kind, when, party, said))
        beside = [_members("said", each.said) for each in near]
        for name, now, value, whole in _said(_members("said", said), beside, rows):
            yield _Trial(name, now, value, act_fields(kind, at, party, whole))


def _said(
    said: Mapping[str, Any],
    beside: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, Any, Any, bytes]]:
    """What is said with one member as another act has it, or with any value of a row."""
    standing = list(_values(rows))
    for name, now in said.items():
        same = (each[name] for each in beside if name in each)
        for value in _others(now, [*same, *standing]):
            with suppress(SuyuanError):  # as a binary fraction, which is never logged
                yield name, now, value, canonical_bytes({**said, name: value})


def _values(rows: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    return (value for row in rows[:_MOST_ROWS] for value in row.values())


def _others(now: Any, values: Iterable[Any]) -> Iterator[Any]:
    """Each value that is not the present one, once."""
    met = [now]
    for each in values:
        if each not in met:
            met.append(each)
            yield each


def _told(field: str, now: Any, logged: Any) -> Text:
    return _FIELD.format(field=field, now=_shown(now), logged=_shown(logged))


def _shown(value: Any) -> str:
    if value is None:
        return _NOTHING
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _joined(texts: Sequence[Text]) -> Text:
    return Text("；".join(each.zh for each in texts), "; ".join(each.en for each in texts))
