"""Takes an entry that is not as it was logged; gives which fields of it differ, where one can know.

A leaf binds every field and tells none, so it takes what somebody else still has: a receipt, which
shows fields as they were logged; or a value that stands elsewhere in the database, as in the row
that an act made, and with which the entry gives its leaf again.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from suyuan.kit import SuyuanError, Text
from suyuan.kit.canonical import canonical_bytes
from suyuan.ledger import acts, tree
from suyuan.ledger.types import Leaf
from suyuan.model import Verdict
from suyuan.record import testifying
from suyuan.service.asking import SQL
from suyuan.service.replaying import KINDS
from suyuan.store import ReadConnection
from suyuan.tlog.artefact import Proven
from suyuan.tlog.commitment import SECRET_BYTES, Attempts
from suyuan.tlog.shards import ACT, SAID, act_fields

CODES: Final = frozenset(("ledger.act", "record.changed", "record.decision"))
"""What is said of entries that are there and are not as they were logged."""
_AROUND: Final = 200
"""Entries before and behind whose values are tried, at least."""
_AT_ONCE: Final = 25
_LONGEST_SAID: Final = 100_000
"""Bytes of what an act says beyond which none of it is tried for another."""
_MOST_ROWS: Final = 100
_MOST_BYTES: Final = 48_000_000
"""What is hashed at most in one audit to find what was altered, and for one finding."""
_MOST_OF_ONE: Final = 3_000_000
_EACH: Final = 400
"""What a trial costs beside the bytes of its field."""
_MOST_ORDINALS: Final = 1_000
_MOST_TOLD: Final = 5
_LONGEST: Final = 40
_SAYS: Final = Text("{said}{how}：{what}。", "{said} {how}: {what}.")
_LEAF: Final = Text("叶记录表明", "Its leaf shows")
_RECEIPT: Final = Text("其回执表明", "Its receipt shows")
_FIELD: Final = Text(
    "{field} 现为“{now}”，存证的是“{logged}”",
    "{field} is '{now}' now and was logged as '{logged}'",
)
_UNTRIED: Final = Text(
    "{said}没有逐一试出是哪个字段：可试的太多；其回执会说明。",
    "{said} Which of its fields it is was not tried to the end, since there is too much to try; "
    "its receipt would say.",
)
_NOTHING: Final = "—"
_OWN_PARTY: Final = "said.party"
"""What an act says of a party, beside whom it concerns."""

Fields = Mapping[str, bytes]
T = TypeVar("T")


class _Trial(NamedTuple):
    """What is told as a field, as it stands and as it may have been logged.

    `make` gives what the leaf's field `name` was, then.
    """

    field: str
    now: Any
    logged: Any
    name: str
    make: Callable[[], bytes]


class _Near(NamedTuple):
    """What acts near an entry say, each value once: kinds, whom, when, and members by name."""

    kinds: Sequence[str]
    parties: Sequence[str | None]
    times: Sequence[datetime]
    said: Mapping[str, Sequence[Any]]


class Tries:
    """What one audit tries, to find what was altered: values at hand, and how much it may cost.

    `rows` are what stands in tables that acts govern and does not follow from the acts.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Nothing was tried yet."""
        standing = [pair for row in rows[:_MOST_ROWS] for pair in row.items()]
        self.named = _by_name(standing)
        self.values = _once(value for _, value in standing)
        self._left = _MOST_BYTES
        self._blocks = dict[int, list[tuple[acts.Act, Mapping[str, Any]]]]()

    def begin(self) -> "_Purse":
        """What may be spent on one finding."""
        return _Purse(self, min(self._left, _MOST_OF_ONE))

    def spend(self, size: int) -> None:
        """Take it from what is left for the whole audit."""
        self._left -= size

    def near(self, conn: ReadConnection, position: int) -> _Near:
        """What acts around a position say; those of neighbouring findings are read once."""
        block = position // _AROUND
        wanted = range(max(block - 1, 0), block + 2)
        for old in self._blocks.keys() - set(wanted):
            del self._blocks[old]
        for each in wanted:
            if each not in self._blocks:
                self._blocks[each] = list(_of_block(conn, each))
        found = [one for each in wanted for one in self._blocks[each]]
        return _Near(
            kinds=_once(act.kind for act, _ in found),
            parties=_once(act.party for act, _ in found),
            times=_once(act.at for act, _ in found),
            said=_by_name(pair for _, said in found for pair in said.items()),
        )


class _Purse:
    """What is left for one finding; `is_spent` once something could not be paid."""

    def __init__(self, tries: Tries, left: int) -> None:
        self._tries, self._left, self.is_spent = tries, left, False

    def pays(self, size: int) -> bool:
        """Whether a trial of so many bytes can be made."""
        cost = _EACH + size
        if cost > self._left:
            self.is_spent = True
            return False
        self._left -= cost
        self._tries.spend(cost)
        return True


def _of_block(conn: ReadConnection, block: int) -> Iterator[tuple[acts.Act, Mapping[str, Any]]]:
    """The acts of a block of positions, without what takes long to try."""
    for first in range(block * _AROUND, (block + 1) * _AROUND, _AT_ONCE):
        for act in acts.acts(conn, first, first + _AT_ONCE - 1):
            if len(act.said) <= _LONGEST_SAID:
                yield act, _members(SAID, act.said)


def explained(
    conn: ReadConnection,
    position: int,
    said: Text,
    *,
    tries: Tries,
    receipts: Sequence[Proven],
) -> Text:
    """What is said of an entry, with the fields that differ, where they can be known.

    Of receipts all that prove the entry there count together: one may show what another does not.
    """
    for leaf in tree.leaves(conn, position, position):
        what, how, purse = list[Text](), _RECEIPT, tries.begin()
        logged: dict[str, bytes] = {}
        for each in receipts:
            logged |= each.fields if each.entry == leaf.logged else {}
        with suppress(SuyuanError):  # what stands there may have no form that could be logged
            standing = _standing(conn, leaf)
            if standing is not None:
                what = list(_differing(standing.fields, logged))
            if standing is not None and not what:
                what, how = _tried(conn, leaf, standing, tries, purse), _LEAF
        if what:
            return _SAYS.format(said=said, how=how, what=_joined(what[:_MOST_TOLD]))
        if purse.is_spent:
            return _UNTRIED.format(said=said)
    return said


def untried(said: Text) -> Text:
    """What is said of an entry where there are too many to try anything."""
    return _UNTRIED.format(said=said)


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
    if isinstance(said, dict) and name == SAID and isinstance(said.get("said"), dict):
        inner = {
            _OWN_PARTY if key == "party" else key: one for key, one in said.pop("said").items()
        }
        said = inner | said
    return said if isinstance(said, dict) else {name: said}


def _tried(
    conn: ReadConnection,
    leaf: Leaf,
    standing: testifying.Testimony,
    tries: Tries,
    purse: _Purse,
) -> list[Text]:
    """The one field with which the entry gives its leaf again, if another value is at hand.

    Nothing where it gives its leaf as it stands: what was altered is then no part of it.
    """
    fields = standing.fields
    if len(standing.secret) != SECRET_BYTES:
        return [Text("密值（secret）被改动", "its secret was altered")]
    attempts, first = Attempts(fields, standing.secret), min(fields)
    if attempts.gives(leaf.commitment, first, fields[first]):
        return []
    trials = _of_event(conn, leaf, fields) if leaf.entry > 0 else _of_act(conn, leaf, tries)
    for each in trials:
        if not purse.pays(len(fields[each.name])):
            break
        with suppress(SuyuanError):  # no value that could be logged
            if attempts.gives(leaf.commitment, each.name, each.make()):
                return [_told(each.field, each.now, each.logged)]
    return []


def _of_event(conn: ReadConnection, leaf: Leaf, fields: Fields) -> Iterator[_Trial]:
    """How it was judged, or who reported it as what: with values that the record knows."""
    if "judgement" not in fields:
        return
    named = {
        name: _members(name, fields.get(f"extensions urn:suyuan:ns:1:{name}")).get(name)
        for name in ("family", "step")
    }
    judged: dict[str, list[Any]] = {"verdict": [each.value for each in Verdict]}
    judged |= {name: [value, None] for name, value in named.items()}
    yield from _of_members("judgement", fields, judged)
    span = {"first": leaf.position - _AROUND, "last": leaf.position + _AROUND}
    reported = defaultdict[str, list[Any]](list)
    for name, value in conn.execute(SQL.reported_near, span).fetchall():
        reported[name].append(value)
    reported["access"] = [testifying.access_digits(tags) for tags in reported["access"]]
    reported["ordinal"] += range(_MOST_ORDINALS)
    yield from _of_members("report", fields, reported)


def _of_members(
    field: str, fields: Fields, values: Mapping[str, Sequence[Any]]
) -> Iterator[_Trial]:
    """A field that is an object, with another value of one of its members."""
    said = msgspec.json.decode(fields[field], type=dict[str, Any])
    for name, those in values.items():
        for value in _others(said.get(name), those):
            yield _Trial(name, said.get(name), value, field, partial(_with, said, name, value))


def _with(said: Mapping[str, Any], name: str, value: Any) -> bytes:
    """An object with one member as given; without it if that is None."""
    whole = {**said, name: value}
    return canonical_bytes({key: one for key, one in whole.items() if one is not None})


def _of_act(conn: ReadConnection, leaf: Leaf, tries: Tries) -> Iterator[_Trial]:
    """An act with one value of an act near it, or of the row that it made; what is likely first."""
    near = tries.near(conn, leaf.position)
    for own in acts.acts(conn, leaf.position, leaf.position):
        for kind in _others(own.kind, [*near.kinds, *sorted(KINDS)]):
            yield _Trial("kind", own.kind, kind, ACT, partial(_done, kind, own.at))
        for at in _others(own.at, near.times):
            yield _Trial("at", own.at, at, ACT, partial(_done, own.kind, at))
        said = _members(SAID, own.said)
        likely, rest = [None, *near.parties], [each for each in tries.values if type(each) is str]
        yield from _of_party(own, likely)
        yield from _of_said(
            own, said, lambda name: [*near.said.get(name, ()), *tries.named.get(name, ())]
        )
        yield from _of_party(own, rest)
        yield from _of_said(own, said, lambda _: tries.values)


def _done(kind: str, at: datetime) -> bytes:
    return act_fields(kind, at, None, b"")[ACT]


def _of_party(own: acts.Act, parties: Iterable[str | None]) -> Iterator[_Trial]:
    for whom in _others(own.party, parties):
        yield _Trial("party", own.party, whom, SAID, partial(_says, own, whom, own.said))


def _says(own: acts.Act, party: str | None, said: bytes) -> bytes:
    return act_fields(own.kind, own.at, party, said)[SAID]


def _of_said(
    own: acts.Act, said: Mapping[str, Any], values: Callable[[str], Sequence[Any]]
) -> Iterator[_Trial]:
    """What is said with one member as another act, or a row, has it.

    Members of which few values are known come first: what they are is soon found.
    """
    for name in sorted(said, key=lambda each: len(values(each))):
        for value in _others(said[name], values(name)):
            yield _Trial(name, said[name], value, SAID, partial(_saying, own, said, name, value))


def _saying(own: acts.Act, said: Mapping[str, Any], name: str, value: Any) -> bytes:
    return _says(own, own.party, canonical_bytes({**said, name: value}))


def _by_name(pairs: Iterable[tuple[str, Any]]) -> Mapping[str, Sequence[Any]]:
    found: dict[str, dict[Hashable, Any]] = defaultdict(dict)
    for name, value in pairs:
        found[name].setdefault(_mark(value), value)
    return {name: list(values.values()) for name, values in found.items()}


def _once(values: Iterable[T]) -> Sequence[T]:
    found: dict[Hashable, T] = {}
    for each in values:
        found.setdefault(_mark(each), each)
    return list(found.values())


def _others(now: Any, values: Iterable[T]) -> Iterator[T]:
    """Each value that is not the present one, once."""
    met = {_mark(now)}
    for each in values:
        if (mark := _mark(each)) not in met:
            met.add(mark)
            yield each


def _mark(value: Any) -> Hashable:
    """By what a value is known for another: lists and objects by what they say."""
    return (type(value), value if isinstance(value, Hashable) else repr(value))


def _told(field: str, now: Any, logged: Any) -> Text:
    return _FIELD.format(field=field, now=_shown(now), logged=_shown(logged))


def _shown(value: Any) -> str:
    if value is None:
        return _NOTHING
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _joined(texts: Sequence[Text]) -> Text:
    return Text("；".join(each.zh for each in texts), "; ".join(each.en for each in texts))
