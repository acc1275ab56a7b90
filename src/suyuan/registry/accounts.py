"""Who may what: accounts, passwords (argon2id, RFC 9106) and API keys.

An API key is 256 random bits, so one SHA-256 of it is kept: there is nothing to guess, and
looking it up takes one index. A password can be guessed, so its hash is slow and salted.
"""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from msgspec import structs

from suyuan.codes import nobody
from suyuan.kit import SuyuanError, Text
from suyuan.kit.digest import sha256
from suyuan.model import Capturer, Role, StateRule, Viewer
from suyuan.registry import directory
from suyuan.registry.types import Account, ApiKey
from suyuan.store import Queries, ReadConnection, WriteConnection
from suyuan.store.types import Ask

_Q: Final = Queries(__package__)
_HASHER: Final = PasswordHasher()
_PREFIX: Final = "sy_"
_KEY_BYTES: Final = 32
_KEY_LENGTH: Final = len(_PREFIX) + 43
_SALT_BYTES: Final = 16

_KEY_THERE: Final = Text(
    "账户 “{name}” 已有标签为 “{label}” 的密钥，它仍然有效。"
    "换新请加 --renew（旧的随即作废），另发一把请加 --label。",
    "The account '{name}' has a key labelled '{label}', which stays valid. Say --renew to replace "
    "it (the old one is void then), or --label to add another.",
)

Draw = Callable[[int], bytes]
"""Gives so many unguessable bytes (`suyuan.kit.ids.random_key`)."""


class AccountError(SuyuanError):
    """An account that cannot be opened or may not do what it asks."""


def open_account(
    conn: WriteConnection, account: Account, *, draw: Draw, password: str | None = None
) -> Account:
    """Open an account; gives it with its number and its tenant's rules. A party unknown is entered.

    Raises:
        AccountError: the name is taken in this tenant.
        SuyuanError: its name or party holds the number of a person.
    """
    nobody.require_nobody(name=account.name, party=account.party)
    hashed = None if password is None else _HASHER.hash(password, salt=draw(_SALT_BYTES))
    if account.party is not None:
        directory.party_number(conn, account.party, tenant=account.tenant)
    row = structs.asdict(account) | {
        "role": account.role.value,
        "areas": list(account.areas),
        "families": list(account.families),
        "password_hash": hashed,
    }
    opened = conn.execute(_Q.open_account, row).fetchone()
    if opened is None:
        text = Text("账号 “{name}” 已经存在。", "The account '{name}' exists already.")
        raise AccountError("account.taken", text.format(name=account.name), "name", status=409)
    number, strict, rules = opened
    return structs.replace(
        account, id=number, strict=strict, state_rules=frozenset(map(StateRule, rules))
    )


def find_or_open(conn: WriteConnection, wanted: Account, *, draw: Draw) -> tuple[Account, bool]:
    """The open account of that name, and whether it was opened now because there was none.

    Who opens it at the same moment as another gets the other's: there is one of a name.

    Raises:
        AccountError: the account of that name was closed.
        SuyuanError: its name or party holds the number of a person.
    """
    there = account_named(conn, wanted.name, tenant=wanted.tenant)
    if there is not None:
        return there, False
    try:
        return open_account(conn, wanted, draw=draw), True
    except AccountError:
        there = account_named(conn, wanted.name, tenant=wanted.tenant)
        if there is None:
            raise
        return there, False


def close_account(conn: WriteConnection, account: int, *, now: datetime) -> None:
    """Close an account: neither its password nor its keys open anything any more."""
    conn.execute(_Q.close_account, {"account": account, "at": now})


def issue_key(
    conn: WriteConnection, account: Account, *, label: str, draw: Draw, now: datetime
) -> str:
    """A new key for an account. Its text is shown now and never again: only its digest is kept.

    Raises:
        AccountError: a key of that label is valid already; it stays so (409).
        SuyuanError: the label holds the number of a person.
    """
    nobody.require_nobody(label=label)
    key = _PREFIX + base64.urlsafe_b64encode(draw(_KEY_BYTES)).rstrip(b"=").decode()
    row = {"account": account.id, "digest": sha256(key.encode()), "label": label, "at": now}
    if conn.execute(_Q.add_key, row).fetchone() is None:
        text = _KEY_THERE.format(name=account.name, label=label)
        raise AccountError("account.key-there", text, "label", status=409)
    return key


def keys(conn: ReadConnection, account: Account) -> list[ApiKey]:
    """The valid keys of an account by their labels, the oldest first; their texts nobody has."""
    return [ApiKey(*row) for row in conn.execute(_Q.keys, {"account": account.id})]


def revoke_keys(conn: WriteConnection, account: Account, *, label: str, now: datetime) -> int:
    """Make the keys of that label worthless; gives how many there were."""
    row = {"account": account.id, "label": label, "at": now}
    return conn.execute(_Q.revoke_keys, row).rowcount


def authenticate(ask: Ask, key: str) -> Account | None:
    """The account that a key belongs to; None for a wrong, revoked or closed one."""
    if len(key) != _KEY_LENGTH or not key.startswith(_PREFIX) or not key.isascii():
        return None
    rows = ask(_Q.account_of_key, {"digest": sha256(key.encode())})
    return _account(rows[0]) if rows else None


def sign_in(conn: ReadConnection, name: str, password: str, *, tenant: int = 1) -> Account | None:
    """The account of that name if the password is right; takes as long for a name unknown."""
    row = conn.execute(_Q.account_of_name, {"tenant": tenant, "name": name}).fetchone()
    if row is None or row[-1] is None:
        _HASHER.hash(password, salt=bytes(_SALT_BYTES))  # costs what verifying costs
        return None
    try:
        _HASHER.verify(row[-1], password)
    except VerifyMismatchError:
        return None
    return _account(row)


def account(conn: ReadConnection, number: int) -> Account | None:
    """The open account of that number."""
    row = conn.execute(_Q.account, {"id": number}).fetchone()
    return None if row is None else _account(row)


def account_named(conn: ReadConnection, name: str, *, tenant: int = 1) -> Account | None:
    """The open account of that name."""
    row = conn.execute(_Q.account_of_name, {"tenant": tenant, "name": name}).fetchone()
    return None if row is None else _account(row)


def names(conn: ReadConnection) -> dict[int, str]:
    """What every account is called, by its number."""
    return dict(conn.execute(_Q.account_names).fetchall())


def viewer_of(account: Account) -> Viewer:
    """The account as somebody who reads."""
    return Viewer(
        tenant=account.tenant,
        account=account.id,
        role=account.role,
        party=account.party,
        areas=account.areas,
        families=account.families,
    )


def capturer_of(account: Account) -> Capturer:
    """The account as somebody who reports.

    Raises:
        AccountError: it stands for no party, or its role does not report.
    """
    if account.party is None or account.role is Role.REGULATOR:
        text = Text(
            "账号 “{name}” 不代表任何企业，不能上报；请使用企业的账号。",
            "The account '{name}' stands for no party and cannot report; use a party's account.",
        )
        raise AccountError("account.no-party", text.format(name=account.name), status=403)
    return Capturer(
        tenant=account.tenant, account=account.id, party=account.party, strict=account.strict,
        state_rules=account.state_rules,
    )  # fmt: skip


def _account(row: tuple[Any, ...]) -> Account:
    return Account(
        id=row[0], tenant=row[1], name=row[2], party=row[3], role=Role(row[4]),
        areas=tuple(row[5]), families=tuple(row[6]), strict=row[7],
        state_rules=frozenset(map(StateRule, row[8])),
    )  # fmt: skip
