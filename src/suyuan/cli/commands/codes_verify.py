"""`suyuan codes verify|check-key`: was a code issued; by which key a scanner tells inventions."""

import click

from suyuan.cli.commands.codes_make import party_option
from suyuan.cli.output import emit_json, plain_errors, say
from suyuan.cli.root import Shared
from suyuan.kit import Text
from suyuan.service import OPERATOR, Outcome, check_key, local_capturer, open_platform
from suyuan.service import verify as ask

_MEANT = Text("编码：{code}", "Code: {code}")
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


@click.command("check-key", help="校验字符的密钥 · The key of one's check characters.")
@party_option
@click.pass_obj
def show_check_key(shared: Shared, /, party: str) -> None:
    """Print it in hexadecimal, for scanners that are to refuse inventions without asking."""
    with plain_errors(), open_platform(shared.config()) as platform:
        key = check_key(platform, local_capturer(platform, party))
    click.echo(key.hex())
