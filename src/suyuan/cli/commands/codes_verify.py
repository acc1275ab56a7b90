"""`suyuan codes verify|check-key`: was a code issued; by which keys scanners tell inventions."""

import click

from suyuan.cli.commands.codes_make import party_option
from suyuan.cli.output import emit_json, json_option, plain_errors, say, show_table
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.kit.clock import in_china
from suyuan.registry.types import CheckedSupply, CheckKey
from suyuan.service import (
    OPERATOR,
    Outcome,
    check_keys,
    local_capturer,
    open_platform,
    rotate_check_key,
)
from suyuan.service import verify as ask

_MEANT = Text("编码：{code}", "Code: {code}")
_TITLE = Text("校验字符的密钥", "Keys of check characters")
_HEADS = (
    Text("序号", "number"),
    Text("规则", "rule"),
    Text("扫码器要试", "live"),
    Text("生成时间", "made"),
    Text("密钥", "key"),
)
_SUPPLIES = Text(
    "码源：序列号总长、末尾校验字符位数；扫码器照此设定，不从码里推断",
    "Supplies: set scanners to these lengths, never take them from a code",
)
_SUPPLY_HEADS = (
    Text("编码体系", "scheme"),
    Text("码前段", "stem"),
    Text("总长", "length"),
    Text("校验位数 c", "c"),
    Text("在用密钥", "keys"),
)
_GOOD = frozenset({Outcome.FIRST, Outcome.ISSUED, Outcome.BROUGHT_IN})


@click.command("verify", help="验码 · Verify a code, with its secret if it has one.")
@click.argument("code")
@click.argument("secret", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def verify(shared: Shared, /, code: str, secret: str | None, *, as_json: bool) -> None:
    """Exit with 1 unless the code is issued and, with a secret, verified for the first time."""
    with plain_errors(), open_platform(shared.config()) as platform:
        answer = ask(platform, code, secret, OPERATOR)
    if as_json:
        emit_json(answer)
    else:
        if answer.code:
            say(_MEANT.format(code=answer.code), shared)
        say(answer.message, shared)
    raise SystemExit(0 if answer.outcome in _GOOD else 1)


@click.command("check-key", help="校验字符的密钥 · The keys of one's check characters.")
@party_option
@click.option("--rotate", is_flag=True, help="先换一个新的 · Make a new one first.")
@json_option
@click.pass_obj
def show_check_keys(shared: Shared, /, party: str, *, rotate: bool, as_json: bool) -> None:
    """Print them in hexadecimal, and how codes are built: for scanners that ask nobody."""
    with plain_errors(), open_platform(shared.config()) as platform:
        capturer = local_capturer(platform, party)
        if rotate:
            rotate_check_key(platform, capturer)
        found = check_keys(platform, capturer)
    if as_json:
        emit_json({"keys": [_said(key) for key in found.keys], "supplies": found.supplies})
    else:
        show_table(_TITLE, _HEADS, [_row(key) for key in found.keys], shared.lang)
        rows = [_supply_row(each) for each in found.supplies]
        show_table(_SUPPLIES, _SUPPLY_HEADS, rows, shared.lang)


def _said(key: CheckKey) -> dict[str, object]:
    made = key.made_at and key.made_at.isoformat()
    said = {"number": key.number, "rule": int(key.rule), "live": key.live}
    return {**said, "made_at": made, "key": key.value.hex()}


def _row(key: CheckKey) -> list[str]:
    made = in_china(key.made_at) if key.made_at else ""
    return [str(key.number), str(int(key.rule)), "✓" if key.live else "", made, key.value.hex()]


def _supply_row(supply: CheckedSupply) -> list[str]:
    keys = ", ".join(str(number) for number in supply.keys)
    return [supply.scheme, supply.stem, str(supply.length), str(supply.checks), keys]
