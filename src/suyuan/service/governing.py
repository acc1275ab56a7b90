"""Takes the tables that logged acts govern; gives every row that is not as the acts leave it.

Whoever has every right in the database can change a row, and can log no act that says so. So what
the acts say, replayed in the order of the log (`suyuan.service.replaying`), is held against the
rows: each differing row, each row without an act, each act without its row. Acts and rows are
streamed; what is kept meanwhile is one expectation for each governed row.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final, LiteralString

import msgspec
from msgspec import Struct

from suyuan.codes import privacy
from suyuan.kit import Text
from suyuan.ledger import acts
from suyuan.registry import directory
from suyuan.registry.types import Document, Entry, Licence, Party, Product, Site
from suyuan.service.access import is_local_name
from suyuan.service.asking import SQL
from suyuan.service.registering import told_of
from suyuan.service.replaying import (
    ADOPTED,
    REGISTERED,
    Book,
    Expected,
    Key,
    Said,
    amount,
    history_key,
    key_of,
    plain,
    proof_key,
    replay,
)
from suyuan.store import ReadConnection

_AT_ONCE: Final = 2_000
_MOST_STANDING: Final = 200
_CLOSE: Final = 3_600.0
"""Seconds by which a row's time and its act's may differ: both are taken in one transaction."""
_NUMBERED: Final = frozenset(
    ("record.override", "registry.api_key", "registry.entitlement_act", "registry.registration")
)
"""Tables of which several rows share a key: they are told apart by their order."""
_KINDS: Final[Mapping[str, type[Entry]]] = {
    "party": Party, "site": Site, "product": Product, "licence": Licence, "document": Document,
}  # fmt: skip

_CHANGED: Final = Text(
    "表 {table} 的 {key}：{field} 现为“{stands}”，操作（{position}）所说为“{says}”："
    "被绕过账本改动。",
    "{table} {key}: {field} is '{stands}', and the act ({position}) says '{says}': it was changed "
    "past the ledger.",
)
_MISSING: Final = Text(
    "表 {table} 的 {key}：操作（{position}）登记的这一行不在：被删除。",
    "{table} {key}: the row that an act ({position}) entered is not there: it was deleted.",
)
_UNLOGGED: Final = Text(
    "表 {table} 的 {key}：没有操作说登记过这一行（{stands}）：它是绕过账本写入的，"
    "在有存证之前登记，或登记它的操作被改动、删除。",
    "{table} {key}: no act says that it entered this row ({stands}): it was written past the "
    "ledger, or before acts were logged, or its act was altered or deleted.",
)
_BALANCE: Final = Text(
    "许可 {key}：已用记为 {stands}，而各次扣减合计 {says}：余额被改动，或扣减被删除。",
    "Permit {key}: {stands} is said to be used, and its debits come to {says}: the balance was "
    "changed, or debits were deleted.",
)
_DEBIT: Final = Text(
    "许可 {key}：有一次扣减或退还的依据是条目 {entry}，而记录中没有它。",
    "Permit {key}: what was taken or given back rests on entry {entry}, which is not on record.",
)
_FIRST: Final = Text(
    "批次 {key}：列表所示的首码为“{stands}”，而其中最小的码是“{says}”：列表被改动。",
    "Batch {key}: the list begins it with '{stands}', and its lowest code is '{says}': the list "
    "was changed.",
)
_STRANGER: Final = Text(
    "批次 {key}（{party}，{scheme}）有 {count} 个码不是数字，如“{code}”：它绕过本程序写进了库。",
    "Batch {key} ({party}, {scheme}) has {count:code that is|codes that are} no digits, such as "
    "'{code}': written into the database past this program.",
)
_NO_DISPUTE: Final = Text(
    "批次 {key} 与 {other} 有相同的码，而没有记下：记录被删除，冲突不会显示。",
    "Batches {key} and {other} have a code in common, and that is not kept: it was deleted, and "
    "nobody is shown the conflict.",
)
_MADE_UP: Final = Text(
    "批次 {key} 与 {other} 被记为冲突，而没有相同的码：是编造的。",
    "Batches {key} and {other} are kept as in conflict, and have no code in common: that was made "
    "up.",
)
_SENSELESS: Final = Text(
    "操作 {kind}（{position}）说的内容读不懂（{said}）：它是绕过本程序存证的。",
    "What the act {kind} ({position}) says makes no sense ({said}): it was logged past this "
    "program.",
)
_MOST: Final = 40
"""Characters that are shown of what a senseless act says."""
_POSITION: Final = Text("位置 {position}", "position {position}")
_WAITING: Final = Text("尚未编号", "not numbered yet")
_BEGINNING: Final = Text("没有操作", "there is none")
CURE: Final = Text(
    "查明由谁改动；用 suyuan 重新登记正确的内容，或从备份恢复：suyuan restore 文件。"
    "存证之前发出的码：suyuan ledger adopt。",
    "Find out who changed it; enter what is right again with suyuan, or restore a backup: suyuan "
    "restore FILE. Codes handed out before that was logged: suyuan ledger adopt.",
)

_WHO: Final = Text(
    "查明由谁存证；它不改动任何内容，其余的操作照常核对。",
    "Find out who logged it; nothing goes by it, and all other acts are held as ever.",
)


class Astray(Struct, frozen=True, kw_only=True):
    """A row that is not as the acts leave it; `place` is what it is known by.

    The code ends in `changed`, `missing` or `unlogged`, behind the schema. `position` is that of
    the last act about the row, where one is numbered. A logged act that cannot be taken is none of
    these, and is `ledger.act-senseless`.
    """

    code: str
    place: str
    text: Text
    position: int | None = None
    cure: Text = CURE


def astray(
    conn: ReadConnection, *, secret: bytes, standing: list[Said] | None = None
) -> Iterator[Astray]:
    """Every row of the governed tables that is not as the logged acts leave it.

    `secret` is that of the installation, by which what is about people is sealed in the log.
    `standing` is given what stands in rows that follow from no proven act, up to a few hundred.
    """
    held = [] if standing is None else standing
    doers = {acts.mark_of(doer, secret) for (doer,) in conn.execute(SQL.governed_doers)}
    book = replay(acts.every(conn), doers=doers)
    yield from map(_senseless, book.senseless)
    for table, statement in TABLES.items():
        rows = _rows(conn, statement, partial(_read_json, secret))
        yield from _compared(table, rows, book, held)
    for relation in REGISTERED:
        rows = _entries(conn, relation, secret)
        yield from _compared(f"registry.{relation}", rows, book, held)
    yield from _history(conn, book, secret)
    yield from _balances(conn)
    yield from _batches(conn)


def without_act(conn: ReadConnection, *, secret: bytes) -> Iterator[tuple[str, Key, Said]]:
    """Rows of codes handed out that no act entered, so that none accounts for them."""
    book = replay(acts.every(conn))
    for table in ADOPTED:
        for key, stands in _rows(conn, TABLES[table], partial(_read_json, secret)):
            if book.find(table, key) is None:
                yield table, key, stands


TABLES: Final[Mapping[str, LiteralString]] = {
    "registry.account": SQL.governed_accounts,
    "registry.api_key": SQL.governed_keys,
    "registry.tenant": SQL.governed_tenants,
    "registry.entitlement_act": SQL.governed_proofs,
    "registry.target": SQL.governed_links,
    "registry.code_import": SQL.governed_imports,
    "registry.code_batch": SQL.governed_batches,
    "registry.code_withdrawal": SQL.governed_import_withdrawals,
    "registry.code_withdrawn": SQL.governed_code_withdrawals,
    "registry.code_package": SQL.governed_packages,
    "registry.code_packing": SQL.governed_packings,
    "registry.code_print": SQL.governed_prints,
    "registry.credit_decision": SQL.governed_credit,
    "registry.credit_withdrawal": SQL.governed_credit_withdrawals,
    "state.permit": SQL.governed_permits,
    "record.override": SQL.governed_overrides,
}

_Row = tuple[Key, Said]


def _rows(
    conn: ReadConnection, statement: LiteralString, read: Callable[[tuple[Any, ...]], _Row]
) -> Iterator[_Row]:
    with conn.cursor("governed") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(statement)
        for row in cursor:
            yield read(row)


def _read_json(secret: bytes, row: tuple[Any, ...]) -> _Row:
    key, said = row
    if not isinstance(said, dict):  # longer numbers than can be read
        return tuple(key), {"row": said}
    if (account := said.get("by")) is not None:
        said["by"] = acts.mark_of(account, secret)
    if "amount" in said:
        said["amount"] = amount(said["amount"])
    if (proof := said.pop("proof", None)) is not None:
        return proof_key(key[0], key[1], proof), plain(said)
    return tuple(key), plain(said)


def _compared(
    table: str, rows: Iterable[_Row], book: Book, standing: list[Said]
) -> Iterator[Astray]:
    expected, met = dict(book.tables.get(table, {})), Counter[Key]()
    for found, stands in rows:
        met[found] += 1
        key = (*found, str(met[found])) if table in _NUMBERED else found
        row = expected.pop(key, None)
        if row is not None and row.proven:
            yield from _differing(table, key, stands, row)
            continue
        if len(standing) < _MOST_STANDING:
            standing.append({f"key {at}": part for at, part in enumerate(found)} | stands)
        if row is None and not _is_free(table, key, stands):
            yield _unlogged(table, key, stands)
    for key, row in expected.items():
        if row.proven:
            yield _missing(table, key, row)


def _differing(table: str, key: Key, stands: Said, row: Expected) -> Iterator[Astray]:
    for field in sorted((stands.keys() | row.said.keys()) - row.unknown):
        one, other = stands.get(field), row.said.get(field)
        if not _same(one, other):
            text = _CHANGED.format(
                table=table, key=_shown(key), field=field, stands=_value(one), says=_value(other),
                position=_at(row),
            )  # fmt: skip
            yield Astray(
                code=_code(table, "changed"), place=_place(key), text=text, position=row.position
            )


def _missing(table: str, key: Key, row: Expected) -> Astray:
    text = _MISSING.format(table=table, key=_shown(key), position=_at(row))
    return Astray(code=_code(table, "missing"), place=_place(key), text=text, position=row.position)


def _unlogged(table: str, key: Key, stands: Said) -> Astray:
    shown = ", ".join(f"{name}={_value(value)}" for name, value in stands.items())
    text = _UNLOGGED.format(table=table, key=_shown(key), stands=shown or "-")
    return Astray(code=_code(table, "unlogged"), place=_place(key), text=text)


def _senseless(act: acts.Act) -> Astray:
    said = act.said.decode(errors="backslashreplace")
    shown = said if len(said) <= _MOST else f"{said[:_MOST]}…"
    at = _POSITION.format(position=act.position) if act.position else _WAITING
    text = _SENSELESS.format(kind=act.kind, position=at, said=shown)
    return Astray(
        code="ledger.act-senseless", place=act.kind, text=text, position=act.position or None,
        cure=_WHO,
    )  # fmt: skip


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, float):
        return bool(abs(Decimal(one) - Decimal(other)) <= _CLOSE)
    return bool(one == other)


def _is_free(table: str, key: Key, stands: Said) -> bool:
    """What no act is needed for, and what gives nobody anything.

    The accounts of whoever sits at the machine, to which no key and no password leads; a party
    that an event named and nobody registered, known by its URI alone.
    """
    if table == "registry.account":
        (name,), party = key, str(stands.get("party", ""))
        is_plain = stands == {"name": name, "role": "capturer", "party": party}
        return is_plain and is_local_name(name, party)
    return table == "registry.party" and bool(stands.get("bare"))


def _entries(conn: ReadConnection, relation: str, secret: bytes) -> Iterator[_Row]:
    def read(row: tuple[Any, ...]) -> _Row:
        tenant, *columns = row
        entry = _READERS[relation](tuple(columns))
        said = plain(told_of(entry, secret))
        if tenant != 1:
            said["tenant"] = tenant
        key = key_of(relation, defaultdict(str, said))  # what is empty is not said
        if relation == "party" and tenant == 1 and _is_bare(entry):
            return key, {"bare": True} | said
        return key, said

    return _rows(conn, _STATEMENTS[relation], read)


def _is_bare(entry: Entry) -> bool:
    return isinstance(entry, Party) and entry == Party(uri=entry.uri, name=Text(entry.uri, ""))


def _site(row: tuple[Any, ...]) -> Site:
    return Site(
        uri=row[0], operator=row[1], name=Text(row[2], row[3]), kind=row[4], division=row[5],
        valid_from=row[6], valid_to=row[7],
    )  # fmt: skip


_READERS: Final[Mapping[str, Callable[[tuple[Any, ...]], Entry]]] = {
    "party": directory.party_of,
    "site": _site,
    "product": directory.product_of,
    "licence": directory.licence_of,
    "document": directory.document_of,
}
_STATEMENTS: Final[Mapping[str, LiteralString]] = {
    "party": SQL.governed_parties,
    "site": SQL.governed_sites,
    "product": SQL.governed_products,
    "licence": SQL.governed_licences,
    "document": SQL.governed_documents,
}


def _history(conn: ReadConnection, book: Book, secret: bytes) -> Iterator[Astray]:
    """What was registered before, as far back as it is kept at all."""
    table = "registry.registration"

    def read(row: tuple[Any, ...]) -> _Row:
        relation, entry, at, party, account, tenant = row
        try:
            said = told_of(msgspec.convert(entry, _KINDS[relation]), secret)
        except (KeyError, msgspec.ValidationError):  # what no program of ours wrote
            said = {"entry": entry}
        by = None if account is None else acts.mark_of(account, secret)
        stands = {"at": at, "party": party, "by": by, "tenant": tenant if tenant != 1 else None}
        return history_key(relation, said), plain(stands)

    yield from _compared(table, _rows(conn, SQL.governed_registrations, read), book, [])


def _balances(conn: ReadConnection) -> Iterator[Astray]:
    """Whether of each permit so much is used as recorded events took and did not give back."""
    for key, stands, says in conn.execute(SQL.governed_balances):
        text = _BALANCE.format(key=key, stands=amount(stands), says=amount(says))
        yield Astray(code="state.balance", place=key, text=text)
    for key, entry in conn.execute(SQL.governed_debits):
        text = _DEBIT.format(key=key, entry=entry)
        yield Astray(code="state.debit", place=key, text=text)


def _batches(conn: ReadConnection) -> Iterator[Astray]:
    """Whether the list of batches says of each what follows from the codes."""
    for key, stands, says in conn.execute(SQL.governed_firsts):
        text = _FIRST.format(key=key, stands=stands, says=says)
        yield Astray(code="registry.first", place=key, text=text)
    for key, count, code, party, scheme in conn.execute(SQL.governed_strangers):
        said = {"key": key, "count": count, "party": party, "scheme": scheme}
        text = _STRANGER.format(**said, code=privacy.quoted(code, 40))
        yield Astray(code="registry.stranger", place=key, text=text)
    for key, other, is_kept in conn.execute(SQL.governed_disputes):
        text = (_MADE_UP if is_kept else _NO_DISPUTE).format(key=key, other=other)
        yield Astray(code="registry.dispute", place=key, text=text)


def _code(table: str, what: str) -> str:
    return f"{table.partition('.')[0]}.{what}"


def _place(key: Key) -> str:
    return next(filter(None, key), "")


def _shown(key: Key) -> str:
    return " ".join(filter(None, key))


def _at(row: Expected) -> Text:
    if row.position is None:
        return _WAITING if row.said else _BEGINNING
    return _POSITION.format(position=row.position)


def _value(value: Any) -> str:
    if isinstance(value, float):  # a time
        with suppress(ValueError, OverflowError, OSError):  # or no time that there is
            return datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds")
    return "—" if value is None else str(value)
