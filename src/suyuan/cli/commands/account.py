"""`suyuan account`: accounts and their keys; a key is shown once, when it is made."""

from collections.abc import Sequence
from typing import Any

import click

from suyuan.cli.output import emit_quoted, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.model import Role
from suyuan.registry.types import MAIN, Account, ApiKey
from suyuan.service import Platform, fresh_key, keys_of, open_platform, revoke_key

_KEY = Text(
    "账户 {name} 的密钥（标签 {label}；只显示这一次）：\n{key}",
    "A key for the account {name} (label {label}; shown this once):\n{key}",
)
_RENEWED = Text("标签为 {label} 的旧密钥已作废。", "The old key labelled {label} is void now.")
_REVOKED = Text(
    "账户 {name} 标签为 {label} 的密钥已作废。",
    "The key of the account {name} labelled {label} is void now.",
)
_TITLE = Text("账户 {name} 的有效密钥", "Valid keys of the account {name}")
_HEADS = (Text("标签", "label"), Text("发放时间", "issued"))


@click.command(
    "account",
    help="开立账户、发放和作废密钥 · Open an account; issue and void its keys.",
    epilog="程序用 Authorization: Bearer 发送密钥；在网页 /sign-in 登录时，密钥当口令用 · "
    "Programs send the key as Authorization: Bearer; at /sign-in it serves as the password.",
)
@click.argument("name")
@click.option(
    "--party",
    help="代表的单位：统一社会信用代码、GLN 或 URI · The organisation: credit code, GLN or URI.",
)
@click.option(
    "--role",
    type=click.Choice([each.value for each in Role], case_sensitive=False),
    default=Role.CAPTURER.value,
    show_default=True,
)
@click.option("--area", "areas", multiple=True, help="监管区划代码 · Division a regulator sees.")
@click.option("--family", "families", multiple=True, help="监管门类 · Family a regulator sees.")
@click.option("--label", default=MAIN, show_default=True, help="密钥标签 · Which of its keys.")
@click.option("--renew", "what", flag_value="renew", help="换新密钥，旧的作废 · Replace the key.")
@click.option("--revoke", "what", flag_value="revoke", help="作废密钥 · Make the key void.")
@click.option("--keys", "what", flag_value="keys", help="列出有效密钥 · List the valid keys.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def command(
    shared: Shared, /, name: str, *, label: str, what: str | None, as_json: bool, **opened: Any
) -> None:
    """Print a key of an account that is opened if need be; keys of before stay valid."""
    with plain_errors(), open_platform(shared.config()) as platform:
        if what == "keys":
            _list(name, keys_of(platform, name), shared, as_json=as_json)
        elif what == "revoke":
            revoke_key(platform, name, label=label)
            _say(_REVOKED, {"name": name, "label": label}, shared, as_json=as_json)
        else:
            wanted = _wanted(name, **opened)
            _issue(platform, wanted, label, shared, renew=what == "renew", as_json=as_json)


def _wanted(
    name: str, *, party: str | None, role: str, areas: tuple[str, ...], families: tuple[str, ...]
) -> Account:
    return Account(name=name, role=Role(role), party=party, areas=areas, families=families)


def _issue(
    platform: Platform,
    wanted: Account,
    label: str,
    shared: Shared,
    *,
    renew: bool,
    as_json: bool,
) -> None:
    key = fresh_key(platform, wanted, label=label, renew=renew)
    _say(_KEY, {"name": wanted.name, "label": label, "key": key}, shared, as_json=as_json)
    if renew and not as_json:
        say(_RENEWED.format(label=label), shared)


def _list(name: str, keys: Sequence[ApiKey], shared: Shared, *, as_json: bool) -> None:
    if as_json:
        for key in keys:
            emit_quoted(key)
        return
    rows = [[key.label, f"{key.created.astimezone():%Y-%m-%d %H:%M %z}"] for key in keys]
    show_table(_TITLE.format(name=name), _HEADS, rows, shared.lang)


def _say(text: Text, said: dict[str, str], shared: Shared, *, as_json: bool) -> None:
    if as_json:
        emit_quoted(said)
    else:
        say(text.format(**said), shared)
