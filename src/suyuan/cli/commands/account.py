"""`suyuan account`: an account, and a key for it, shown once."""

import click

from suyuan.cli.output import emit_json, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.kit import SuyuanError, Text
from suyuan.model import Role
from suyuan.registry.types import Account
from suyuan.service import fresh_key, open_platform

_KEY = Text(
    "账户 {name} 的新密钥（只显示这一次，旧的已作废）：\n{key}",
    "A new key for the account {name} (shown this once; older ones are void):\n{key}",
)
_NO_PARTY = Text(
    "采集账户要用 --party 说明代表哪个单位。",
    "An account that captures needs --party: the organisation it stands for.",
)


@click.command("account", help="开立账户并给出密钥 · Open an account and show a key for it.")
@click.argument("name")
@click.option("--party", help="代表的单位（规范名）· The organisation's URI.")
@click.option("--role", type=click.Choice(list(Role)), default=Role.CAPTURER, show_default=True)
@click.option("--area", "areas", multiple=True, help="监管区划代码 · Division a regulator sees.")
@click.option("--family", "families", multiple=True, help="监管门类 · Family a regulator sees.")
@click.option("--json", "as_json", is_flag=True, help="JSON 输出 · Print JSON.")
@click.pass_obj
def command(
    shared: Shared,
    /,
    name: str,
    *,
    party: str | None,
    role: str,
    areas: tuple[str, ...],
    families: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the key of an account that is opened if need be."""
    wanted = Account(name=name, role=Role(role), party=party, areas=areas, families=families)
    with plain_errors(shared):
        if wanted.role is Role.CAPTURER and party is None:
            raise SuyuanError("account.party", _NO_PARTY, "--party")
        with open_platform(shared.config()) as platform:
            key = fresh_key(platform, wanted)
    if as_json:
        emit_json({"name": name, "key": key})
    else:
        say(_KEY.format(name=name, key=key), shared)
