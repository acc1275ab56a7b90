"""Readers of the parts of an event that are more than one value, and of its own names."""

from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Final

from suyuan.codes import Grain, read_identifier
from suyuan.kit import Text
from suyuan.model import (
    Action,
    ErrorDeclaration,
    Finding,
    QuantityElement,
    Severity,
    TypedRef,
)
from suyuan.wire.cbv import (
    BIZ_TRANSACTION,
    ERROR_REASON,
    PERSISTENT_DISPOSITION,
    SOURCE_DESTINATION,
)
from suyuan.wire.contexts import expand
from suyuan.wire.names import plain_name, plain_names, usual_name
from suyuan.wire.reading import (
    ARRAY,
    OBJECT,
    Plain,
    Reader,
    Reading,
    amount,
    expected,
    is_unit,
    named,
    of_sane_length,
    refuses,
    shown,
    time,
    unit,
    uri,
    word,
)
from suyuan.wire.types import Mode

_ACTIONS: Final = {action.value: action for action in Action}
_MEND: Final = Text(
    "与标签不同的，改正后再报；标签上就是这样的，问发码方。",
    "If the label differs, correct it and report it again; if not, ask who issued the code.",
)
_LEAVE: Final = Text(
    "与标签一致就无需处理，否则改正。", "If the label has it so, leave it; else correct it."
)
_WEIGHT: Final = {"error": Severity.FLAG, "warning": Severity.NOTE, "info": Severity.NOTE}


def identifier(expect: Grain) -> Reader:
    """The reader of identifiers where a certain kind of thing is expected."""

    def read(reading: Reading, value: Any, path: str) -> str | None:
        plain = plain_name(reading, value, expect)
        if plain is not None:
            return plain
        sent = uri(reading, value, path)
        if sent is None or of_sane_length(reading, sent, path) is None:
            return None
        known = read_identifier(
            sent, capturer=reading.capturer, expect=expect, resolvers=reading.resolvers
        )
        if known.note is not None:
            note = known.note
            reading.findings.append(
                Finding(
                    rule=note.code,
                    severity=_WEIGHT[note.severity],
                    path=path,
                    message=note.text,
                    cure=_MEND if note.severity == "error" else _LEAVE,
                )
            )
        if known.lot is not None and known.grain is Grain.INSTANCE:
            reading.belongings[known.uri] = known.lot
        return of_sane_length(reading, known.uri, path)

    return read


def identifiers(expect: Grain, *, unique: bool) -> Reader:
    """The reader of a list of identifiers; `unique` where the schema forbids repetition."""
    one = identifier(expect)

    def read(reading: Reading, value: Any, path: str) -> tuple[str, ...]:
        plain = plain_names(reading, value, expect)
        if plain is not None:
            return plain
        seen: dict[str, Any] = {}
        for at, item in enumerate(items(reading, value, path)):
            known = one(reading, item, f"{path}/{at}")
            if known is None:
                continue
            if known in seen:
                same = seen[known] == item
                rule = "wire.repeated" if same and unique else "wire.same-thing"
                reading.found(rule, f"{path}/{at}", found=shown(item))
            else:
                seen[known] = item
        return tuple(seen)

    return read


def items(reading: Reading, value: Any, path: str) -> list[Any]:
    """The items of an array; a text or object alone stands for an array of one."""
    if type(value) is list:
        return value
    if isinstance(value, dict | str):
        reading.found("wire.single", path)
        return [value]
    expected(reading, ARRAY, value, path)
    return []


def each(one: Reader, plain: Plain | None = None) -> Reader:
    """The reader of an array whose items `one` reads, or `plain` if nothing is to be said of any.

    Both agree (tests/wire/test_wire_identifiers.py).
    """

    def read(reading: Reading, value: Any, path: str) -> tuple[Any, ...]:
        if plain is not None and type(value) is list:
            short = [plain(reading, item) for item in value]
            if None not in short:
                return tuple(short)
        found = []
        for at, item in enumerate(items(reading, value, path)):
            known = one(reading, item, f"{path}/{at}")
            if known is not None:
                found.append(known)
        return tuple(found)

    return read


Shape = dict[str, Reader]


