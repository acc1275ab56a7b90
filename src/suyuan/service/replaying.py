"""Takes the acts of the log in their order; gives what the tables that they govern must hold.

An act is a statement of how a row is from then on; replayed from the first to the last they leave
one expectation for each row. What an act of an older kind did not say is named as unknown, and no
row is held against it.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Struct

from suyuan.codes import making
from suyuan.kit import SuyuanError
from suyuan.kit.canonical import canonical_bytes
from suyuan.kit.digest import sha256
from suyuan.ledger import acts
from suyuan.model import Verdict
from suyuan.record.types import VERDICTS
from suyuan.tlog import retained

Key = tuple[str, ...]
Said = dict[str, Any]

REGISTERED: Final = ("party", "site", "product", "licence", "document")
"""What of the registry is logged as `KIND.registered`."""
ADOPTED: Final = ("registry.code_package", "registry.code_packing", "registry.code_print")
"""What was handed out before that was logged can be logged as it stands (`FOUND`)."""
FOUND: Final = "codes.found"
_DAYS: Final = ("valid-from", "valid-to")
OVERRIDDEN: Final = "verdict.overridden"
_SIGNED: Final = frozenset((
    OVERRIDDEN,
    *(f"codes.{what}" for what in ("issued", "packed", "printed", "imported", "withdrawn")),
    "credit.decided", "credit.withdrawn",
))  # fmt: skip
"""Acts whose rows say which account did them."""


class Expected(Struct, kw_only=True):
    """What a row must say; the position of the last act about it, None while it waits for one.

    `unknown` are fields of which the acts do not speak. `proven` is whether all its acts are what
    was logged: if not, that is told of them, and the row is not judged.
    """

    said: Said
    position: int | None
    proven: bool
    unknown: frozenset[str] = frozenset()


class Book(Struct, frozen=True):
    """Expectations by table and key.

    `met` counts the acts about rows that share a key; `groups` are the rows of one act together;
    `senseless` are the logged acts that say nothing that could be taken.
    """

    tables: dict[str, dict[Key, Expected]]
    met: "Counter[tuple[str, Key]]"
    groups: dict[Key, dict[Key, Expected]]
    senseless: list[acts.Act]

    def numbered(self, table: str, key: Key) -> Key:
        """The key of the next row of those that share one."""
        self.met[table, key] += 1
        return (*key, str(self.met[table, key]))

    def latest(self, table: str, key: Key) -> Expected | None:
        """The last row of those that share a key."""
        return self.find(table, (*key, str(self.met[table, key])))

    def find(self, table: str, key: Key) -> Expected | None:
        """What is expected of a row so far; no row has a key that is no text."""
        if not all(isinstance(each, str) for each in key):
            raise TypeError(table)
        return self.tables.setdefault(table, {}).get(key)

    def put(self, table: str, key: Key, act: acts.Act, said: Said, *unknown: str) -> Expected:
        """Expect a row as an act says it."""
        before = self.find(table, key)
        row = Expected(
            said=plain(said), position=act.position or None,
            proven=act.proven and (before is None or before.proven), unknown=frozenset(unknown),
        )  # fmt: skip
        self.tables[table][key] = row
        return row

    def group(self, table: str, *names: str) -> dict[Key, Expected]:
        """The rows of a table that acts speak of under these names."""
        return self.groups.setdefault((table, *names), {})

    def change(self, row: Expected | None, act: acts.Act, **said: Any) -> None:
        """Expect a row otherwise in these fields; of a row that no act made nothing."""
        if row is not None:
            row.said = plain(row.said | said)
            row.position, row.proven = act.position or None, row.proven and act.proven


def plain(said: Mapping[str, Any]) -> Said:
    """Without what says nothing, since rows and acts leave different things out."""
    return {name: value for name, value in said.items() if not _is_nothing(value)}


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("", [], {})


def replay(done: Iterable[acts.Act], *, doers: Collection[str] = frozenset()) -> Book:
    """What the acts, in the order of the log, leave to be expected.

    `doers` are the marks of the accounts: of whoever works at the machine, rows say nothing.
    Whoever has the database can log an act that says anything at all; it must not keep an audit
    from the others, and is told of.
    """
    platform = Expected(said={}, position=None, proven=True)
    book = Book({"registry.tenant": {("1",): platform}}, Counter(), {}, [])
    for act in done:
        try:
            _take(book, act, msgspec.json.decode(act.said, type=Said), doers)
        except Exception:  # noqa: BLE001 -- there is no end of what such an act can say
            if act.proven:  # else somebody changed it, which is told of it: it says nothing here
                book.senseless.append(act)
    return book


def _take(book: Book, act: acts.Act, said: Said, doers: Collection[str]) -> None:
    by = known if (known := said.pop("by", None)) in doers else None
    if (step := _STEPS.get(act.kind)) is not None:
        step(book, act, said | {"by": by} if act.kind in _SIGNED else said)
    elif act.kind.endswith(".registered"):
        _registered(book, act, said, by)


def key_of(relation: str, said: Mapping[str, Any]) -> Key:
    """By what an entry of the registry is known, as its table has it unique."""
    match relation:
        case "party":
            return (said["uri"],)
        case "site":
            return (said["uri"], said.get("valid-from", ""))
        case "product":
            return (said["class-uri"],)
        case "licence":
            return (said["party"], said["kind"], said["number"])
        case _:
            return (said["kind"], said.get("issuer", ""), said["number"])


def history_key(relation: str, said: Mapping[str, Any]) -> Key:
    """By what a registration on file is known: all that it says."""
    return relation, sha256(canonical_bytes(plain(said))).hex()


def proof_key(party: str, kind: str, number: str) -> Key:
    """A proof of codes by the one spelling of its number."""
    try:
        return party, kind, making.proof_number(kind, number)
    except (SuyuanError, KeyError):
        return party, kind, number


def amount(text: str) -> str:
    """A number without zeros that say nothing."""
    said = f"{Decimal(text):f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


def _registered(book: Book, act: acts.Act, said: Said, by: str | None) -> None:
    relation = act.kind.partition(".")[0]
    if relation not in REGISTERED:
        return
    key = key_of(relation, said)
    limits = _limits(book, key, said) if relation == "licence" else {}
    book.put(f"registry.{relation}", key, act, limits | said)
    history = book.numbered("registry.registration", history_key(relation, said))
    told = {"at": act.at.timestamp(), "by": by, "party": act.party or said.get("issuer")}
    book.put("registry.registration", history, act, told)


def _account_opened(book: Book, act: acts.Act, said: Said) -> None:
    book.put("registry.account", (said["name"],), act, said | {"party": act.party})


def _key_issued(book: Book, act: acts.Act, said: Said) -> None:
    key = book.numbered("registry.api_key", (said["name"], said["label"]))
    told = {"digest": said.get("digest"), "created": act.at.timestamp()}
    book.put("registry.api_key", key, act, told, *_missing(said, "digest"))


def _key_revoked(book: Book, act: acts.Act, said: Said) -> None:
    row = book.latest("registry.api_key", (said["name"], said["label"]))
    book.change(row, act, revoked=act.at.timestamp())


def _switched(book: Book, act: acts.Act, said: Said) -> None:
    book.change(_tenant(book, said), act, **{"state-rules": said["on"]})


def _strictness(book: Book, act: acts.Act, said: Said) -> None:
    book.change(_tenant(book, said), act, strict=said["strict"])


def _tenant(book: Book, said: Said) -> Expected | None:
    """That of which an act speaks; no act makes a second one, so nothing is expected of it."""
    return book.find("registry.tenant", (str(said.get("tenant", 1)),))


def _permit_entered(book: Book, act: acts.Act, said: Said) -> None:
    key = (said["permit"], said["number"], said["issuer"], said["goods"])
    days = {name: said.get(name) for name in _DAYS}
    told = {"holder": act.party, "unit": said.get("unit"), "amount": amount(said["amount"])}
    told |= {"entered": act.at.timestamp()}
    book.group("state.permit", *key[:3])[key] = book.put("state.permit", key, act, told | days)
    paper = {"kind": key[0], "number": key[1], "issuer": key[2], "status": "valid"}
    book.put("registry.document", (key[0], key[2], key[1]), act, paper | days)


def _permit_withdrawn(book: Book, act: acts.Act, said: Said) -> None:
    named = (said["permit"], said["number"], said["issuer"])
    for row in book.group("state.permit", *named).values():
        if row.said.get("holder") == act.party and "void" not in row.said:
            book.change(row, act, void=act.at.timestamp(), reason=said["reason"])
    paper = book.find("registry.document", (named[0], named[2], named[1]))
    if paper is not None:  # its days are those of one of the permit's lines
        book.change(paper, act, status="revoked")
        paper.unknown = frozenset(_DAYS)


def _overridden(book: Book, act: acts.Act, said: Said) -> None:
    """A decision on the event at a position; which event is there, its leaf says."""
    key = book.numbered("record.override", (str(said["position"]),))
    told = {name: value for name, value in said.items() if name not in {"position", "event"}}
    told |= {name: VERDICTS.index(Verdict(said[name])) for name in ("before", "verdict")}
    told |= {"at": act.at.timestamp(), "told": sha256(act.said).hex()}
    book.put("record.override", key, act, told)


def _entitled(book: Book, act: acts.Act, said: Said) -> None:
    party, days = act.party or "", {name: said.get(name) for name in _DAYS}
    licence = {"party": party, "kind": said["proof"], "number": said["number"]}
    key = tuple(licence.values())
    told = _limits(book, key, said) | licence | days | {"issuer": said.get("issuer")}
    book.put("registry.licence", key, act, told, *_missing(said, "issuer"))
    key = book.numbered("registry.entitlement_act", proof_key(*licence.values()))
    book.put("registry.entitlement_act", key, act, days | {"at": act.at.timestamp()})


def _limits(book: Book, key: Key, said: Said) -> Said:
    """Areas and goods of a licence as an earlier act left them, where this one says nothing."""
    before = book.find("registry.licence", key)
    stood = {} if before is None else before.said
    return {name: stood.get(name) for name in _missing(said, "areas", "covers")}


def _disentitled(book: Book, act: acts.Act, said: Said) -> None:
    proof = proof_key(act.party or "", said["proof"], said["number"])
    key = book.numbered("registry.entitlement_act", proof)
    told = {"withdrawn": True, "reason": said["reason"], "at": act.at.timestamp()}
    book.put("registry.entitlement_act", key, act, told, *_DAYS)


_LINKED: Final = ("title", "languages", "media", "context", "default")


def _link_entered(book: Book, act: acts.Act, said: Said) -> None:
    told = {name: value for name, value in said.items() if name != "link"}
    told |= {"party": act.party, "made": act.at.timestamp()}
    is_old = "default" not in said  # then another default may have ended it, and nobody said so
    unknown = (*_LINKED, "withdrawn") if is_old else ()
    defaults = book.group("registry.target", said["key"])
    if told.get("default"):
        for row in defaults.values():  # the new one takes the place of the one before
            if "withdrawn" not in row.said:
                book.change(row, act, withdrawn=act.at.timestamp())
        defaults.clear()
    key = (said["link"],)
    row = book.put("registry.target", key, act, told, *unknown)
    if told.get("default"):
        defaults[key] = row


def _link_withdrawn(book: Book, act: acts.Act, said: Said) -> None:
    row = book.find("registry.target", (said["link"],))
    book.change(row, act, withdrawn=act.at.timestamp())
    if row is not None:
        row.unknown -= {"withdrawn"}


def _imported(book: Book, act: acts.Act, said: Said) -> None:
    told: Said = {"party": act.party, "at": act.at.timestamp()}
    told |= {name: said.get(name) for name in ("scheme", "codes")}
    book.put("registry.code_batch", (said["batch"],), act, told)
    told |= {"digest": said.get("digest"), "by": said["by"]}
    book.put("registry.code_import", (said["batch"],), act, told, *_missing(said, "digest"))


def _import_withdrawn(book: Book, act: acts.Act, said: Said) -> None:
    told = {"reason": said["reason"], "at": act.at.timestamp()}
    book.put("registry.code_withdrawal", (said["batch"],), act, told)


def _codes_withdrawn(book: Book, act: acts.Act, said: Said) -> None:
    key = (said["package"], str(said["begin"]), str(said["past"]))
    told = {"reason": said["reason"], "at": act.at.timestamp(), "by": said["by"]}
    book.put("registry.code_withdrawn", key, act, told)


def _codes_issued(book: Book, act: acts.Act, said: Said) -> None:
    told = {name: value for name, value in said.items() if name != "package"}
    told |= {"party": act.party, "made": act.at.timestamp()}
    book.put("registry.code_package", (said["package"],), act, told)


def _codes_packed(book: Book, act: acts.Act, said: Said) -> None:
    told = {name: value for name, value in said.items() if name != "container"}
    told |= {"at": act.at.timestamp()}
    book.put("registry.code_packing", (said["container"],), act, told)


def _codes_printed(book: Book, act: acts.Act, said: Said) -> None:
    told = {name: value for name, value in said.items() if name != "run"}
    told |= {"party": act.party, "at": act.at.timestamp()}
    book.put("registry.code_print", (said["run"],), act, told)


def _credit_decided(book: Book, act: acts.Act, said: Said) -> None:
    told = {name: value for name, value in said.items() if name != "decision"}
    told |= {"party": act.party, "at": act.at.timestamp()}
    book.put("registry.credit_decision", (str(said["decision"]),), act, told)


def _credit_withdrawn(book: Book, act: acts.Act, said: Said) -> None:
    told = {name: value for name, value in said.items() if name != "decision"}
    told |= {"at": act.at.timestamp()}
    book.put("registry.credit_withdrawal", (str(said["decision"]),), act, told)


def _codes_found(book: Book, act: acts.Act, said: Said) -> None:
    """Rows from before, as they stood; none that an act had entered."""
    for table, key, stands in said["rows"]:
        if table in ADOPTED and book.find(table, tuple(key)) is None:
            book.put(table, tuple(key), act, stands)


def _retained(_book: Book, _act: acts.Act, said: Said) -> None:
    """It governs no row, and says from when on which entries are served, or nothing."""
    retained.parse_said(canonical_bytes(said))


def _missing(said: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(name for name in names if name not in said)


_STEPS: Final[Mapping[str, Callable[[Book, acts.Act, Said], None]]] = {
    "account.opened": _account_opened,
    "account.key-issued": _key_issued,
    "account.key-revoked": _key_revoked,
    "state-rules.switched": _switched,
    "strictness.switched": _strictness,
    "permit.entered": _permit_entered,
    "permit.withdrawn": _permit_withdrawn,
    OVERRIDDEN: _overridden,
    "entitlement.entered": _entitled,
    "entitlement.withdrawn": _disentitled,
    "link.entered": _link_entered,
    "link.withdrawn": _link_withdrawn,
    "codes.imported": _imported,
    "codes.import-withdrawn": _import_withdrawn,
    "codes.withdrawn": _codes_withdrawn,
    "codes.issued": _codes_issued,
    "codes.packed": _codes_packed,
    "codes.printed": _codes_printed,
    "credit.decided": _credit_decided,
    "credit.withdrawn": _credit_withdrawn,
    FOUND: _codes_found,
    retained.RETAINED: _retained,
}
KINDS: Final = frozenset((*_STEPS, *(f"{each}.registered" for each in REGISTERED)))
"""The kinds of acts that leave rows."""
