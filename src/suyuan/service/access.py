"""Takes a key, a password or a session; gives who is asking and what they may do.

The public is the anonymous viewer. A wrong key is refused, never taken for the public: who
sends one wants to be somebody.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct, structs

from suyuan import registry
from suyuan.codes import divisions, nobody, privacy
from suyuan.kit import SuyuanError, Text
from suyuan.model import PUBLIC, Capturer, Role, Viewer
from suyuan.registry.types import MAIN, Account, ApiKey
from suyuan.service import filing_codes
from suyuan.service.platform import Platform
from suyuan.store import ReadConnection, WriteConnection

LOCAL = "local"
_DIGITS = 6  # of a division; an area may be its beginning
_SHOWN = 60
LOCAL_PARTY = "urn:suyuan:party:local"

_WRONG = Text(
    "密钥或口令不对，或已停用；请向管理员要新的密钥。",
    "The key or password is wrong or no longer valid; ask the administrator for a new key.",
)
_SIGN_IN = Text(
    "请先登录，或在请求头 Authorization: Bearer 中给出密钥。",
    "Sign in, or send a key in the header Authorization: Bearer.",
)
_NOT_YOURS = Text(
    "这个账户不代表企业，不能上报和发码；请用企业账户。",
    "This account stands for no organisation and may neither capture nor issue codes; use an "
    "organisation's account.",
)
_NOT_OPERATOR = Text(
    "这项操作只限管理员账户；平台的管理员也可用 suyuan 命令完成。",
    "This is for an administrator's account alone; whoever runs the platform can do it by "
    "the command suyuan too.",
)
_STANDS_FOR_NOBODY = Text(
    "这个账户不代表任何单位，没有自己的记录可列；请用企业账户或管理员账户的密钥。",
    "This account stands for no organisation and has none of its own to list; use the key of an "
    "organisation's or an administrator's account.",
)
_NO_PARTY = Text(
    "采集账户要用 --party 说明代表哪个单位。",
    "An account that captures needs --party: the organisation it stands for.",
)
_NO_AREA = Text(
    "监管账户要用 --area（行政区划）或 --family（门类）说明监管什么；否则什么也看不到。",
    "A regulator's account needs --area (a division) or --family; else it would see nothing.",
)
_NO_DIVISION = Text(
    "没有代码为 “{code}” 的行政区划；用 suyuan division 按名称查代码。",
    "There is no division with the code '{code}'; suyuan division finds codes by name.",
)
_NO_FAMILY = Text(
    "没有门类 “{name}”；可用：{known}。", "There is no family '{name}'; use one of: {known}."
)
_OTHER_PARTY = Text(
    "账户 “{name}” 代表 {party}，不能改代表别的单位；请另开账户。",
    "The account '{name}' stands for {party} and for no other; open another account.",
)
_NO_ACCOUNT = Text("没有账户 “{name}”。", "There is no account '{name}'.")
_NO_KEY = Text(
    "账户 “{name}” 没有标签为 “{label}” 的有效密钥；用 --keys 看有哪些。",
    "The account '{name}' has no valid key labelled '{label}'; --keys lists them.",
)
_WAIT = Text(
    "口令错的次数太多；请等 {seconds} 秒再试。",
    "Too many wrong passwords; wait {seconds} s before the next try.",
)
_WAIT_CURE = Text(
    "忘了口令请找管理员；用密钥登录不受此限。",
    "Ask the administrator if it is forgotten; signing in with a key is not held up.",
)


class Who(Struct, frozen=True, kw_only=True):
    """Who is asking: always a viewer; a capturer too if the account may report."""

    viewer: Viewer
    capturer: Capturer | None = None
    name: str | None = None


class AccessError(SuyuanError):
    """Not allowed, and what would make it so."""


class TooManyGuessesError(AccessError):
    """A password from where too many were wrong: not even looked at (RFC 6585 §4)."""

    def __init__(self, seconds: int) -> None:
        text = _WAIT.format(seconds=seconds)
        super().__init__("access.too-many", text, status=429, retry_after=seconds)
        self.cure = _WAIT_CURE


ANYBODY = Who(viewer=PUBLIC)

OPERATOR = Viewer(role=Role.ADMIN)
"""Whoever sits at the machine that holds the data: nothing in it is hidden from them."""


def who(platform: Platform, authorization: str | None, *, address: str) -> Who:
    """The account behind an Authorization header; nobody in particular without one.

    `address` is where it came from: wrong passwords are counted by it.

    Raises:
        AccessError: the header names no valid account (401), or too many did (429).
    """
    if not authorization:
        return ANYBODY
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() == "bearer":
        account = registry.accounts.authenticate(platform.store.ask, credential.strip())
    elif scheme.lower() == "basic":
        account = _by_password(platform, *_basic(credential), address)
    else:
        account = None
    return _known(account)


def sign_in(platform: Platform, name: str, password: str, *, address: str) -> str:
    """A session for a browser: account, end and a signature over both.

    Raises:
        AccessError: name or password is wrong (401), or too many were from that address (429).
    """
    account = _by_password(platform, name, password, address)
    if account is None:
        raise AccessError("access.wrong", _WRONG, status=401)
    ends = platform.clock() + timedelta(hours=platform.config.session_hours)
    said = f"{account.id}.{int(ends.timestamp())}"
    return f"{said}.{_session_seal(platform, said)}"


def who_of_session(platform: Platform, token: str | None) -> Who:
    """The account of a browser session; nobody in particular if it is over or not ours."""
    said, _, seal = (token or "").rpartition(".")
    if not said or not hmac.compare_digest(seal.encode(), _session_seal(platform, said).encode()):
        return ANYBODY
    number, _, ends = said.partition(".")
    if datetime.fromtimestamp(int(ends), tz=platform.clock().tzinfo) <= platform.clock():
        return ANYBODY
    with platform.store.read() as conn:
        account = registry.accounts.account(conn, int(number))
    return ANYBODY if account is None else _known(account)


def _session_seal(platform: Platform, said: str) -> str:
    return _seal(platform, f"session.{said}")


def form_seal(platform: Platform, token: str) -> str:
    """What a form of that session has in it, so that no page of another site can order by it."""
    return _seal(platform, f"form.{token}")


def capturer_of(asking: Who) -> Capturer:
    """The right to report.

    Raises:
        AccessError: nobody is signed in (401), or the account may not report (403).
    """
    if asking.capturer is not None:
        return asking.capturer
    require_account(asking)
    raise AccessError("access.not-capturer", _NOT_YOURS, status=403)


def require_account(asking: Who) -> None:
    """For what names holders, of which the public sees none.

    Raises:
        AccessError: nobody is signed in (401).
    """
    if asking.name is None:
        raise AccessError("access.sign-in", _SIGN_IN, status=401)


def require_operator(viewer: Viewer) -> None:
    """See that an account may decide for its tenant: papers it has seen, rules it goes by.

    Raises:
        AccessError: it is no administrator's (403).
    """
    if viewer.role is not Role.ADMIN:
        raise AccessError("access.not-operator", _NOT_OPERATOR, status=403)


def party_shown(viewer: Viewer, asked: str | None = None) -> str | None:
    """Whose papers a viewer is shown: the operator those asked for, else everybody's (None).

    A party is shown its own, whatever it asks for.

    Raises:
        AccessError: the viewer is neither (403).
    """
    if viewer.role is Role.ADMIN:
        return asked
    if viewer.party is None:
        raise AccessError("access.no-party", _STANDS_FOR_NOBODY, status=403)
    return viewer.party


def local_capturer(
    platform: Platform, party: str | None, *, person: str = "", option: str = "--party"
) -> Capturer:
    """The operator at the machine itself, who holds the data folder and so needs no key.

    `party` is the organisation reported for, by any of its codes; by default the installation's
    own. A `person` of it has an account apart, to confirm what was reported through the party's.
    `option` is where the party was given.

    Raises:
        AccessError: `party` is no code of a party, and nothing was reported for it before.
    """
    with platform.store.write() as conn:
        name = _local_name(party, person)
        if party is not None and registry.accounts.account_named(conn, name) is None:
            party = _party_named(platform, party, option)
        wanted = Account(
            name=_local_name(party, person), role=Role.CAPTURER, party=party or LOCAL_PARTY
        )
        account, _ = registry.accounts.find_or_open(conn, wanted, draw=platform.draw)
    return registry.accounts.capturer_of(account)


def _local_name(party: str | None, person: str) -> str:
    name = LOCAL if party is None else f"{LOCAL}: {party}"
    return f"{name} ({person})" if person else name


def is_local_name(name: str, party: str) -> bool:
    """Whether an account of that name is one that `local_capturer` opens for the party."""
    own = [f"{LOCAL}: {party}", *([LOCAL] if party == LOCAL_PARTY else [])]
    return any(name == one or (name.startswith(f"{one} (") and name[-1] == ")") for one in own)


def fresh_key(
    platform: Platform, wanted: Account, *, label: str = MAIN, renew: bool = False
) -> str:
    """A new key for the account of that name, opened if need be; its other keys stay valid.

    `renew` makes the key of that label void in the same moment. Its party may be given by any of
    its codes, and is kept by the canonical URI, so that what it reports is known to be its own.

    Raises:
        AccountError: a key of that label is valid (409), or the account is another's (409).
        AccessError: there is no valid key of that label to renew (404).
        AccessError: a new account that could do or see nothing, or names what there is not.
        AccessError: its party is no code of a party, or one whose check digit is wrong.
    """
    with platform.store.write() as conn:
        there = registry.accounts.account_named(conn, wanted.name)
        if wanted.party is not None and (there is None or wanted.party != there.party):
            wanted = structs.replace(wanted, party=_party_named(platform, wanted.party))
        if there is None:
            _require_sound(platform, wanted)
        account, opened = registry.accounts.find_or_open(conn, wanted, draw=platform.draw)
        if opened:
            platform.log_act(
                conn, "account.opened", party=account.party,
                name=account.name, role=account.role.value,
                areas=list(account.areas), families=list(account.families),
            )  # fmt: skip
        elif wanted.party not in {None, account.party}:
            text = _OTHER_PARTY.format(name=account.name, party=account.party or "—")
            raise AccessError("account.party", text, "--party", status=409)
        now = platform.clock()
        if renew:
            _revoke(platform, conn, account, label=label)
        key = registry.accounts.issue_key(conn, account, label=label, draw=platform.draw, now=now)
        platform.log_act(
            conn, "account.key-issued", party=account.party, name=account.name, label=label,
            digest=sha256(key.encode()).hexdigest(),
        )  # fmt: skip
        return key


def _party_named(platform: Platform, text: str, option: str = "--party") -> str:
    """The canonical URI of the party that a code names: a social credit code, a GLN, a URI."""
    given = text.strip()
    nobody.require_nobody(party=given)
    found = filing_codes.code(given, "party", platform.config.resolvers)
    if (remark := found.remark) is not None:
        said = Text(f"{remark.message.zh}{remark.cure.zh}", f"{remark.message.en} {remark.cure.en}")
        raise AccessError("account.party", said, option)
    return found.value


def _require_sound(platform: Platform, wanted: Account) -> None:
    if wanted.role is Role.CAPTURER and wanted.party is None:
        raise AccessError("account.party", _NO_PARTY, "--party")
    if wanted.role is Role.REGULATOR and not (wanted.areas or wanted.families):
        raise AccessError("account.area", _NO_AREA, "--area")
    for code in wanted.areas:
        if not divisions.was_ever(code.ljust(_DIGITS, "0")):
            text = _NO_DIVISION.format(code=privacy.quoted(code, _SHOWN))
            raise AccessError("account.area", text, "--area", status=404)
    known = platform.families.by_id
    for name in wanted.families:
        if name not in known:
            text = _NO_FAMILY.format(name=privacy.quoted(name, _SHOWN), known=", ".join(known))
            raise AccessError("account.family", text, "--family", status=404)


def revoke_key(platform: Platform, name: str, *, label: str = MAIN) -> None:
    """Make the account's key of that label void, now and for good.

    Raises:
        AccessError: there is no such account or no such valid key (404).
    """
    with platform.store.write() as conn:
        _revoke(platform, conn, _named(conn, name), label=label)


def _revoke(platform: Platform, conn: WriteConnection, account: Account, *, label: str) -> None:
    if not registry.accounts.revoke_keys(conn, account, label=label, now=platform.clock()):
        text = _NO_KEY.format(name=account.name, label=label)
        raise AccessError("account.no-key", text, "--label", status=404)
    platform.log_act(
        conn, "account.key-revoked", party=account.party, name=account.name, label=label
    )


def keys_of(platform: Platform, name: str) -> list[ApiKey]:
    """The valid keys of an account, by label.

    Raises:
        AccessError: there is no such account (404).
    """
    with platform.store.read() as conn:
        return registry.accounts.keys(conn, _named(conn, name))


def _named(conn: ReadConnection, name: str) -> Account:
    account = registry.accounts.account_named(conn, name)
    if account is None:
        raise AccessError("account.unknown", _NO_ACCOUNT.format(name=name), "NAME", status=404)
    return account


def viewer_for(platform: Platform, party: str) -> Viewer:
    """A party as somebody who reads: for the operator at the machine itself."""
    capturer = local_capturer(platform, party)
    return Viewer(tenant=capturer.tenant, account=capturer.account, role=Role.CAPTURER, party=party)


def _by_password(platform: Platform, name: str, password: str, address: str) -> Account | None:
    """By the account's password, or by one of its keys in the password's place.

    A key cannot be guessed, so it never waits; a password that must wait is not looked at.
    """
    if "\0" in name:  # which the database cannot hold, so nobody is called so
        return None
    keyed = registry.accounts.authenticate(platform.store.ask, password)
    if keyed is not None and keyed.name == name:
        return keyed
    if seconds := platform.guesses.wait(name, address, platform.clock()):
        raise TooManyGuessesError(seconds)
    with platform.store.read() as conn:
        account = registry.accounts.sign_in(conn, name, password)
    counted = platform.guesses.wrong if account is None else platform.guesses.right
    counted(name, address, platform.clock())
    return account


def _basic(credential: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(credential, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    name, _, password = text.partition(":")
    return name, password


def _known(account: Account | None) -> Who:
    if account is None:
        raise AccessError("access.wrong", _WRONG, status=401)
    reports = account.role in {Role.CAPTURER, Role.ADMIN} and account.party is not None
    return Who(
        viewer=registry.accounts.viewer_of(account),
        capturer=registry.accounts.capturer_of(account) if reports else None,
        name=account.name,
    )


def _seal(platform: Platform, said: str) -> str:
    return hmac.new(platform.session_secret, said.encode(), sha256).hexdigest()