def members(
    reading: Reading, value: Any, path: str, *, shape: Shape, required: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The members of an object that `shape` knows, read, and all others as they came."""
    if type(value) is not dict:
        expected(reading, OBJECT, value, path)
        return None
    known: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for key, item in value.items():
        one = shape.get(key)
        if one is None:
            others[key] = item
        elif item is None:
            reading.found("wire.null", pointer(path, key))
        else:
            known[key] = one(reading, item, f"{path}/{key}")
    for key in required:
        if value.get(key) is None:
            reading.found("wire.required", path, key=key)
    return known, others


def pointer(path: str, key: str) -> str:
    """The RFC 6901 pointer to a member whose name may hold a slash."""
    return f"{path}/{key.replace('~', '~0').replace('/', '~1')}"


def closed(reading: Reading, others: dict[str, Any], path: str) -> None:
    """Say that an object has no room for these members."""
    for key in others:
        comment = key.startswith("_")
        reading.found("wire.name.comment" if comment else "wire.name", pointer(path, key), key=key)


_QUANTITY: Final[Shape] = {"epcClass": identifier(Grain.CLASS), "quantity": amount, "uom": unit}


def _quantity(reading: Reading, value: Any, path: str) -> QuantityElement | None:
    """A quantityElement: a class or lot, how much of it, in which unit."""
    read = members(reading, value, path, shape=_QUANTITY, required=("epcClass",))
    if read is None:
        return None
    known, others = read
    if others:
        closed(reading, others, path)
    epc_class = known.get("epcClass")
    if epc_class is None:
        return None
    return QuantityElement(
        epc_class=epc_class, quantity=known.get("quantity"), uom=known.get("uom")
    )


def _plain_quantity(reading: Reading, value: Any) -> QuantityElement | None:
    """The same where nothing is to be said of any part."""
    if type(value) is not dict or len(value) != len(_QUANTITY):
        return None
    exact, uom = value.get("quantity"), value.get("uom")
    if type(exact) is not Decimal or exact < 0 or not is_unit(uom):
        return None
    epc_class = plain_name(reading, value.get("epcClass"), Grain.CLASS)
    if epc_class is None:
        return None
    return QuantityElement(epc_class=epc_class, quantity=exact, uom=uom)


QUANTITIES: Final = each(_quantity, _plain_quantity)
"""The reader of lists of quantityElements."""


def _ref(
    reading: Reading, value: Any, path: str, *, name: str, shape: Shape, required: tuple[str, ...]
) -> TypedRef | None:
    """{type, name}: a business transaction, a source or a destination."""
    got = members(reading, value, path, shape=shape, required=required)
    if got is None:
        return None
    known, others = got
    if others:
        closed(reading, others, path)
    target = known.get(name)
    return None if target is None else TypedRef(type=known.get("type"), value=target)


_BIZ_TRANSACTION: Final[Shape] = {
    "type": word(BIZ_TRANSACTION),
    "bizTransaction": identifier(Grain.DOCUMENT),
}
_TYPE: Final = word(SOURCE_DESTINATION)
_PARTY: Final = identifier(Grain.PARTY)
_PLACE: Final = identifier(Grain.PLACE)


def _biz_transaction(reading: Reading, value: Any, path: str) -> TypedRef | None:
    """A business transaction; its type may be left out."""
    shape, required = _BIZ_TRANSACTION, ("bizTransaction",)
    return _ref(reading, value, path, name="bizTransaction", shape=shape, required=required)


def _plain_transaction(reading: Reading, value: Any) -> TypedRef | None:
    """The same where nothing is to be said of either part."""
    if type(value) is not dict or len(value) != len(_BIZ_TRANSACTION):
        return None
    kind = value.get("type")
    if type(kind) is not str or kind not in BIZ_TRANSACTION.words:
        return None
    name = plain_name(reading, value.get("bizTransaction"), Grain.DOCUMENT)
    return None if name is None else TypedRef(type=kind, value=name)


BIZ_TRANSACTIONS: Final = each(_biz_transaction, _plain_transaction)
"""The reader of lists of business transactions."""


def sides(name: str) -> Reader:
    """The reader of sources or destinations: parties, or where their type says so places."""
    at_place: Shape = {"type": _TYPE, name: _PLACE}
    at_party: Shape = {"type": _TYPE, name: _PARTY}

    def read(reading: Reading, value: Any, path: str) -> TypedRef | None:
        is_place = type(value) is dict and str(value.get("type")).endswith("location")
        shape = at_place if is_place else at_party
        return _ref(reading, value, path, name=name, shape=shape, required=("type", name))

    return each(read, partial(_plain_side, name=name))


def _plain_side(reading: Reading, value: Any, *, name: str) -> TypedRef | None:
    """The same where nothing is to be said of either part."""
    if type(value) is not dict or len(value) != len(("type", name)):
        return None
    kind, target = value.get("type"), value.get(name)
    if type(kind) is not str or type(target) is not str:
        return None
    return _usual_side(kind, target, reading.resolvers)


@lru_cache(maxsize=1 << 14)
def _usual_side(kind: str, target: str, resolvers: frozenset[str]) -> TypedRef | None:
    """Parties and places return, mostly in the same parts."""
    if kind not in SOURCE_DESTINATION.words:
        return None
    name = usual_name(target, Grain.PLACE if kind == "location" else Grain.PARTY, resolvers)
    return None if name is None else TypedRef(type=kind, value=name)


_LOCATION: Final[Shape] = {"id": _PLACE}


def place(reading: Reading, value: Any, path: str) -> tuple[str, dict[str, Any]] | None:
    """A readPoint or bizLocation: its id and its extensions; also a bare id."""
    if type(value) is str:
        reading.found("wire.place.bare", path)
        known = _PLACE(reading, value, path)
        return None if known is None else (known, {})
    if type(value) is dict and len(value) == len(_LOCATION):
        at = value.get("id")
        plain = usual_name(at, Grain.PLACE, reading.resolvers) if type(at) is str else None
        if plain is not None:
            return plain, {}
    got = members(reading, value, path, shape=_LOCATION, required=("id",))
    if got is None or got[0].get("id") is None:
        return None
    return got[0]["id"], extensions(reading, got[1], path) if got[1] else {}


_DISPOSITIONS: Final = each(word(PERSISTENT_DISPOSITION))
_PERSISTENT: Final[Shape] = {"set": _DISPOSITIONS, "unset": _DISPOSITIONS}


def persistent(
    reading: Reading, value: Any, path: str
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """A persistentDisposition: what is set and what is unset from here on."""
    got = members(reading, value, path, shape=_PERSISTENT, required=())
    if got is None:
        return None
    known, others = got
    closed(reading, others, path)
    if not known.get("set") and not known.get("unset"):
        reading.found("wire.empty", path)
    return known.get("set") or (), known.get("unset") or ()


_ERROR: Final[Shape] = {
    "declarationTime": lambda reading, value, path: (time(reading, value, path), value),
    "reason": word(ERROR_REASON),
    "correctiveEventIDs": each(uri),
}


def error(reading: Reading, value: Any, path: str) -> ErrorDeclaration | None:
    """An errorDeclaration: when, why, and by which events it is put right."""
    got = members(reading, value, path, shape=_ERROR, required=("declarationTime",))
    if got is None:
        return None
    known, others = got
    at, words = known.get("declarationTime") or (None, "")
    added = extensions(reading, others, path)
    if at is None or refuses(reading.findings):
        return None
    return ErrorDeclaration(
        declaration_time=at,
        declaration_time_text=words,
        reason=known.get("reason"),
        corrective_event_ids=known.get("correctiveEventIDs") or (),
        extensions=added,
    )


def action(reading: Reading, value: Any, path: str) -> Action | None:
    """ADD, OBSERVE or DELETE."""
    known = _ACTIONS.get(value) if type(value) is str else None
    if known is None:
        reading.found("wire.action", path, found=shown(value))
        return None
    return known


def certifications(reading: Reading, value: Any, path: str) -> tuple[Any, ...]:
    """One certificate, or several; an object is kept with its names written out."""
    listed = value if type(value) is list else [value]
    found = (_certificate(reading, item, f"{path}/{at}") for at, item in enumerate(listed))
    return tuple(item for item in found if item is not None)


def _certificate(reading: Reading, value: Any, path: str) -> Any:
    if type(value) is dict and reading.mode is Mode.LENIENT:
        return extensions(reading, value, path)
    return named(reading, value, path)


def event_id(reading: Reading, value: Any, path: str) -> str | None:
    """The event's own name; one that holds inside the document only is left out."""
    if type(value) is str and value.startswith("_:"):
        reading.found("wire.id.local", path, found=shown(value))
        return None
    name = uri(reading, value, path)
    return None if name is None else of_sane_length(reading, name, path)


def extensions(reading: Reading, others: dict[str, Any], path: str) -> dict[str, Any]:
    """Members outside the standard under their full names; nothing is dropped but null."""
    out: dict[str, Any] = {}
    for key, value in others.items():
        if value is None:
            reading.found("wire.null", pointer(path, key))
            continue
        name = full_name(reading, key, path)
        inner = within(reading, value, path, key) if isinstance(value, dict | list) else value
        if name in out:
            reading.found("wire.name.twice", pointer(path, key), key=key)
            inner = [out[name], inner]
        out[name] = inner
    return out


def full_name(reading: Reading, key: str, path: str) -> str:
    """The IRI of a member's name, or the name itself where it has none."""
    context = reading.context
    if ":" in key and key[0] != "@":
        iri = expand(key, context)
        if iri is None:
            reading.found("wire.name.prefix", pointer(path, key), key=shown(key))
        return iri or key
    if key in context.names:
        return context.names[key]
    if context.vocab is not None:
        return context.vocab + key
    reading.found(_bare_rule(key, reading), pointer(path, key), key=shown(key))
    return key


def _bare_rule(key: str, reading: Reading) -> str:
    if key.startswith(("_", "@")):
        return "wire.name.comment"
    return "wire.name.open" if reading.context.open else "wire.name"


def within(reading: Reading, value: Any, path: str, key: str) -> Any:
    """A value of an extension with the compact names inside it written out."""
    place_ = pointer(path, key)
    if isinstance(value, list):
        return [within(reading, item, place_, str(at)) for at, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for inner, item in value.items():
        compact = (":" in inner and inner[0] != "@") or inner in reading.context.names
        name = full_name(reading, inner, place_) if compact else inner
        read = within(reading, item, place_, inner)
        if name in out:
            reading.found("wire.name.twice", pointer(place_, inner), key=inner)
            read = [out[name], read]
        out[name] = read
    return out
